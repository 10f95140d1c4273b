import { expect, it } from 'vitest';
import { SubmitPayments } from '../support/documents.ts';
import { methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway } from '../support/harness.ts';
import { advance } from '../support/mandates.ts';

const Batches = graphql(`
  query Batches($first: Int, $after: String) {
    batches(first: $first, after: $after) {
      totalCount
      pageInfo {
        endCursor
      }
      nodes {
        id
        reference
        progress {
          stage
          count
          amount
        }
      }
    }
  }
`);
const Batch = graphql(`
  query Batch($reference: String!) {
    batch(reference: $reference) {
      id
      submittedAt
      payments {
        status
        count
        amount
      }
      transactions {
        status
        count
        amount
      }
    }
  }
`);

it('lists batches with what became of their transactions', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const submit = async (batchReference: string, keys: readonly string[]) => {
    const records = keys.map((key) => oneTimeDebitOrder(eft, key, '2024-09-16'));
    const { submitPayments } = await gateway.data(SubmitPayments, { input: { records, batchReference } });
    expect(submitPayments.failedCount).toBe(0);
  };
  await submit('SEPTEMBER', ['A', 'B']);
  await submit('OCTOBER', ['C']);
  await submit('SEPTEMBER', ['D']);
  await advance(gateway, '2024-09-20T08:00:00+02:00');
  const { batches } = await gateway.data(Batches, {});
  expect(batches.nodes.map(({ reference }) => reference)).toEqual(['OCTOBER', 'SEPTEMBER']);
  expect(batches.nodes[1]?.progress).toEqual(
    ['PENDING', 'SENT', 'ACCEPTED', 'PAID', 'UNPAID', 'REJECTED'].map((stage) => {
      return { stage, count: stage === 'PAID' ? 3 : 0, amount: stage === 'PAID' ? '135.00' : '0.00' };
    }),
  );
  const page = await gateway.data(Batches, { first: 1, after: null });
  expect(page.batches.totalCount).toBe(2);
  const next = await gateway.data(Batches, { first: 1, after: page.batches.pageInfo.endCursor ?? null });
  expect(next.batches.nodes.map(({ reference }) => reference)).toEqual(['SEPTEMBER']);
  const { batch } = await gateway.data(Batch, { reference: 'SEPTEMBER' });
  expect(batch).toMatchObject({
    id: batches.nodes[1]?.id,
    payments: [{ status: 'COMPLETED', count: 3, amount: '135.00' }],
    transactions: [{ status: 'PAID', count: 3, amount: '135.00' }],
  });
  expect((await gateway.data(Batch, { reference: 'NOVEMBER' })).batch).toBeNull();
  const { apiKey } = await gateway.addMerchant(DOCUMENTS_CLOCK);
  expect((await gateway.execute(Batch, { reference: 'SEPTEMBER' }, { apiKey })).data?.batch).toBeNull();
});

it('records a batch once when it is submitted concurrently', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const submissions = Array.from({ length: 8 }, (_, index) =>
    gateway.data(SubmitPayments, {
      input: { records: [oneTimeDebitOrder(eft, `K${index}`, '2024-09-16')], batchReference: 'SAME' },
    }),
  );
  await Promise.all(submissions);
  const { batch } = await gateway.data(Batch, { reference: 'SAME' });
  expect(batch?.payments).toMatchObject([{ count: 8 }]);
  expect(await gateway.sql('SELECT count(*) FROM batch')).toEqual([{ count: 1 }]);
});
