import { expect, it } from 'vitest';
import {
  CreateBankAccounts,
  CreateCustomers,
  SetCustomerStatus,
  UpdateCustomers,
} from '../support/customer-documents.ts';
import { brief, createCustomer, person, startRecurringPayment } from '../support/customers.ts';
import { SubmitPayments } from '../support/documents.ts';
import { ACCOUNT, JOHN, methodIds, recurringDebitOrder } from '../support/examples.ts';
import type { CreateCustomerInput, SubmitPaymentInput, UpdateCustomerInput } from '../support/generated/graphql.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';

// What the documents show of customers and bank accounts, translated field by field: accepted and read back equal. The
// differences are those of DOMAIN §0.1 and §8; each row names its document and line. `900112…` and `loo_…` are placeholders.

const METADATA = { custom_field_1: 'custom data 1', custom_field_2: 'custom data 2' };

/** kwik-v1-customers.txt:22, and the same with `id` at :118. */
const KWIK_V1: CreateCustomerInput = {
  reference: 'CLN240919000001',
  companyName: null,
  personName: 'John',
  personSurname: 'Doe',
  idType: 'SOUTH_AFRICAN_ID',
  idNumber: '8007014800087',
  email: 'johndoe@mail.com',
  contactNumber: '+27831234567',
  billingAddressLine1: '145 Superior Complex',
  billingAddressLine2: '541 New River Road',
  billingCityOrTown: 'Pretoria',
  billingPostalCode: 1285,
  metadata: METADATA,
  status: 'ACTIVE',
};

/** kwik-v2-customers.txt:30, and the same with `id` at :143. */
const KWIK_V2: CreateCustomerInput = {
  ...KWIK_V1,
  clientType: 'RESIDENT_INDIVIDUAL',
  isTax: true,
  taxNumber: '9560164031',
  billingProvinceOrState: 'Gauteng',
  billingCountry: 'ZA',
  billingEmail: 'james.may@example.com',
  shippingContactName: 'James May',
  shippingContactNumber: '+27712345678',
  shippingAddressLine1: '145 Superior Complex',
  shippingAddressLine2: '541 New River Road',
  shippingCityOrTown: 'Pretoria',
  shippingPostalCode: 1285,
  shippingProvinceOrState: 'Gauteng',
  shippingCountry: 'ZA',
};

const POSTAL_CODES_ARE_TEXT = { billingPostalCode: '1285' };

const BODIES: ReadonlyArray<readonly [source: string, body: CreateCustomerInput, differences: object]> = [
  ['kwik-v1-customers.txt:22', KWIK_V1, POSTAL_CODES_ARE_TEXT],
  ['kwik-v2-customers.txt:30', KWIK_V2, { ...POSTAL_CODES_ARE_TEXT, shippingPostalCode: '1285' }],
  [
    'monri-v2-customers.txt:352', // `name` that is no two names is a company's; `zip_code` 71000 is of BA
    {
      reference: 'customer-id-1234',
      description: 'Customer',
      email: 'email@email.com',
      companyName: 'Test',
      contactNumber: null,
      billingCityOrTown: null,
      billingCountry: 'BA',
      billingPostalCode: '71000',
      billingAddressLine1: null,
      metadata: { key: 'value' },
    },
    { kind: 'COMPANY' },
  ],
  [
    'bitnob-customers.txt:7', // described, not shown; the reference is made for those who have none
    {
      personName: 'Ama',
      personSurname: 'Owusu',
      email: 'ama@example.com',
      contactNumber: '0241234567',
      dialCode: '+233',
      kind: 'INDIVIDUAL',
    },
    { contactNumber: '+233241234567' },
  ],
  [
    'bitnob-customers.txt:12', // `customer_type` business, with names of a person
    { personName: 'Kofi', personSurname: 'Mensah', email: 'kofi@example.com', kind: 'COMPANY' },
    { kind: 'COMPANY', companyName: null, clientType: 'DOMESTIC_COMPANY' },
  ],
  ['kwik-v1-payments.txt:32', { ...JOHN, companyName: null, billingPostalCode: 1285 }, POSTAL_CODES_ARE_TEXT],
];

it.each(BODIES)('creates the customer of %s, and reads it back equal', async (_source, body, differences) => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const customer = await createCustomer(gateway, body);
  const { dialCode: _helpsOnly, ...said } = body;
  expect(customer).toMatchObject({ ...said, ...differences });
  expect(customer).toMatchObject({ status: 'ACTIVE', isActive: true, version: 1 });
  expect(customer.reference).toMatch(/^\S{12,35}$/);
});

const UPDATES: ReadonlyArray<readonly [source: string, change: Omit<UpdateCustomerInput, 'id'>, differences: object]> =
  [
    ['kwik-v1-customers.txt:118', { ...withoutStatus(KWIK_V1), billingCityOrTown: 'Tshwane' }, POSTAL_CODES_ARE_TEXT],
    [
      'kwik-v2-customers.txt:143',
      { ...withoutStatus(KWIK_V2), billingCityOrTown: 'Tshwane' },
      { ...POSTAL_CODES_ARE_TEXT, shippingPostalCode: '1285' },
    ],
    ['kwik-v2-customers.txt:140', { billingCityOrTown: null }, {}],
    [
      'monri-v2-customers.txt:470',
      { metadata: { custom_field_1: null } },
      { metadata: { custom_field_2: 'custom data 2' } },
    ],
    ['bitnob-customers.txt:41', { email: 'new@example.com' }, {}],
  ];

/** `customer_status` stands in the bodies of changes, but a status is changed by its own mutation (DOMAIN T18). */
function withoutStatus({ status: _status, ...body }: CreateCustomerInput) {
  return body;
}

it.each(UPDATES)('changes a customer as %s shows, and keeps what is not said', async (_source, change, differences) => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const before = await createCustomer(gateway, KWIK_V2);
  const { updateCustomers } = await gateway.data(UpdateCustomers, {
    input: { records: [{ id: before.id, ...change }] },
  });
  expect(updateCustomers.results[0]).toMatchObject({ outcome: 'UPDATED', errors: [] });
  expect(updateCustomers.results[0]?.customer).toEqual({ ...before, ...change, ...differences, version: 2 });
});

const REFUSALS: ReadonlyArray<readonly [source: string, record: CreateCustomerInput, error: string]> = [
  [
    'kwik-v2-customers.txt:95 "either a company name OR person name and surname"',
    { ...KWIK_V2, personName: null },
    'REQUIRED records.0.personName',
  ],
  ['kwik-v2-customers.txt:96 surname', { ...KWIK_V2, personSurname: null }, 'REQUIRED records.0.personSurname'],
  ['kwik-v2-customers.txt:94 String(35)', { ...KWIK_V2, reference: 'R'.repeat(36) }, 'TOO_LONG records.0.reference'],
  [
    'kwik-v2-customers.txt:95 String(64)',
    { ...KWIK_V2, companyName: 'C'.repeat(65) },
    'TOO_LONG records.0.companyName',
  ],
  [
    'kwik-v2-customers.txt:100 String(14)',
    { ...KWIK_V2, idType: 'PASSPORT_NUMBER', idNumber: 'A'.repeat(15) },
    'TOO_LONG records.0.idNumber',
  ],
  [
    'kwik-v2-customers.txt:99 type and number',
    { ...KWIK_V2, idType: null },
    'INVALID id_type_with_number records.0.idType',
  ],
  ['kwik-v2-customers.txt:101 required email', { ...KWIK_V2, email: null }, 'REQUIRED records.0.email'],
  ['kwik-v2-customers.txt:101 valid email', { ...KWIK_V2, email: 'johndoe' }, 'INVALID email records.0.email'],
  [
    'kwik-v2-customers.txt:102 area code',
    { ...KWIK_V2, contactNumber: '1234567' },
    'INVALID phone_number records.0.contactNumber',
  ],
  [
    'kwik-v2-customers.txt:110 country',
    { ...KWIK_V2, billingCountry: 'ZZ' },
    'INVALID country records.0.billingCountry',
  ],
  [
    'kwik-v2-customers.txt:98 client type of a person',
    { ...KWIK_V2, clientType: 'DOMESTIC_COMPANY' },
    'INVALID client_type_for_kind records.0.clientType',
  ],
  [
    'kwik-v2-customers.txt:124 "only archived": no first status',
    { ...KWIK_V2, status: 'ARCHIVED' },
    'INVALID first_status records.0.status',
  ],
  [
    'monri-v2-customers.txt:238 longer names than ours',
    { ...KWIK_V2, personName: 'N'.repeat(50) },
    'TOO_LONG records.0.personName',
  ],
];

it.each(REFUSALS)('refuses what %s forbids', async (_source, record, error) => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { createCustomers } = await gateway.data(CreateCustomers, { input: { records: [record] } });
  expect(brief(createCustomers.results[0]?.errors)).toEqual([error]);
});

it('refuses to archive a customer with running payments, and leaves the mandates (kwik-v2-customers.txt:136)', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { customerId, paymentId, mandateId } = await startRecurringPayment(gateway);
  const archive = () =>
    gateway
      .data(SetCustomerStatus, { input: { ids: [customerId], status: 'ARCHIVED' } })
      .then((data) => data.setCustomerStatus.results[0]);
  expect(await archive()).toMatchObject({
    outcome: 'FAILED',
    errors: [{ code: 'STATE_CONFLICT', currentStatus: 'ACTIVE', blockedBy: [paymentId], path: ['ids', '0'] }],
  });
  await gateway.sql("UPDATE payment SET status = 'STOPPED' WHERE id = $1", [paymentId]);
  expect(await archive()).toMatchObject({
    outcome: 'UPDATED',
    warnings: [{ code: 'MANDATES_NOT_CANCELLED', ids: [mandateId] }],
    affected: { untouchedMandateIds: [mandateId], mandateIds: [] },
    customer: { status: 'ARCHIVED', version: 2 },
  });
  expect(await gateway.sql('SELECT status FROM mandate WHERE id = $1', [mandateId])).toEqual([{ status: 'ACTIVE' }]);
});

it('refuses a second customer with a reference, and an id number of another (kwik-v1-customers.txt:81, bitnob-customers.txt:9)', async () => {
  const gateway = await startGateway();
  const first = await createCustomer(gateway, KWIK_V2);
  const { createCustomers } = await gateway.data(CreateCustomers, {
    input: { records: [KWIK_V2, { ...KWIK_V2, reference: 'R2' }], mode: 'PARTIAL' },
  });
  expect(createCustomers.results[0]?.errors).toMatchObject([
    { code: 'DUPLICATE', existingId: first.id, path: ['records', '0', 'reference'] },
  ]);
  expect(createCustomers.results[1]).toMatchObject({
    outcome: 'CREATED',
    warnings: [
      { code: 'POSSIBLE_DUPLICATE', ids: [first.id], path: ['records', '1', 'idNumber'] },
      { code: 'POSSIBLE_DUPLICATE', ids: [first.id], path: ['records', '1', 'email'] },
    ],
  });
});

it('takes the bank account of kwik-v1-payments.txt:49 with a warning, or refuses it, as the merchant has settled (DOMAIN T7)', async () => {
  for (const [cdvMode, outcome, errors] of [
    ['WARN', 'CREATED', []],
    ['ERROR', 'FAILED', ['INVALID check_digits records.0.accountNumber']],
  ] as const) {
    const gateway = await startGateway({ cdvMode });
    const { id: customerId } = await createCustomer(gateway, person('A'));
    const input = { records: [{ customerId, ...ACCOUNT }] };
    const [result] = (await gateway.data(CreateBankAccounts, { input })).createBankAccounts.results;
    expect([result?.outcome, brief(result?.errors)]).toEqual([outcome, errors]);
    expect(result?.warnings).toMatchObject(cdvMode === 'WARN' ? [{ code: 'CDV_FAILED' }] : []);
  }
});

const PAYMENT_REFUSALS: ReadonlyArray<readonly [source: string, change: Partial<SubmitPaymentInput>, error: string]> = [
  ['kwik-v1-payments.txt:138 either id or object', { customer: null }, 'REQUIRED records.0.customerId'],
  [
    'kwik-v1-payments.txt:139 String(35)',
    { customer: { ...JOHN, reference: 'R'.repeat(36) } },
    'TOO_LONG records.0.customer.reference',
  ],
  [
    'kwik-v1-payments.txt:145 required email',
    { customer: { ...JOHN, email: null } },
    'REQUIRED records.0.customer.email',
  ],
  [
    'kwik-v1-payments.txt:152 String(30)',
    { bankAccount: { ...ACCOUNT, accountHolderName: 'J'.repeat(31) } },
    'TOO_LONG records.0.bankAccount.accountHolderName',
  ],
  [
    'kwik-v1-payments.txt:153 String(17)',
    { bankAccount: { ...ACCOUNT, accountNumber: '1'.repeat(18) } },
    'TOO_LONG records.0.bankAccount.accountNumber',
  ],
  ['kwik-v1-payments.txt:155 bank', { bankAccount: { ...ACCOUNT, bank: null } }, 'REQUIRED records.0.bankAccount.bank'],
  [
    'kwik-v1-payments.txt:156 branch of another bank',
    { bankAccount: { ...ACCOUNT, branchCode: 250655 } },
    'INVALID branch_of_bank records.0.bankAccount.branchCode',
  ],
];

it.each(PAYMENT_REFUSALS)('refuses what %s forbids, in a payment', async (_source, change, error) => {
  const gateway: TestGateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const { submitPayments } = await gateway.data(SubmitPayments, {
    input: { records: [{ ...recurringDebitOrder(eft), ...change }] },
  });
  expect(brief(submitPayments.results[0]?.errors)).toEqual([error]);
});
