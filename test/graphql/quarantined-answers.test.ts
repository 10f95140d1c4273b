import { expect, it } from 'vitest';
import { receiveBankAnswers } from '../../src/services/bank-answers/receive-bank-answers.ts';
import { contextOf } from '../../src/services/context-of.ts';
import { withTransaction } from '../../src/store/connection/database.ts';
import type { BankMessage } from '../../src/store/transactions/bank-messages.ts';
import { startOneTimePayment } from '../support/customers.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { advance, makeMandate } from '../support/mandates.ts';

const Quarantined = graphql(`
  query Quarantined($reference: String) {
    quarantinedAnswers(filter: { reference: { eq: $reference } }) {
      nodes {
        reference
        event
        code
        reason
        transaction {
          status
        }
        mandate {
          id
        }
      }
    }
  }
`);

async function answer(gateway: TestGateway, messages: readonly Partial<BankMessage>[]): Promise<void> {
  const { app } = gateway.node;
  const occurredAt = new Date('2024-09-17T08:00:00Z');
  const cause = { actor: 'BANK', requestId: null, reasonCode: null, reason: null } as const;
  const { merchantId } = gateway;
  await withTransaction(app.database, (tx) =>
    receiveBankAnswers(
      contextOf(app, tx, { merchantId, occurredAt, cause, clientId: null }),
      messages.map((message) => ({ occurredAt, code: null, ...message }) as BankMessage),
    ),
  );
}

it('lists answers that no transition allows, with the reason, until a later one makes them possible', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { paymentId } = await startOneTimePayment(gateway, 'A', '2024-09-16');
  const { mandateId } = await makeMandate(gateway, 'eft', { key: 'B' });
  await advance(gateway, '2024-09-20T08:00:00+02:00');
  const [sent] = await gateway.sql<{ reference: string }>('SELECT reference FROM submission');
  const reference = sent?.reference ?? '';
  const at = new Date('2024-09-21T08:00:00Z');
  await answer(gateway, [
    { messageId: 'm1', reference: 'NOBODY', event: 'PAID' },
    { messageId: 'm2', reference, event: 'DISPUTE_WITHDRAWN', occurredAt: new Date(at.getTime() + 1_000) },
    { messageId: 'm3', reference, event: 'APPROVED' },
  ]);
  const list = async (of?: string) =>
    (await gateway.data(Quarantined, of ? { reference: of } : {})).quarantinedAnswers.nodes;
  expect(await list('NOBODY')).toEqual([
    {
      reference: 'NOBODY',
      event: 'PAID',
      code: null,
      reason: 'Nothing was sent to the bank under this reference.',
      transaction: null,
      mandate: null,
    },
  ]);
  expect(
    (await list(reference)).map(({ event, reason, transaction }) => ({ event, reason, status: transaction?.status })),
  ).toEqual([
    {
      event: 'DISPUTE_WITHDRAWN',
      reason: 'DISPUTE_WITHDRAWN does not follow from the earlier answers. By all answers the transaction is PAID.',
      status: 'PAID',
    },
    {
      event: 'APPROVED',
      reason: 'APPROVED is an answer about a mandate; a debit was sent under this reference.',
      status: 'PAID',
    },
  ]);
  expect((await list()).length).toBe(3);
  // The dispute arrives late: its withdrawal is possible then.
  await answer(gateway, [{ messageId: 'm4', reference, event: 'DISPUTED', code: '30', occurredAt: at }]);
  expect((await list(reference)).map(({ event }) => event)).toEqual(['APPROVED']);
  const [row] = await gateway.sql<{ status: string }>('SELECT status FROM transaction WHERE payment_id = $1', [
    paymentId,
  ]);
  expect(row?.status).toBe('PAID');
  expect(mandateId).toBeTruthy();
  expect(await gateway.sql('SELECT count(*) FROM bank_message WHERE quarantined_at IS NOT NULL')).toEqual([
    { count: 2 },
  ]);
});

it('renews the reason when the debit of an answer becomes known', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  await startOneTimePayment(gateway, 'A', '2024-09-16');
  await advance(gateway, '2024-09-20T08:00:00+02:00');
  await answer(gateway, [{ messageId: 'm1', reference: 'LATER', event: 'DISPUTE_WITHDRAWN' }]);
  await gateway.sql(
    `INSERT INTO submission (merchant_id, reference, transaction_id, attempt, connector_id, submitted_at)
     SELECT merchant_id, 'LATER', transaction_id, 2, connector_id, submitted_at FROM submission`,
  );
  await answer(gateway, [{ messageId: 'm2', reference: 'LATER', event: 'PAID' }]);
  const { nodes } = (await gateway.data(Quarantined, { reference: 'LATER' })).quarantinedAnswers;
  expect(nodes.map(({ event, transaction }) => `${event} ${transaction?.status}`)).toEqual(['DISPUTE_WITHDRAWN PAID']);
  expect(nodes[0]?.reason).toContain('does not follow from the earlier answers');
});
