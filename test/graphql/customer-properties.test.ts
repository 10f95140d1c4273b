import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CUSTOMER_STATUSES, type CustomerStatus } from '../../src/domain/customer/customer.ts';
import { CUSTOMER_TEXT_NAMES } from '../../src/domain/customer/fields.ts';
import { isFit } from '../../src/domain/unicode.ts';
import { CreateCustomers, SetCustomerStatus, UpdateCustomers } from '../support/customer-documents.ts';
import { CAPITEC_ACCOUNT, createBankAccount, createCustomer, person } from '../support/customers.ts';
import { methodIds } from '../support/examples.ts';
import type { CreateCustomerInput } from '../support/generated/graphql.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { askForMandate, DEBICHECK, makeDebtor } from '../support/mandates.ts';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 60);

const text = (max: number) =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: max })
    .filter((value) => isSound(value) && value.length <= max);
/** What is stored as it was sent: trimmed, of visible characters, whole, and in normalisation form C. */
function isSound(value: string): boolean {
  return value === value.trim() && value !== '' && value === value.normalize('NFC') && isFit(value, { joiners: false });
}
const json = fc.dictionary(
  fc.stringMatching(/^[a-zA-Z_ ]{1,20}$/),
  fc.oneof(
    fc.string({ maxLength: 40 }).filter((value) => !value.includes('\0') && value === value.normalize('NFC')),
    fc.integer(),
    fc.boolean(),
    fc.array(fc.integer(), { maxLength: 3 }),
  ),
  { maxKeys: 6 },
);
const PROFILE = fc.record(
  {
    companyName: text(20),
    personName: text(10),
    personSurname: text(10),
    contactNumber: fc.stringMatching(/^\+27[1-9]\d{8}$/),
    isTax: fc.boolean(),
    taxNumber: fc.stringMatching(/^9\d{9}$/),
    billingAddressLine1: text(40),
    billingCityOrTown: text(20),
    billingCountry: fc.constantFrom('ZA', 'GB', 'BA'),
    shippingContactName: text(40),
    description: text(60),
    metadata: json,
  },
  { requiredKeys: ['personName', 'personSurname', 'metadata'] },
);

it('reads back what was written, and a change of any part keeps the rest', {
  timeout: RUNS * 1_000 + 900_000,
}, async () => {
  const gateway = await startGateway();
  let number = 0;
  await fc.assert(
    fc.asyncProperty(
      PROFILE,
      PROFILE,
      fc.subarray(['companyName', 'personName', 'description', 'taxNumber', 'billingCityOrTown'] as const),
      async (first, second, names) => {
        number += 1;
        const made = await createCustomer(gateway, { ...person(`P${number}`), ...first } as CreateCustomerInput);
        expect(made).toMatchObject(first);
        const change = Object.fromEntries(
          names.map((name) => [name, second[name] ?? (name === 'personName' ? first.personName : null)]),
        );
        const { updateCustomers } = await gateway.data(UpdateCustomers, {
          input: { records: [{ id: made.id, ...change }] },
        });
        const [result] = updateCustomers.results;
        const kind =
          ('companyName' in change ? change['companyName'] : first.companyName) == null ? 'INDIVIDUAL' : 'COMPANY';
        const expected = { ...made, ...change, kind };
        const { version, clientType, taxNumberMasked, ...rest } = result?.customer ?? made;
        const { version: _v, clientType: _c, taxNumberMasked: _t, ...kept } = expected;
        expect(rest).toEqual(kept);
        expect([result?.outcome, version]).toEqual(
          JSON.stringify(rest) === JSON.stringify(omit(made)) ? ['UNCHANGED', 1] : ['UPDATED', 2],
        );
        expect(clientType).toBe(kind === 'COMPANY' ? 'DOMESTIC_COMPANY' : 'RESIDENT_INDIVIDUAL');
        expect(taxNumberMasked).toBe(rest.taxNumber ? `*****${rest.taxNumber.slice(-4)}` : null);
      },
    ),
    { numRuns: RUNS },
  );
});

function omit<Customer extends { version: unknown; clientType: unknown; taxNumberMasked: unknown }>(
  customer: Customer,
) {
  const { version: _version, clientType: _clientType, taxNumberMasked: _masked, ...rest } = customer;
  return rest;
}

/** DOMAIN §4.1. */
const ALLOWED: Record<CustomerStatus, readonly CustomerStatus[]> = {
  ACTIVE: ['ACTIVE', 'DISABLED', 'ARCHIVED'],
  DISABLED: ['ACTIVE', 'DISABLED', 'ARCHIVED'],
  ARCHIVED: ['ACTIVE', 'ARCHIVED'],
};

it('ends any sequence of status changes where the table says', { timeout: RUNS * 1_000 + 900_000 }, async () => {
  const gateway = await startGateway();
  let number = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...CUSTOMER_STATUSES), { maxLength: 8 }), async (sequence) => {
      number += 1;
      const { id } = await createCustomer(gateway, person(`S${number}`));
      let status: CustomerStatus = 'ACTIVE';
      let version = 1;
      for (const to of sequence) {
        const { setCustomerStatus } = await gateway.data(SetCustomerStatus, { input: { ids: [id], status: to } });
        const [result] = setCustomerStatus.results;
        if (!ALLOWED[status].includes(to))
          expect(result?.errors[0]).toMatchObject({ code: 'STATE_CONFLICT', currentStatus: status });
        else {
          if (status !== to) version += 1;
          status = to;
          expect(result?.customer).toMatchObject({ status, version });
        }
      }
      const [row] = await gateway.sql<{ events: number }>(
        'SELECT count(*) AS events FROM event WHERE aggregate_id = $1',
        [id],
      );
      expect(row?.events).toBe(version);
    }),
    { numRuns: RUNS },
  );
});

async function codesOf(gateway: TestGateway, query: string, variables: unknown): Promise<string[]> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` };
  const response = await fetch(gateway.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { errors = [] } = (await response.json()) as { errors?: Array<{ extensions: { code: string } }> };
  return errors.map(({ extensions }) => extensions.code);
}

const MANDATE_FIELDS = [
  ...['amount', 'reference', 'contractReference', 'generateContractReference', 'paymentIndustry', 'status'],
  ...['recurring', 'recurring.processDay', 'recurring.interval', 'recurring.dateRelease', 'oneTime.processDate'],
  ...['debicheck', 'debicheck.maximumCollectionAmount', 'debicheck.firstCollectionAmount'],
  ...['debicheck.firstCollectionDate', 'debicheck.firstCollectionMode', 'debicheck.allowDateAdjustment'],
  ...['debicheck.allowVariableAmount', 'debicheck.allowPaymentTracking', 'debicheck.paymentTrackingMaxDays'],
  ...['debicheck.adjustmentCategory', 'debicheck.adjustmentType', 'debicheck.adjustmentRate'],
  ...['debicheck.adjustmentAmount', 'debicheck.approvalWindow'],
];
const WRITES: ReadonlyArray<readonly [name: string, type: string, fields: readonly string[]]> = [
  [
    'createCustomers',
    'CreateCustomersInput',
    [...CUSTOMER_TEXT_NAMES, 'kind', 'clientType', 'idType', 'isTax', 'dialCode', 'metadata', 'status', 'clientKey'],
  ],
  [
    'updateCustomers',
    'UpdateCustomersInput',
    [
      ...CUSTOMER_TEXT_NAMES,
      'kind',
      'clientType',
      'idType',
      'isTax',
      'metadata',
      'metadataReplace',
      'expectedVersion',
      'id',
    ],
  ],
  [
    'createBankAccounts',
    'CreateBankAccountsInput',
    [
      'customerId',
      'accountHolderName',
      'accountNumber',
      'accountType',
      'bank',
      'branchCode',
      'isBusinessAccount',
      'status',
      'clientKey',
    ],
  ],
  [
    'updateBankAccounts',
    'UpdateBankAccountsInput',
    [
      'id',
      'accountHolderName',
      'accountNumber',
      'accountType',
      'bank',
      'branchCode',
      'isBusinessAccount',
      'expectedVersion',
    ],
  ],
  ['createMandates', 'CreateMandatesInput', MANDATE_FIELDS],
  ['updateMandates', 'UpdateMandatesInput', [...MANDATE_FIELDS, 'reason', 'expectedVersion']],
  ['convertMandates', 'ConvertMandatesInput', ['id', 'paymentMethodId', 'contractReference', 'expectedVersion']],
  ['addCards', 'AddCardsInput', ['customerId', 'token', 'maskedPan', 'expirationDate', 'keepUntil', 'clientKey']],
];
const ENUMS = fc.constantFrom(
  'INDIVIDUAL',
  'COMPANY',
  'SOUTH_AFRICAN_ID',
  'PASSPORT_NUMBER',
  'ACTIVE',
  'ARCHIVED',
  'FNB',
  'SAVINGS',
  'DOMESTIC_COMPANY',
  'ANNUALLY',
  'RATE',
  'ADDITIONAL',
  'MONTHLY',
  '45.00',
  '2027-01-31',
);
const ODD = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\ud800',
    '2024-02-30',
    '9999-12-31T23:59:59Z',
    '-0',
    '1e400',
    '__proto__',
    "'; DROP TABLE customer; --",
    '\\',
    '%',
    'A'.repeat(70_000),
  ),
  fc.double(),
  fc.integer(),
  fc.constant(null),
  fc.boolean(),
  fc.constant(2 ** 53),
  fc.object({ maxDepth: 4 }),
  fc.array(fc.anything({ maxDepth: 2 }), { maxLength: 3 }),
  ENUMS,
);

function put(target: Record<string, unknown>, [name = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = target[name];
  if (typeof inner !== 'object' || inner === null) target[name] = {};
  put(target[name] as Record<string, unknown>, rest, value);
}

it('answers input of any shape with a refusal or a result, never with a masked error', {
  timeout: RUNS * 2_000 + 900_000,
}, async () => {
  const gateway = await startGateway();
  const { id: customerId } = await createCustomer(gateway, person('A'));
  const { id: bankAccountId } = await createBankAccount(gateway, { customerId, ...CAPITEC_ACCOUNT });
  const { debicheck } = await methodIds(gateway);
  const owner = await makeDebtor(gateway, 'D');
  const mandate = { ...DEBICHECK, ...owner, paymentMethodId: debicheck };
  const { mandate: made } = await askForMandate(gateway, 'registeredAbsa', owner);
  const ids: Record<string, object> = {
    createMandates: mandate,
    updateMandates: { id: made?.id },
    convertMandates: { id: made?.id, paymentMethodId: debicheck },
    updateCustomers: { id: customerId },
    updateBankAccounts: { id: bankAccountId },
    createBankAccounts: { customerId, ...CAPITEC_ACCOUNT },
    addCards: { customerId, token: 'tok' },
    createCustomers: { ...person('X') },
  };
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...WRITES),
      fc.infiniteStream(ODD),
      fc.infiniteStream(fc.nat(3)),
      async ([name, type, fields], values, dice) => {
        const record: Record<string, unknown> = { ...ids[name] };
        for (const field of fields) if (dice.next().value === 0) put(record, field.split('.'), values.next().value);
        const query = `mutation ($input: ${type}!) { ${name}(input: $input) { results { outcome errors { __typename code path } } } }`;
        for (const dryRun of [true, false]) {
          const codes = await codesOf(gateway, query, { input: { records: [record], dryRun, mode: 'PARTIAL' } });
          for (const code of codes) seen.add(code);
          expect([
            name,
            JSON.stringify(record),
            codes.filter((code) => code === 'INTERNAL' || code === 'UNAVAILABLE'),
          ]).toEqual([name, JSON.stringify(record), []]);
        }
      },
    ),
    { numRuns: RUNS * 4 },
  );
  expect(gateway.logged).toEqual([]);
  expect([...seen].every((code) => ['BAD_REQUEST', 'BODY_TOO_LARGE'].includes(code))).toBe(true);
  await gateway.data(CreateCustomers, { input: { records: [person('still alive')] } });
});
