import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import type { App, Caller } from '../../src/services/app.ts';
import { createMerchant } from '../../src/services/merchants/create-merchant.ts';
import { submitPayments } from '../../src/services/payments/submit-payments.ts';
import { openDatabase, type Queryable, queryable } from '../../src/store/connection/database.ts';
import { findMethodsOfType } from '../../src/store/merchants/payment-methods.ts';
import { createApp } from '../support/app.ts';
import { oneTimeDebitOrder } from '../support/examples.ts';
import { freePort, type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { createDatabase, DOCUMENTS_CLOCK } from '../support/harness.ts';
import { createRandom, pause } from './random.ts';

// Two nodes collect what is due, and either is killed at any moment. Short by default; `npm run torture -- collections` has 100 rounds
// of 500 payments.
const ROUNDS = Number(process.env['COLLECTION_ROUNDS'] ?? 4);
const PAYMENTS = Number(process.env['COLLECTION_PAYMENTS'] ?? 200);
const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);
const PROCESS_DATE = '2024-09-16';
/** When the transactions of all of it are made, and when they are sent; before the bank answers. */
const MADE_AT = Date.parse('2024-09-12T00:00:00+02:00');
const SENT_AT = Date.parse('2024-09-12T15:00:00+02:00');
const ROUND_MS_MAX = 60_000;

it(`collects each of ${PAYMENTS} payments once with two nodes, one of which is killed, ${ROUNDS} times over (seed ${seed})`, {
  timeout: ROUNDS * 30_000 + 900_000,
}, async () => {
  const random = createRandom(seed);
  const { url, drop } = await createDatabase();
  const secret = randomBytes(32);
  const database = openDatabase(url, { connectionsMax: 5, onError: () => {} });
  const sql = queryable(database);
  const app = createApp(database, secret);
  await countSendings(sql);
  const startNode = async () =>
    startGatewayProcess({
      PORT: String(await freePort()),
      DATABASE_URL: url,
      DATABASE_CONNECTIONS_MAX: '8',
      SECRET: secret.toString('base64'),
      LOG_LEVEL: 'error',
    });
  const nodes: [GatewayProcess, GatewayProcess] = [await startNode(), await startNode()];
  const tally = { rounds: 0, killedAtWork: 0, collected: 0, lost: 0, twice: 0, sentTwice: 0, unsequenced: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const merchantId = await submitRound(app, sql);
    for (const phase of ['transactions', 'sent'] as const) {
      await moveClock(sql, merchantId, phase === 'sent' ? SENT_AT : MADE_AT);
      await pause(random.below(500));
      const victim = random.below(2) as 0 | 1;
      await nodes[victim].kill('SIGKILL');
      const reached = (await progressOf(sql, merchantId))[phase];
      if (reached < PAYMENTS) tally.killedAtWork += 1;
      [nodes[victim]] = await Promise.all([startNode(), untilAll(sql, merchantId, phase)]);
    }
    const after = await progressOf(sql, merchantId);
    tally.rounds += 1;
    tally.collected += after.sent;
    tally.lost += PAYMENTS - after.payments;
    tally.twice += after.transactions - after.payments;
    tally.sentTwice += after.sentTwice;
  }
  await expect.poll(async () => (await sql.query('SELECT FROM event WHERE position IS NULL')).length).toBe(0);
  for (const node of nodes) await node.kill('SIGTERM');
  await database.close();
  await drop();
  console.log(tally);
  expect(tally).toMatchObject({ rounds: ROUNDS, collected: ROUNDS * PAYMENTS, lost: 0, twice: 0, sentTwice: 0 });
  expect(tally.killedAtWork).toBeGreaterThan(0);
});

/** The sandbox bank takes a reference once whatever comes: each sending is counted before it says so. */
async function countSendings(sql: Queryable): Promise<void> {
  await sql.query('CREATE TABLE sending (reference text)');
  await sql.query(
    'CREATE FUNCTION count_sending() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO sending VALUES (NEW.reference); RETURN NEW; END $$',
  );
  await sql.query(
    'CREATE TRIGGER count_sending BEFORE INSERT ON sandbox_entry FOR EACH ROW EXECUTE FUNCTION count_sending()',
  );
}

/** A merchant and its payments. */
async function submitRound(app: App, sql: Queryable): Promise<string> {
  const merchantId = await createMerchant(app, { name: 'Torture', clockStart: DOCUMENTS_CLOCK, cdvMode: 'WARN' });
  const caller: Caller = { merchantId, clientId: '', scopes: new Set(), expiresAt: null, requestId: 'req_torture' };
  const [eft = ''] = await findMethodsOfType(sql, merchantId, 'DEBIT_ORDER');
  const records = Array.from({ length: PAYMENTS }, (_, index) => oneTimeDebitOrder(eft, String(index), PROCESS_DATE));
  const input = { records, batchReference: null, mode: 'ATOMIC', dryRun: false, idempotencyKey: null } as const;
  const answer = await submitPayments(app, caller, input as never);
  if (!('results' in answer) || answer.results.some(({ errors }) => errors.length > 0))
    throw new Error('not submitted');
  return merchantId;
}

async function moveClock(sql: Queryable, merchantId: string, to: number): Promise<void> {
  const offset = [merchantId, to - Date.now()];
  await sql.query('UPDATE merchant_clock SET offset_ms = $2 WHERE merchant_id = $1', offset);
}

async function progressOf(sql: Queryable, merchantId: string) {
  const [row] = await sql.query<{ payments: number; transactions: number; sent: number; sentTwice: number }>(
    `SELECT count(DISTINCT payment_id) AS payments, count(*) AS transactions,
            count(*) FILTER (WHERE status IN ('SENT_TO_BANK', 'ACCEPTED_BY_BANK', 'PAID')) AS sent,
            (SELECT count(*) - count(DISTINCT sending.reference) FROM sending
               JOIN submission ON submission.reference = sending.reference WHERE submission.merchant_id = $1) AS sent_twice
       FROM transaction WHERE merchant_id = $1`,
    [merchantId],
  );
  return row ?? { payments: 0, transactions: 0, sent: 0, sentTwice: 0 };
}

/**
 * Until everything is made, or sent. What the killed node had at the bank is leased to it for half a minute; once the other node has
 * nothing left to do, that time is let pass.
 */
async function untilAll(sql: Queryable, merchantId: string, phase: 'transactions' | 'sent'): Promise<void> {
  const deadline = Date.now() + ROUND_MS_MAX;
  for (let last = -1; Date.now() < deadline; ) {
    const reached = (await progressOf(sql, merchantId))[phase];
    if (reached === PAYMENTS) return;
    if (reached === last)
      await sql.query('UPDATE due_work SET leased_until = NULL WHERE merchant_id = $1', [merchantId]);
    last = reached;
    await pause(700);
  }
}
