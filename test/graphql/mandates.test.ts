import { expect, it } from 'vitest';
import { brief } from '../support/customers.ts';
import { PaymentWithTransactions, SubmitPayments } from '../support/documents.ts';
import { headCursor, methodIds } from '../support/examples.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import {
  CancelMandates,
  ConvertMandates,
  MandateStatusChanged,
  ResubmitMandates,
  SetMandateStatus,
} from '../support/mandate-documents.ts';
import {
  advance,
  askForMandate,
  DEBICHECK,
  type MethodName,
  makeDebtor,
  makeMandate,
  mandateOf,
  paymentUnder,
} from '../support/mandates.ts';
import { follow } from '../support/subscription.ts';

const start = () => startGateway({ clockStart: DOCUMENTS_CLOCK });
const TT1 = 'REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE';
/** Accounts that stand for something at the sandbox bank (DOMAIN §7.4). */
const ACCOUNTS = {
  approvedLate: '9910120007',
  rejected: '9910130002',
  silent: '9910140008',
  declined: '9910150003',
  suspended: '9910160009',
};

async function payUnder(gateway: TestGateway, method: MethodName, made: Awaited<ReturnType<typeof makeMandate>>) {
  const id = (await methodIds(gateway))[method];
  const record = paymentUnder(made, id, { recurring: { dateStart: '2024-10-01' } });
  const { submitPayments } = await gateway.data(SubmitPayments, { input: { records: [record] } });
  const [result] = submitPayments.results;
  if (!result?.payment) throw new Error(JSON.stringify(result?.errors));
  return result.payment;
}

async function paymentOf(gateway: TestGateway, id: string) {
  const { payment } = await gateway.data(PaymentWithTransactions, { id });
  if (!payment) throw new Error('no payment');
  return payment;
}

async function cancel(gateway: TestGateway, id: string) {
  const { cancelMandates } = await gateway.data(CancelMandates, { input: { ids: [id], reason: 'EARLY_SETTLEMENT' } });
  return cancelMandates.results[0];
}

async function resubmit(gateway: TestGateway, id: string, approvalWindow: typeof TT1 | null = null) {
  const { resubmitMandates } = await gateway.data(ResubmitMandates, { input: { ids: [id], approvalWindow } });
  return resubmitMandates.results[0];
}

it('makes an EFT mandate that is ACTIVE at once, and one that is DISABLED when asked to', async () => {
  const gateway = await start();
  const { mandate } = await makeMandate(gateway, 'eft');
  expect(mandate).toMatchObject({ status: 'ACTIVE', debicheck: null, approvalExpiresAt: null, attemptCount: 0 });
  const other = await makeMandate(gateway, 'eft', { key: 'B', status: 'DISABLED' });
  expect(other.mandate.status).toBe('DISABLED');
});

it('asks the debtor to approve, freezes who that was, and runs the payments that waited', async () => {
  const gateway = await start();
  const made = await makeMandate(gateway, 'debicheck', {
    debicheck: { maximumCollectionAmount: '60.00', approvalWindow: TT1 },
  });
  expect(made.mandate).toMatchObject({
    status: 'PENDING',
    approvalWindow: TT1,
    attemptCount: 1,
    approvedAt: null,
    debtorSnapshot: null,
    contractReference: expect.stringMatching(/^.{1,14}$/),
  });
  const shown = Date.parse(made.mandate.approvalExpiresAt ?? '') - Date.parse(made.mandate.requestedAt ?? '');
  expect(shown).toBe(120_000);
  const payment = await payUnder(gateway, 'debicheck', made);
  expect(payment.status).toBe('PENDING');
  await advance(gateway, '2024-09-01T08:01:00+02:00');
  expect(await mandateOf(gateway, made.mandateId)).toMatchObject({
    status: 'ACTIVE',
    approvedAt: expect.any(String),
    authenticationReference: expect.stringMatching(/^AUTH/),
    debtorSnapshot: {
      name: 'Thandi Nkosi',
      idType: 'SOUTH_AFRICAN_ID',
      idNumberMasked: '*****0087',
      contactNumber: '+27831234567',
      accountHolderName: 'T NKOSI',
      accountNumberMasked: '*****0018',
      bank: 'CAPITEC',
    },
  });
  expect((await paymentOf(gateway, payment.id)).status).toBe('RUNNING');
  await advance(gateway, '2024-10-02T10:00:00+02:00');
  expect((await paymentOf(gateway, payment.id)).transactions.nodes).toMatchObject([
    { status: 'PAID', nominalDate: '2024-10-01', actionDate: '2024-10-01', amount: '45.00' },
  ]);
});

it('expires to the second: the payment is stopped with the reason', async () => {
  const gateway = await start();
  const made = await makeMandate(gateway, 'debicheck', {
    accountNumber: ACCOUNTS.silent,
    debicheck: { maximumCollectionAmount: '60.00', approvalWindow: TT1 },
  });
  const payment = await payUnder(gateway, 'debicheck', made);
  const expires = Date.parse(made.mandate.requestedAt ?? '') + 180_000;
  await advance(gateway, new Date(expires - 10_000).toISOString());
  expect((await mandateOf(gateway, made.mandateId)).status).toBe('PENDING');
  await advance(gateway, new Date(expires).toISOString());
  const reason = 'No reply from the debtor';
  expect(await mandateOf(gateway, made.mandateId)).toMatchObject({
    status: 'EXPIRED',
    rejectionCode: 'NORESP',
    rejectionReason: reason,
  });
  expect(await paymentOf(gateway, payment.id)).toMatchObject({ status: 'STOPPED', failedReason: reason });
  const events = await gateway.sql<{ toStatus: string; actor: string; occurredAt: Date }>(
    "SELECT to_status, actor, occurred_at FROM event WHERE aggregate_type = 'MANDATE' ORDER BY version",
  );
  expect(events.map(({ toStatus, actor }) => `${toStatus} ${actor}`)).toEqual(['PENDING API', 'EXPIRED SCHEDULER']);
  expect(events[1]?.occurredAt.getTime()).toBe(expires);
});

it('answers by account number as the table of the sandbox says', async () => {
  const gateway = await start();
  const rows: Array<[keyof typeof ACCOUNTS, MethodName, string, string | null]> = [
    ['approvedLate', 'debicheck', 'ACTIVE', null],
    ['rejected', 'debicheck', 'REJECTED', 'MD16'],
    ['declined', 'debicheck', 'REJECTED', 'AC04'],
    ['suspended', 'debicheck', 'SUSPENDED', null],
    ['rejected', 'registeredAbsa', 'REJECTED', 'MS03'],
    ['declined', 'registeredNedbank', 'REJECTED', 'AC04'],
    ['silent', 'registeredAbsa', 'PENDING', null],
    ['approvedLate', 'registeredNedbank', 'ACTIVE', null],
  ];
  const made = [];
  for (const [index, [account, method]] of rows.entries()) {
    made.push(await makeMandate(gateway, method, { key: `K${index}`, accountNumber: ACCOUNTS[account] }));
  }
  await advance(gateway, '2024-09-03T08:00:00+02:00');
  const ended = await Promise.all(made.map(({ mandateId }) => mandateOf(gateway, mandateId)));
  expect(ended.map(({ status, rejectionCode }) => [status, rejectionCode])).toEqual(
    rows.map(([, , status, code]) => [status, code]),
  );
});

it('pauses the payments of a suspended mandate', async () => {
  const gateway = await start();
  const made = await makeMandate(gateway, 'debicheck', { accountNumber: ACCOUNTS.suspended });
  const payment = await payUnder(gateway, 'debicheck', made);
  await advance(gateway, '2024-09-03T08:00:00+02:00');
  expect((await mandateOf(gateway, made.mandateId)).suspendedAt).not.toBeNull();
  expect((await paymentOf(gateway, payment.id)).status).toBe('PAUSED');
});

it('disables and enables EFT mandates with their payments, and archives what is over', async () => {
  const gateway = await start();
  const made = await makeMandate(gateway, 'eft');
  const payment = await payUnder(gateway, 'eft', made);
  const set = async (status: 'ACTIVE' | 'DISABLED' | 'ARCHIVED' | 'CANCELLED', id = made.mandateId) =>
    (await gateway.data(SetMandateStatus, { input: { ids: [id], status } })).setMandateStatus.results[0];
  expect(await set('DISABLED')).toMatchObject({ outcome: 'UPDATED', affected: { paymentIds: [payment.id] } });
  expect((await paymentOf(gateway, payment.id)).status).toBe('PAUSED');
  expect(await set('DISABLED')).toMatchObject({ outcome: 'UNCHANGED' });
  expect((await set('ARCHIVED'))?.errors).toMatchObject([
    { code: 'STATE_CONFLICT', currentStatus: 'DISABLED', blockedBy: [payment.id] },
  ]);
  expect(await set('ACTIVE')).toMatchObject({ outcome: 'UPDATED' });
  expect((await paymentOf(gateway, payment.id)).status).toBe('RUNNING');
  expect((await set('ARCHIVED'))?.errors).toMatchObject([
    { code: 'STATE_CONFLICT', allowedTransitions: ['DISABLED', 'CANCELLED'], blockedBy: [] },
  ]);
  expect((await set('CANCELLED'))?.errors).toMatchObject([{ code: 'STATE_CONFLICT' }]);
  const debicheck = await makeMandate(gateway, 'debicheck', { key: 'B' });
  expect((await set('DISABLED', debicheck.mandateId))?.errors).toMatchObject([
    { code: 'STATE_CONFLICT', currentStatus: 'PENDING', allowedTransitions: ['CANCELLED'] },
  ]);
  await cancel(gateway, made.mandateId);
  expect(await set('ARCHIVED')).toMatchObject({ outcome: 'UPDATED', mandate: { status: 'ARCHIVED' } });
});

it('cancels: payments that waited are cancelled, running ones stop, and the contract reference is retired', async () => {
  const gateway = await start();
  const waiting = await makeMandate(gateway, 'debicheck', {
    accountNumber: ACCOUNTS.silent,
    contractReference: 'CTC24091900001',
    generateContractReference: null,
  });
  const waitingPayment = await payUnder(gateway, 'debicheck', waiting);
  expect(await cancel(gateway, waiting.mandateId)).toMatchObject({
    outcome: 'UPDATED',
    affected: { paymentIds: [waitingPayment.id] },
    mandate: { status: 'CANCELLED', cancelReason: 'EARLY_SETTLEMENT' },
  });
  expect((await paymentOf(gateway, waitingPayment.id)).status).toBe('CANCELLED');
  const running = await makeMandate(gateway, 'eft', { key: 'B' });
  const runningPayment = await payUnder(gateway, 'eft', running);
  await cancel(gateway, running.mandateId);
  expect(await paymentOf(gateway, runningPayment.id)).toMatchObject({
    status: 'STOPPED',
    failedReason: 'The mandate was cancelled: Settled before its time.',
  });
  expect(await cancel(gateway, running.mandateId)).toMatchObject({ outcome: 'UNCHANGED' });
  const again = await askForMandate(gateway, 'debicheck', waiting, {
    contractReference: 'CTC24091900001',
    generateContractReference: null,
  });
  expect(again.errors).toMatchObject([
    {
      __typename: 'Duplicate',
      code: 'REFERENCE_RETIRED',
      path: ['records', '0', 'contractReference'],
      existingId: waiting.mandateId,
    },
  ]);
});

it('tells the bank of a cancellation, unless it never asked', async () => {
  const gateway = await start();
  const asked = await makeMandate(gateway);
  await advance(gateway, '2024-09-01T08:10:00+02:00');
  await cancel(gateway, asked.mandateId);
  await advance(gateway, '2024-09-01T21:30:00+02:00');
  const queued = await makeMandate(gateway, 'debicheck', { key: 'B' });
  await cancel(gateway, queued.mandateId);
  await advance(gateway, '2024-09-03T08:00:00+02:00');
  const requests = await gateway.sql<{ mandateId: string; kind: string; acknowledged: boolean }>(
    'SELECT mandate_id, kind, acknowledged_at IS NOT NULL AS acknowledged FROM mandate_request ORDER BY send_at',
  );
  expect(requests).toEqual([
    { mandateId: asked.mandateId, kind: 'INITIATE', acknowledged: true },
    { mandateId: asked.mandateId, kind: 'CANCEL', acknowledged: true },
  ]);
});

it('resubmits in real time by ABSA alone, three times in all, and the payment waits again', async () => {
  const gateway = await start();
  const made = await makeMandate(gateway, 'debicheck', { accountNumber: ACCOUNTS.rejected });
  const payment = await payUnder(gateway, 'debicheck', made);
  await advance(gateway, '2024-09-01T08:10:00+02:00');
  expect((await paymentOf(gateway, payment.id)).status).toBe('STOPPED');
  expect(
    (await resubmit(gateway, made.mandateId, 'BATCH_TT2_APPROVE_BY_19H00_ON_DAY_2' as never))?.errors,
  ).toMatchObject([{ code: 'INVALID', rule: 'tt1_window', path: ['approvalWindow'] }]);
  expect(brief((await resubmit(gateway, made.mandateId))?.errors)).toEqual(['STATE_CONFLICT ids.0']);
  expect(await resubmit(gateway, made.mandateId, TT1)).toMatchObject({
    outcome: 'UPDATED',
    affected: { paymentIds: [payment.id] },
    mandate: {
      status: 'PENDING',
      approvalWindow: TT1,
      attemptCount: 2,
      rejectionCode: null,
      contractReference: made.mandate.contractReference,
    },
  });
  expect((await paymentOf(gateway, payment.id)).status).toBe('PENDING');
  await advance(gateway, '2024-09-01T08:20:00+02:00');
  expect(await resubmit(gateway, made.mandateId)).toMatchObject({ outcome: 'UPDATED' });
  await advance(gateway, '2024-09-01T08:30:00+02:00');
  expect((await resubmit(gateway, made.mandateId))?.errors).toMatchObject([
    { __typename: 'LimitExceeded', code: 'LIMIT_EXCEEDED', limit: 3 },
  ]);
  const others = [
    await makeMandate(gateway, 'debicheckNedbank', { key: 'B', accountNumber: ACCOUNTS.rejected }),
    await makeMandate(gateway, 'registeredAbsa', { key: 'C', accountNumber: ACCOUNTS.rejected }),
    await makeMandate(gateway, 'eft', { key: 'D' }),
  ];
  await advance(gateway, '2024-09-01T08:40:00+02:00');
  for (const { mandateId } of others) {
    expect((await resubmit(gateway, mandateId))?.errors).toMatchObject([{ code: 'STATE_CONFLICT' }]);
  }
});

it('converts what expired in TT2 to a registered mandate, once and within ten days', async () => {
  const gateway = await start();
  const { registeredAbsa, eft } = await methodIds(gateway);
  const made = await makeMandate(gateway, 'debicheck', { accountNumber: ACCOUNTS.silent });
  const late = await makeMandate(gateway, 'debicheck', { key: 'B', accountNumber: ACCOUNTS.silent });
  const convert = async (id: string, change: object = {}) => {
    const record = { id, paymentMethodId: registeredAbsa, ...change };
    const { convertMandates } = await gateway.data(ConvertMandates, { input: { records: [record] } });
    return convertMandates.results[0];
  };
  expect(brief((await convert(made.mandateId))?.errors)).toEqual(['STATE_CONFLICT records.0']);
  await advance(gateway, '2024-09-04T08:00:00+02:00');
  expect(brief((await convert(made.mandateId, { paymentMethodId: eft }))?.errors)).toEqual([
    'METHOD_FORBIDS records.0.paymentMethodId',
  ]);
  expect(brief((await convert(made.mandateId, { contractReference: made.mandate.contractReference }))?.errors)).toEqual(
    ['REFERENCE_RETIRED records.0.contractReference'],
  );
  const converted = await convert(made.mandateId);
  expect(converted).toMatchObject({
    outcome: 'CREATED',
    mandate: {
      status: 'PENDING',
      amount: '45.00',
      approvalWindow: null,
      attemptCount: 1,
      recurring: { processDay: 1 },
      debicheck: { maximumCollectionAmount: '60.00' },
      convertedFrom: { id: made.mandateId },
    },
  });
  expect((await convert(made.mandateId))?.errors).toMatchObject([
    { code: 'DUPLICATE', existingId: converted?.mandate?.id },
  ]);
  expect((await mandateOf(gateway, made.mandateId)).status).toBe('EXPIRED');
  await advance(gateway, '2024-09-11T09:00:00+02:00');
  expect((await convert(late.mandateId))?.errors).toMatchObject([
    { code: 'STATE_CONFLICT', message: 'Conversion is possible only within 10 days of the approval request.' },
  ]);
});

it('says at once when it is too late for the day, and asks on the next business day', async () => {
  const gateway = await start();
  await advance(gateway, '2024-09-06T20:45:00+02:00'); // a Friday
  const parties = await makeDebtor(gateway);
  const debicheck = { maximumCollectionAmount: '60.00', approvalWindow: TT1 } as const;
  const queued = await askForMandate(gateway, 'debicheck', parties, { ...DEBICHECK, debicheck });
  expect(queued).toMatchObject({
    outcome: 'CREATED',
    warnings: [{ code: 'QUEUED', message: expect.stringContaining('2024-09-09T06:00:00.000Z') }],
    mandate: { status: 'PENDING', approvalExpiresAt: '2024-09-09T06:02:00.000Z' },
  });
  const batch = await askForMandate(gateway, 'debicheck', parties);
  expect(batch).toMatchObject({ warnings: [], mandate: { approvalExpiresAt: '2024-09-10T17:00:00.000Z' } });
  await advance(gateway, '2024-09-09T08:00:04+02:00');
  expect((await mandateOf(gateway, queued.mandate?.id ?? '')).status).toBe('PENDING');
  await advance(gateway, '2024-09-09T08:00:06+02:00');
  expect((await mandateOf(gateway, queued.mandate?.id ?? '')).status).toBe('ACTIVE');
});

it('tells of every change of a mandate, who made it and why', async () => {
  const gateway = await start();
  const after = await headCursor(gateway);
  const client = gateway.socket();
  const changes = follow(client, MandateStatusChanged, { after });
  const made = await makeMandate(gateway, 'debicheck', { accountNumber: ACCOUNTS.suspended });
  const other = await makeMandate(gateway, 'debicheck', { key: 'B', accountNumber: ACCOUNTS.rejected });
  const only = follow(client, MandateStatusChanged, { after, filter: { mandateIds: [other.mandateId] } });
  await advance(gateway, '2024-09-03T08:00:00+02:00');
  await cancel(gateway, made.mandateId);
  const said = (await changes.take(6)).map(({ mandateStatusChanged: { from, to, cause } }) =>
    [from, to, cause.actor, cause.reasonCode].join(' '),
  );
  expect(said).toEqual([
    ' PENDING API ',
    ' PENDING API ',
    'PENDING ACTIVE DEBTOR ',
    'PENDING REJECTED DEBTOR MD16',
    'ACTIVE SUSPENDED BANK ',
    'SUSPENDED CANCELLED API MCES',
  ]);
  const toOther = (await only.take(2)).map(({ mandateStatusChanged: { to, mandate } }) => [to, mandate.id]);
  expect(toOther).toEqual([
    ['PENDING', other.mandateId],
    ['REJECTED', other.mandateId],
  ]);
  await client.dispose();
});

const LifecycleAndRequirements = graphql(`
  query LifecycleAndRequirements($bank: ID!) {
    lifecycle(type: MANDATE) {
      states {
        name
        isFirst
        isFinal
      }
      transitions {
        event
        from
        to
        by
        methods
      }
    }
    paymentMethods {
      nodes {
        name
        supportedBanks
        debicheckDefaults {
          approvalWindow
        }
        requirements {
          variant
          allowsCompanies
          approval
          resubmission
          firstPaymentStatus
          accountTypes
          fields {
            path
            need
          }
        }
      }
    }
    banks: lookups(type: "bank_name", paymentMethodId: $bank) {
      enum
    }
    none: lookups(type: "bank_name", paymentMethodId: "pam_000000000000000000000") {
      enum
    }
  }
`);

it('gives the law as data, so that no frontend copies it', async () => {
  const gateway = await start();
  const { debicheck } = await methodIds(gateway);
  const { lifecycle, paymentMethods, banks, none } = await gateway.data(LifecycleAndRequirements, { bank: debicheck });
  expect(lifecycle.states.filter(({ isFinal }) => isFinal).map(({ name }) => name)).toEqual(['ARCHIVED']);
  expect(lifecycle.transitions).toContainEqual({
    event: 'EXPIRE',
    from: 'PENDING',
    to: 'EXPIRED',
    by: ['CLOCK'],
    methods: ['DEBICHECK'],
  });
  const byName = new Map(paymentMethods.nodes.map((method) => [method.name, method]));
  const absa = byName.get('DebiCheck (ABSA)');
  expect(absa).toMatchObject({
    debicheckDefaults: { approvalWindow: 'BATCH_TT2_APPROVE_BY_19H00_ON_DAY_2' },
    requirements: {
      variant: 'DEBICHECK',
      allowsCompanies: false,
      approval: 'DEBTOR',
      resubmission: 'SAME_CONTRACT_REFERENCE',
      firstPaymentStatus: 'PENDING',
    },
  });
  expect(absa?.requirements.fields).toContainEqual({ path: 'mandate.contractReference', need: 'REQUIRED' });
  expect(byName.get('DebiCheck (Nedbank)')?.requirements.resubmission).toBe('NEW_CONTRACT_REFERENCE');
  expect(byName.get('EFT (ABSA)')).toMatchObject({ debicheckDefaults: null });
  expect(byName.get('Card')).toMatchObject({ supportedBanks: [], requirements: { accountTypes: [] } });
  expect(banks.map((bank) => bank.enum).sort()).toEqual([...(absa?.supportedBanks ?? [])].sort());
  expect(banks.length).toBeGreaterThan(10);
  expect(none).toEqual([]);
});

it('says which actions can be taken, with the very reason that a refusal gives', async () => {
  const gateway = await start();
  const made = await makeMandate(gateway, 'debicheckNedbank', { accountNumber: ACCOUNTS.rejected });
  await advance(gateway, '2024-09-01T08:10:00+02:00');
  const { availableActions } = await mandateOf(gateway, made.mandateId);
  expect(availableActions.filter(({ allowed }) => allowed).map(({ action }) => action)).toEqual(['ARCHIVE']);
  const reason = availableActions.find(({ action }) => action === 'RESUBMIT')?.reason;
  expect((await resubmit(gateway, made.mandateId))?.errors).toMatchObject([{ message: reason }]);
});
