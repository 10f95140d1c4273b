import { expect, it } from 'vitest';
import { PAYMENTS } from '../../src/store/reading/description.ts';
import { cursorTag, encodePlace, orderingOf } from '../../src/store/reading/keyset.ts';
import { blocksOf } from '../support/blocks.ts';
import { methodIds } from '../support/examples.ts';
import type { PaymentOrder } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { captureStatements } from '../support/statements.ts';

const ROWS = 120_000;
const PART = 10_000;
const DEPTH = 100_000;

const Page = graphql(`
  query Page($after: String, $orderBy: PaymentOrder) {
    payments(first: 50, after: $after, orderBy: $orderBy) {
      nodes {
        transactionReference
        status
        customer {
          reference
        }
      }
    }
  }
`);

/** The blocks that the statement of a page touches. */
async function blocksOfPage(gateway: TestGateway, variables: { after?: string; orderBy?: PaymentOrder }) {
  const statements = await captureStatements(async () => {
    const { payments } = await gateway.data(Page, variables);
    expect(payments.nodes).toHaveLength(50);
  });
  const reads = statements.filter(({ text }) => text.includes('"payment"'));
  expect(reads).toHaveLength(1);
  return blocksOf(gateway, reads);
}

it('costs no more 100,000 rows deep than at the start, in every order', async () => {
  const gateway = await startGateway();
  const { eft } = await methodIds(gateway);
  await seed(gateway, eft);
  const orders = [
    { column: 'id', orderBy: undefined, key: 'NULL::text' },
    {
      column: 'created_at',
      orderBy: { field: 'CREATED_AT', direction: 'DESC' },
      key: `to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    },
    { column: 'amount_cents', orderBy: { field: 'AMOUNT', direction: 'DESC' }, key: 'amount_cents::text' },
  ] as const;
  for (const { column, orderBy, key } of orders) {
    const [place] = await gateway.sql<{ key: string | null; id: string }>(
      `SELECT ${key} AS key, id FROM payment ORDER BY ${column} DESC, id DESC OFFSET ${DEPTH} LIMIT 1`,
    );
    const ordering = orderingOf(PAYMENTS, orderBy, null);
    const tag = cursorTag(gateway.node.app.secrets, gateway.merchantId, 'Payment', ordering);
    const after = encodePlace({ value: place?.key ?? null, id: place?.id ?? '' }, ordering, tag);
    const order = orderBy ? { orderBy } : {};
    const first = await blocksOfPage(gateway, order);
    const deep = await blocksOfPage(gateway, { after, ...order });
    console.log({ order: column, first, deep });
    // A few blocks more or less are the way down the index; paging by OFFSET would touch thousands.
    expect(deep).toBeLessThanOrEqual(first * 1.2 + 5);
  }
});

async function seed(gateway: TestGateway, methodId: string): Promise<void> {
  const own = [gateway.merchantId, methodId];
  await gateway.sql(
    "INSERT INTO customer (merchant_id, id, reference, kind, company_name, email) VALUES ($1, 'cus_seed', 'seed', 'COMPANY', 'Seed', 'a@b.co')",
    [gateway.merchantId],
  );
  // In parts, each well within the time that a statement has on a loaded machine.
  for (let from = 1; from <= ROWS; from += PART)
    await gateway.sql(
      `INSERT INTO payment (merchant_id, id, customer_id, payment_method_id, kind, status, transaction_reference, amount_cents, first_nominal_date, created_at)
     SELECT $1, 'pay_' || lpad(n::text, 21, '0'), 'cus_seed', $2, 'PAY_IN', 'WAITING_FOR_PAYMENT', 'S' || n, 100 + (n * 7919) % 50000, '2024-09-01',
            timestamptz '2024-01-01' + (n / 3) * interval '1 second'
       FROM generate_series(${from}, ${from + PART - 1}) AS n`,
      own,
    );
  await gateway.sql('ANALYZE payment');
}
