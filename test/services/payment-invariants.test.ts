import { expect, it } from 'vitest';
import { resetSandbox } from '../../src/services/sandbox/reset-sandbox.ts';
import { AddCards, BlacklistCustomers, RemoveCards } from '../support/customer-documents.ts';
import { AdvanceClock } from '../support/documents.ts';
import { methodIds } from '../support/examples.ts';
import type { PaymentStatus, Scenario, SimulateInput } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { CancelMandates } from '../support/mandate-documents.ts';
import { makeMandate } from '../support/mandates.ts';
import { setLimits } from '../support/money.ts';
import {
  advance,
  oneTime,
  paymentState,
  RetryPayments,
  recurring,
  SetPaymentStatus,
  submitAll,
  UpdatePayments,
} from '../support/payments.ts';

// What a reader with fresh eyes broke, mended.

const start = () => startGateway({ clockStart: DOCUMENTS_CLOCK });

const Simulate = graphql(`
  mutation SimulateEdge($input: SimulateInput!) {
    simulate(input: $input) {
      outcome
      errors {
        code
        path
      }
      transaction {
        status
      }
    }
  }
`);

async function simulate(gateway: TestGateway, scenario: Scenario, id: string, more: Partial<SimulateInput> = {}) {
  const { simulate: answer } = await gateway.data(Simulate, { input: { scenario, id, ...more } });
  return answer.transaction?.status ?? answer.errors.map(({ code, path }) => `${code} ${path.join('.')}`).join();
}

async function setStatus(gateway: TestGateway, id: string, status: PaymentStatus) {
  const { setPaymentStatus } = await gateway.data(SetPaymentStatus, { input: { ids: [id], status } });
  return setPaymentStatus.results[0];
}

const lines = (payment: Awaited<ReturnType<typeof paymentState>>) =>
  payment.transactions.nodes.map(({ actionDate, status, unpaidCode }) => `${actionDate} ${status} ${unpaidCode}`);

it('never runs a stopped payment again by itself, though the dispute that stopped it is withdrawn', async () => {
  const gateway = await start();
  const { eft } = await methodIds(gateway);
  const ids = await submitAll(
    gateway,
    ['A', 'B', 'C'].map((key) => recurring(eft, key, '9910090000')),
  );
  await advance(gateway, '2024-10-03T12:00:00+02:00');
  const rows = await gateway.sql<{ mandateId: string; customerId: string }>(
    'SELECT mandate_id, customer_id FROM payment ORDER BY id',
  );
  await gateway.data(CancelMandates, { input: { ids: [rows[0]?.mandateId ?? ''] } });
  await gateway.data(BlacklistCustomers, { input: { ids: [rows[1]?.customerId ?? ''] } });
  await advance(gateway, '2024-12-10T12:00:00+02:00');
  for (const id of ids) {
    const payment = await paymentState(gateway, id);
    expect([payment.status, ...lines(payment)]).toEqual(['STOPPED', '2024-10-01 PAID null']);
  }
});

it('keeps it that the debtor gives no authority any more, also of a payment that a caller has stopped', async () => {
  const gateway = await start();
  const { eft } = await methodIds(gateway);
  const [id = ''] = await submitAll(gateway, [recurring(eft, 'A', '9900040000')]);
  await advance(gateway, '2024-09-30T08:00:00+02:00');
  await setStatus(gateway, id, 'STOPPED');
  await advance(gateway, '2024-10-05T08:00:00+02:00');
  const refused = await setStatus(gateway, id, 'RUNNING');
  expect(refused?.errors[0]?.message).toContain('A new mandate');
});

it('sends nothing for a day that was: it gets another, or is left out', async () => {
  const gateway = await start();
  const { eft } = await methodIds(gateway);
  const [id = ''] = await submitAll(gateway, [oneTime(eft, 'A')]);
  await advance(gateway, '2024-09-12T08:00:00+02:00');
  // Down from before the cut-off of Thursday until the Thursday after.
  const later = Date.parse('2024-09-19T08:00:00+02:00') - Date.now();
  await gateway.sql('UPDATE merchant_clock SET offset_ms = $2 WHERE merchant_id = $1', [gateway.merchantId, later]);
  await advance(gateway, '2024-09-19T08:00:30+02:00');
  expect(lines(await paymentState(gateway, id))).toEqual(['2024-09-23 PENDING null']);
  await advance(gateway, '2024-09-26T08:00:00+02:00');
  expect(lines(await paymentState(gateway, id))).toEqual(['2024-09-23 PAID null']);
});

it('charges no card that was removed since the morning', async () => {
  const gateway = await start();
  const { card } = await methodIds(gateway);
  const { bankAccount: _account, mandate: _mandate, recurring: _dates, ...base } = recurring(card, 'C');
  const [id = ''] = await submitAll(gateway, [
    { ...base, amount: '9.00', card: { token: 'tok_a' }, oneTime: { processDate: '2024-09-20' } },
  ]);
  await advance(gateway, '2024-09-20T01:00:00+02:00');
  const [row] = await gateway.sql<{ id: string; customerId: string }>('SELECT id, customer_id FROM card');
  await gateway.data(RemoveCards, { input: { ids: [row?.id ?? ''] } });
  await advance(gateway, '2024-09-20T10:00:00+02:00');
  const payment = await paymentState(gateway, id);
  expect([payment.status, ...lines(payment)]).toEqual(['STOPPED', '2024-09-20 DECLINED CARD_REMOVED']);
  const { addCards } = await gateway.data(AddCards, {
    input: { records: [{ customerId: row?.customerId ?? '', token: 'tok_a' }] },
  });
  expect(addCards.results[0]?.outcome).toBe('CREATED');
});

it('fills a limit with the first that fit, and with no more when retries race for it', async () => {
  const gateway = await start();
  const { eft } = await methodIds(gateway);
  const amounts = ['10.00', '100.00', '5.00'];
  const of = (key: string, amount: string) => ({
    ...oneTime(eft, key, '9900020018'),
    mandate: { amount, oneTime: { processDate: '2024-09-16' } },
  });
  const ids = await submitAll(
    gateway,
    amounts.map((amount, index) => of(String(index), amount)),
  );
  await setLimits(gateway, eft, { monthlyLimit: '20.00' });
  await advance(gateway, '2024-09-20T08:00:00+02:00');
  const states = await Promise.all(ids.map(async (id) => lines(await paymentState(gateway, id))[0]));
  expect(states).toEqual(['2024-09-16 UNPAID 02', '2024-09-16 REJECTED_BY_API LIMIT_EXCEEDED', '2024-09-16 UNPAID 02']);
  await setLimits(gateway, eft, { monthlyLimit: '12.00' });
  await Promise.all([ids[0], ids[2]].map((id) => gateway.data(RetryPayments, { input: { ids: [id ?? ''] } })));
  const [row] = await gateway.sql<{ cents: number }>(
    "SELECT sum(amount_cents)::bigint AS cents FROM transaction WHERE attempt = 2 AND status = 'PENDING'",
  );
  expect([500, 1_000]).toContain(row?.cents);
});

it('takes a refusal that the bank gives after it had been silent', async () => {
  const gateway = await start();
  const { eft } = await methodIds(gateway);
  const [id = ''] = await submitAll(gateway, [oneTime(eft, 'A')]);
  await advance(gateway, '2024-09-12T08:00:00+02:00');
  const said = [];
  for (const event of ['SENT', 'ACCEPTED', 'NO_RESPONSE', 'REJECTED'] as const) {
    said.push(await simulate(gateway, `TRANSACTION_${event}`, id));
  }
  expect(said).toEqual(['SENT_TO_BANK', 'ACCEPTED_BY_BANK', 'NO_RESPONSE', 'REJECTED_BY_BANK']);
  expect((await paymentState(gateway, id)).status).toBe('STOPPED');
});

it('simulates for each method what can happen to it, with codes that banks give', async () => {
  const gateway = await start();
  const { eft, payIn } = await methodIds(gateway);
  const { bankAccount: _account, mandate: _mandate, recurring: _dates, ...base } = recurring(payIn, 'P');
  const [waiting = '', debit = ''] = await submitAll(gateway, [{ ...base, amount: '100.00' }, oneTime(eft, 'A')]);
  await advance(gateway, '2024-09-12T08:00:00+02:00');
  expect(await simulate(gateway, 'TRANSACTION_SENT', waiting)).toBe('METHOD_FORBIDS id');
  expect(await simulate(gateway, 'CARD_DECLINED', waiting)).toBe('METHOD_FORBIDS id');
  expect(await simulate(gateway, 'CARD_DECLINED', debit)).toBe('METHOD_FORBIDS id');
  await simulate(gateway, 'TRANSACTION_SENT', debit);
  expect(await simulate(gateway, 'TRANSACTION_UNPAID', debit, { code: 'constructor' })).toBe('INVALID code');
  expect(await simulate(gateway, 'TRANSACTION_UNPAID', debit, { code: '06' })).toBe('UNPAID');
  const { simulate: long } = await gateway.data(Simulate, {
    input: { scenario: 'PAY_IN_RECEIVED', amount: '1.00', eftReference: 'x'.repeat(65) },
  });
  expect(long.errors[0]?.code).toBe('TOO_LONG');
});

it('does not move the start of a payment behind the first collection that the debtor agreed to', async () => {
  const gateway = await start();
  const { debicheck } = await methodIds(gateway);
  const first = { firstCollectionAmount: '50.00', firstCollectionDate: '2024-10-15' };
  const made = await makeMandate(gateway, 'debicheck', { debicheck: { maximumCollectionAmount: '60.00', ...first } });
  await advance(gateway, '2024-09-01T09:00:00+02:00');
  const { customerId, bankAccountId, mandateId } = made;
  const [id = ''] = await submitAll(gateway, [
    { paymentMethodId: debicheck, customerId, bankAccountId, mandateId, recurring: { dateStart: '2024-10-01' } },
  ]);
  const { updatePayments } = await gateway.data(UpdatePayments, {
    input: { records: [{ id, recurring: { dateStart: '2024-10-20' } }] },
  });
  expect(updatePayments.results[0]?.errors[0]?.code).toBe('INVALID_DATE');
});

it('leaves nothing of what was on its way to the bank while the sandbox was emptied', async () => {
  const gateway = await start();
  const { eft } = await methodIds(gateway);
  const { app } = gateway.node;
  const caller = {
    merchantId: gateway.merchantId,
    clientId: '',
    scopes: new Set<never>(),
    expiresAt: null,
    requestId: 'req',
  };
  const used = await app.banks.of('sandbox');
  const bank = { ...used };
  Object.assign(used, {
    submit: async (...args: Parameters<typeof bank.submit>) => {
      await resetSandbox(app, caller, { clockStart: DOCUMENTS_CLOCK, seed: 'one' });
      return bank.submit(...args);
    },
  });
  await submitAll(gateway, [oneTime(eft, 'A')]);
  await gateway.execute(AdvanceClock, { to: '2024-09-12T16:00:00+02:00' });
  const left = await gateway.sql<{ table: string }>(
    `SELECT 'sandbox_entry' AS table FROM sandbox_entry UNION ALL SELECT kind FROM due_work UNION ALL SELECT 'event' FROM event`,
  );
  expect(left).toEqual([]);
});
