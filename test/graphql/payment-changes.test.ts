import { expect, it } from 'vitest';
import { UpdateMerchantSettings } from '../support/customer-documents.ts';
import { methodIds } from '../support/examples.ts';
import type { PaymentStatus } from '../support/generated/graphql.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { CancelMandates } from '../support/mandate-documents.ts';
import { makeMandate } from '../support/mandates.ts';
import {
  advance,
  eftMethod,
  oneTime,
  paymentState,
  RetryPayments,
  recurring,
  SetPaymentStatus,
  submitAll,
  UpdatePayments,
} from '../support/payments.ts';

const start = () => startGateway({ clockStart: DOCUMENTS_CLOCK });

async function setStatus(gateway: TestGateway, id: string, status: PaymentStatus) {
  const { setPaymentStatus } = await gateway.data(SetPaymentStatus, { input: { ids: [id], status } });
  const [result] = setPaymentStatus.results;
  if (!result) throw new Error('no result');
  return result;
}

async function briefly(gateway: TestGateway, id: string, status: PaymentStatus): Promise<string> {
  const { outcome, errors, payment } = await setStatus(gateway, id, status);
  return payment ? `${outcome} ${payment.status}` : errors.map(({ code }) => code).join();
}

it('lets one-time payments and pay-ins only be cancelled, and recurring ones stop, pause, run and cancel', async () => {
  const gateway = await start();
  const { eft, payIn } = await methodIds(gateway);
  const kinds = {
    recurring: () => recurring(eft, crypto.randomUUID().slice(0, 8)),
    oneTime: () => oneTime(eft, crypto.randomUUID().slice(0, 8)),
    payIn: () => {
      const {
        bankAccount: _account,
        mandate: _mandate,
        recurring: _dates,
        ...record
      } = recurring(payIn, crypto.randomUUID().slice(0, 8));
      return { ...record, amount: '45.00' };
    },
  };
  const statuses: PaymentStatus[] = ['RUNNING', 'PAUSED', 'STOPPED', 'CANCELLED', 'PENDING', 'COMPLETED'];
  const table: string[] = [];
  for (const [kind, record] of Object.entries(kinds)) {
    for (const status of statuses) {
      const [id = ''] = await submitAll(gateway, [record()]);
      table.push(`${kind} ${status}: ${await briefly(gateway, id, status)}`);
    }
  }
  expect(table).toMatchInlineSnapshot(`
    [
      "recurring RUNNING: UNCHANGED RUNNING",
      "recurring PAUSED: UPDATED PAUSED",
      "recurring STOPPED: UPDATED STOPPED",
      "recurring CANCELLED: UPDATED CANCELLED",
      "recurring PENDING: STATE_CONFLICT",
      "recurring COMPLETED: STATE_CONFLICT",
      "oneTime RUNNING: UNCHANGED RUNNING",
      "oneTime PAUSED: STATE_CONFLICT",
      "oneTime STOPPED: STATE_CONFLICT",
      "oneTime CANCELLED: UPDATED CANCELLED",
      "oneTime PENDING: STATE_CONFLICT",
      "oneTime COMPLETED: STATE_CONFLICT",
      "payIn RUNNING: STATE_CONFLICT",
      "payIn PAUSED: STATE_CONFLICT",
      "payIn STOPPED: STATE_CONFLICT",
      "payIn CANCELLED: UPDATED CANCELLED",
      "payIn PENDING: STATE_CONFLICT",
      "payIn COMPLETED: STATE_CONFLICT",
    ]
  `);
  const [id = ''] = await submitAll(gateway, [oneTime(eft, 'X')]);
  expect((await setStatus(gateway, id, 'PAUSED')).errors[0]).toMatchObject({
    message: 'A one-time payment can only be cancelled.',
    currentStatus: 'RUNNING',
    allowedTransitions: ['CANCELLED'],
  });
});

it('collects nothing while paused, skips those dates, and goes on with the next', async () => {
  const gateway = await start();
  const [id = ''] = await submitAll(gateway, [recurring(await eftMethod(gateway), 'P')]);
  await advance(gateway, '2024-10-15T00:00:00+02:00');
  expect(await briefly(gateway, id, 'PAUSED')).toBe('UPDATED PAUSED');
  expect(await briefly(gateway, id, 'PAUSED')).toBe('UNCHANGED PAUSED');
  await advance(gateway, '2024-11-15T00:00:00+02:00');
  expect(await briefly(gateway, id, 'RUNNING')).toBe('UPDATED RUNNING');
  await advance(gateway, '2025-01-15T00:00:00+02:00');
  const { transactions, totals } = await paymentState(gateway, id);
  expect(
    transactions.nodes.map(({ nominalDate, transactionReference }) => `${nominalDate} ${transactionReference}`),
  ).toEqual(['2024-10-01 REF-P-001', '2024-12-01 REF-P-002', '2025-01-01 REF-P-003']);
  expect(totals).toEqual({ collectedCount: 3, collected: '135.00', outstanding: '0.00', lost: '0.00' });
  const events = await gateway.sql<{ type: string; reason: string }>(
    "SELECT type, reason FROM event WHERE aggregate_id = $1 AND type = 'collection.skipped'",
    [id],
  );
  expect(events).toEqual([
    {
      type: 'collection.skipped',
      reason:
        'The collection of 2024-11-01 is skipped. Its cut-off, 2024-10-30 15:00, has passed. The payment was paused.',
    },
  ]);
});

it('holds what was made before it was paused, cancels it when stopped or cancelled, and collects no cycle twice', async () => {
  const gateway = await start();
  const eft = await eftMethod(gateway);
  const ids = await submitAll(
    gateway,
    ['A', 'B', 'C'].map((key) => recurring(eft, key)),
  );
  // Two business days before the first of October; it is sent at 15:00.
  await advance(gateway, '2024-09-27T08:00:00+02:00');
  for (const [index, status] of (['PAUSED', 'STOPPED', 'CANCELLED'] as const).entries()) {
    expect(await briefly(gateway, ids[index] ?? '', status)).toBe(`UPDATED ${status}`);
    const { transactions } = await paymentState(gateway, ids[index]);
    expect(transactions.nodes.map(({ status: of }) => of)).toEqual([status === 'PAUSED' ? 'PENDING' : 'CANCELLED']);
  }
  expect(await briefly(gateway, ids[0] ?? '', 'RUNNING')).toBe('UPDATED RUNNING');
  expect(await briefly(gateway, ids[1] ?? '', 'RUNNING')).toBe('UPDATED RUNNING');
  expect(await briefly(gateway, ids[2] ?? '', 'RUNNING')).toBe('STATE_CONFLICT');
  await advance(gateway, '2024-11-15T00:00:00+02:00');
  for (const [index, first] of ['2024-10-01 PAID', '2024-10-01 CANCELLED'].entries()) {
    const { transactions } = await paymentState(gateway, ids[index]);
    expect(transactions.nodes.map(({ nominalDate, status }) => `${nominalDate} ${status}`)).toEqual([
      first,
      '2024-11-01 PAID',
    ]);
  }
  expect((await paymentState(gateway, ids[2])).transactions.nodes).toHaveLength(1);
});

it('runs again only with a mandate, an account and a customer that allow it, and names what blocks', async () => {
  const gateway = await start();
  const { debicheck } = await methodIds(gateway);
  const made = await makeMandate(gateway);
  await advance(gateway, '2024-09-01T09:00:00+02:00');
  const [id = ''] = await submitAll(gateway, [
    {
      paymentMethodId: debicheck,
      customerId: made.customerId,
      bankAccountId: made.bankAccountId,
      mandateId: made.mandateId,
      recurring: { dateStart: '2024-10-01' },
    },
  ]);
  await setStatus(gateway, id, 'STOPPED');
  expect((await paymentState(gateway, id)).availableActions.find(({ action }) => action === 'RUN')?.allowed).toBe(true);
  await gateway.data(CancelMandates, { input: { ids: [made.mandateId] } });
  const { errors } = await setStatus(gateway, id, 'RUNNING');
  expect(errors[0]).toMatchObject({
    code: 'STATE_CONFLICT',
    message: 'The mandate is CANCELLED; it must be ACTIVE.',
    currentStatus: 'STOPPED',
    allowedTransitions: ['CANCELLED'],
    blockedBy: [made.mandateId],
  });
  const { availableActions } = await paymentState(gateway, id);
  expect(availableActions.find(({ action }) => action === 'RUN')?.reason).toBe(errors[0]?.message);
});

const brief = (errors: ReadonlyArray<{ code: string; path: readonly string[]; rule: string | null }>) =>
  errors.map(({ code, path, rule }) => [code, path.slice(2).join('.'), rule].filter(Boolean).join(' '));

it('changes the amount of what is not made yet, and dates only before the first transaction', async () => {
  const gateway = await start();
  const eft = await eftMethod(gateway);
  const [id = '', once = ''] = await submitAll(gateway, [recurring(eft, 'U'), oneTime(eft, 'O')]);
  const update = async (record: object) => {
    const { updatePayments } = await gateway.data(UpdatePayments, { input: { records: [record as { id: string }] } });
    const [result] = updatePayments.results;
    return result?.payment ? `${result.outcome} ${result.payment.firstNominalDate}` : brief(result?.errors ?? []);
  };
  expect(await update({ id, recurring: { dateStart: '2024-10-15', processDay: 16, dateEnd: '2025-01-31' } })).toBe(
    'UPDATED 2024-10-16',
  );
  expect(await update({ id, recurring: { dateEnd: '2025-01-31' } })).toBe('UNCHANGED 2024-10-16');
  expect(await update({ id, oneTime: { processDate: '2024-10-16' } })).toEqual(['INVALID oneTime no_conversion']);
  expect(await update({ id: once, recurring: { dateEnd: null } })).toEqual(['INVALID recurring no_conversion']);
  expect(await update({ id, amount: null, recurring: null })).toEqual([
    'NOT_CLEARABLE amount',
    'NOT_CLEARABLE recurring',
  ]);
  expect(await update({ id, recurring: { dateStart: null } })).toEqual(['NOT_CLEARABLE recurring.dateStart']);
  expect(await update({ id, recurring: { dateStart: '2024-08-01' } })).toEqual(['INVALID_DATE recurring.dateStart']);
  expect(await update({ id, recurring: { dateEnd: '2024-10-15' } })).toEqual(['INVALID_DATE recurring.dateEnd']);
  expect(await update({ id: once, oneTime: { processDate: '2024-09-02' } })).toEqual(['LEAD_TIME oneTime.processDate']);
  expect(await update({ id: once, oneTime: { processDate: '2024-09-20' } })).toBe('UPDATED 2024-09-20');
  await advance(gateway, '2024-10-14T10:00:00+02:00');
  expect(await update({ id, amount: '60.00' })).toBe('UPDATED 2024-10-16');
  expect(await update({ id, recurring: { dateStart: '2024-11-01' } })).toEqual(['NOT_MUTABLE recurring.dateStart']);
  expect(await update({ id, recurring: { processDay: 3 } })).toEqual(['NOT_MUTABLE recurring.processDay']);
  expect(await update({ id, recurring: { dateEnd: null } })).toBe('UPDATED 2024-10-16');
  expect(await update({ id: once, amount: '1.00' })).toEqual(['STATE_CONFLICT']);
  await advance(gateway, '2024-11-20T00:00:00+02:00');
  const { transactions } = await paymentState(gateway, id);
  expect(transactions.nodes.map(({ nominalDate, amount, status }) => `${nominalDate} ${amount} ${status}`)).toEqual([
    '2024-10-16 45.00 PAID',
    '2024-11-16 60.00 PAID',
  ]);
});

async function retry(gateway: TestGateway, record: { id: string; on?: string }) {
  const { retryPayments } = await gateway.data(RetryPayments, { input: { records: [record] } });
  const [result] = retryPayments.results;
  return result?.payment
    ? `${result.outcome} ${result.payment.status}`
    : brief(result?.errors ?? []).concat(result?.errors.map(({ message }) => message) ?? []);
}

it('tries again what failed for a reason that may pass, at most three times in all', async () => {
  const gateway = await start();
  const eft = await eftMethod(gateway);
  const [once = '', unpaid = '', closed = '', paid = ''] = await submitAll(gateway, [
    oneTime(eft, '1', '9910100006'),
    oneTime(eft, '2', '9900220009'),
    oneTime(eft, '3', '9900040000'),
    oneTime(eft, '4'),
  ]);
  await advance(gateway, '2024-09-20T08:00:00+02:00');
  expect((await paymentState(gateway, once)).status).toBe('STOPPED');
  expect(await retry(gateway, { id: once })).toBe('UPDATED RUNNING');
  expect(await retry(gateway, { id: closed })).toEqual([
    'STATE_CONFLICT',
    'The debit failed for a reason that a retry cannot resolve: Payment stopped by the account holder.',
  ]);
  expect(await retry(gateway, { id: paid })).toEqual([
    'STATE_CONFLICT',
    'The last transaction is PAID; only a failed one can be retried.',
  ]);
  expect(await retry(gateway, { id: unpaid, on: '2024-09-21' })).toEqual([
    'LEAD_TIME on',
    'The cut-off for this date has passed: the clock of the merchant shows 2024-09-20 08:00. The earliest possible date is 2024-09-25.',
  ]);
  for (const day of ['2024-10-01', '2024-10-15']) {
    const transactionId = (await paymentState(gateway, unpaid)).transactions.nodes.at(-1)?.id ?? '';
    expect(await retry(gateway, { id: transactionId, on: day })).toBe('UPDATED RUNNING');
    await advance(gateway, `${day.slice(0, 8)}${Number(day.slice(8)) + 5}T00:00:00+02:00`.replace('-6T', '-06T'));
  }
  expect(await retry(gateway, { id: unpaid })).toEqual([
    'STATE_CONFLICT',
    'The debit was attempted 3 times, the maximum.',
  ]);
  const of = async (id: string) =>
    (await paymentState(gateway, id)).transactions.nodes.map(
      ({ nominalDate, actionDate, attempt, status }) => `${nominalDate} ${actionDate} ${attempt} ${status}`,
    );
  expect(await of(unpaid)).toEqual([
    '2024-09-16 2024-09-16 1 UNPAID',
    '2024-09-16 2024-10-01 2 UNPAID',
    '2024-09-16 2024-10-15 3 UNPAID',
  ]);
  expect(await of(once)).toEqual(['2024-09-16 2024-09-16 1 REJECTED_BY_BANK', '2024-09-16 2024-09-25 2 PAID']);
  expect((await paymentState(gateway, once)).status).toBe('COMPLETED');
});

it('tries again by itself as the merchant has settled, on pay days, and stops after no funds twice in a row', async () => {
  const gateway = await start();
  const eft = await eftMethod(gateway);
  await gateway.data(UpdateMerchantSettings, {
    input: { retryPolicy: { retriesMax: 2, daysBetween: 5, alignToPaydays: true } },
  });
  const [once = '', monthly = '', other = ''] = await submitAll(gateway, [
    oneTime(eft, '1', '9900020018'),
    recurring(eft, '2', '9900020018', { recurring: { dateStart: '2024-09-20' } }),
    recurring(eft, '3', '9900220009', { recurring: { dateStart: '2024-09-20' } }),
  ]);
  await advance(gateway, '2024-10-30T00:00:00+02:00');
  const of = async (id: string) => {
    const { status, failedReason, transactions } = await paymentState(gateway, id);
    const made = transactions.nodes.map(({ actionDate, attempt, status: is }) => `${actionDate} ${attempt} ${is}`);
    return [`${status}: ${failedReason}`, ...made];
  };
  expect([await of(once), await of(monthly), await of(other)]).toMatchInlineSnapshot(`
    [
      [
        "STOPPED: Not provided for: insufficient funds, twice in a row",
        "2024-09-16 1 UNPAID",
        "2024-09-25 2 UNPAID",
      ],
      [
        "STOPPED: Not provided for: insufficient funds, twice in a row",
        "2024-10-01 1 UNPAID",
        "2024-10-25 2 UNPAID",
      ],
      [
        "RUNNING: null",
        "2024-10-01 1 UNPAID",
        "2024-10-25 2 UNPAID",
        "2024-10-31 3 ACCEPTED_BY_BANK",
        "2024-11-01 1 PENDING",
      ],
    ]
  `);
});
