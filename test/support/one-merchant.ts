import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, expect } from 'vitest';
import { present } from '../../src/domain/invariants.ts';

// Every statement of the gateway that the tests run names one merchant, so that its rows can lie together, in a partition or on a server of
// their own. Those that do not are listed here with their reasons. Loaded before each test file.

/** Statements of tests begin with it. */
export const OF_TEST = '/* test */';

const SCHEMA = readFileSync(join(import.meta.dirname, '../../prisma/schema.prisma'), 'utf8');
/** Tables whose rows belong to merchants, by their names in the database. */
const TABLES = [...SCHEMA.matchAll(/^model \w+ \{([\s\S]*?)^\}/gm)]
  .map(([, body = '']) => body)
  .filter((body) => /^\s*merchantId\s/m.test(body))
  .map((body) => present(/@@map\("(\w+)"\)/.exec(body)?.[1], 'the name of a table'));
const TABLE = new RegExp(`\\b(?:FROM|JOIN|INTO|UPDATE)\\s+(?:ONLY\\s+)?"?(?:${TABLES.join('|')})"?\\b`, 'i');
/** The merchant is compared with a parameter, or is a column of the rows that are inserted. */
const NAMED = /\bmerchant_id"?\s*=\s*\$\d+|\$\d+\s*=\s*(?:\w+\.)?"?merchant_id\b/;
const INSERTED = /^INSERT INTO "?\w+"?(?: AS \w+)? \([^)]*\bmerchant_id\b/;

/** Why a statement may concern several merchants, and how it begins. */
const EXCEPTIONS: ReadonlyArray<readonly [reason: string, ...beginnings: string[]]> = [
  [
    'a node looks for merchants that have work, and does it merchant by merchant',
    'SELECT clock.merchant_id FROM merchant_clock AS clock WHERE EXISTS',
    'SELECT merchant_id FROM webhook_progress AS progress JOIN event_head',
    'WITH RECURSIVE waiting AS',
    'SELECT merchant_id, file_key FROM bank_instruction WHERE connector_id = $1',
    'SELECT merchant_id, id, name, cipher FROM bank_file WHERE connector_id = $1',
  ],
  [
    'a node follows the logs of many merchants at once, each by its own merchant',
    'SELECT head.merchant_id, head.epoch, head.last_position, head.floor_position FROM unnest($1::text[], $2::text[], $3::bigint[]) AS seen',
    'SELECT log.merchant_id, next.* FROM unnest(',
  ],
  [
    'a node delivers to endpoints of many merchants at once, each row by its own merchant',
    'WITH ranked AS ( SELECT merchant_id, endpoint_id, row_number() OVER',
    'SELECT due.id AS delivery_id',
    'SELECT FROM webhook_queue AS queue WHERE (merchant_id, endpoint_id) IN',
    'UPDATE webhook_delivery AS delivery SET',
    'UPDATE webhook_queue AS queue SET lease = NULL',
  ],
  [
    'what is past its retention is deleted a slice at a time',
    'WITH due AS ( SELECT head.merchant_id, head.epoch',
    'WITH old AS ( SELECT old.merchant_id, old.id FROM webhook_progress',
    'DELETE FROM idempotency_record WHERE ctid = ANY',
    'DELETE FROM operation WHERE ctid = ANY',
  ],
  [
    'all logs begin anew, after a failover or by command',
    'WITH moved AS ( UPDATE setting',
    'WITH kept AS (UPDATE webhook_progress AS progress',
  ],
  [
    'a key says which merchant its bearer is',
    'SELECT api_key.id, merchant_id, scopes, asked.nth',
    'SELECT known.id FROM unnest($1::text[]) AS known(id) WHERE NOT EXISTS (SELECT FROM api_key',
  ],
  [
    'a bank names neither merchant nor key: whose a reference or an account is, is asked by connector',
    'SELECT submission.reference, submission.merchant_id',
    'SELECT ( SELECT CASE WHEN count(DISTINCT request.merchant_id) = 1',
    'SELECT file.id, array_agg(held.reference',
    'SELECT reference, min(merchant_id) AS merchant_id FROM',
    'SELECT account_number, min(merchant_id) AS merchant_id',
  ],
  [
    'metrics count the rows of all merchants',
    'SELECT count(*) AS count, greatest(coalesce(extract(epoch FROM now() - min(next_at)), 0), 0)',
    'SELECT count(*) AS count FROM bank_message WHERE quarantined_at IS NOT NULL',
    'SELECT coalesce(sum(due.count), 0)::bigint AS count FROM merchant_clock',
    'SELECT extract(epoch FROM max(coalesce(clock.frozen_at',
    'SELECT count(*) AS count, greatest(coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0), 0)',
  ],
  [
    'tables are moved, and stored text is looked through, by command',
    'INSERT INTO "event" SELECT * FROM "event_unpartitioned"',
    'INSERT INTO "transaction" SELECT * FROM "transaction_unpartitioned"',
    `SELECT merchant_id, 'customer' AS "table", 'reference' AS "column"`,
  ],
  [
    'the key of personal numbers is changed for all merchants, by command',
    'SELECT merchant_id, id, account_number_cipher AS cipher',
    'SELECT merchant_id, id, id_number_cipher AS cipher',
    'SELECT merchant_id, id, tax_number_cipher AS cipher',
    'UPDATE "bank_account" AS old SET account_number_cipher',
    'UPDATE "customer" AS old SET id_number_cipher',
    'UPDATE "customer" AS old SET tax_number_cipher',
  ],
];
const BEGINNINGS = EXCEPTIONS.flatMap(([, ...beginnings]) => beginnings);

/** Returns whether a statement names one merchant, reads no rows of merchants, or is one of the exceptions. */
export function namesOneMerchant(text: string): boolean {
  if (!TABLE.test(text) || NAMED.test(text) || INSERTED.test(text)) return true;
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return BEGINNINGS.some((beginning) => line.startsWith(beginning));
}

const known = new Set<string>();
const faults: string[] = [];
const { query } = pg.Client.prototype;
Object.assign(pg.Client.prototype, {
  query(this: pg.Client, ...args: unknown[]) {
    const [first] = args as [{ text?: string } | string | undefined];
    const text = typeof first === 'string' ? first : (first?.text ?? '');
    if (!known.has(text) && !text.startsWith(OF_TEST)) {
      known.add(text);
      if (!namesOneMerchant(text)) faults.push(text);
    }
    return (query as (...given: unknown[]) => unknown).apply(this, args);
  },
});

/** Files whose own SQL is about all merchants, or that break the compiler of reads on purpose. */
const NOT_ASKED = /\/test\/(?:torture\/|bench\/|store\/migrations|graphql\/engines)/;

afterAll(() => {
  if (NOT_ASKED.test(expect.getState().testPath ?? '')) return;
  if (faults.length > 0) throw new Error(`These statements name no merchant:\n${faults.join('\n\n')}`);
});
