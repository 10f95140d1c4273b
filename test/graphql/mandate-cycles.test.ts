import { expect, it } from 'vitest';
import { createRound } from '../../src/scheduler/runner.ts';
import { BlacklistCustomers, UnblacklistCustomers, UpdateCustomers } from '../support/customer-documents.ts';
import { brief } from '../support/customers.ts';
import { PaymentWithTransactions, SubmitPayments } from '../support/documents.ts';
import { methodIds } from '../support/examples.ts';
import type { CreateMandateInput, SubmitPaymentInput, UpdateMandateInput } from '../support/generated/graphql.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import {
  CancelMandates,
  ConvertMandates,
  PostRepoChange,
  SetMandateStatus,
  UpdateMandates,
  WithdrawAmendments,
} from '../support/mandate-documents.ts';
import { advance, type MethodName, makeMandate, mandateOf, paymentUnder } from '../support/mandates.ts';

// Where rules of mandates meet each other, and the clock.

const start = () => startGateway({ clockStart: DOCUMENTS_CLOCK });
const TT1 = 'REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE';
const SILENT = '9910140008';
const SEPTEMBER_2 = '2024-09-02T08:00:00+02:00';

async function update(gateway: TestGateway, record: UpdateMandateInput) {
  const { updateMandates } = await gateway.data(UpdateMandates, { input: { records: [record] } });
  const [result] = updateMandates.results;
  if (!result) throw new Error('no result');
  return result;
}

async function submit(
  gateway: TestGateway,
  made: Awaited<ReturnType<typeof makeMandate>>,
  method: MethodName,
  change: Partial<SubmitPaymentInput>,
) {
  const record = paymentUnder(made, (await methodIds(gateway))[method], change);
  const { submitPayments } = await gateway.data(SubmitPayments, { input: { records: [record] } });
  const [result] = submitPayments.results;
  return { id: result?.payment?.id ?? '', errors: result?.errors ?? [] };
}

/** The payment with what was collected, in short. */
async function paymentOf(gateway: TestGateway, id: string) {
  const { payment } = await gateway.data(PaymentWithTransactions, { id });
  const collections = (payment?.transactions.nodes ?? []).toReversed();
  return {
    status: payment?.status,
    failedReason: payment?.failedReason,
    collected: collections.map(({ kind, nominalDate, amount }) => `${kind} ${nominalDate} ${amount}`),
    last: collections.at(-1)?.status,
  };
}

const withTerms = (debicheck: object, change: Partial<CreateMandateInput> = {}) => ({
  ...change,
  debicheck: { maximumCollectionAmount: '60.00', ...debicheck },
});

it('collects the regular one of a cycle whose first collection can no longer be sent, or fell into a pause', async () => {
  const gateway = await start();
  const first = (date: string) => ({ firstCollectionAmount: '60.00', firstCollectionDate: date });
  const recurring = { processDay: 25 };
  const late = await makeMandate(gateway, 'debicheck', {
    ...withTerms(first('2024-09-03'), { recurring }),
    accountNumber: SILENT,
  });
  const lateId = (await submit(gateway, late, 'debicheck', { recurring: { dateStart: '2024-09-02' } })).id;
  const paused = await makeMandate(gateway, 'debicheck', {
    ...withTerms(first('2024-10-02'), { recurring }),
    key: 'B',
  });
  const pausedId = (await submit(gateway, paused, 'debicheck', { recurring: { dateStart: '2024-09-20' } })).id;
  await advance(gateway, '2024-09-03T12:00:00+02:00');
  const [request] = await gateway.sql<{ reference: string }>(
    'SELECT reference FROM mandate_request WHERE mandate_id = $1',
    [late.mandateId],
  );
  await gateway.sql(
    `INSERT INTO due_work (merchant_id, kind, subject_id, due_at, details, timeline) VALUES ($1, 'BANK_ANSWER', 'x', $2, $3, '')`,
    [gateway.merchantId, new Date('2024-09-03T12:00:01+02:00'), { reference: request?.reference, event: 'APPROVED' }],
  );
  await advance(gateway, '2024-09-30T08:00:00+02:00');
  await gateway.data(BlacklistCustomers, { input: { ids: [paused.customerId] } });
  await advance(gateway, '2024-10-02T08:00:00+02:00');
  await gateway.data(UnblacklistCustomers, { input: { ids: [paused.customerId] } });
  await advance(gateway, '2024-10-28T08:00:00+02:00');
  expect((await paymentOf(gateway, lateId)).collected).toEqual([
    'REGULAR 2024-09-25 45.00',
    'REGULAR 2024-10-25 45.00',
  ]);
  expect((await paymentOf(gateway, pausedId)).collected).toEqual([
    'REGULAR 2024-09-25 45.00',
    'REGULAR 2024-10-25 45.00',
  ]);
});

it('collects a cycle once when the day moves, also after an additional first collection', async () => {
  const gateway = await start();
  const first = {
    firstCollectionAmount: '60.00',
    firstCollectionDate: '2024-10-04',
    firstCollectionMode: 'ADDITIONAL',
  };
  const made = await makeMandate(gateway, 'debicheck', withTerms(first));
  const { id } = await submit(gateway, made, 'debicheck', { recurring: { dateStart: '2024-10-01' } });
  await advance(gateway, '2024-10-08T08:00:00+02:00');
  await update(gateway, { id: made.mandateId, recurring: { processDay: 25 } });
  await advance(gateway, '2024-11-28T08:00:00+02:00');
  expect((await paymentOf(gateway, id)).collected).toEqual([
    'REGULAR 2024-10-01 45.00',
    'FIRST 2024-10-04 60.00',
    'REGULAR 2024-11-25 45.00',
  ]);
});

it('collects no regular one in the cycle of a first collection that took its place, when the day moves', async () => {
  const gateway = await start();
  const first = { firstCollectionAmount: '60.00', firstCollectionDate: '2024-10-02' };
  const made = await makeMandate(gateway, 'debicheck', withTerms(first, { recurring: { processDay: 25 } }));
  const { id } = await submit(gateway, made, 'debicheck', { recurring: { dateStart: '2024-10-01' } });
  await advance(gateway, '2024-10-08T08:00:00+02:00');
  await update(gateway, { id: made.mandateId, recurring: { processDay: 28 } });
  await advance(gateway, '2024-12-02T08:00:00+02:00');
  expect((await paymentOf(gateway, id)).collected).toEqual(['FIRST 2024-10-02 60.00', 'REGULAR 2024-11-28 45.00']);
});

it('moves the planned debits of payments whose own day or amount is allowed no more', async () => {
  const gateway = await start();
  const made = await makeMandate(
    gateway,
    'debicheck',
    withTerms({ allowVariableAmount: true, allowDateAdjustment: true }),
  );
  const { id } = await submit(gateway, made, 'debicheck', {
    amount: '55.00',
    recurring: { dateStart: '2024-10-01', processDay: 10 },
  });
  await advance(gateway, SEPTEMBER_2);
  await update(gateway, { id: made.mandateId, debicheck: { allowVariableAmount: false, allowDateAdjustment: false } });
  await advance(gateway, '2024-11-12T08:00:00+02:00');
  expect((await paymentOf(gateway, id)).collected).toEqual(['REGULAR 2024-10-01 45.00', 'REGULAR 2024-11-01 45.00']);
});

it('never collects more than the maximum of the day', async () => {
  const gateway = await start();
  const first = { firstCollectionAmount: '60.00', firstCollectionDate: '2024-11-01' };
  const repo = await makeMandate(
    gateway,
    'debicheck',
    withTerms({ ...first, allowVariableAmount: true, adjustmentCategory: 'REPO' }),
  );
  const repoId = (await submit(gateway, repo, 'debicheck', { recurring: { dateStart: '2024-10-01' } })).id;
  const shrinking = { allowVariableAmount: true, adjustmentCategory: 'QUARTERLY', adjustmentRate: '-20' };
  const other = await makeMandate(gateway, 'debicheck', { ...withTerms(shrinking), key: 'B' });
  const otherId = (
    await submit(gateway, other, 'debicheck', { amount: '60.00', recurring: { dateStart: '2024-10-01' } })
  ).id;
  await advance(gateway, SEPTEMBER_2);
  await gateway.data(PostRepoChange, { input: { rate: '-50', date: '2024-09-10' } });
  await advance(gateway, '2025-01-05T08:00:00+02:00');
  expect((await paymentOf(gateway, repoId)).collected[1]).toBe('FIRST 2024-11-01 30.00');
  expect((await paymentOf(gateway, otherId)).collected.slice(2)).toEqual([
    'REGULAR 2024-12-01 60.00',
    'REGULAR 2025-01-01 48.00',
  ]);
});

it('stops adjusting before amounts are more than can be written', async () => {
  const gateway = await start();
  const doubling = { allowVariableAmount: true, adjustmentCategory: 'QUARTERLY', adjustmentRate: '100' } as const;
  const made = await makeMandate(gateway, 'debicheck', {
    amount: '99999999.00',
    debicheck: { ...doubling, maximumCollectionAmount: '99999999.00' },
  });
  await submit(gateway, made, 'debicheck', { recurring: { dateStart: '2024-10-01' } });
  await advance(gateway, '2027-10-05T08:00:00+02:00');
  expect((await mandateOf(gateway, made.mandateId)).amount).toBe('799999992.00');
  const falling = { allowVariableAmount: true, adjustmentCategory: 'QUARTERLY', adjustmentAmount: '-5.00' };
  const less = await makeMandate(gateway, 'debicheck', { ...withTerms(falling), key: 'B' });
  expect(less.mandate.debicheck?.adjustmentAmount).toBe('-5.00');
});

it('lets one-time payments follow the day of their mandate, and stops those that would come after its end', async () => {
  const gateway = await start();
  const oneTime = { recurring: null, oneTime: { processDate: '2024-10-10' } };
  const eft = await makeMandate(gateway, 'eft', oneTime);
  const debicheck = await makeMandate(gateway, 'debicheck', { ...oneTime, key: 'B' });
  const released = await makeMandate(gateway, 'eft', { key: 'C' });
  const day = { oneTime: { processDate: '2024-10-10' } };
  const ids = [
    (await submit(gateway, eft, 'eft', day)).id,
    (await submit(gateway, debicheck, 'debicheck', day)).id,
    (await submit(gateway, released, 'eft', day)).id,
  ];
  await advance(gateway, SEPTEMBER_2);
  const moved = { oneTime: { processDate: '2024-11-11' } };
  expect(await update(gateway, { id: eft.mandateId, ...moved })).toMatchObject({ affected: { paymentIds: [ids[0]] } });
  await update(gateway, { id: debicheck.mandateId, ...moved });
  await update(gateway, { id: released.mandateId, recurring: { dateRelease: '2024-10-01' } });
  await advance(gateway, '2024-11-20T08:00:00+02:00');
  const [first, second, third] = await Promise.all(ids.map((id) => paymentOf(gateway, id)));
  expect(first).toMatchObject({ status: 'COMPLETED', collected: ['REGULAR 2024-11-11 45.00'] });
  expect(second).toMatchObject({ status: 'COMPLETED', collected: ['REGULAR 2024-11-11 45.00'] });
  expect(third).toMatchObject({
    status: 'STOPPED',
    failedReason: 'No date is left on which the payment can be collected.',
  });
  for (const { mandateId } of [eft, debicheck, released]) {
    expect((await mandateOf(gateway, mandateId)).status).toBe('COMPLETED');
  }
});

it('ends payments that a release date leaves without a day, and mandates that were held when it came', async () => {
  const gateway = await start();
  const made = await makeMandate(gateway, 'eft');
  const { id } = await submit(gateway, made, 'eft', { recurring: { dateStart: '2024-10-01' } });
  const held = await makeMandate(gateway, 'eft', {
    key: 'B',
    status: 'DISABLED',
    recurring: { processDay: 1, dateRelease: '2024-10-20' },
  });
  await advance(gateway, '2024-10-05T08:00:00+02:00');
  await update(gateway, { id: made.mandateId, recurring: { dateRelease: '2024-10-20' } });
  await advance(gateway, '2024-10-22T08:00:00+02:00');
  expect(await paymentOf(gateway, id)).toMatchObject({ status: 'COMPLETED', collected: ['REGULAR 2024-10-01 45.00'] });
  expect((await mandateOf(gateway, made.mandateId)).status).toBe('COMPLETED');
  expect((await mandateOf(gateway, held.mandateId)).status).toBe('DISABLED');
  await gateway.data(SetMandateStatus, { input: { ids: [held.mandateId], status: 'ACTIVE' } });
  await advance(gateway, '2024-10-22T08:10:00+02:00');
  expect((await mandateOf(gateway, held.mandateId)).status).toBe('COMPLETED');
  expect(await gateway.sql('SELECT kind FROM due_work')).toEqual([]);
});

it('judges only what a change says, and what it is bound to', async () => {
  const gateway = await start();
  const rising = { allowVariableAmount: true, adjustmentCategory: 'ANNUALLY', adjustmentRate: '5.12345' } as const;
  const drifted = await makeMandate(gateway, 'debicheck', {
    amount: '10.00',
    debicheck: { ...rising, maximumCollectionAmount: '15.00' },
  });
  await submit(gateway, drifted, 'debicheck', { recurring: { dateStart: '2024-10-01' } });
  const first = { firstCollectionAmount: '60.00', firstCollectionDate: '2024-10-01' };
  const begun = await makeMandate(gateway, 'debicheck', { ...withTerms(first), key: 'B' });
  await submit(gateway, begun, 'debicheck', { recurring: { dateStart: '2024-10-01', dateEnd: '2024-11-30' } });
  await advance(gateway, '2025-10-03T08:00:00+02:00');
  // 10.51 and 15.77: more than one and a half times, by the adjustments alone (DOMAIN §0.1.8).
  expect(await update(gateway, { id: drifted.mandateId, reference: 'X' })).toMatchObject({ outcome: 'UPDATED' });
  expect(brief((await update(gateway, { id: drifted.mandateId, amount: '10.50' })).errors)).toEqual([
    'INVALID maximum_within_one_and_a_half records.0.debicheck.maximumCollectionAmount',
  ]);
  expect(await update(gateway, { id: begun.mandateId, debicheck: { maximumCollectionAmount: '55.00' } })).toMatchObject(
    {
      outcome: 'UPDATED',
    },
  );
  expect((await submit(gateway, begun, 'debicheck', { recurring: { dateStart: '2025-11-01' } })).errors).toEqual([]);
});

it('keeps an adjustment that was made while an amendment waited', async () => {
  const gateway = await start();
  const rising = { allowVariableAmount: true, adjustmentCategory: 'QUARTERLY', adjustmentRate: '10' };
  const made = await makeMandate(gateway, 'debicheck', { ...withTerms(rising), accountNumber: '9910120007' });
  await submit(gateway, made, 'debicheck', { recurring: { dateStart: '2024-10-01' } });
  await advance(gateway, '2024-12-31T22:00:00+02:00'); // asked on the second of January, adjusted on the first
  await update(gateway, {
    id: made.mandateId,
    recurring: { processDay: 2 },
    debicheck: { maximumCollectionAmount: '62.00' },
  });
  await advance(gateway, '2025-01-02T09:00:00+02:00');
  expect(await mandateOf(gateway, made.mandateId)).toMatchObject({
    amount: '49.50',
    recurring: { processDay: 2 },
    debicheck: { maximumCollectionAmount: '62.00' },
  });
});

it('freezes the debtor that the bank was shown', async () => {
  const gateway = await start();
  const made = await makeMandate(gateway, 'debicheck', { accountNumber: '9910120007' });
  await advance(gateway, '2024-09-01T08:00:10+02:00');
  const record = {
    id: made.customerId,
    personName: 'Lerato',
    idNumber: '9001015009087',
    contactNumber: '+27612345678',
  };
  await gateway.data(UpdateCustomers, { input: { records: [record] } });
  await advance(gateway, SEPTEMBER_2);
  expect((await mandateOf(gateway, made.mandateId)).debtorSnapshot).toMatchObject({
    name: 'Thandi Nkosi',
    idNumberMasked: '*****0087',
    contactNumber: '+27831234567',
  });
});

/** Until what fails at the bank is put aside for a while: nobody is at it then. */
async function untilPutAside(gateway: TestGateway): Promise<void> {
  const aside = () => gateway.sql("SELECT FROM due_work WHERE leased_until > now() + interval '40 seconds'");
  await expect.poll(async () => (await aside()).length).toBe(1);
}

it('gives the debtor the whole window from when the bank could be asked', async () => {
  const gateway = await start();
  const { app } = gateway.node;
  const used = await app.banks.of('sandbox');
  const bank = { ...used };
  let isDown = true;
  Object.assign(used, {
    submitMandates: async (...args: Parameters<typeof bank.submitMandates>) => {
      if (isDown) throw new Error('the bank is down');
      return bank.submitMandates(...args);
    },
  });
  const terms = withTerms({ approvalWindow: TT1 });
  const made = await makeMandate(gateway, 'debicheck', { ...terms, accountNumber: SILENT });
  await untilPutAside(gateway);
  await gateway.sql('UPDATE merchant_clock SET offset_ms = offset_ms + 600000');
  expect((await mandateOf(gateway, made.mandateId)).status).toBe('PENDING'); // nobody was asked: silence is no answer
  isDown = false;
  await gateway.sql('UPDATE due_work SET leased_until = NULL');
  const expiry = async () => Date.parse((await mandateOf(gateway, made.mandateId)).approvalExpiresAt ?? '');
  const announced = Date.parse(made.mandate.approvalExpiresAt ?? '');
  await expect.poll(expiry).toBeGreaterThan(announced + 590_000);
  await advance(gateway, new Date((await expiry()) + 59_000).toISOString());
  expect((await mandateOf(gateway, made.mandateId)).status).toBe('PENDING');
  await advance(gateway, new Date((await expiry()) + 60_000).toISOString());
  expect((await mandateOf(gateway, made.mandateId)).status).toBe('EXPIRED');
});

it('never lets a cancellation overtake what it cancels', async () => {
  const gateway = await start();
  const { app } = gateway.node;
  const used = await app.banks.of('sandbox');
  const bank = { ...used };
  const kinds: string[] = [];
  let letGo: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  Object.assign(used, {
    submitMandates: async (...args: Parameters<typeof bank.submitMandates>) => {
      const [, instructions] = args;
      if (instructions.some(({ kind }) => kind === 'INITIATE')) await held;
      kinds.push(...instructions.map(({ kind }) => kind));
      return bank.submitMandates(...args);
    },
  });
  const made = await makeMandate(gateway, 'debicheck', { accountNumber: SILENT });
  const attempted = async () =>
    (await gateway.sql('SELECT FROM mandate_request WHERE attempted_at IS NOT NULL')).length;
  await expect.poll(attempted).toBe(1);
  await gateway.data(CancelMandates, { input: { ids: [made.mandateId] } });
  await createRound(app, () => {}).run(() => false); // another node
  expect(kinds).toEqual([]);
  letGo();
  await expect.poll(() => kinds).toEqual(['INITIATE', 'CANCEL']);
});

it('takes back an amendment that was not sent without a word to the bank', async () => {
  const gateway = await start();
  const made = await makeMandate(gateway);
  await advance(gateway, SEPTEMBER_2);
  await update(gateway, { id: made.mandateId, amount: '50.00' });
  await advance(gateway, '2024-09-02T21:30:00+02:00');
  await update(gateway, { id: made.mandateId, amount: '51.00' }); // queued overnight
  await gateway.data(WithdrawAmendments, { input: { ids: [made.mandateId] } });
  await advance(gateway, '2024-09-03T09:00:00+02:00');
  const kinds = await gateway.sql<{ kind: string }>('SELECT kind FROM mandate_request ORDER BY send_at');
  expect(kinds.map(({ kind }) => kind)).toEqual(['INITIATE', 'AMEND']);
});

it('converts no terms whose days are past, and leaves a first collection behind', async () => {
  const gateway = await start();
  const { registeredAbsa } = await methodIds(gateway);
  const accountNumber = SILENT;
  const once = await makeMandate(gateway, 'debicheck', {
    accountNumber,
    recurring: null,
    oneTime: { processDate: '2024-09-03' },
  });
  const first = { firstCollectionAmount: '50.00', firstCollectionDate: '2024-09-03' };
  const begun = await makeMandate(gateway, 'debicheck', { ...withTerms(first), accountNumber, key: 'B' });
  await advance(gateway, '2024-09-06T08:00:00+02:00');
  const records = [once, begun].map(({ mandateId: id }) => ({ id, paymentMethodId: registeredAbsa }));
  const { convertMandates } = await gateway.data(ConvertMandates, { input: { records, mode: 'PARTIAL' } });
  expect(convertMandates.results).toMatchObject([
    { outcome: 'FAILED', errors: [{ code: 'INVALID_DATE', path: ['records', '0', 'id'] }] },
    {
      outcome: 'CREATED',
      mandate: { amount: '45.00', debicheck: { firstCollectionAmount: null, firstCollectionMode: null } },
    },
  ]);
});

it('says of each payment what became of its own mandate', async () => {
  const gateway = await start();
  const made = [await makeMandate(gateway, 'eft'), await makeMandate(gateway, 'debicheck', { key: 'B' })];
  const ids = [
    (await submit(gateway, made[0] as never, 'eft', { recurring: { dateStart: '2024-10-01' } })).id,
    (await submit(gateway, made[1] as never, 'debicheck', { recurring: { dateStart: '2024-10-01' } })).id,
  ];
  await advance(gateway, SEPTEMBER_2);
  const references = await gateway.sql<{ reference: string }>('SELECT reference FROM mandate_request');
  await gateway.data(CancelMandates, { input: { ids: [made[0]?.mandateId ?? ''], reason: 'FRAUD' } });
  const answer = { reference: references[0]?.reference, event: 'CANCELLED', code: 'MD07' };
  await gateway.sql(
    `INSERT INTO due_work (merchant_id, kind, subject_id, due_at, details, timeline) VALUES ($1, 'BANK_ANSWER', 'x', $2, $3, '')`,
    [gateway.merchantId, new Date('2024-09-02T08:00:30+02:00'), answer],
  );
  await advance(gateway, '2024-09-02T09:00:00+02:00');
  expect((await paymentOf(gateway, ids[0] ?? '')).failedReason).toBe('The mandate was cancelled: Fraud.');
  expect((await paymentOf(gateway, ids[1] ?? '')).failedReason).toBe('The debtor is deceased');
  const events = await gateway.sql<{ actor: string; reasonCode: string | null }>(
    "SELECT actor, reason_code FROM event WHERE aggregate_id = $1 AND to_status = 'STOPPED'",
    [ids[1]],
  );
  expect(events).toEqual([{ actor: 'DEBTOR', reasonCode: 'MD07' }]);
  const kinds = await gateway.sql("SELECT kind FROM mandate_request WHERE kind = 'CANCEL'");
  expect(kinds).toEqual([]); // the bank knows what the bank has said
});

it('allows one debit a cycle by what debtor or bank have authorised, and one in all by a one-time mandate', async () => {
  const gateway = await start();
  const recurring = await makeMandate(gateway, 'debicheck', withTerms({ allowDateAdjustment: true }));
  const once = await makeMandate(gateway, 'registeredAbsa', {
    key: 'B',
    recurring: null,
    oneTime: { processDate: '2024-10-10' },
  });
  const eft = await makeMandate(gateway, 'eft', { key: 'C' });
  const codes = async (made: typeof recurring, method: MethodName, change: Partial<SubmitPaymentInput>) =>
    brief((await submit(gateway, made, method, change)).errors);
  const refused = ['STATE_CONFLICT records.0.mandateId'];
  const october = { recurring: { dateStart: '2024-10-01', dateEnd: '2024-12-31' } };
  expect(await codes(recurring, 'debicheck', { oneTime: { processDate: '2024-09-16' } })).toEqual([]);
  expect(await codes(recurring, 'debicheck', { oneTime: { processDate: '2024-09-20' } })).toEqual(refused);
  expect(await codes(recurring, 'debicheck', october)).toEqual([]);
  expect(await codes(recurring, 'debicheck', { oneTime: { processDate: '2024-11-01' } })).toEqual(refused);
  expect(await codes(recurring, 'debicheck', { recurring: { dateStart: '2024-12-01' } })).toEqual(refused);
  expect(await codes(recurring, 'debicheck', { recurring: { dateStart: '2025-01-01' } })).toEqual([]);
  const day = { oneTime: { processDate: '2024-10-10' } };
  const paymentMethodId = (await methodIds(gateway)).registeredAbsa;
  const records = [paymentUnder(once, paymentMethodId, day), paymentUnder(once, paymentMethodId, day)];
  const { submitPayments } = await gateway.data(SubmitPayments, { input: { records, mode: 'PARTIAL' } });
  expect(submitPayments.results.map(({ outcome, errors }) => [outcome, ...brief(errors)])).toEqual([
    ['CREATED'],
    ['FAILED', 'STATE_CONFLICT records.1.mandateId'],
  ]);
  expect(await codes(eft, 'eft', october)).toEqual([]);
  expect(await codes(eft, 'eft', october)).toEqual([]); // EFT is free
});

/** How many questions were tried in vain and are put aside for a minute: nobody is at them any more. */
async function putAside(gateway: TestGateway): Promise<number> {
  const rows = await gateway.sql(
    "SELECT FROM due_work WHERE kind = 'SEND_MANDATE_REQUEST' AND leased_until > now() + interval '40 seconds'",
  );
  return rows.length;
}

/** A bank that fails as often as it is told to, before anything arrives. */
async function breakBank(gateway: TestGateway) {
  const { app } = gateway.node;
  const used = await app.banks.of('sandbox');
  const bank = { ...used };
  const kinds: string[] = [];
  const state = { failures: 0, kinds };
  Object.assign(used, {
    submitMandates: async (...args: Parameters<typeof bank.submitMandates>) => {
      if (state.failures > 0) {
        state.failures -= 1;
        throw new Error('the bank is down');
      }
      kinds.push(...args[1].map(({ kind }) => kind));
      return bank.submitMandates(...args);
    },
  });
  return state;
}

it('holds nothing back for what nobody waits for any more', async () => {
  const gateway = await start();
  const bank = await breakBank(gateway);
  const made = await makeMandate(gateway, 'debicheck', { key: 'B', accountNumber: '9910120007' });
  await advance(gateway, SEPTEMBER_2);
  bank.failures = Number.POSITIVE_INFINITY;
  const cancelled = await makeMandate(gateway, 'debicheck', { accountNumber: SILENT });
  await update(gateway, { id: made.mandateId, amount: '50.00' });
  await expect.poll(() => putAside(gateway)).toBe(2);
  await gateway.data(CancelMandates, { input: { ids: [cancelled.mandateId] } });
  await gateway.data(WithdrawAmendments, { input: { ids: [made.mandateId] } });
  await update(gateway, { id: made.mandateId, amount: '51.00' });
  bank.failures = 0;
  await gateway.sql('UPDATE due_work SET leased_until = NULL');
  await advance(gateway, '2024-09-03T08:00:00+02:00');
  expect(bank.kinds.toSorted()).toEqual(['AMEND', 'CANCEL', 'INITIATE', 'WITHDRAW']);
  expect(await mandateOf(gateway, made.mandateId)).toMatchObject({ amount: '51.00', amendmentStatus: 'NONE' });
  expect(await gateway.sql("SELECT FROM due_work WHERE kind = 'SEND_MANDATE_REQUEST'")).toEqual([]);
});

it('asks on the next business day when the bank could not be reached before the cut-off', async () => {
  const gateway = await start();
  const bank = await breakBank(gateway);
  await advance(gateway, '2024-09-02T20:29:30+02:00');
  bank.failures = Number.POSITIVE_INFINITY;
  const terms = withTerms({ approvalWindow: 'DELAYED_REAL_TIME_TT1' });
  const made = await makeMandate(gateway, 'debicheck', terms);
  await expect.poll(() => putAside(gateway)).toBe(1);
  await gateway.sql('UPDATE merchant_clock SET offset_ms = offset_ms + 120000');
  bank.failures = 0;
  await gateway.sql('UPDATE due_work SET leased_until = NULL');
  await advance(gateway, '2024-09-02T21:00:00+02:00');
  expect(bank.kinds).toEqual([]);
  expect((await mandateOf(gateway, made.mandateId)).status).toBe('PENDING');
  await advance(gateway, '2024-09-03T08:01:00+02:00');
  expect(await mandateOf(gateway, made.mandateId)).toMatchObject({
    status: 'ACTIVE',
    approvalExpiresAt: '2024-09-03T18:30:00.000Z',
  });
});

it('makes a first collection once, and none in a cycle that was collected, however late new terms are approved', async () => {
  const gateway = await start();
  const accountNumber = '9910120007'; // answers after thirty seconds
  const first = { firstCollectionAmount: '60.00', firstCollectionDate: '2024-10-02' };
  const begun = await makeMandate(gateway, 'debicheck', {
    ...withTerms(first, { recurring: { processDay: 25 } }),
    accountNumber,
  });
  const begunId = (await submit(gateway, begun, 'debicheck', { recurring: { dateStart: '2024-10-01' } })).id;
  const once = await makeMandate(gateway, 'debicheck', {
    accountNumber,
    key: 'B',
    recurring: null,
    oneTime: { processDate: '2024-10-02' },
  });
  const onceId = (await submit(gateway, once, 'debicheck', { oneTime: { processDate: '2024-10-02' } })).id;
  const plain = await makeMandate(gateway, 'debicheck', { key: 'C' });
  const plainId = (await submit(gateway, plain, 'debicheck', { recurring: { dateStart: '2024-10-01' } })).id;
  await advance(gateway, '2024-09-30T23:59:40+02:00');
  // Asked before the debits of the second are made, at midnight; the night's questions go in the morning.
  await update(gateway, { id: begun.mandateId, debicheck: { firstCollectionDate: '2024-10-10' } });
  await update(gateway, { id: once.mandateId, oneTime: { processDate: '2024-10-10' } });
  await advance(gateway, '2024-10-03T08:00:00+02:00');
  const late = { firstCollectionAmount: '60.00', firstCollectionDate: '2024-10-20' };
  await update(gateway, { id: plain.mandateId, debicheck: late });
  await advance(gateway, '2024-11-28T08:00:00+02:00');
  expect((await paymentOf(gateway, begunId)).collected).toEqual(['FIRST 2024-10-02 60.00', 'REGULAR 2024-11-25 45.00']);
  expect(await paymentOf(gateway, onceId)).toMatchObject({
    status: 'COMPLETED',
    collected: ['REGULAR 2024-10-02 45.00'],
  });
  expect((await mandateOf(gateway, once.mandateId)).oneTime).toEqual({ processDate: '2024-10-02' });
  expect((await paymentOf(gateway, plainId)).collected).toEqual([
    'REGULAR 2024-10-01 45.00',
    'REGULAR 2024-11-01 45.00',
  ]);
});

it('loses no cycle when the day of a longer interval moves', async () => {
  const gateway = await start();
  const recurring = { processDay: 10, interval: 'QUARTERLY' } as const;
  const made = await makeMandate(gateway, 'eft', { recurring });
  const { id } = await submit(gateway, made, 'eft', { recurring: { dateStart: '2024-09-15' } });
  const monthly = await makeMandate(gateway, 'eft', { key: 'B', recurring: { processDay: 10 } });
  const monthlyId = (await submit(gateway, monthly, 'eft', { recurring: { dateStart: '2024-09-05' } })).id;
  await advance(gateway, '2024-10-15T08:00:00+02:00');
  await update(gateway, { id: made.mandateId, recurring: { processDay: 20 } });
  await update(gateway, { id: monthly.mandateId, recurring: { interval: 'QUARTERLY' } });
  await advance(gateway, '2025-01-05T08:00:00+02:00');
  expect((await paymentOf(gateway, id)).collected).toEqual(['REGULAR 2024-10-10 45.00', 'REGULAR 2024-12-20 45.00']);
  expect((await paymentOf(gateway, monthlyId)).collected).toEqual([
    'REGULAR 2024-09-10 45.00',
    'REGULAR 2024-10-10 45.00',
    'REGULAR 2024-12-10 45.00',
  ]);
});

it('counts cycles by what was collected, and leaves them to sound records', async () => {
  const gateway = await start();
  const made = await makeMandate(gateway, 'debicheck', withTerms({ allowDateAdjustment: true }));
  await advance(gateway, SEPTEMBER_2);
  const { debicheck } = await methodIds(gateway);
  const october = { recurring: { dateStart: '2024-10-01', dateEnd: '2024-10-01' } };
  expect((await submit(gateway, made, 'debicheck', october)).errors).toEqual([]);
  const on = (processDate: string) => ({ oneTime: { processDate } });
  const refused = ['STATE_CONFLICT records.0.mandateId'];
  expect(brief((await submit(gateway, made, 'debicheck', on('2024-10-20'))).errors)).toEqual(refused);
  await advance(gateway, '2024-10-08T08:00:00+02:00');
  expect(brief((await submit(gateway, made, 'debicheck', on('2024-10-20'))).errors)).toEqual(refused); // over, and collected
  const records = [
    { recurring: { dateStart: '2024-11-01' }, transactionReference: 'x'.repeat(40) },
    on('2024-11-10'),
    on('2024-11-20'),
    { recurring: { dateStart: '2024-11-01' } },
    on('2024-12-10'),
  ].map((change) => paymentUnder(made, debicheck, change));
  const { submitPayments } = await gateway.data(SubmitPayments, { input: { records, mode: 'PARTIAL' } });
  expect(submitPayments.results.map(({ outcome }) => outcome)).toEqual([
    'FAILED',
    'CREATED',
    'FAILED',
    'FAILED',
    'CREATED',
  ]);
});

it('leaves at least half an interval between two collections when the day of a fortnightly mandate moves', async () => {
  const gateway = await start();
  const made = await makeMandate(gateway, 'eft', { recurring: { processDay: 5, interval: 'FORTNIGHTLY' } });
  const { id } = await submit(gateway, made, 'eft', { recurring: { dateStart: '2024-09-04' } });
  await advance(gateway, '2024-10-02T16:00:00+02:00');
  // The debit of Friday 4 October exists; the weeks of Monday are the other ones.
  await update(gateway, { id: made.mandateId, recurring: { processDay: 1 } });
  await advance(gateway, '2024-11-10T08:00:00+02:00');
  expect((await paymentOf(gateway, id)).collected.map((text) => text.split(' ')[1])).toEqual([
    '2024-09-06',
    '2024-09-20',
    '2024-10-04',
    '2024-10-21',
    '2024-11-04',
  ]);
});
