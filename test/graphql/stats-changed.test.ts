import { expect, it } from 'vitest';
import { SubmitPayments } from '../support/documents.ts';
import { methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { advance } from '../support/mandates.ts';
import { follow } from '../support/subscription.ts';

const PaymentStats = graphql(`
  subscription PaymentStats($filter: PaymentFilter, $groupBy: [StatsGroup!]!, $after: String) {
    paymentStatsChanged(filter: $filter, groupBy: $groupBy, after: $after) {
      cursor
      rows {
        keys {
          value
        }
        count
        amount
      }
    }
  }
`);
const TransactionStats = graphql(`
  subscription TransactionStats($filter: TransactionFilter, $groupBy: [StatsGroup!]!) {
    transactionStatsChanged(filter: $filter, groupBy: $groupBy) {
      rows {
        keys {
          value
        }
        count
      }
    }
  }
`);

async function submit(gateway: TestGateway, keys: readonly string[]) {
  const { eft } = await methodIds(gateway);
  const records = keys.map((key) => oneTimeDebitOrder(eft, key, '2024-09-16'));
  const { submitPayments } = await gateway.data(SubmitPayments, { input: { records } });
  expect(submitPayments.failedCount).toBe(0);
}

const brief = (rows: ReadonlyArray<{ keys: ReadonlyArray<{ value?: string | null }>; count: number }>) =>
  rows.map(({ keys, count }) => `${keys.map(({ value }) => value).join(' ')} ${count}`);

/** Waits until the last result of a stream is as expected: how many come before it depends on time. */
async function lastOf<Result>(results: readonly Result[], read: (result: Result) => unknown, expected: unknown) {
  for (let wait = 0; wait < 400; wait += 1) {
    const last = results.at(-1);
    if (last && JSON.stringify(read(last)) === JSON.stringify(expected)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const last = results.at(-1);
  expect(last && read(last)).toEqual(expected);
}

it('shows statistics first as they are, then as they become', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  await submit(gateway, ['A']);
  const client = gateway.socket();
  const payments = follow(client, PaymentStats, { groupBy: ['STATUS'] });
  const transactions = follow(client, TransactionStats, { groupBy: ['STATUS', 'DAY'] });
  const [first] = await payments.take(1);
  expect(first?.paymentStatsChanged.rows).toEqual([{ keys: [{ value: 'RUNNING' }], count: 1, amount: '45.00' }]);
  await submit(gateway, ['B', 'C']);
  await lastOf(payments.results, ({ paymentStatsChanged }) => brief(paymentStatsChanged.rows), ['RUNNING 3']);
  await advance(gateway, '2024-09-20T08:00:00+02:00');
  await lastOf(payments.results, ({ paymentStatsChanged }) => brief(paymentStatsChanged.rows), ['COMPLETED 3']);
  await lastOf(transactions.results, ({ transactionStatsChanged }) => brief(transactionStatsChanged.rows), [
    'PAID 2024-09-16 3',
  ]);
  // A reader that was away is shown the state, whichever cursor it comes with.
  const again = follow(client, PaymentStats, { groupBy: ['STATUS'], after: first?.paymentStatsChanged.cursor ?? null });
  const [state] = await again.take(1);
  expect(brief(state?.paymentStatsChanged.rows ?? [])).toEqual(['COMPLETED 3']);
  await client.dispose();
});

it('follows filters that name other objects', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  await submit(gateway, ['A', 'B']);
  const client = gateway.socket();
  const filter = { customer: { reference: { eq: 'RENAMED' } } };
  const stats = follow(client, PaymentStats, { groupBy: ['STATUS'], filter });
  const [first] = await stats.take(1);
  expect(first?.paymentStatsChanged.rows).toEqual([]);
  const [customer] = await gateway.sql<{ id: string }>('SELECT id FROM customer LIMIT 1');
  await gateway.data(Rename, { id: customer?.id ?? '' });
  await lastOf(stats.results, ({ paymentStatsChanged }) => brief(paymentStatsChanged.rows), ['RUNNING 1']);
  await client.dispose();
});

const Rename = graphql(`
  mutation Rename($id: ID!) {
    updateCustomers(input: { records: [{ id: $id, reference: "RENAMED" }] }) {
      failedCount
    }
  }
`);

it('refuses groups that cannot be', async () => {
  const gateway = await startGateway();
  const client = gateway.socket();
  const refused = follow(client, PaymentStats, { groupBy: ['DAY', 'DAY'] });
  expect(await refused.ended).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
  await client.dispose();
});

it('refuses filters by personal numbers, which are audited and metered for one key', async () => {
  const gateway = await startGateway();
  const client = gateway.socket();
  for (const filter of [
    { bankAccount: { accountNumber: { eq: '1000000018' } } },
    { not: { customer: { or: [{ idNumber: { eq: '8007014800087' } }] } } },
  ]) {
    const refused = follow(client, PaymentStats, { groupBy: ['STATUS'], filter });
    expect(await refused.ended).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
  }
  await client.dispose();
});
