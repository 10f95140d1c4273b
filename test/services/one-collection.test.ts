import { expect, it } from 'vitest';
import { methodIds } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { SetMandateStatus } from '../support/mandate-documents.ts';
import { DEBICHECK, debtor } from '../support/mandates.ts';
import {
  debitsOf,
  mandateState,
  partiesOf,
  retry,
  setStatus,
  simulate,
  submit,
  updatePayment,
} from '../support/money.ts';
import { advance, eftMethod, oneTime, paymentState, recurring, submitAll } from '../support/payments.ts';

// A one-time mandate of any method is collected once, by its own amount (DOMAIN §0.1.11).

const start = () => startGateway({ clockStart: DOCUMENTS_CLOCK });

async function first(gateway: TestGateway, accountNumber = '4000000001') {
  const [id = ''] = await submitAll(gateway, [oneTime(await eftMethod(gateway), 'O', accountNumber)]);
  return { id, ...(await partiesOf(gateway, id)) };
}

function again({ id: _id, ...parties }: Awaited<ReturnType<typeof first>>, processDate: string, amount = '45.00') {
  return { ...parties, amount, oneTime: { processDate } };
}

it.each([
  ['on the same day', '2024-09-16', '45.00'],
  ['on another day', '2024-09-18', '45.00'],
  ['of another amount', '2024-09-16', '9000.00'],
])('refuses a second payment under a one-time EFT mandate %s', async (_what, processDate, amount) => {
  const gateway = await start();
  const payment = await first(gateway);
  for (const dryRun of [true, false]) {
    const { errors } = await submit(gateway, again(payment, processDate, amount), dryRun);
    expect(errors.some(({ code }) => code === 'STATE_CONFLICT' || code === 'INVALID')).toBe(true);
  }
  await advance(gateway, '2024-09-30T08:00:00+02:00');
  const rows = await gateway.sql("SELECT id FROM transaction WHERE status = 'PAID'");
  expect(rows).toHaveLength(1);
  expect((await mandateState(gateway, payment.mandateId)).status).toBe('COMPLETED');
});

it('names the payment that takes the collection, and refuses two in one batch', async () => {
  const gateway = await start();
  const payment = await first(gateway);
  const { errors } = await submit(gateway, again(payment, '2024-09-18'));
  expect(errors).toMatchObject([
    { code: 'STATE_CONFLICT', path: ['records', '0', 'mandateId'], blockedBy: [payment.id] },
  ]);
  await setStatus(gateway, payment.id, 'CANCELLED');
  expect((await submit(gateway, again(payment, '2024-09-18'))).outcome).toBe('CREATED');
});

it('collects a one-time mandate by its own amount, on a free day', async () => {
  const gateway = await start();
  const payment = await first(gateway);
  await setStatus(gateway, payment.id, 'CANCELLED');
  const { errors } = await submit(gateway, again(payment, '2024-09-18', '44.00'));
  expect(errors).toMatchObject([{ code: 'INVALID', path: ['records', '0', 'amount'] }]);
  const other = await submit(gateway, again(payment, '2024-09-20'));
  expect(other.outcome).toBe('CREATED');
  expect((await updatePayment(gateway, { id: other.payment?.id ?? '', amount: '46.00' })).outcome).toBe('FAILED');
});

it('takes a one-time DebiCheck mandate by its own amount too, though it may vary', async () => {
  const gateway = await start();
  const { debicheck } = await methodIds(gateway);
  const { recurring: _dates, ...terms } = DEBICHECK;
  const { recurring: _first, ...record } = recurring(debicheck, 'D');
  const { errors } = await submit(gateway, {
    ...record,
    customer: debtor('D'),
    mandate: {
      ...terms,
      oneTime: { processDate: '2024-09-16' },
      debicheck: { maximumCollectionAmount: '60.00', allowVariableAmount: true },
    },
    amount: '50.00',
    oneTime: { processDate: '2024-09-16' },
  });
  expect(errors).toMatchObject([{ code: 'INVALID', path: ['records', '0', 'amount'] }]);
});

it('keeps the collection taken while its debit is at the bank, though the payment was cancelled', async () => {
  const gateway = await start();
  const payment = await first(gateway, '9910010007');
  await advance(gateway, '2024-09-13T08:00:00+02:00');
  await setStatus(gateway, payment.id, 'CANCELLED');
  expect((await submit(gateway, again(payment, '2024-09-18'))).errors).toMatchObject([{ code: 'STATE_CONFLICT' }]);
});

it('frees the collection when the debit is unpaid, and then refuses the retry of the payment that lost it', async () => {
  const gateway = await start();
  const payment = await first(gateway, '9900220009');
  await advance(gateway, '2024-09-20T08:00:00+02:00');
  expect((await paymentState(gateway, payment.id)).status).toBe('STOPPED');
  const other = await submit(gateway, again(payment, '2024-09-27'));
  expect(other.outcome).toBe('CREATED');
  const refused = await retry(gateway, payment.id);
  expect(refused.errors).toMatchObject([{ code: 'STATE_CONFLICT', blockedBy: [other.payment?.id] }]);
  expect(refused.errors[0]?.path.at(-1)).toBe('mandateId');
});

it('retries its own late unpaid though the mandate is COMPLETED, and reports the outcome of the last attempt', async () => {
  const gateway = await start();
  const payment = await first(gateway, '9910010007');
  await advance(gateway, '2024-09-18T08:00:00+02:00');
  expect((await paymentState(gateway, payment.id)).status).toBe('COMPLETED');
  expect((await mandateState(gateway, payment.mandateId)).status).toBe('COMPLETED');
  await simulate(gateway, 'TRANSACTION_LATE_UNPAID', payment.id);
  expect(await paymentState(gateway, payment.id)).toMatchObject({ status: 'COMPLETED', outcome: 'REVERSED' });
  expect((await retry(gateway, payment.id)).outcome).toBe('UPDATED');
  expect(await paymentState(gateway, payment.id)).toMatchObject({ status: 'RUNNING', outcome: null });
  await advance(gateway, '2024-09-25T08:00:00+02:00');
  expect(await paymentState(gateway, payment.id)).toMatchObject({ status: 'COMPLETED', outcome: null });
  expect(await debitsOf(gateway, payment.id)).toEqual([
    '2024-09-16 2024-09-16 1 UNPAID 02',
    '2024-09-16 2024-09-20 2 PAID',
  ]);
});

it('runs no stopped payment again whose cycles another payment has taken under a DebiCheck mandate', async () => {
  const gateway = await start();
  const { debicheck } = await methodIds(gateway);
  const record = { ...recurring(debicheck, 'R'), customer: debtor('R'), mandate: DEBICHECK };
  const [id = ''] = await submitAll(gateway, [record]);
  await advance(gateway, '2024-09-02T08:00:00+02:00');
  await setStatus(gateway, id, 'STOPPED');
  const parties = await partiesOf(gateway, id);
  const other = await submit(gateway, { ...parties, recurring: { dateStart: '2024-10-01' } });
  expect(other.outcome).toBe('CREATED');
  const refused = await setStatus(gateway, id, 'RUNNING');
  expect(refused.errors).toMatchObject([{ code: 'STATE_CONFLICT', blockedBy: [other.payment?.id] }]);
});

it('leaves a recurring EFT mandate free', async () => {
  const gateway = await start();
  const [id = ''] = await submitAll(gateway, [recurring(await eftMethod(gateway), 'F')]);
  const parties = await partiesOf(gateway, id);
  expect((await submit(gateway, { ...parties, amount: '1.00', oneTime: { processDate: '2024-10-01' } })).outcome).toBe(
    'CREATED',
  );
  await gateway.data(SetMandateStatus, { input: { ids: [parties.mandateId], status: 'DISABLED' } });
});
