import { expect, it } from 'vitest';
import { receiveBankAnswers } from '../../src/services/bank-answers/receive-bank-answers.ts';
import { withMerchant } from '../../src/store/connection/merchant-transaction.ts';
import { methodIds } from '../support/examples.ts';
import { graphql } from '../support/generated/index.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { simulate } from '../support/money.ts';
import { advance, eftMethod, oneTime, recurring, submitAll } from '../support/payments.ts';

// Until when a debit can be disputed (DOMAIN §2.14): the 40th day after its action date, for cards the 180th.

const start = () => startGateway({ clockStart: new Date('2026-11-26T08:00:00+02:00') });

const Deadline = graphql(`
  query DisputeDeadline($id: ID!) {
    payment(id: $id) {
      transactions {
        nodes {
          status
          disputeDeadline
          isDisputeLate
        }
      }
    }
  }
`);

async function debitOf(gateway: TestGateway, id: string) {
  const { payment } = await gateway.data(Deadline, { id });
  return payment?.transactions.nodes[0];
}

async function paidByCard(gateway: TestGateway): Promise<string> {
  const { card } = await methodIds(gateway);
  const { bankAccount: _account, mandate: _mandate, recurring: _dates, ...base } = recurring(card, 'CARD');
  const [id = ''] = await submitAll(gateway, [
    { ...base, amount: '45.00', card: { token: 'tok_sandbox_paid' }, oneTime: { processDate: '2026-12-01' } },
  ]);
  return id;
}

it.each([
  ['an EFT debit until the 40th day', 'TRANSACTION_DISPUTED', '2027-01-10', '2027-01-11'],
  ['a card until the 180th day', 'CARD_CHARGEBACK', '2027-05-30', '2027-05-31'],
] as const)('takes a dispute of %s, and simulates none later', async (_what, scenario, last, late) => {
  const made = async (gateway: TestGateway): Promise<string> => {
    if (scenario === 'CARD_CHARGEBACK') return paidByCard(gateway);
    return (await submitAll(gateway, [oneTime(await eftMethod(gateway), 'E', '4000000001', '2026-12-01')]))[0] ?? '';
  };
  const inTime = await start();
  const id = await made(inTime);
  expect((await debitOf(inTime, id))?.disputeDeadline ?? null).toBeNull();
  await advance(inTime, `${last}T23:00:00+02:00`);
  expect(await debitOf(inTime, id)).toMatchObject({ status: 'PAID', disputeDeadline: last });
  expect((await simulate(inTime, scenario, id)).errors).toEqual([]);
  expect(await debitOf(inTime, id)).toMatchObject({ isDisputeLate: false, disputeDeadline: last });

  const tooLate = await start();
  const other = await made(tooLate);
  await advance(tooLate, `${late}T00:30:00+02:00`);
  const { errors } = await simulate(tooLate, scenario, other);
  expect(errors).toMatchObject([{ code: 'STATE_CONFLICT', message: expect.stringContaining(`${late} 00:30`) }]);
  expect(errors[0]?.message).toContain(last);
  expect((await debitOf(tooLate, other))?.status).toBe('PAID');
});

it("takes a bank's late dispute, and marks it as late", async () => {
  const gateway = await start();
  const [id = ''] = await submitAll(gateway, [oneTime(await eftMethod(gateway), 'L', '4000000001', '2026-12-01')]);
  await advance(gateway, '2027-02-01T08:00:00+02:00');
  const [sending] = await gateway.sql<{ reference: string }>('SELECT reference FROM submission');
  const { app } = gateway.node;
  const occurredAt = new Date('2027-01-25T08:00:00+02:00');
  await withMerchant(app.database, gateway.merchantId, (tx) => {
    const cause = { actor: 'BANK', requestId: null, reasonCode: null, reason: null } as const;
    const { merchantId } = gateway;
    const change = {
      tx,
      merchantId,
      occurredAt,
      clockName: '',
      cause,
      clientId: null,
      onTransaction: () => {},
    } as const;
    const message = {
      messageId: 'late',
      reference: sending?.reference ?? '',
      event: 'DISPUTED',
      code: '30',
      occurredAt,
    } as const;
    return receiveBankAnswers(change, [message]);
  });
  expect(await debitOf(gateway, id)).toEqual({
    status: 'DISPUTED',
    disputeDeadline: '2027-01-10',
    isDisputeLate: true,
  });
});

it('tells no deadline of a debit that was never paid', async () => {
  const gateway = await start();
  const [id = ''] = await submitAll(gateway, [oneTime(await eftMethod(gateway), 'U', '9900020018', '2026-12-01')]);
  await advance(gateway, '2026-12-04T08:00:00+02:00');
  expect(await debitOf(gateway, id)).toMatchObject({ status: 'UNPAID', disputeDeadline: null });
});
