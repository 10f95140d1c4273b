import { expect, it } from 'vitest';
import { type MatrixField, METHOD_MATRIX, METHOD_RULES, type MethodVariant } from '../../src/domain/method/matrix.ts';
import { brief, CAPITEC_ACCOUNT, createCustomer, person } from '../support/customers.ts';
import { SubmitPayments } from '../support/documents.ts';
import { methodIds } from '../support/examples.ts';
import type { CreateCustomerInput, SubmitPaymentInput } from '../support/generated/graphql.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { askForMandate, DEBICHECK, debtor, makeDebtor } from '../support/mandates.ts';

// Every cell of DOMAIN §5 that says required or forbidden, tried with its opposite, on a record that is sound but for it.

const VARIANTS: readonly MethodVariant[] = [
  'PAY_IN',
  'DEBIT_ORDER',
  'DEBICHECK',
  'REGISTERED_MANDATE_ABSA',
  'REGISTERED_MANDATE_NEDBANK',
  'CARD',
];
const METHODS = {
  PAY_IN: 'payIn',
  DEBIT_ORDER: 'eft',
  DEBICHECK: 'debicheck',
  REGISTERED_MANDATE_ABSA: 'registeredAbsa',
  REGISTERED_MANDATE_NEDBANK: 'registeredNedbank',
  CARD: 'card',
} as const;

const CUSTOMER: CreateCustomerInput = debtor('A');
const RECURRING = { dateStart: '2024-10-01' };
const ONE_TIME = { recurring: null, oneTime: { processDate: '2024-10-01' } };

/** A record that a method takes as it is; its customer is told apart by `key`. */
function soundRecord(variant: MethodVariant, paymentMethodId: string, key: string): SubmitPaymentInput {
  const customer = { ...CUSTOMER, reference: `CUS-${key}` };
  if (variant === 'PAY_IN') return { paymentMethodId, customer, amount: '45.00' };
  if (variant === 'CARD') return { paymentMethodId, customer, amount: '45.00', card: { token: 'tok_a' } };
  const mandate =
    variant === 'DEBIT_ORDER'
      ? { amount: '45.00', recurring: { processDay: 1 } }
      : { ...DEBICHECK, generateContractReference: true };
  return { paymentMethodId, customer, bankAccount: CAPITEC_ACCOUNT, mandate, recurring: RECURRING };
}

type Record = SubmitPaymentInput;
interface Opposite {
  /** Takes away what is required. */
  readonly without?: (record: Record) => Record;
  /** Gives what is forbidden. */
  readonly given?: (record: Record) => Record;
  /** What is said then, where it is not METHOD_REQUIRES or METHOD_FORBIDS at the place of the field. */
  readonly requires?: string;
  readonly forbids?: string;
}

const customerWithout =
  (...names: Array<keyof CreateCustomerInput>) =>
  (record: Record) => ({
    ...record,
    customer: { ...CUSTOMER, ...record.customer, ...Object.fromEntries(names.map((name) => [name, null])) },
  });
const company = (record: Record) => ({
  ...record,
  customer: { ...CUSTOMER, ...record.customer, companyName: 'Karoo Supplies' },
});
const mandateWith = (change: object) => (record: Record) => ({
  ...record,
  mandate: { amount: '45.00', recurring: { processDay: 1 }, ...record.mandate, ...change },
});
const debicheckWith = (change: object) => (record: Record) =>
  mandateWith({ debicheck: { maximumCollectionAmount: '60.00', ...record.mandate?.debicheck, ...change } })(record);

const neither = (record: Record) => ({ ...record, recurring: null, oneTime: null });

const OPPOSITES: Readonly<Partial<globalThis.Record<MatrixField, Opposite>>> = {
  'customer.email': { without: customerWithout('email'), requires: 'REQUIRED records.0.customer.email' },
  'customer.personName': { without: (record) => customerWithout('personName')(company(record)) },
  'customer.personSurname': { without: (record) => customerWithout('personSurname')(company(record)) },
  'customer.idType': { without: customerWithout('idType', 'idNumber') },
  'customer.idNumber': { without: customerWithout('idType', 'idNumber') },
  'customer.contactNumber': { without: customerWithout('contactNumber') },
  bankAccount: {
    without: (record) => ({ ...record, bankAccount: null }),
    given: (record) => ({ ...record, bankAccount: CAPITEC_ACCOUNT }),
    requires: 'REQUIRED records.0.bankAccountId',
  },
  mandate: {
    without: (record) => ({ ...record, mandate: null }),
    given: mandateWith({}),
    requires: 'REQUIRED records.0.mandateId',
  },
  'mandate.status': { given: mandateWith({ status: 'ACTIVE' }) },
  'mandate.paymentIndustry': {
    without: mandateWith({ paymentIndustry: null }),
    given: mandateWith({ paymentIndustry: 'ACCOUNT_REPAYMENT' }),
    requires: 'REQUIRED records.0.mandate.paymentIndustry',
  },
  'mandate.contractReference': {
    without: mandateWith({ generateContractReference: false }),
    given: mandateWith({ contractReference: 'CTC24091900001' }),
  },
  'mandate.recurring': {
    without: mandateWith({ recurring: null }),
    given: mandateWith({ oneTime: { processDate: '2024-10-01' } }),
    requires: 'REQUIRED records.0.mandate.recurring',
  },
  'mandate.oneTime': {
    without: mandateWith({ recurring: null }),
    given: mandateWith({ oneTime: { processDate: '2024-10-01' } }),
    requires: 'REQUIRED records.0.mandate.recurring',
  },
  'mandate.debicheck': { without: mandateWith({ debicheck: null }), given: debicheckWith({}) },
  'mandate.debicheck.maximumCollectionAmount': {
    without: debicheckWith({ maximumCollectionAmount: null }),
    given: debicheckWith({}),
    forbids: 'METHOD_FORBIDS records.0.mandate.debicheck',
  },
  'mandate.debicheck.approvalWindow': { given: debicheckWith({ approvalWindow: 'DELAYED_REAL_TIME_TT1' }) },
  amount: { without: (record) => ({ ...record, amount: null }), requires: 'REQUIRED records.0.amount' },
  recurring: {
    without: neither,
    given: (record) => ({ ...record, recurring: RECURRING }),
    requires: 'REQUIRED records.0.recurring',
  },
  oneTime: {
    without: neither,
    given: (record) => ({ ...record, oneTime: { processDate: '2024-10-01' } }),
    requires: 'REQUIRED records.0.recurring',
  },
  payIn: { given: (record) => ({ ...record, payIn: { eftReference: 'REF' } }) },
  card: {
    without: (record) => ({ ...record, card: null }),
    given: (record) => ({ ...record, card: { token: 'tok_a' } }),
    requires: 'REQUIRED records.0.card.token',
  },
};

/** Where the error of a forbidden field stands: a method without mandates refuses the mandate, one without debicheck that. */
function placeOfForbidden(field: MatrixField, variant: MethodVariant): string {
  if (field.startsWith('mandate') && METHOD_MATRIX.mandate[variant] === 'FORBIDDEN') return 'mandate';
  if (field.startsWith('mandate.debicheck') && METHOD_MATRIX['mandate.debicheck'][variant] === 'FORBIDDEN') {
    return 'mandate.debicheck';
  }
  return field;
}

async function errorsOf(gateway: TestGateway, record: Record): Promise<string[]> {
  const { submitPayments } = await gateway.data(SubmitPayments, { input: { records: [record], dryRun: true } });
  return brief(submitPayments.results[0]?.errors);
}

it('refuses the opposite of every cell that says required or forbidden, with a code and a path', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const ids = await methodIds(gateway);
  await gateway.sql('UPDATE payment_method SET payment_industry = NULL'); // what is required shows without a default
  const withIndustry = mandateWith({ paymentIndustry: 'ACCOUNT_REPAYMENT' });
  const tried: string[] = [];
  for (const variant of VARIANTS) {
    const base = soundRecord(variant, ids[METHODS[variant]], variant);
    const sound = variant === 'PAY_IN' || variant === 'CARD' ? base : withIndustry(base);
    expect([variant, await errorsOf(gateway, sound)]).toEqual([variant, []]);
    for (const [field, row] of Object.entries(METHOD_MATRIX) as Array<
      [MatrixField, (typeof METHOD_MATRIX)[MatrixField]]
    >) {
      const need = row[variant];
      if (need === 'OPTIONAL') continue;
      const opposite = OPPOSITES[field];
      // Of two of which exactly one is needed: neither, and both.
      if (need === 'ONE_OF') {
        for (const change of [opposite?.without, opposite?.given]) {
          if (!change) throw new Error(`${field} of ${variant} is ${need}, and its opposites are not tried`);
          const errors = await errorsOf(gateway, change({ ...sound, ...(field === 'recurring' ? ONE_TIME : {}) }));
          expect([variant, field, errors]).toEqual([variant, field, expect.arrayContaining([opposite?.requires])]);
        }
        tried.push(`${variant} ${field}`);
        continue;
      }
      const change = need === 'REQUIRED' ? opposite?.without : opposite?.given;
      if (!change) throw new Error(`${field} of ${variant} is ${need}, and its opposite is not tried`);
      const expected =
        need === 'REQUIRED'
          ? (opposite?.requires ?? `METHOD_REQUIRES records.0.${field}`)
          : opposite?.forbids && variant === 'DEBIT_ORDER'
            ? opposite.forbids
            : `METHOD_FORBIDS records.0.${placeOfForbidden(field, variant)}`;
      expect([variant, field, await errorsOf(gateway, change(sound))]).toEqual([
        variant,
        field,
        expect.arrayContaining([expected]),
      ]);
      tried.push(`${variant} ${field}`);
    }
  }
  expect(tried.length).toBeGreaterThan(50);
});

it('takes companies where the law does, and refuses each of their three marks elsewhere', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const ids = await methodIds(gateway);
  const registration = { idType: 'COMPANY_REGISTRATION_NUMBER', idNumber: '2011/123456/07' } as const;
  const marks: Array<[string, (record: Record) => Record]> = [
    ['customer.kind', company],
    ['customer.idType', (record) => ({ ...record, customer: { ...CUSTOMER, ...record.customer, ...registration } })],
    [
      'bankAccount.isBusinessAccount',
      (record) => ({ ...record, bankAccount: { ...CAPITEC_ACCOUNT, isBusinessAccount: true } }),
    ],
  ];
  for (const variant of VARIANTS.filter((name) => name !== 'PAY_IN' && name !== 'CARD')) {
    const sound = soundRecord(variant, ids[METHODS[variant]], 'X');
    for (const [place, mark] of marks) {
      const errors = await errorsOf(gateway, mark(sound));
      const expected = `METHOD_FORBIDS records.0.${place}`;
      const isAllowed = METHOD_RULES[variant].allowsCompanies;
      expect([variant, place, errors.includes(expected)]).toEqual([variant, place, !isAllowed]);
      if (isAllowed) expect(errors).toEqual([]);
    }
  }
});

it('judges customers and accounts that are there as it judges those that come along', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const refusals = async (
    method: 'debicheck' | 'registeredNedbank' | 'registeredAbsa',
    key: string,
    change: object,
    account = {},
  ) => brief((await askForMandate(gateway, method, await makeDebtor(gateway, key, account, change))).errors);
  expect(await refusals('debicheck', 'A', { companyName: 'Karoo Supplies' })).toEqual([
    'METHOD_FORBIDS records.0.customerId',
    'METHOD_FORBIDS records.0.bankAccountId',
  ]);
  expect(await refusals('registeredAbsa', 'B', { companyName: 'Karoo Supplies' })).toEqual([]);
  expect(await refusals('registeredNedbank', 'C', {}, { isBusinessAccount: true })).toEqual([
    'METHOD_FORBIDS records.0.bankAccountId',
  ]);
  expect(await refusals('debicheck', 'D', { contactNumber: '+27123456789' })).toEqual([
    'METHOD_REQUIRES records.0.customerId', // a landline: the debtor is asked there
  ]);
  expect(await refusals('debicheck', 'E', {}, { accountType: 'BOND' })).toEqual([
    'METHOD_FORBIDS records.0.bankAccountId',
  ]);
  const { id } = await createCustomer(gateway, person('F'));
  const other = await makeDebtor(gateway, 'G');
  expect(
    brief((await askForMandate(gateway, 'debicheck', { customerId: id, bankAccountId: other.bankAccountId })).errors),
  ).toEqual([
    'METHOD_REQUIRES records.0.customerId',
    'METHOD_REQUIRES records.0.customerId',
    'METHOD_REQUIRES records.0.customerId',
    'NOT_LINKED records.0.bankAccountId',
  ]);
});

it('judges what a mandate says (DOMAIN §1.4, §6)', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const parties = await makeDebtor(gateway);
  const refusals = async (change: object, debicheck: object = {}) => {
    const whole = { ...DEBICHECK, ...change, debicheck: { ...DEBICHECK.debicheck, ...debicheck } };
    return brief((await askForMandate(gateway, 'debicheck', parties, whole as never)).errors);
  };
  const at = (name: string) => `records.0.debicheck.${name}`;
  const first = { firstCollectionAmount: '50.45', firstCollectionDate: '2024-10-16' };
  const rows: Array<[object, object, string[]]> = [
    [
      { generateContractReference: false, contractReference: 'CTC240919000012' },
      {},
      ['TOO_LONG records.0.contractReference'],
    ],
    [{ contractReference: 'CTC24091900001' }, {}, ['INVALID records.0.contractReference']],
    [
      {},
      { maximumCollectionAmount: '67.51' },
      [`INVALID maximum_within_one_and_a_half ${at('maximumCollectionAmount')}`],
    ],
    [{}, { maximumCollectionAmount: '44.99' }, [`INVALID maximum_at_least_amount ${at('maximumCollectionAmount')}`]],
    [{}, { firstCollectionAmount: '50.45' }, [`REQUIRED ${at('firstCollectionDate')}`]],
    [{}, { firstCollectionDate: '2024-10-16' }, [`REQUIRED ${at('firstCollectionAmount')}`]],
    [{}, { ...first, firstCollectionAmount: '60.01' }, [`INVALID first_within_maximum ${at('firstCollectionAmount')}`]],
    [{}, { ...first, firstCollectionDate: '2024-09-01' }, [`LEAD_TIME ${at('firstCollectionDate')}`]],
    [{ recurring: { processDay: 1, dateRelease: '2024-10-15' } }, first, [`INVALID_DATE ${at('firstCollectionDate')}`]],
    [{}, { allowPaymentTracking: true }, [`REQUIRED ${at('paymentTrackingMaxDays')}`]],
    [{}, { allowPaymentTracking: true, paymentTrackingMaxDays: 0 }, [`INVALID range ${at('paymentTrackingMaxDays')}`]],
    [{}, { allowPaymentTracking: true, paymentTrackingMaxDays: 11 }, [`INVALID range ${at('paymentTrackingMaxDays')}`]],
    [{}, { paymentTrackingMaxDays: 4 }, [`INVALID tracking_days_without_tracking ${at('paymentTrackingMaxDays')}`]],
    [
      {},
      { adjustmentCategory: 'ANNUALLY', adjustmentRate: '5.12345' },
      [`INVALID adjustment_needs_variable_amount ${at('adjustmentCategory')}`],
    ],
    [
      {},
      { allowVariableAmount: true, adjustmentCategory: 'ANNUALLY', adjustmentRate: '5', adjustmentAmount: '1.00' },
      [`INVALID rate_or_amount ${at('adjustmentAmount')}`],
    ],
    [{}, { allowVariableAmount: true, adjustmentCategory: 'ANNUALLY' }, [`REQUIRED ${at('adjustmentRate')}`]],
    [{}, { allowVariableAmount: true, adjustmentRate: '5' }, [`REQUIRED ${at('adjustmentCategory')}`]],
    [
      {},
      { allowVariableAmount: true, adjustmentCategory: 'REPO', adjustmentRate: '5' },
      [`INVALID repo_sets_the_rate ${at('adjustmentCategory')}`],
    ],
    [
      {},
      { allowVariableAmount: true, adjustmentCategory: 'ANNUALLY', adjustmentRate: '5.123456' },
      [`INVALID rate ${at('adjustmentRate')}`],
    ],
    [{ recurring: null }, {}, ['REQUIRED records.0.recurring']],
    [{ recurring: { processDay: 8, interval: 'WEEKLY' } }, {}, ['INVALID range records.0.recurring.processDay']],
  ];
  for (const [change, debicheck, expected] of rows) {
    expect([change, debicheck, await refusals(change, debicheck)]).toEqual([change, debicheck, expected]);
  }
  const sound: Array<[object, object]> = [
    [{}, { maximumCollectionAmount: '67.50' }],
    [{}, { allowPaymentTracking: true, paymentTrackingMaxDays: 10 }],
    [{ generateContractReference: false, contractReference: 'CTC24091900001' }, first],
    [{}, { adjustmentRate: '0', adjustmentAmount: '0.00' }],
  ];
  for (const [change, debicheck] of sound) expect(await refusals(change, debicheck)).toEqual([]);
  expect(await refusals({ generateContractReference: false, contractReference: 'CTC24091900001' })).toEqual([
    'DUPLICATE records.0.contractReference',
  ]);
});

it('leaves a default of the method out that does not go with what was sent, and says so', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const defaults = {
    allowDateAdjustment: true,
    allowVariableAmount: true,
    allowPaymentTracking: true,
    paymentTrackingMaxDays: 4,
    adjustmentCategory: 'ANNUALLY',
    adjustmentType: 'RATE',
    adjustmentRate: 512_345,
    adjustmentAmountCents: null,
    approvalWindow: 'DELAYED_REAL_TIME_TT1',
  };
  await gateway.sql("UPDATE payment_method SET debicheck_defaults = $1 WHERE type = 'DEBICHECK'", [
    JSON.stringify(defaults),
  ]);
  const parties = await makeDebtor(gateway);
  const whole = await askForMandate(gateway, 'debicheck', parties);
  expect(whole).toMatchObject({
    warnings: [],
    mandate: {
      approvalWindow: 'DELAYED_REAL_TIME_TT1',
      debicheck: { adjustmentCategory: 'ANNUALLY', adjustmentRate: '5.12345', paymentTrackingMaxDays: 4 },
    },
  });
  const fixed = await askForMandate(gateway, 'debicheck', parties, {
    debicheck: { maximumCollectionAmount: '60.00', allowVariableAmount: false, allowPaymentTracking: false },
  });
  expect(fixed).toMatchObject({
    warnings: [{ code: 'DEFAULTS_DROPPED', path: ['records', '0', 'debicheck', 'adjustmentCategory'] }],
    mandate: { debicheck: { adjustmentCategory: 'NEVER', adjustmentRate: null, paymentTrackingMaxDays: null } },
  });
});
