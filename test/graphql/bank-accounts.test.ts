import { expect, it } from 'vitest';
import {
  AddCards,
  CreateBankAccounts,
  RemoveCards,
  SetBankAccountStatus,
  SetCustomerStatus,
  UpdateBankAccounts,
  VerifyBankAccounts,
} from '../support/customer-documents.ts';
import {
  brief,
  CAPITEC_ACCOUNT,
  createBankAccount,
  createCustomer,
  person,
  startRecurringPayment,
} from '../support/customers.ts';
import type { AddCardInput, CreateBankAccountInput, UpdateBankAccountInput } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { authorisedMandate } from '../support/mandates.ts';

const create = async (gateway: TestGateway, records: CreateBankAccountInput[]) =>
  (await gateway.data(CreateBankAccounts, { input: { records, mode: 'PARTIAL' } })).createBankAccounts.results;
const update = async (gateway: TestGateway, record: UpdateBankAccountInput) =>
  (await gateway.data(UpdateBankAccounts, { input: { records: [record] } })).updateBankAccounts.results[0];

it('creates an account, its branch from the bank, its kind from the customer, and reads it back', async () => {
  const gateway = await startGateway({ cdvMode: 'ERROR' });
  const { id: customerId } = await createCustomer(gateway, { ...person('A'), companyName: 'A Company' });
  const account = await createBankAccount(gateway, { customerId, ...CAPITEC_ACCOUNT });
  expect(account).toMatchObject({
    ...CAPITEC_ACCOUNT,
    normalizedAccountNumber: '01000000018',
    accountNumberMasked: '*****0018',
    accountNumberLast4: '0018',
    branchCode: '470010',
    isBusinessAccount: true,
    cdvResult: { status: 'PASSED', passed: true, tableVersion: 2 },
    verificationStatus: 'UNVERIFIED',
    avsResult: null,
    status: 'ACTIVE',
    version: 1,
  });
  const standard = {
    ...CAPITEC_ACCOUNT,
    bank: 'STANDARD_BANK',
    accountNumber: '10000003',
    branchCode: 51001,
    isBusinessAccount: false,
  } as const;
  expect(await createBankAccount(gateway, { customerId, ...standard, status: 'DISABLED' })).toMatchObject({
    branchCode: '051001',
    isBusinessAccount: false,
    status: 'DISABLED',
  });
});

it('refuses what is wrong with an account, each by its path', async () => {
  const gateway = await startGateway({ cdvMode: 'ERROR' });
  const { id: customerId } = await createCustomer(gateway, person('A'));
  const base = { customerId, ...CAPITEC_ACCOUNT };
  const cases: Record<string, CreateBankAccountInput> = {
    'no customer': { ...base, customerId: 'cus_0000000000000000000A1' },
    'no holder': { ...base, accountHolderName: null },
    'a long holder': { ...base, accountHolderName: 'T'.repeat(31) },
    'letters in the number': { ...base, accountNumber: '10A' },
    'zeros alone': { ...base, accountNumber: '0000' },
    'a long number': { ...base, accountNumber: '1'.repeat(18) },
    'no type': { ...base, accountType: null },
    'no bank': { ...base, bank: null },
    'a short branch': { ...base, branchCode: '' },
    'a branch of another bank': { ...base, branchCode: 250655 },
    'wrong check digits': { ...base, accountNumber: '1000000019' },
    archived: { ...base, status: 'ARCHIVED' },
  };
  const results = await create(gateway, Object.values(cases));
  expect(
    Object.fromEntries(Object.keys(cases).map((name, index) => [name, brief(results[index]?.errors)])),
  ).toMatchInlineSnapshot(`
    {
      "a branch of another bank": [
        "INVALID branch_of_bank records.9.branchCode",
      ],
      "a long holder": [
        "TOO_LONG records.2.accountHolderName",
      ],
      "a long number": [
        "TOO_LONG records.5.accountNumber",
      ],
      "a short branch": [
        "INVALID not_empty records.8.branchCode",
      ],
      "archived": [
        "INVALID first_status records.11.status",
      ],
      "letters in the number": [
        "INVALID account_number records.3.accountNumber",
      ],
      "no bank": [
        "REQUIRED records.7.bank",
      ],
      "no customer": [
        "NOT_FOUND records.0.customerId",
      ],
      "no holder": [
        "REQUIRED records.1.accountHolderName",
      ],
      "no type": [
        "REQUIRED records.6.accountType",
      ],
      "wrong check digits": [
        "INVALID check_digits records.10.accountNumber",
      ],
      "zeros alone": [
        "INVALID account_number records.4.accountNumber",
      ],
    }
  `);
});

it('has an account of a customer once, and warns when another customer has it', async () => {
  const gateway = await startGateway();
  const { id: a } = await createCustomer(gateway, person('A'));
  const { id: b } = await createCustomer(gateway, person('B'));
  const first = await createBankAccount(gateway, { customerId: a, ...CAPITEC_ACCOUNT });
  const [again, padded, other] = await create(gateway, [
    { customerId: a, ...CAPITEC_ACCOUNT },
    { customerId: a, ...CAPITEC_ACCOUNT, accountType: 'CHEQUE_OR_CURRENT' },
    { customerId: b, ...CAPITEC_ACCOUNT, accountNumber: '0001000000018' },
  ]);
  expect(again?.errors).toMatchObject([
    { code: 'DUPLICATE', existingId: first.id, path: ['records', '0', 'accountNumber'] },
  ]);
  expect(padded).toMatchObject({ outcome: 'CREATED', warnings: [] });
  expect(other).toMatchObject({ outcome: 'CREATED', warnings: [{ code: 'POSSIBLE_DUPLICATE', ids: [first.id] }] });
  const twice = await create(
    gateway,
    Array(2).fill({ customerId: b, ...CAPITEC_ACCOUNT, accountNumber: '9900020018' }),
  );
  expect(twice.map(({ errors }) => brief(errors))).toEqual([
    ['DUPLICATE_IN_BATCH records.0.accountNumber'],
    ['DUPLICATE_IN_BATCH records.1.accountNumber'],
  ]);
  await gateway.data(SetBankAccountStatus, { input: { ids: [first.id], status: 'ARCHIVED' } });
  expect((await create(gateway, [{ customerId: a, ...CAPITEC_ACCOUNT }]))[0]).toMatchObject({ outcome: 'CREATED' });
});

it('changes an account until a mandate names it; then its holder alone, until that is authorised', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK, cdvMode: 'WARN' });
  const { customerId, bankAccountId, mandateId, paymentId } = await startRecurringPayment(gateway);
  const frozen = await update(gateway, {
    id: bankAccountId,
    accountNumber: '10000003',
    bank: 'STANDARD_BANK',
    isBusinessAccount: true,
  });
  expect(frozen?.errors.map(({ code, path }) => `${code} ${path[2]}`)).toEqual([
    'NOT_MUTABLE accountNumber',
    'NOT_MUTABLE bank',
    'NOT_MUTABLE branchCode',
    'NOT_MUTABLE isBusinessAccount',
  ]);
  expect(frozen?.errors[0]).toMatchObject({ blockedBy: [mandateId] });
  expect(
    await update(gateway, { id: bankAccountId, accountHolderName: 'JOHN DOE', accountNumber: '010004291601' }),
  ).toMatchObject({
    outcome: 'UPDATED',
    affected: { paymentIds: [paymentId], mandateIds: [mandateId] },
    bankAccount: { accountHolderName: 'JOHN DOE', version: 2 },
  });
  const debicheck = await authorisedMandate(gateway, 'debicheck', { customerId, bankAccountId });
  expect((await update(gateway, { id: bankAccountId, accountHolderName: 'J' }))?.errors).toMatchObject([
    { code: 'NOT_MUTABLE', path: ['records', '0', 'accountHolderName'], blockedBy: [debicheck] },
  ]);
  await gateway.sql("UPDATE mandate SET status = 'CANCELLED'");
  expect(brief((await update(gateway, { id: bankAccountId, accountNumber: '10000003' }))?.errors)).toEqual([
    'NOT_MUTABLE records.0.accountNumber', // a mandate has named it, whatever became of it
  ]);
});

it('checks a changed number as a new one, clears nothing, and forgets what the bank said of the old', async () => {
  const gateway = await startGateway({ cdvMode: 'ERROR' });
  const { id: customerId } = await createCustomer(gateway, person('A'));
  const { id } = await createBankAccount(gateway, { customerId, ...CAPITEC_ACCOUNT });
  const { id: other } = await createBankAccount(gateway, {
    customerId,
    ...CAPITEC_ACCOUNT,
    accountNumber: '9900020018',
  });
  await gateway.data(VerifyBankAccounts, { input: { ids: [id] } });
  expect(brief((await update(gateway, { id, accountNumber: '1000000019' }))?.errors)).toEqual([
    'INVALID check_digits records.0.accountNumber',
  ]);
  expect((await update(gateway, { id, accountNumber: '9900020018' }))?.errors).toMatchObject([
    { code: 'DUPLICATE', existingId: other },
  ]);
  expect(brief((await update(gateway, { id, accountHolderName: null, branchCode: null }))?.errors)).toEqual([
    'NOT_CLEARABLE records.0.accountHolderName',
    'NOT_CLEARABLE records.0.branchCode',
  ]);
  expect(await update(gateway, { id, bank: 'STANDARD_BANK', accountNumber: '10000003' })).toMatchObject({
    outcome: 'UPDATED',
    bankAccount: { branchCode: '051001', accountNumber: '10000003', verificationStatus: 'UNVERIFIED', avsResult: null },
  });
});

it('neither disables nor archives an account that a running payment uses', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { bankAccountId, paymentId, mandateId } = await startRecurringPayment(gateway);
  const set = async (status: 'ACTIVE' | 'DISABLED' | 'ARCHIVED') =>
    (await gateway.data(SetBankAccountStatus, { input: { ids: [bankAccountId], status } })).setBankAccountStatus
      .results[0];
  expect(await set('DISABLED')).toMatchObject({
    errors: [{ code: 'STATE_CONFLICT', blockedBy: [paymentId], allowedTransitions: ['DISABLED', 'ARCHIVED'] }],
  });
  await gateway.sql("UPDATE payment SET status = 'STOPPED'");
  expect(await set('DISABLED')).toMatchObject({
    outcome: 'UPDATED',
    warnings: [{ code: 'MANDATES_NOT_CANCELLED', ids: [mandateId] }],
  });
  expect(await set('ACTIVE')).toMatchObject({ outcome: 'UPDATED', bankAccount: { status: 'ACTIVE', version: 3 } });
  expect(await set('ARCHIVED')).toMatchObject({ outcome: 'UPDATED' });
  expect(await set('ARCHIVED')).toMatchObject({ outcome: 'UNCHANGED' });
  expect(await set('ACTIVE')).toMatchObject({
    errors: [{ code: 'STATE_CONFLICT', currentStatus: 'ARCHIVED', allowedTransitions: [] }],
  });
});

it('keeps what the bank says of accounts, and may ask again when it does not answer (DOMAIN §7.4, 18 to 21)', async () => {
  const gateway = await startGateway({ cdvMode: 'ERROR' });
  const { id: customerId } = await createCustomer(gateway, person('A'));
  const numbers = ['1000000018', '9910180018', '9910190005', '9910200000', '9910210006'];
  const accounts = await create(
    gateway,
    numbers.map((accountNumber) => ({ customerId, ...CAPITEC_ACCOUNT, accountNumber })),
  );
  const ids = accounts.map(({ bankAccount }) => bankAccount?.id ?? '');
  const verify = async (idempotencyKey: string | null, mode: 'ATOMIC' | 'PARTIAL' = 'PARTIAL', of = ids) =>
    (await gateway.data(VerifyBankAccounts, { input: { ids: of, mode, idempotencyKey } })).verifyBankAccounts;
  const { results } = await verify('k');
  expect(results.map(({ outcome, bankAccount }) => [outcome, bankAccount?.verificationStatus])).toEqual([
    ['UPDATED', 'VERIFIED'],
    ['UPDATED', 'FAILED'],
    ['UPDATED', 'PARTIAL'],
    ['UPDATED', 'FAILED'],
    ['FAILED', undefined],
  ]);
  expect(results.slice(0, 4).map(({ bankAccount }) => bankAccount?.avsResult)).toMatchObject([
    { accountFound: true, accountOpen: true, idNumberMatch: true, initialsMatch: true },
    { idNumberMatch: false },
    { initialsMatch: false },
    { accountOpen: false, acceptsDebits: false },
  ]);
  expect(results[4]?.errors).toMatchObject([
    { __typename: 'ProviderError', code: 'PROVIDER_ERROR', path: ['ids', '4'] },
  ]);
  expect((await verify('k')).replayed).toBe(true);
  const silent = await verify('another', 'ATOMIC', ids.slice(4));
  expect(silent.results[0]).toMatchObject({ outcome: 'FAILED', errors: [{ code: 'PROVIDER_ERROR' }] });
  expect(await gateway.sql("SELECT key FROM idempotency_record WHERE key = 'another'")).toEqual([]);
});

const Validate = graphql(`
  query Validate($records: [ValidateBankAccountInput!]!) {
    validateBankAccounts(records: $records) {
      index
      passed
      status
      normalizedAccountNumber
      errors {
        code
        path
      }
    }
  }
`);

it('checks account numbers without storing anything, by bank or by branch', async () => {
  const gateway = await startGateway();
  const accountType = 'SAVINGS';
  const { validateBankAccounts } = await gateway.data(Validate, {
    records: [
      { accountNumber: '1000000018', accountType, branchCode: '470010' },
      { accountNumber: '10004291601', accountType, branchCode: 632005 },
      { accountNumber: '10004291601', accountType, bank: 'STANDARD_BANK' },
      { accountNumber: '51000000000', accountType, bank: 'TYMEBANK' },
      { accountNumber: '1', accountType },
      { accountNumber: 'x', accountType, branchCode: '999999' },
    ],
  });
  expect(
    validateBankAccounts.map(({ passed, status, normalizedAccountNumber, errors }) => [
      passed,
      status,
      normalizedAccountNumber,
      brief(errors),
    ]),
  ).toEqual([
    [true, 'PASSED', '01000000018', []],
    [false, 'FAILED', '10004291601', []],
    [true, 'PASSED', '10004291601', []],
    [true, 'SKIPPED', '51000000000', []],
    [false, null, null, ['REQUIRED records.4.bank']],
    [false, null, null, ['REQUIRED records.5.bank', 'INVALID records.5.accountNumber']],
  ]);
  expect(await gateway.sql('SELECT id FROM bank_account')).toEqual([]);
});

it('adds cards by token, never by number, once for each customer, and removes them', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { id: customerId } = await createCustomer(gateway, person('A'));
  // monri-v2-customers.txt:670
  const token = '00c1eb1a4a0b61d1c2921c8d3a3f4570801da3f3f087c280e832cb4876a5e633';
  const monri = {
    customerId,
    token,
    maskedPan: '405840******0005',
    expirationDate: '2025-12-31',
    keepUntil: '2024-12-31T23:00:00Z',
  };
  const add = async (...records: AddCardInput[]) =>
    (await gateway.data(AddCards, { input: { records, mode: 'PARTIAL' } })).addCards.results;
  const [first] = await add(monri);
  const { customerId: _customer, ...shown } = monri;
  expect(first).toMatchObject({
    outcome: 'CREATED',
    card: { ...shown, keepUntil: '2024-12-31T23:00:00.000Z', expired: false, status: 'ACTIVE' },
  });
  const results = await add(
    monri,
    { customerId, token: 'tok_expired', expirationDate: '2024-08-31' },
    { customerId, token: '4058400000000005' },
    { customerId, token: '4111-1111-1111-1111' },
    { customerId, token: null },
    { customerId, token: 'x'.repeat(257) },
    { customerId, token: 'tok_1', maskedPan: '4058400000000005' },
    { customerId, token: 'tok_2', expirationDate: '2025-02-30', keepUntil: 'soon' },
  );
  expect(results.map(({ outcome, errors }) => [outcome, ...brief(errors)])).toEqual([
    ['FAILED', 'DUPLICATE records.0.token'],
    ['CREATED'],
    ['FAILED', 'INVALID card_token records.2.token'],
    ['FAILED', 'INVALID card_token records.3.token'],
    ['FAILED', 'REQUIRED records.4.token'],
    ['FAILED', 'TOO_LONG records.5.token'],
    ['FAILED', 'INVALID masked_pan records.6.maskedPan'],
    ['FAILED', 'INVALID_DATE records.7.expirationDate', 'INVALID_DATE records.7.keepUntil'],
  ]);
  expect(results[1]?.card).toMatchObject({ expired: true });
  const ids = [first?.card?.id ?? ''];
  const remove = async () => (await gateway.data(RemoveCards, { input: { ids } })).removeCards.results[0];
  expect(await remove()).toMatchObject({ outcome: 'UPDATED', card: { status: 'REMOVED', version: 2 } });
  expect(await remove()).toMatchObject({ outcome: 'UNCHANGED' });
  expect((await add(monri))[0]).toMatchObject({ outcome: 'CREATED' });
  await gateway.data(SetCustomerStatus, { input: { ids: [customerId], status: 'ARCHIVED' } });
  expect(brief((await add({ customerId, token: 'tok_3' }))[0]?.errors)).toEqual([
    'STATE_CONFLICT records.0.customerId',
  ]);
});
