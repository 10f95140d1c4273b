import { expect, it } from 'vitest';
import { brief, CAPITEC_ACCOUNT, createBankAccount } from '../support/customers.ts';
import { PaymentWithTransactions, SubmitPayments } from '../support/documents.ts';
import { headCursor, methodIds } from '../support/examples.ts';
import type { UpdateMandateInput } from '../support/generated/graphql.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import {
  MandateStatusChanged,
  PostRepoChange,
  UpdateMandates,
  WithdrawAmendments,
} from '../support/mandate-documents.ts';
import { advance, type MethodName, makeMandate, mandateOf, paymentUnder } from '../support/mandates.ts';
import { follow } from '../support/subscription.ts';

const start = () => startGateway({ clockStart: DOCUMENTS_CLOCK });
const AMENDMENT_REJECTED = '9910170004';

async function update(gateway: TestGateway, record: UpdateMandateInput) {
  const { updateMandates } = await gateway.data(UpdateMandates, { input: { records: [record] } });
  const [result] = updateMandates.results;
  if (!result) throw new Error('no result');
  return result;
}

async function withdraw(gateway: TestGateway, id: string) {
  const { withdrawAmendments } = await gateway.data(WithdrawAmendments, { input: { ids: [id], reason: 'A slip' } });
  return withdrawAmendments.results[0];
}

/** A mandate that is ACTIVE on the second of September 2024, with a recurring payment from October. */
async function makeActive(
  gateway: TestGateway,
  method: MethodName,
  change: Parameters<typeof makeMandate>[2] = {},
  amount?: string,
) {
  const made = await makeMandate(gateway, method, change);
  const id = (await methodIds(gateway))[method];
  const terms = { ...(amount ? { amount } : {}), recurring: { dateStart: '2024-10-01' } };
  const record = paymentUnder(made, id, terms);
  const { submitPayments } = await gateway.data(SubmitPayments, { input: { records: [record] } });
  const payment = submitPayments.results[0]?.payment;
  if (!payment) throw new Error(JSON.stringify(submitPayments.results[0]?.errors));
  const [row] = await gateway.sql<{ now: Date }>(
    "SELECT now() + offset_ms * interval '1 millisecond' AS now FROM merchant_clock WHERE merchant_id = $1",
    [gateway.merchantId],
  );
  if ((row?.now ?? new Date()) < new Date('2024-09-02T08:00:00+02:00')) {
    await advance(gateway, '2024-09-02T08:00:00+02:00');
  }
  return { ...made, paymentId: payment.id };
}

async function paymentOf(gateway: TestGateway, id: string) {
  const { payment } = await gateway.data(PaymentWithTransactions, { id });
  const [row] = await gateway.sql<{ amountCents: number; processDay: number }>(
    'SELECT amount_cents, process_day FROM payment WHERE id = $1',
    [id],
  );
  return { collections: (payment?.transactions.nodes ?? []).toReversed(), ...row };
}

it('changes an EFT mandate at once, and the collections to come, but none that is made', async () => {
  const gateway = await start();
  const made = await makeActive(gateway, 'eft');
  const own = await makeActive(gateway, 'eft', { key: 'B' }, '50.00');
  await advance(gateway, '2024-09-27T08:00:00+02:00'); // October's transactions are made
  const changed = await update(gateway, {
    id: made.mandateId,
    amount: '47.50',
    recurring: { processDay: 16 },
    paymentIndustry: 'LOAN_REPAYMENT',
    reference: 'OURS',
  });
  expect(changed).toMatchObject({
    outcome: 'UPDATED',
    affected: { paymentIds: [made.paymentId] },
    mandate: { amount: '47.50', recurring: { processDay: 16 }, paymentIndustry: 'LOAN_REPAYMENT', reference: 'OURS' },
  });
  await update(gateway, { id: own.mandateId, amount: '47.50' });
  await advance(gateway, '2024-11-20T08:00:00+02:00');
  const collected = (await paymentOf(gateway, made.paymentId)).collections;
  expect(collected.map(({ nominalDate, amount }) => [nominalDate, amount])).toEqual([
    ['2024-10-01', '45.00'],
    ['2024-11-16', '47.50'],
  ]);
  const ownCollected = (await paymentOf(gateway, own.paymentId)).collections;
  expect(ownCollected.map(({ amount }) => amount)).toEqual(['50.00', '50.00']);
  expect(await update(gateway, { id: made.mandateId, amount: '47.50' })).toMatchObject({ outcome: 'UNCHANGED' });
});

it('keeps the old terms of DebiCheck in force until the new ones are approved', async () => {
  const gateway = await start();
  const made = await makeActive(gateway, 'debicheck');
  const { debtorSnapshot } = await mandateOf(gateway, made.mandateId);
  const after = await headCursor(gateway);
  const asked = await update(gateway, {
    id: made.mandateId,
    amount: '50.00',
    recurring: { processDay: 16 },
    reference: 'OURS',
    reason: 'A larger plan',
  });
  expect(asked).toMatchObject({
    outcome: 'UPDATED',
    affected: { paymentIds: [] },
    warnings: [{ code: 'AMENDMENT_PENDING', ids: [made.mandateId] }],
    mandate: {
      status: 'ACTIVE',
      amount: '45.00',
      reference: 'OURS', // local: at once
      recurring: { processDay: 1 },
      amendmentStatus: 'PENDING',
      amendmentReason: 'A larger plan',
      amendment: {
        amount: '50.00',
        recurring: { processDay: 16 },
        expiresAt: '2024-09-04T17:00:00.000Z',
        debicheck: { maximumCollectionAmount: '60.00' },
      },
    },
  });
  expect(brief((await update(gateway, { id: made.mandateId, amount: '51.00' })).errors)).toEqual([
    'STATE_CONFLICT records.0',
  ]);
  expect(await update(gateway, { id: made.mandateId, reference: 'YOURS' })).toMatchObject({ outcome: 'UPDATED' });
  expect((await paymentOf(gateway, made.paymentId)).amountCents).toBe(4500);
  const client = gateway.socket();
  const changes = follow(client, MandateStatusChanged, { after });
  await advance(gateway, '2024-09-02T08:01:00+02:00');
  expect(await mandateOf(gateway, made.mandateId)).toMatchObject({
    amount: '50.00',
    reference: 'YOURS',
    recurring: { processDay: 16 },
    amendmentStatus: 'NONE',
    amendment: null,
    debtorSnapshot,
  });
  expect(await paymentOf(gateway, made.paymentId)).toMatchObject({ amountCents: 5000, processDay: 16 });
  const said = (await changes.take(2)).map(({ mandateStatusChanged: { from, to, cause } }) => [from, to, cause.actor]);
  expect(said).toEqual([
    ['ACTIVE', 'ACTIVE', 'API'],
    ['ACTIVE', 'ACTIVE', 'DEBTOR'],
  ]);
  await client.dispose();
});

it('keeps the old terms when the new ones are refused, expire, or are withdrawn', async () => {
  const gateway = await start();
  const refused = await makeActive(gateway, 'debicheck', { accountNumber: AMENDMENT_REJECTED });
  await update(gateway, { id: refused.mandateId, amount: '50.00' });
  await advance(gateway, '2024-09-02T08:10:00+02:00');
  expect(await mandateOf(gateway, refused.mandateId)).toMatchObject({
    amount: '45.00',
    amendmentStatus: 'REJECTED',
    amendmentReason: 'The debtor refused',
    amendment: null,
  });

  const withdrawn = await makeActive(gateway, 'debicheck', { key: 'B', accountNumber: '9910120007' }); // answers after 30 s
  expect((await withdraw(gateway, withdrawn.mandateId))?.errors).toMatchObject([
    { code: 'STATE_CONFLICT', message: 'No amendment awaits approval.' },
  ]);
  await advance(gateway, '2024-09-02T08:20:00+02:00');
  await update(gateway, { id: withdrawn.mandateId, amount: '50.00' });
  await advance(gateway, '2024-09-02T08:20:10+02:00');
  expect(await withdraw(gateway, withdrawn.mandateId)).toMatchObject({
    outcome: 'UPDATED',
    mandate: { amount: '45.00', amendmentStatus: 'NONE', amendmentReason: 'A slip' },
  });
  // The debtor approves what was withdrawn, and then what was asked for afterwards: each counts for its own.
  await update(gateway, { id: withdrawn.mandateId, amount: '52.00' });
  await advance(gateway, '2024-09-02T08:20:35+02:00');
  expect(await mandateOf(gateway, withdrawn.mandateId)).toMatchObject({ amount: '45.00', amendmentStatus: 'PENDING' });
  await advance(gateway, '2024-09-02T08:21:30+02:00');
  expect(await mandateOf(gateway, withdrawn.mandateId)).toMatchObject({ amount: '52.00', amendmentStatus: 'NONE' });
  expect(gateway.logged).toMatchObject([{ quarantined: 1 }]);
});

it('expires an amendment that nobody answers', async () => {
  const gateway = await start();
  const made = await makeActive(gateway, 'debicheck');
  const { customerId } = made;
  const silent = await createBankAccount(gateway, { ...CAPITEC_ACCOUNT, customerId, accountNumber: '9910140008' });
  await gateway.sql('UPDATE mandate SET bank_account_id = $1', [silent.id]); // no account approves first, and is silent then
  await update(gateway, { id: made.mandateId, amount: '50.00' });
  await advance(gateway, '2024-09-04T18:59:59+02:00');
  expect((await mandateOf(gateway, made.mandateId)).amendmentStatus).toBe('PENDING');
  await advance(gateway, '2024-09-04T19:00:00+02:00');
  expect(await mandateOf(gateway, made.mandateId)).toMatchObject({
    amount: '45.00',
    status: 'ACTIVE',
    amendmentStatus: 'REJECTED',
    amendmentReason: 'No reply from the debtor',
  });
});

it('tells the debtor of another maximum or adjustment, and asks nobody', async () => {
  const gateway = await start();
  const made = await makeActive(
    gateway,
    'debicheck',
    { debicheck: { maximumCollectionAmount: '60.00', allowVariableAmount: true } },
    '60.00',
  );
  const changed = await update(gateway, {
    id: made.mandateId,
    debicheck: { maximumCollectionAmount: '55.00', adjustmentCategory: 'ANNUALLY', adjustmentRate: '5.12345' },
  });
  expect(changed).toMatchObject({
    outcome: 'UPDATED',
    warnings: [],
    affected: { paymentIds: [made.paymentId] },
    mandate: {
      amendmentStatus: 'NONE',
      debicheck: { maximumCollectionAmount: '55.00', adjustmentCategory: 'ANNUALLY', adjustmentRate: '5.12345' },
    },
  });
  expect((await paymentOf(gateway, made.paymentId)).amountCents).toBe(5500); // never more than the mandate allows
  await advance(gateway, '2024-09-02T09:00:00+02:00');
  const kinds = await gateway.sql<{ kind: string; sent: boolean }>(
    'SELECT kind, acknowledged_at IS NOT NULL AS sent FROM mandate_request ORDER BY send_at',
  );
  expect(kinds).toEqual([
    { kind: 'INITIATE', sent: true },
    { kind: 'NOTIFY', sent: true },
  ]);
  const never = await update(gateway, { id: made.mandateId, debicheck: { adjustmentCategory: null } });
  expect(never.mandate?.debicheck).toMatchObject({ adjustmentCategory: 'NEVER', adjustmentRate: null });
});

it('refuses changes that cannot be, each with its code and path', async () => {
  const gateway = await start();
  const eft = await makeActive(gateway, 'eft');
  const debicheck = await makeActive(gateway, 'debicheck', { key: 'B' });
  const pending = await makeMandate(gateway, 'registeredAbsa', { key: 'C', accountNumber: '9910140008' });
  const rows: Array<[string, Partial<UpdateMandateInput>, string[]]> = [
    [eft.mandateId, { amount: null }, ['NOT_CLEARABLE records.0.amount']],
    [eft.mandateId, { amount: '0' }, ['INVALID_AMOUNT records.0.amount']],
    [eft.mandateId, { oneTime: { processDate: '2024-12-01' } }, ['INVALID no_conversion records.0.oneTime']],
    [eft.mandateId, { recurring: { processDay: 32 } }, ['INVALID range records.0.recurring.processDay']],
    [eft.mandateId, { recurring: { processDay: null } }, ['NOT_CLEARABLE records.0.recurring.processDay']],
    [eft.mandateId, { recurring: { dateRelease: '2024-08-01' } }, ['INVALID_DATE records.0.recurring.dateRelease']],
    [eft.mandateId, { debicheck: { maximumCollectionAmount: '1.00' } }, ['METHOD_FORBIDS records.0.debicheck']],
    [debicheck.mandateId, { recurring: { dateRelease: null } }, ['NOT_CLEARABLE records.0.recurring.dateRelease']],
    [
      debicheck.mandateId,
      { amount: '30.00' },
      ['INVALID maximum_within_one_and_a_half records.0.debicheck.maximumCollectionAmount'],
    ],
    [
      debicheck.mandateId,
      { debicheck: { maximumCollectionAmount: '67.51' } },
      ['INVALID maximum_within_one_and_a_half records.0.debicheck.maximumCollectionAmount'],
    ],
    [
      debicheck.mandateId,
      { debicheck: { maximumCollectionAmount: '44.99' } },
      ['INVALID maximum_at_least_amount records.0.debicheck.maximumCollectionAmount'],
    ],
    [
      debicheck.mandateId,
      { debicheck: { adjustmentCategory: 'ANNUALLY', adjustmentRate: '5' } },
      ['INVALID adjustment_needs_variable_amount records.0.debicheck.adjustmentCategory'],
    ],
    [
      debicheck.mandateId,
      { debicheck: { approvalWindow: 'DELAYED_REAL_TIME_TT1' } },
      ['NOT_MUTABLE records.0.debicheck.approvalWindow'],
    ],
    [
      debicheck.mandateId,
      { debicheck: { allowVariableAmount: null } },
      ['NOT_CLEARABLE records.0.debicheck.allowVariableAmount'],
    ],
    [pending.mandateId, { amount: '50.00' }, ['STATE_CONFLICT records.0']],
  ];
  for (const [id, change, expected] of rows) {
    expect([change, brief((await update(gateway, { id, ...change })).errors)]).toEqual([change, expected]);
  }
  expect(await update(gateway, { id: pending.mandateId, reference: 'X' })).toMatchObject({ outcome: 'UPDATED' });
  expect(await update(gateway, { id: eft.mandateId, recurring: { dateRelease: '2024-12-31' } })).toMatchObject({
    mandate: { recurring: { dateRelease: '2024-12-31' } },
  });
  expect(await update(gateway, { id: eft.mandateId, recurring: { dateRelease: null } })).toMatchObject({
    mandate: { recurring: { dateRelease: null } },
  });
});

it('freezes the first collection once it is made', async () => {
  const gateway = await start();
  const made = await makeActive(gateway, 'debicheck', {
    debicheck: {
      maximumCollectionAmount: '60.00',
      firstCollectionAmount: '50.45',
      firstCollectionDate: '2024-10-16',
    },
  });
  await advance(gateway, '2024-11-02T10:00:00+02:00');
  expect((await paymentOf(gateway, made.paymentId)).collections).toMatchObject([
    { kind: 'FIRST', nominalDate: '2024-10-16', amount: '50.45', status: 'PAID' },
    { kind: 'REGULAR', nominalDate: '2024-11-01', amount: '45.00' },
  ]);
  const { errors } = await update(gateway, {
    id: made.mandateId,
    debicheck: { firstCollectionAmount: '55.00', firstCollectionDate: '2024-12-16' },
  });
  expect(brief(errors)).toEqual([
    'NOT_MUTABLE records.0.debicheck.firstCollectionAmount',
    'NOT_MUTABLE records.0.debicheck.firstCollectionDate',
  ]);
});

it('adjusts instalment and maximum every year, as in the worked example, and collects so', async () => {
  const gateway = await start();
  const made = await makeActive(gateway, 'debicheck', {
    debicheck: {
      maximumCollectionAmount: '60.00',
      allowVariableAmount: true,
      adjustmentCategory: 'ANNUALLY',
      adjustmentType: 'RATE',
      adjustmentRate: '5.12345',
      adjustmentAmount: '0.00',
    },
  });
  const seen = [];
  for (const year of [2025, 2026, 2027]) {
    await advance(gateway, `${year}-10-03T08:00:00+02:00`);
    const { amount, debicheck } = await mandateOf(gateway, made.mandateId);
    const [last] = (await paymentOf(gateway, made.paymentId)).collections.slice(-1);
    seen.push([amount, debicheck?.maximumCollectionAmount, last?.nominalDate, last?.amount]);
  }
  expect(seen).toEqual([
    ['47.31', '63.07', '2025-10-01', '47.31'],
    ['49.73', '66.30', '2026-10-01', '49.73'],
    ['52.28', '69.70', '2027-10-01', '52.28'],
  ]);
});

it('adjusts what follows the repo rate when a change is posted, once a day and once for a repeat', async () => {
  const gateway = await start();
  const made = await makeActive(gateway, 'registeredAbsa', {
    debicheck: { maximumCollectionAmount: '60.00', allowVariableAmount: true, adjustmentCategory: 'REPO' },
  });
  const post = async (rate: string, date: string) =>
    (await gateway.data(PostRepoChange, { input: { rate, date } })).postRepoChange;
  const posted = await post('0.25', '2024-10-10');
  expect(posted).toMatchObject({ outcome: 'CREATED', id: expect.stringMatching(/^rep_/), errors: [] });
  expect(await post('0.25', '2024-10-10')).toMatchObject({ outcome: 'UNCHANGED', id: posted.id });
  expect(brief((await post('0.5', '2024-10-10')).errors)).toEqual(['DUPLICATE date']);
  expect(brief((await post('0', '2024-10-11')).errors)).toEqual(['INVALID rate rate']);
  expect(brief((await post('0.5', '2024-09-01')).errors)).toEqual(['INVALID_DATE date']);
  await post('-10', '2024-10-20');
  await advance(gateway, '2024-10-10T00:00:00+02:00');
  expect(await mandateOf(gateway, made.mandateId)).toMatchObject({
    amount: '45.11',
    debicheck: { maximumCollectionAmount: '60.15' },
  });
  await advance(gateway, '2024-11-02T00:00:00+02:00');
  expect(await mandateOf(gateway, made.mandateId)).toMatchObject({
    amount: '40.60',
    debicheck: { maximumCollectionAmount: '54.14' },
  });
  const collected = (await paymentOf(gateway, made.paymentId)).collections;
  expect(collected.map(({ amount }) => amount)).toEqual(['45.00', '40.60']);
});
