import { expect, it } from 'vitest';
import type { Queryable } from '../../src/store/connection/database.ts';
import { findMerchantsWithDueWork } from '../../src/store/due-work/due-work.ts';
import { blocksOf } from '../support/blocks.ts';
import { administer } from '../support/database-server.ts';
import { methodIds } from '../support/examples.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { captureStatements, type Statement } from '../support/statements.ts';

// What a read costs in blocks, whatever the size of its merchant: PostgreSQL is asked by EXPLAIN, so that a slow machine fails nothing.
// `npm run torture -- plans` has a million payments.
const PAYMENTS = Number(process.env['PLAN_PAYMENTS'] ?? 60_000);
const CUSTOMERS = PAYMENTS / 10;
const PART = 10_000;

/** The statements of a function of the store. */
async function statementsOf(work: (database: Queryable) => Promise<unknown>): Promise<Statement[]> {
  const statements: Statement[] = [];
  await work({
    query: async (text, values = []) => {
      statements.push({ text, values });
      return [];
    },
  });
  return statements;
}

/** The blocks that the statements of a query touch. */
async function blocksOfQuery(gateway: TestGateway, query: string): Promise<number> {
  const statements = await captureStatements(async () => {
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` },
      body: JSON.stringify({ query }),
    });
    expect(await response.json()).not.toHaveProperty('errors');
  });
  return blocksOf(gateway, statements);
}

it('reads blocks by its page and not by its merchant', { timeout: 900_000 + PAYMENTS * 10 }, async () => {
  const gateway = await startGateway();
  await seed(gateway);
  const id = (prefix: string, n: number) => `${prefix}_${String(n).padStart(21, '0')}`;
  const [{ cursor } = { cursor: '' }] = (
    await (
      await fetch(gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` },
        body: JSON.stringify({ query: '{ payments(first: 1) { edges { cursor } } }' }),
      })
    ).json()
  ).data.payments.edges as Array<{ cursor: string }>;
  const middle = `${cursor.split('.')[0]}.${id('pay', PAYMENTS / 2)}`;
  const bounds: ReadonlyArray<readonly [name: string, query: string, blocksMax: number]> = [
    [
      'events of a customer',
      `{ events(first: 20, filter: { customerIds: ["${id('cus', 7)}"] }) { totalCount nodes { __typename } } }`,
      60,
    ],
    [
      'events of a payment',
      `{ events(first: 20, filter: { paymentIds: ["${id('pay', 7)}"] }) { totalCount nodes { __typename } } }`,
      60,
    ],
    [
      'events of a mandate without any',
      `{ events(first: 20, filter: { mandateIds: ["${id('man', 7)}"] }) { totalCount nodes { __typename } } }`,
      20,
    ],
    [
      'flags of a page in the middle',
      `{ payments(first: 20, after: "${middle}") { pageInfo { hasNextPage hasPreviousPage } } }`,
      30,
    ],
    [
      'a rare name',
      '{ payments(first: 20, filter: { customer: { personName: { contains: "Zebulon" } } }) { nodes { id } } }',
      60,
    ],
    [
      'a common name',
      '{ payments(first: 20, filter: { customer: { personName: { contains: "Thabo" } } }) { nodes { id } } }',
      800,
    ],
    [
      'a name or a reference',
      '{ payments(first: 20, filter: { or: [{ customer: { personName: { contains: "Thabo" } } }, { transactionReference: { eq: "S5" } }] }) { nodes { id } } }',
      // The customers that match are hashed, so this one grows with them.
      CUSTOMERS / 10,
    ],
    ['a count', '{ payments(first: 0) { totalCount totalCountIsExact } }', 300],
  ];
  const found: Record<string, number> = {};
  for (const [name, query] of bounds) found[name] = await blocksOfQuery(gateway, query);
  const due = await statementsOf((database) => findMerchantsWithDueWork(database));
  found['merchants with due work'] = await blocksOf(gateway, due);
  // A volatile clock cannot be searched for: every job would be read.
  const volatile = due.map(({ text, ...rest }) => ({
    ...rest,
    text: text.replaceAll('statement_timestamp', 'clock_timestamp'),
  }));
  found['merchants with due work by a volatile clock'] = await blocksOf(gateway, volatile);
  console.log(found);
  expect(found['merchants with due work']).toBeLessThanOrEqual(20);
  expect(found['merchants with due work by a volatile clock']).toBeGreaterThan(100);
  for (const [name, , blocksMax] of bounds) expect([name, (found[name] ?? 0) <= blocksMax]).toEqual([name, true]);
});

async function seed(gateway: TestGateway): Promise<void> {
  const { payIn } = await methodIds(gateway);
  const own = [gateway.merchantId];
  const parts = async (count: number, write: (from: number, to: number) => Promise<unknown>) => {
    for (let from = 1; from <= count; from += PART) await write(from, Math.min(count, from + PART - 1));
  };
  await parts(CUSTOMERS, (from, to) =>
    gateway.sql(
      `INSERT INTO customer (merchant_id, id, reference, kind, person_name, person_surname, email)
       SELECT $1, 'cus_' || lpad(n::text, 21, '0'), 'C' || n, 'INDIVIDUAL', CASE WHEN n = 5 THEN 'Zebulon' ELSE (ARRAY['Thabo', 'Lerato', 'Sipho', 'Anele'])[1 + n % 4] END, 'Nkosi', 'a@b.co'
         FROM generate_series(${from}, ${to}) AS n`,
      own,
    ),
  );
  await parts(PAYMENTS, (from, to) =>
    gateway.sql(
      `INSERT INTO payment (merchant_id, id, customer_id, payment_method_id, kind, status, transaction_reference, amount_cents, first_nominal_date, created_at)
       SELECT $1, 'pay_' || lpad(n::text, 21, '0'), 'cus_' || lpad((1 + n % ${CUSTOMERS})::text, 21, '0'), $2, 'PAY_IN', 'WAITING_FOR_PAYMENT', 'S' || n, 4500, '2024-09-01',
              timestamptz '2024-01-01' + n * interval '1 second'
         FROM generate_series(${from}, ${to}) AS n`,
      [gateway.merchantId, payIn],
    ),
  );
  await parts(PAYMENTS, (from, to) =>
    gateway.sql(
      `INSERT INTO event (id, merchant_id, aggregate_type, aggregate_id, version, type, to_status, actor, payment_id, customer_id, amount_cents, occurred_at)
       SELECT 'evt_' || lpad(n::text, 21, '0'), $1, 'PAYMENT', 'pay_' || lpad(n::text, 21, '0'), 1, 'payment.created', 'WAITING_FOR_PAYMENT', 'API',
              'pay_' || lpad(n::text, 21, '0'), 'cus_' || lpad((1 + n % ${CUSTOMERS})::text, 21, '0'), 4500, now()
         FROM generate_series(${from}, ${to}) AS n`,
      own,
    ),
  );
  await parts(PAYMENTS / 2, (from, to) =>
    gateway.sql(
      `INSERT INTO due_work (merchant_id, kind, subject_id, due_at, details)
       SELECT $1, 'EXPIRE_PAYMENT', 'pay_' || lpad(n::text, 21, '0'), '2999-01-01', '{}' FROM generate_series(${from}, ${to}) AS n`,
      own,
    ),
  );
  const left = () => gateway.sql<{ count: number }>('SELECT count(*) AS count FROM event WHERE position IS NULL');
  await expect.poll(left).toEqual([{ count: 0 }]);
  // Without the statement timeout of a node.
  await administer(gateway.databaseUrl, 'VACUUM (ANALYZE) customer, payment, event, due_work');
}
