import { expect, it } from 'vitest';
import { withdrawalOf } from '../../src/domain/mandate/authority.ts';
import { SetBankAccountStatus } from '../support/customer-documents.ts';
import { methodIds } from '../support/examples.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { CancelMandates } from '../support/mandate-documents.ts';
import { DEBICHECK, debtor } from '../support/mandates.ts';
import {
  debitsOf,
  mandateState,
  partiesOf,
  reasonsOf,
  retry,
  setStatus,
  simulate,
  submit,
  updatePayment,
  warningsOf,
} from '../support/money.ts';
import { advance, eftMethod, oneTime, paymentState, recurring, submitAll } from '../support/payments.ts';

// Authority that was withdrawn is not used again (DOMAIN §2.14).

const start = () => startGateway({ clockStart: DOCUMENTS_CLOCK });

const MandatesWithdrawn = graphql(`
  query MandatesWithdrawn($holds: Boolean!) {
    mandates(filter: { authorityWithdrawn: { eq: $holds } }) {
      totalCount
      nodes {
        id
      }
    }
  }
`);

/** A recurring EFT payment whose first debit came back with the code of its account. */
async function returned(gateway: TestGateway, code: string, accountNumber: string) {
  const [id = ''] = await submitAll(gateway, [recurring(await eftMethod(gateway), code, accountNumber)]);
  await advance(gateway, '2024-10-05T08:00:00+02:00');
  return { id, ...(await partiesOf(gateway, id)) };
}

/** A one-time payment under the mandate of another. */
function once({ id: _id, ...parties }: Awaited<ReturnType<typeof returned>>, processDate = '2024-10-16') {
  return { ...parties, amount: '45.00', oneTime: { processDate } };
}

it.each([
  ['04', '9900040000'],
  ['30', '9900300002'],
  ['32', '9900320003'],
  ['34', '9900340004'],
  ['36', '9900360005'],
  ['08', '9900080002'],
  ['18', '9900180007'],
])('refuses every use of an EFT mandate after code %s', async (code, accountNumber) => {
  const gateway = await start();
  const payment = await returned(gateway, code, accountNumber);
  const mandate = await mandateState(gateway, payment.mandateId);
  expect(mandate.status).toBe('ACTIVE');
  expect(mandate.authorityWithdrawn).toMatchObject({ code, at: expect.stringMatching(/^2024-10-0[23]T/) });
  for (const dryRun of [true, false]) {
    const refused = await submit(gateway, once(payment), dryRun);
    expect(refused.outcome).toBe(dryRun ? 'WOULD_FAIL' : 'FAILED');
    expect(refused.errors.map(({ code: error, path }) => `${error} ${path.join('.')}`)).toContain(
      'STATE_CONFLICT records.0.mandateId',
    );
  }
  const uses = [
    await setStatus(gateway, payment.id, 'RUNNING'),
    await updatePayment(gateway, { id: payment.id, amount: '46.00' }),
  ];
  if (code !== '18') {
    for (const { errors } of uses) {
      expect(errors[0]).toMatchObject({ code: 'STATE_CONFLICT', path: expect.arrayContaining(['mandateId']) });
      expect(errors[0]?.message).toContain('A new mandate is needed.');
    }
  }
  expect(uses.map(({ outcome }) => outcome)).toEqual(['FAILED', 'FAILED']);
  expect((await paymentState(gateway, payment.id)).status).toBe('STOPPED');
  expect(await gateway.data(MandatesWithdrawn, { holds: true })).toMatchObject({
    mandates: { totalCount: 1, nodes: [{ id: payment.mandateId }] },
  });
  expect(await gateway.data(MandatesWithdrawn, { holds: false })).toMatchObject({ mandates: { totalCount: 0 } });
  expect(await reasonsOf(gateway, 'mandate.authority_withdrawn', payment.mandateId)).toHaveLength(1);
});

it('shows by availableActions what is left of a mandate without authority: to end it', async () => {
  const gateway = await start();
  const payment = await returned(gateway, '04', '9900040000');
  const { availableActions } = await mandateState(gateway, payment.mandateId);
  expect(availableActions.filter(({ allowed }) => allowed).map(({ action }) => action)).toEqual(['DISABLE', 'CANCEL']);
  expect(availableActions.find(({ action }) => action === 'UPDATE')?.reason).toContain('A new mandate is needed.');
  const { cancelMandates } = await gateway.data(CancelMandates, { input: { ids: [payment.mandateId] } });
  expect(cancelMandates.results[0]?.outcome).toBe('UPDATED');
});

it('stops the other payments of the mandate, cancels what was not sent, and lets what was sent go on', async () => {
  const gateway = await start();
  const payment = await returned(gateway, '22', '9900220009');
  const other = await submit(gateway, once(payment, '2024-10-11'));
  const sent = await submit(gateway, once(payment, '2024-10-10'));
  await advance(gateway, '2024-10-09T08:00:00+02:00');
  expect(await debitsOf(gateway, other.payment?.id ?? '')).toEqual(['2024-10-11 2024-10-11 1 PENDING']);
  expect(await debitsOf(gateway, sent.payment?.id ?? '')).toEqual(['2024-10-10 2024-10-10 1 ACCEPTED_BY_BANK']);
  await retry(gateway, payment.id);
  expect((await simulate(gateway, 'TRANSACTION_SENT', payment.id)).outcome).toBe('UPDATED');
  expect((await simulate(gateway, 'TRANSACTION_UNPAID', payment.id, { code: '04' })).outcome).toBe('UPDATED');
  for (const id of [payment.id, other.payment?.id, sent.payment?.id]) {
    const { status, failedReason } = await paymentState(gateway, id);
    expect([status, failedReason]).toEqual(['STOPPED', 'Payment stopped by the account holder']);
  }
  const causes = await gateway.sql<{ stopCause: string }>('SELECT DISTINCT stop_cause FROM payment');
  expect(causes).toEqual([{ stopCause: 'AUTHORITY_WITHDRAWN' }]);
  expect(await debitsOf(gateway, other.payment?.id ?? '')).toEqual(['2024-10-11 2024-10-11 1 CANCELLED']);
  await simulate(gateway, 'TRANSACTION_PAID', sent.payment?.id ?? '');
  expect((await paymentState(gateway, sent.payment?.id)).status).toBe('COMPLETED');
});

it('counts two 02 in a row over all debits of the mandate, whatever payments they are of', async () => {
  const gateway = await start();
  const first = await returned(gateway, 'A', '9900020018');
  expect((await mandateState(gateway, first.mandateId)).authorityWithdrawn).toBeNull();
  const second = await submit(gateway, once(first));
  expect(second.outcome).toBe('CREATED');
  await advance(gateway, '2024-10-20T08:00:00+02:00');
  expect((await mandateState(gateway, first.mandateId)).authorityWithdrawn).toEqual({
    at: '2024-10-17T07:00:00.000Z',
    code: '02',
    reason: 'Not provided for: insufficient funds, twice in a row',
  });
  expect((await paymentState(gateway, first.id)).status).toBe('STOPPED');
  expect((await submit(gateway, once(first, '2024-11-20'), true)).errors[0]?.path).toEqual([
    'records',
    '0',
    'mandateId',
  ]);
});

it('counts a retry as the second 02', async () => {
  const gateway = await start();
  const payment = await returned(gateway, 'A', '9900020018');
  await retry(gateway, payment.id);
  await advance(gateway, '2024-10-15T08:00:00+02:00');
  expect((await mandateState(gateway, payment.mandateId)).authorityWithdrawn?.code).toBe('02');
});

it('marks a DebiCheck mandate after two 02 in a row, a whole tracking being one, and for no dispute', async () => {
  const gateway = await start();
  const { debicheck } = await methodIds(gateway);
  const record = (key: string, accountNumber: string) => ({
    ...recurring(debicheck, key, accountNumber),
    customer: debtor(key),
    mandate: {
      ...DEBICHECK,
      debicheck: { maximumCollectionAmount: '60.00', allowPaymentTracking: true, paymentTrackingMaxDays: 3 },
    },
  });
  const ids = await submitAll(gateway, [
    record('T', '9910070018'),
    record('D', '9900300002'),
    record('S', '9900040000'),
  ]);
  const states = async () =>
    Promise.all(
      ids.map(async (id) => {
        const { mandateId } = await partiesOf(gateway, id);
        const { authorityWithdrawn } = await mandateState(gateway, mandateId);
        return `${(await paymentState(gateway, id)).status} ${authorityWithdrawn?.code}`;
      }),
    );
  await advance(gateway, '2024-10-10T08:00:00+02:00');
  expect(await states()).toEqual(['RUNNING undefined', 'RUNNING undefined', 'STOPPED undefined']);
  await advance(gateway, '2024-11-10T08:00:00+02:00');
  expect(await states()).toEqual(['STOPPED 02', 'RUNNING undefined', 'STOPPED undefined']);
  const parties = await partiesOf(gateway, ids[0] ?? '');
  const again = await submit(gateway, { ...parties, recurring: { dateStart: '2024-12-01' } }, true);
  expect(again.errors[0]).toMatchObject({ code: 'STATE_CONFLICT', path: ['records', '0', 'mandateId'] });
});

it.each([
  ['06', '9900060001'],
  ['10', '9900100003'],
  ['16', '9900160006'],
  ['56', '9900560004'],
  ['E1', '9900910005'],
])('stops the payment after code %s, keeps the authority, and warns of each new use', async (code, accountNumber) => {
  const gateway = await start();
  const payment = await returned(gateway, code, accountNumber);
  expect((await paymentState(gateway, payment.id)).status).toBe('STOPPED');
  expect((await mandateState(gateway, payment.mandateId)).authorityWithdrawn).toBeNull();
  const used = await submit(gateway, once(payment));
  expect([used.outcome, ...warningsOf(used)]).toEqual(['CREATED', 'DEBIT_RETURNED']);
  const resumed = await setStatus(gateway, payment.id, 'RUNNING');
  expect([resumed.outcome, ...warningsOf(resumed)]).toEqual(['UPDATED', 'DEBIT_RETURNED']);
  expect(warningsOf(await updatePayment(gateway, { id: payment.id, amount: '44.00' }))).toEqual(['DEBIT_RETURNED']);
});

it('marks the customer after code 18, and stops all payments of the customer', async () => {
  const gateway = await start();
  const payment = await returned(gateway, '18', '9900180007');
  const [row] = await gateway.sql<{ isBlacklisted: boolean; blacklistReason: string }>(
    'SELECT is_blacklisted, blacklist_reason FROM customer WHERE id = $1',
    [payment.customerId],
  );
  expect(row).toEqual({ isBlacklisted: true, blacklistReason: 'Account holder deceased' });
  const { payIn } = await methodIds(gateway);
  const used = await submit(gateway, { customerId: payment.customerId, paymentMethodId: payIn, amount: '1.00' });
  expect(used.errors[0]).toMatchObject({ code: 'BLACKLISTED', path: ['records', '0', 'customerId'] });
});

it('refuses submit, run and retry on an account that a code disabled, at bankAccountId, until it is enabled', async () => {
  const gateway = await start();
  const payment = await returned(gateway, '12', '9900120004');
  const refused = [await submit(gateway, once(payment)), await setStatus(gateway, payment.id, 'RUNNING')];
  for (const { errors } of refused) {
    expect(errors[0]).toMatchObject({ code: 'STATE_CONFLICT', blockedBy: [payment.bankAccountId] });
    expect(errors[0]?.path.at(-1)).toBe('bankAccountId');
  }
  await gateway.data(SetBankAccountStatus, { input: { ids: [payment.bankAccountId], status: 'ACTIVE' } });
  expect((await submit(gateway, once(payment))).outcome).toBe('CREATED');
  expect((await setStatus(gateway, payment.id, 'RUNNING')).outcome).toBe('UPDATED');
});

it('restores the authority when the dispute is withdrawn, unless something else withdraws it, and runs nothing by itself', async () => {
  const gateway = await start();
  const payment = await returned(gateway, 'A', '9910010007');
  expect((await simulate(gateway, 'TRANSACTION_DISPUTED', payment.id, { code: '32' })).outcome).toBe('UPDATED');
  expect((await mandateState(gateway, payment.mandateId)).authorityWithdrawn?.code).toBe('32');
  await simulate(gateway, 'TRANSACTION_DISPUTE_WITHDRAWN', payment.id);
  expect((await mandateState(gateway, payment.mandateId)).authorityWithdrawn).toBeNull();
  expect(await reasonsOf(gateway, 'mandate.authority_restored', payment.mandateId)).toHaveLength(1);
  expect((await paymentState(gateway, payment.id)).status).toBe('STOPPED');
  expect((await setStatus(gateway, payment.id, 'RUNNING')).outcome).toBe('UPDATED');
});

it('takes neither a debit that was never presented, nor one with another result, for the second 02', () => {
  const at = new Date('2024-10-02T07:00:00Z');
  const debit = { status: 'UNPAID', unpaidCode: '02', statusChangedAt: at, followsNoFunds: false } as const;
  expect(withdrawalOf('DEBIT_ORDER', [debit, debit])).toBeNull();
  expect(withdrawalOf('DEBIT_ORDER', [debit, { ...debit, followsNoFunds: true }])?.code).toBe('02');
  const dispute = { ...debit, status: 'DISPUTED', unpaidCode: '30' } as const;
  expect(withdrawalOf('DEBIT_ORDER', [dispute])?.code).toBe('30');
  expect(withdrawalOf('DEBICHECK', [dispute])).toBeNull();
  expect(withdrawalOf('DEBIT_ORDER', [{ ...dispute, status: 'PAID' }])).toBeNull();
  expect(withdrawalOf('REGISTERED_MANDATE', [{ ...debit, unpaidCode: '08' }])?.code).toBe('08');
});

it('keeps one-time payments apart: a mandate that is used once more is used by its own authority', async () => {
  const gateway = await start();
  const eft = await eftMethod(gateway);
  const [id = ''] = await submitAll(gateway, [oneTime(eft, 'O', '9900040000')]);
  await advance(gateway, '2024-09-20T08:00:00+02:00');
  const { mandateId } = await partiesOf(gateway, id);
  expect((await mandateState(gateway, mandateId)).authorityWithdrawn?.code).toBe('04');
  expect((await retry(gateway, id)).outcome).toBe('FAILED');
});

it('marks what came back before there was a mark, and stops what runs under it', async () => {
  const gateway = await start();
  const eft = await eftMethod(gateway);
  const [first = ''] = await submitAll(gateway, [recurring(eft, 'FIRST', '9900040000')]);
  const { mandateId, ...parties } = await partiesOf(gateway, first);
  const record = { ...parties, mandateId, recurring: { dateStart: '2024-10-20' } };
  const second = (await submit(gateway, record)).payment?.id ?? '';
  await advance(gateway, '2024-10-05T08:00:00+02:00');
  expect((await paymentState(gateway, second)).status).toBe('STOPPED');
  // As it was under older rules: no mark, and the second payment runs.
  await gateway.sql(
    'UPDATE mandate SET authority_withdrawn_at = NULL, authority_withdrawn_code = NULL, authority_withdrawn_reason = NULL',
  );
  await gateway.sql("UPDATE payment SET status = 'RUNNING', stop_cause = NULL WHERE id = $1", [second]);
  await gateway.sql(
    `INSERT INTO due_work (merchant_id, timeline, kind, subject_id, due_at, details)
     VALUES ($1, '', 'JUDGE_AUTHORITY', $2, '2024-10-03T08:00:00Z', '{}')`,
    [gateway.merchantId, mandateId],
  );
  await advance(gateway, '2024-10-05T09:00:00+02:00');
  expect((await mandateState(gateway, mandateId)).authorityWithdrawn).toMatchObject({ code: '04' });
  expect((await paymentState(gateway, second)).status).toBe('STOPPED');
  expect(await reasonsOf(gateway, 'mandate.authority_withdrawn', mandateId)).toHaveLength(2);
});

it('sends nothing under a mandate that is marked, though a payment of it runs', async () => {
  const gateway = await start();
  const [id = ''] = await submitAll(gateway, [recurring(await eftMethod(gateway), 'RUNS')]);
  const { mandateId } = await partiesOf(gateway, id);
  await advance(gateway, '2024-09-27T10:00:00+02:00');
  expect(await debitsOf(gateway, id)).toEqual([expect.stringContaining('PENDING')]);
  await gateway.sql(
    "UPDATE mandate SET authority_withdrawn_at = '2024-09-01', authority_withdrawn_code = '04', authority_withdrawn_reason = 'Stopped' WHERE id = $1",
    [mandateId],
  );
  await advance(gateway, '2024-10-05T08:00:00+02:00');
  expect(await debitsOf(gateway, id)).toEqual([expect.stringContaining('CANCELLED')]);
  expect((await paymentState(gateway, id)).status).toBe('STOPPED');
});

it('cancels at its cut-off what a stopped payment of a marked mandate had held', async () => {
  const gateway = await start();
  const [id = ''] = await submitAll(gateway, [recurring(await eftMethod(gateway), 'HELD')]);
  const { mandateId } = await partiesOf(gateway, id);
  await advance(gateway, '2024-09-27T10:00:00+02:00');
  await gateway.sql("UPDATE payment SET status = 'STOPPED', stop_cause = 'ACCOUNT_DISABLED' WHERE id = $1", [id]);
  await gateway.sql(
    "UPDATE mandate SET authority_withdrawn_at = '2024-09-01', authority_withdrawn_code = '04', authority_withdrawn_reason = 'Stopped' WHERE id = $1",
    [mandateId],
  );
  await advance(gateway, '2024-10-05T08:00:00+02:00');
  expect(await debitsOf(gateway, id)).toEqual([expect.stringContaining('CANCELLED SKIPPED')]);
  expect(await gateway.sql("SELECT kind FROM due_work WHERE kind = 'SEND_TRANSACTION'")).toEqual([]);
});
