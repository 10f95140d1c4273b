import { expect, it } from 'vitest';
import {
  BlacklistCustomers,
  CreateBankAccounts,
  CreateCustomers,
  EraseCustomers,
  SetCustomerStatus,
  UnblacklistCustomers,
  UpdateCustomers,
  UpdateMerchantSettings,
} from '../support/customer-documents.ts';
import {
  brief,
  CAPITEC_ACCOUNT,
  createBankAccount,
  createCustomer,
  person,
  startOneTimePayment,
  startRecurringPayment,
} from '../support/customers.ts';
import { AdvanceClock, PaymentWithTransactions, SubmitPayments } from '../support/documents.ts';
import { methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import type {
  BlacklistCustomersInput,
  EraseCustomersInput,
  SetCustomerStatusInput,
  UpdateCustomerInput,
} from '../support/generated/graphql.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { authorisedMandate } from '../support/mandates.ts';

// What customers, accounts, mandates and payments are to one another (DOMAIN §3.2, §4.1).

const update = async (gateway: TestGateway, record: UpdateCustomerInput) =>
  (await gateway.data(UpdateCustomers, { input: { records: [record] } })).updateCustomers.results[0];
const setStatus = async (gateway: TestGateway, input: SetCustomerStatusInput) =>
  (await gateway.data(SetCustomerStatus, { input })).setCustomerStatus.results[0];
const blacklist = async (gateway: TestGateway, input: BlacklistCustomersInput) =>
  (await gateway.data(BlacklistCustomers, { input })).blacklistCustomers.results[0];
const unblacklist = async (gateway: TestGateway, id: string) =>
  (await gateway.data(UnblacklistCustomers, { input: { ids: [id] } })).unblacklistCustomers.results[0];
const erase = async (gateway: TestGateway, input: EraseCustomersInput) =>
  (await gateway.data(EraseCustomers, { input })).eraseCustomers.results[0];
const paymentOf = async (gateway: TestGateway, id: string) => {
  const { payment } = await gateway.data(PaymentWithTransactions, { id });
  return {
    status: payment?.status,
    reason: payment?.failedReason,
    transactions: payment?.transactions.nodes.map(({ status }) => status),
  };
};

it('lets a change reach running EFT payments, and never a DebiCheck or registered mandate', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { customerId, bankAccountId, paymentId, mandateId } = await startRecurringPayment(gateway);
  const authorised = [
    await authorisedMandate(gateway, 'debicheck', { customerId, bankAccountId }),
    await authorisedMandate(gateway, 'registeredAbsa', { customerId, bankAccountId }),
  ];
  expect(await update(gateway, { id: customerId, personSurname: 'Smith' })).toMatchObject({
    outcome: 'UPDATED',
    affected: { paymentIds: [paymentId], mandateIds: [mandateId], untouchedMandateIds: authorised, truncated: false },
    warnings: [{ code: 'MANDATES_NOT_UPDATED', ids: authorised }],
  });
  const nothing = { paymentIds: [], mandateIds: [], untouchedMandateIds: [], truncated: false };
  expect(await update(gateway, { id: customerId, metadata: { a: 1 } })).toMatchObject({
    affected: nothing,
    warnings: [],
  });
});

it('keeps what an open DebiCheck or registered mandate was authorised with', async () => {
  const gateway = await startGateway();
  const { id } = await createCustomer(gateway, {
    ...person('A'),
    contactNumber: '+27831234567',
    idType: 'SOUTH_AFRICAN_ID',
    idNumber: '8007014800087',
  });
  const { id: bankAccountId } = await createBankAccount(gateway, { customerId: id, ...CAPITEC_ACCOUNT });
  const mandateId = await authorisedMandate(gateway, 'debicheck', {
    customerId: id,
    bankAccountId,
  });
  const refusal = (code: string, name: string) => ({
    __typename: 'StateConflict',
    code,
    path: ['records', '0', name],
    blockedBy: [mandateId],
  });
  const errorsOf = async (change: Omit<UpdateCustomerInput, 'id'>) =>
    (await update(gateway, { id, ...change }))?.errors;
  expect(await errorsOf({ contactNumber: null })).toMatchObject([refusal('NOT_CLEARABLE', 'contactNumber')]);
  expect(await errorsOf({ idType: null, idNumber: null })).toMatchObject([
    refusal('NOT_CLEARABLE', 'idType'),
    refusal('NOT_CLEARABLE', 'idNumber'),
  ]);
  expect(await errorsOf({ companyName: 'A Company' })).toMatchObject([refusal('NOT_MUTABLE', 'companyName')]);
  expect(await errorsOf({ idType: 'COMPANY_REGISTRATION_NUMBER', idNumber: '2019/123456/07' })).toMatchObject([
    refusal('NOT_MUTABLE', 'idType'),
  ]);
  expect(await errorsOf({ contactNumber: '+27720000000' })).toEqual([]);
  await gateway.sql("UPDATE mandate SET status = 'CANCELLED'");
  expect(await errorsOf({ contactNumber: null, idType: null, idNumber: null })).toEqual([]);
});

it('cancels the mandates of a customer with its archiving when that is asked for', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { customerId, paymentId, mandateId } = await startRecurringPayment(gateway);
  await gateway.sql("UPDATE payment SET status = 'STOPPED' WHERE id = $1", [paymentId]);
  expect(await setStatus(gateway, { ids: [customerId], status: 'ARCHIVED', cancelMandates: true })).toMatchObject({
    outcome: 'UPDATED',
    warnings: [],
    affected: { mandateIds: [mandateId], untouchedMandateIds: [] },
  });
  expect(await gateway.sql('SELECT status, version FROM mandate')).toEqual([{ status: 'CANCELLED', version: 2 }]);
  const events = await gateway.sql("SELECT to_status, version FROM event WHERE type = 'mandate.updated'");
  expect(events).toEqual([{ toStatus: 'CANCELLED', version: 2 }]);
});

it('counts every payment that is not over as running, and no other', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { customerId, paymentId } = await startRecurringPayment(gateway);
  const outcomes: Record<string, string | undefined> = {};
  for (const status of ['PENDING', 'WAITING_FOR_PAYMENT', 'RUNNING', 'PAUSED', 'STOPPED', 'COMPLETED', 'CANCELLED']) {
    const causes = status === 'PAUSED' ? '{CALLER}' : '{}';
    await gateway.sql('UPDATE payment SET status = $1::payment_status, pause_causes = $2 WHERE id = $3', [
      status,
      causes,
      paymentId,
    ]);
    const result = await setStatus(gateway, { ids: [customerId], status: 'DISABLED', dryRun: true });
    outcomes[status] = result?.outcome;
  }
  expect(outcomes).toEqual({
    ...{ PENDING: 'WOULD_FAIL', WAITING_FOR_PAYMENT: 'WOULD_FAIL', RUNNING: 'WOULD_FAIL', PAUSED: 'WOULD_FAIL' },
    ...{ STOPPED: 'WOULD_UPDATE', COMPLETED: 'WOULD_UPDATE', CANCELLED: 'WOULD_UPDATE' },
  });
});

it('makes nothing for a customer that is disabled, archived or blacklisted, and restores', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const { id } = await createCustomer(gateway, person('A'));
  const errors = async () => {
    const input = { records: [{ customerId: id, ...CAPITEC_ACCOUNT }], dryRun: true };
    const account = (await gateway.data(CreateBankAccounts, { input })).createBankAccounts.results[0];
    const { customer: _inline, ...record } = { ...oneTimeDebitOrder(eft, 'A', '2024-09-16'), customerId: id };
    const payment = (await gateway.data(SubmitPayments, { input: { records: [record], dryRun: true } })).submitPayments
      .results[0];
    return [...brief(account?.errors), ...brief(payment?.errors)];
  };
  const at = (code: string) => [`${code} records.0.customerId`, `${code} records.0.customerId`];
  expect(await errors()).toEqual([]);
  for (const status of ['DISABLED', 'ARCHIVED'] as const) {
    expect(await setStatus(gateway, { ids: [id], status })).toMatchObject({ outcome: 'UPDATED', customer: { status } });
    expect(await errors()).toEqual(at('STATE_CONFLICT'));
  }
  expect(await setStatus(gateway, { ids: [id], status: 'DISABLED' })).toMatchObject({
    outcome: 'FAILED',
    errors: [{ code: 'STATE_CONFLICT', currentStatus: 'ARCHIVED', allowedTransitions: ['ACTIVE'] }],
  });
  expect(await setStatus(gateway, { ids: [id], status: 'ACTIVE' })).toMatchObject({
    customer: { status: 'ACTIVE', archivedAt: null },
  });
  expect(await setStatus(gateway, { ids: [id], status: 'ACTIVE' })).toMatchObject({
    outcome: 'UNCHANGED',
    customer: { version: 4 },
  });
  await blacklist(gateway, { ids: [id] });
  expect(await errors()).toEqual(at('BLACKLISTED'));
  await setStatus(gateway, { ids: [id], status: 'DISABLED' });
  expect((await setStatus(gateway, { ids: [id], status: 'ACTIVE' }))?.errors).toMatchObject([{ code: 'BLACKLISTED' }]);
});

it('changes nothing of an archived customer but its description and metadata', async () => {
  const gateway = await startGateway();
  const { id } = await createCustomer(gateway, person('A'));
  await setStatus(gateway, { ids: [id], status: 'ARCHIVED' });
  const result = await update(gateway, { id, companyName: 'B', email: 'b@example.com', metadata: { a: 1 } });
  expect(brief(result?.errors)).toEqual(['NOT_MUTABLE records.0.companyName', 'NOT_MUTABLE records.0.email']);
  expect(await update(gateway, { id, description: 'moved', metadata: { a: 1 } })).toMatchObject({
    outcome: 'UPDATED',
    customer: { description: 'moved', metadata: { a: 1 } },
  });
});

it('refuses a new customer with the id number of one that is blacklisted, by itself and in a payment', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const identity = { idType: 'PASSPORT_NUMBER', idNumber: 'A1234567' } as const;
  const { id } = await createCustomer(gateway, { ...person('A'), ...identity });
  await blacklist(gateway, { ids: [id], reason: 'fraud' });
  const [result] = (
    await gateway.data(CreateCustomers, { input: { records: [{ ...person('B'), ...identity, idNumber: 'a1234567' }] } })
  ).createCustomers.results;
  expect(result?.errors).toMatchObject([{ code: 'BLACKLISTED', blockedBy: [id], path: ['records', '0', 'idNumber'] }]);
  const record = { ...oneTimeDebitOrder(eft, 'A', '2024-09-16'), customer: { ...person('C'), ...identity } };
  const { submitPayments } = await gateway.data(SubmitPayments, { input: { records: [record] } });
  expect(brief(submitPayments.results[0]?.errors)).toEqual(['BLACKLISTED records.0.customer.idNumber']);
  const stranger = await gateway.addMerchant();
  const { data } = await gateway.execute(
    CreateCustomers,
    { input: { records: [{ ...person('B'), ...identity }] } },
    { apiKey: stranger.apiKey },
  );
  expect(data?.createCustomers.results[0]).toMatchObject({ outcome: 'CREATED', warnings: [] });
});

it('pauses what runs for a blacklisted customer, skips its dates, and goes on when it is taken off the list', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { customerId, paymentId } = await startRecurringPayment(gateway);
  expect(await blacklist(gateway, { ids: [customerId], reason: 'fraud' })).toMatchObject({
    outcome: 'UPDATED',
    affected: { paymentIds: [paymentId] },
    customer: { status: 'ACTIVE', isActive: false, isBlacklisted: true, blacklistReason: 'fraud', version: 2 },
  });
  expect(await blacklist(gateway, { ids: [customerId] })).toMatchObject({
    outcome: 'UNCHANGED',
    customer: { version: 2 },
  });
  expect(await paymentOf(gateway, paymentId)).toEqual({ status: 'PAUSED', reason: null, transactions: [] });
  await gateway.data(AdvanceClock, { to: '2024-11-10T12:00:00+02:00' }); // over the collections of October and November
  expect(await paymentOf(gateway, paymentId)).toEqual({ status: 'PAUSED', reason: null, transactions: [] });
  expect(await unblacklist(gateway, customerId)).toMatchObject({
    outcome: 'UPDATED',
    affected: { paymentIds: [paymentId] },
  });
  await gateway.data(AdvanceClock, { to: '2025-01-15T12:00:00+02:00' });
  expect(await paymentOf(gateway, paymentId)).toEqual({
    status: 'RUNNING',
    reason: null,
    transactions: ['PAID', 'PAID'],
  });
  const references = await gateway.sql<{ reference: string }>(
    'SELECT transaction_reference AS reference FROM transaction ORDER BY id',
  );
  expect(references.map(({ reference }) => reference)).toEqual(['INV0045-001', 'INV0045-002']);
});

it('leaves a payment paused that its caller had paused', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { customerId, paymentId } = await startRecurringPayment(gateway);
  await gateway.sql("UPDATE payment SET status = 'PAUSED', pause_causes = '{CALLER}' WHERE id = $1", [paymentId]);
  await blacklist(gateway, { ids: [customerId] });
  expect(await gateway.sql('SELECT pause_causes FROM payment')).toEqual([
    { pauseCauses: ['CALLER', 'CUSTOMER_BLACKLISTED'] },
  ]);
  await unblacklist(gateway, customerId);
  expect(await gateway.sql('SELECT status, pause_causes FROM payment')).toEqual([
    { status: 'PAUSED', pauseCauses: ['CALLER'] },
  ]);
});

it('holds the debit of a blacklisted customer until its cut-off, and stops a payment whose only day that was', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const made = await startOneTimePayment(gateway, 'A', '2024-09-16');
  await gateway.data(AdvanceClock, { to: '2024-09-12T09:00:00+02:00' }); // the debit is made, to be sent at 15:00
  await blacklist(gateway, { ids: [made.customerId] });
  expect(await paymentOf(gateway, made.paymentId)).toEqual({
    status: 'PAUSED',
    reason: null,
    transactions: ['PENDING'],
  });
  await gateway.data(AdvanceClock, { to: '2024-09-12T15:00:00+02:00' });
  expect(await paymentOf(gateway, made.paymentId)).toEqual({
    status: 'STOPPED',
    reason: 'The collection date passed while the payment was paused.',
    transactions: ['CANCELLED'],
  });
  const planned = await startOneTimePayment(gateway, 'B', '2024-09-23');
  await blacklist(gateway, { ids: [planned.customerId] });
  await gateway.data(AdvanceClock, { to: '2024-09-30T09:00:00+02:00' });
  expect(await paymentOf(gateway, planned.paymentId)).toEqual({
    status: 'STOPPED',
    reason: 'The collection date passed while the payment was paused.',
    transactions: [],
  });
  expect(await gateway.sql('SELECT reference FROM submission')).toEqual([]);
});

it('lets the bank have its word on what was sent before', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { customerId, paymentId } = await startOneTimePayment(gateway, 'A', '2024-09-16');
  await gateway.data(AdvanceClock, { to: '2024-09-12T15:30:00+02:00' });
  await blacklist(gateway, { ids: [customerId] });
  expect(await paymentOf(gateway, paymentId)).toMatchObject({ status: 'PAUSED', transactions: ['SENT_TO_BANK'] });
  await gateway.data(AdvanceClock, { to: '2024-09-30T09:00:00+02:00' });
  expect(await paymentOf(gateway, paymentId)).toMatchObject({ status: 'COMPLETED', transactions: ['PAID'] });
});

it('stops what runs for a blacklisted customer when that is asked for, or settled', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { customerId, paymentId } = await startRecurringPayment(gateway);
  await blacklist(gateway, { ids: [customerId], runningPayments: 'STOP' });
  expect(await paymentOf(gateway, paymentId)).toMatchObject({
    status: 'STOPPED',
    reason: 'The customer is blacklisted.',
  });
  const input = { blacklistRunningPayments: 'STOP', idempotencyKey: 'k' } as const;
  const first = await gateway.data(UpdateMerchantSettings, { input });
  expect(first.updateMerchantSettings.merchant.settings).toEqual({
    cdvMode: 'WARN',
    emailUnique: false,
    blacklistRunningPayments: 'STOP',
  });
  expect((await gateway.data(UpdateMerchantSettings, { input })).updateMerchantSettings.replayed).toBe(true);
  const other = await startOneTimePayment(gateway, 'B', '2024-09-16');
  await blacklist(gateway, { ids: [other.customerId] });
  expect(await paymentOf(gateway, other.paymentId)).toMatchObject({ status: 'STOPPED' });
});

it('refuses a second e-mail address where a merchant wants them unique, whatever its case', async () => {
  const gateway = await startGateway();
  const { id } = await createCustomer(gateway, person('A'));
  const { id: other } = await createCustomer(gateway, person('B'));
  await gateway.data(UpdateMerchantSettings, { input: { emailUnique: true } });
  const input = {
    records: [{ ...person('C'), email: 'A@Example.com' }, person('D'), { ...person('E'), email: 'd@example.com' }],
  };
  const { createCustomers } = await gateway.data(CreateCustomers, { input });
  expect(createCustomers.results.map(({ errors }) => brief(errors))).toEqual([
    ['DUPLICATE records.0.email'],
    ['DUPLICATE_IN_BATCH records.1.email'],
    ['DUPLICATE_IN_BATCH records.2.email'],
  ]);
  expect(createCustomers.results[0]?.errors[0]).toMatchObject({ existingId: id });
  expect(brief((await update(gateway, { id: other, email: 'a@example.com' }))?.errors)).toEqual([
    'DUPLICATE records.0.email',
  ]);
  expect(await update(gateway, { id, email: 'A@example.com' })).toMatchObject({ outcome: 'UPDATED' }); // its own
});

it('erases an archived customer for good, and keeps the ledger', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { customerId, paymentId, bankAccountId } = await startOneTimePayment(gateway, 'A', '2024-09-16');
  const mandateId = await authorisedMandate(gateway, 'registeredAbsa', { customerId, bankAccountId });
  await update(gateway, {
    id: customerId,
    metadata: { secret: 'words' },
    taxNumber: '9560164031',
    companyName: 'Karoo Supplies',
  });
  await gateway.data(AdvanceClock, { to: '2024-09-12T15:30:00+02:00' });
  expect((await erase(gateway, { ids: [customerId] }))?.errors).toMatchObject([
    { code: 'STATE_CONFLICT', currentStatus: 'ACTIVE', allowedTransitions: ['ARCHIVED'] },
    { code: 'STATE_CONFLICT' }, // a debit is on its way
  ]);
  await gateway.data(AdvanceClock, { to: '2024-09-30T09:00:00+02:00' });
  await setStatus(gateway, { ids: [customerId], status: 'ARCHIVED' });
  const [transaction] = await gateway.sql<{ id: string }>('SELECT id FROM transaction');
  expect((await erase(gateway, { ids: [customerId] }))?.errors).toMatchObject([
    { code: 'STATE_CONFLICT', blockedBy: [transaction?.id] },
  ]);
  const result = await erase(gateway, { ids: [customerId], force: true });
  expect(result).toMatchObject({ outcome: 'UPDATED', affected: { mandateIds: [mandateId] } });
  expect(result?.customer).toMatchObject({
    personName: 'Erased',
    companyName: 'Erased',
    email: 'erased@erased.invalid',
    contactNumber: null,
    idNumber: null,
    taxNumber: null,
    metadata: {},
    status: 'ARCHIVED',
    erasedAt: expect.any(String),
    bankAccounts: {
      nodes: [{ accountHolderName: 'Erased', accountNumber: null, accountNumberMasked: '*****', status: 'ARCHIVED' }],
    },
  });
  expect(await erase(gateway, { ids: [customerId] })).toMatchObject({ outcome: 'UNCHANGED' });
  expect(await paymentOf(gateway, paymentId)).toMatchObject({ status: 'COMPLETED', transactions: ['PAID'] });
  for (const status of ['ACTIVE', 'DISABLED'] as const) {
    expect((await setStatus(gateway, { ids: [customerId], status }))?.errors).toMatchObject([
      { code: 'STATE_CONFLICT', allowedTransitions: [] },
    ]);
  }
  expect(brief((await update(gateway, { id: customerId, metadata: { a: 1 } }))?.errors)).toEqual([
    'NOT_MUTABLE records.0.metadata',
  ]);
  const rows = await gateway.sql<{ row: string }>(
    'SELECT to_jsonb(c)::text AS row FROM customer c UNION ALL SELECT to_jsonb(b)::text FROM bank_account b UNION ALL SELECT to_jsonb(e)::text FROM event e UNION ALL SELECT to_jsonb(m)::text FROM mandate m',
  );
  for (const word of ['Karoo', 'John', 'mail.com', 'secret', 'words', 'J DOE', '27831234567']) {
    expect(JSON.stringify(rows)).not.toContain(word);
  }
});

it('erases without force what is older than the retention', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { customerId } = await startOneTimePayment(gateway, 'A', '2024-09-16');
  await gateway.data(AdvanceClock, { to: '2029-09-15T09:00:00+02:00' });
  await setStatus(gateway, { ids: [customerId], status: 'ARCHIVED' });
  expect(await erase(gateway, { ids: [customerId] })).toMatchObject({ outcome: 'FAILED' });
  await gateway.data(AdvanceClock, { to: '2029-09-17T09:00:00+02:00' });
  expect(await erase(gateway, { ids: [customerId] })).toMatchObject({ outcome: 'UPDATED' });
});
