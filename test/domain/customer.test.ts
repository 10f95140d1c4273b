import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseEmail, parsePhoneNumber, parsePostalCode } from '../../src/domain/customer/contact.ts';
import { CUSTOMER_STATUSES, type CustomerProfile, ID_TYPES, type IdType } from '../../src/domain/customer/customer.ts';
import { CUSTOMER_TEXT_NAMES, CUSTOMER_TEXTS, type CustomerText } from '../../src/domain/customer/fields.ts';
import { parseIdentity } from '../../src/domain/customer/identity.ts';
import { changeCustomer, parseCustomer } from '../../src/domain/customer/parse.ts';
import type { CustomerRecord } from '../../src/domain/customer/record.ts';
import { allowedCustomerStatuses, availableCustomerActions } from '../../src/domain/customer/status.ts';
import { Findings } from '../../src/domain/findings.ts';

const TODAY = '2026-11-21';
const JOHN: CustomerRecord = { personName: 'John', personSurname: 'Doe', email: 'johndoe@mail.com' };

/** What is found wrong with a new customer: code, rule and path. */
function errorsOf(record: CustomerRecord): string[] {
  const findings = new Findings();
  parseCustomer({ ...JOHN, ...record }, TODAY, findings.of([]));
  return findings.errors.map(({ code, rule, path }) => [code, rule, path.join('.')].filter(Boolean).join(' '));
}

it('takes every text at its longest, and refuses one character more', () => {
  const filler: Record<string, (length: number) => string> = {
    email: (length) => `${'a'.repeat(length - 5)}@b.co`,
    billingEmail: (length) => `${'a'.repeat(length - 5)}@b.co`,
    // As long as numbers are: fifteen digits, of Germany.
    contactNumber: (length) => `+49${'1'.repeat(length - 3)}`,
    shippingContactNumber: (length) => `+49${'1'.repeat(length - 3)}`,
    billingCountry: (length) => 'ZAX'.slice(0, length),
    shippingCountry: (length) => 'ZAX'.slice(0, length),
  };
  for (const name of CUSTOMER_TEXT_NAMES) {
    const { max }: CustomerText = CUSTOMER_TEXTS[name];
    const text = filler[name] ?? ((length: number) => 'A'.repeat(length));
    const idType = name === 'idNumber' ? ({ idType: 'PASSPORT_NUMBER' } as const) : {};
    expect([name, errorsOf({ ...idType, [name]: text(max) })]).toEqual([name, []]);
    expect([name, errorsOf({ ...idType, [name]: text(max + 1) })]).toEqual([name, [`TOO_LONG ${name}`]]);
    expect([name, errorsOf({ [name]: '  ' })]).toEqual([name, [`INVALID not_empty ${name}`]]);
    expect([name, errorsOf({ [name]: '\u202EA' })]).toEqual([name, [`INVALID characters ${name}`]]);
  }
});

it('clears exactly the fields that may be cleared', () => {
  const whole: CustomerRecord = {
    reference: 'R1',
    ...JOHN,
    companyName: 'Superior Meteor Corp',
    ...Object.fromEntries(
      CUSTOMER_TEXT_NAMES.filter((name) => /Line|City|Province|Name/.test(name)).map((n) => [n, 'x']),
    ),
  };
  const customer = parseCustomer(whole, TODAY, new Findings());
  const cleared = CUSTOMER_TEXT_NAMES.filter((name) => {
    const findings = new Findings();
    const next = changeCustomer(customer as CustomerProfile, { [name]: null }, TODAY, findings.of([]));
    if (!next) expect(findings.errors[0]).toMatchObject({ code: 'NOT_CLEARABLE', path: [name] });
    return next !== null && next[name] === null;
  });
  expect(CUSTOMER_TEXT_NAMES.filter((name) => !cleared.includes(name))).toEqual(['reference', 'email']);
});

it('takes a company name, or a name and a surname, or all of them; a kind follows', () => {
  expect(errorsOf({ personSurname: null })).toEqual(['REQUIRED personSurname']);
  expect(errorsOf({ personName: null, personSurname: null })).toEqual(['REQUIRED personName']);
  const kindOf = (record: CustomerRecord) => parseCustomer({ ...JOHN, ...record }, TODAY, new Findings())?.kind;
  expect(kindOf({})).toBe('INDIVIDUAL');
  expect(kindOf({ companyName: 'A' })).toBe('COMPANY');
  expect(kindOf({ companyName: 'A', personName: null, personSurname: null })).toBe('COMPANY');
  expect(kindOf({ kind: 'COMPANY' })).toBe('COMPANY');
  expect(errorsOf({ kind: 'INDIVIDUAL', companyName: 'A' })).toEqual(['INVALID kind_with_company_name kind']);
});

it('takes a client type for its kind alone, and drops it when the kind changes', () => {
  expect(errorsOf({ clientType: 'NONRESIDENT_INDIVIDUAL' })).toEqual([]);
  expect(errorsOf({ clientType: 'FOREIGN_COMPANY' })).toEqual(['INVALID client_type_for_kind clientType']);
  expect(errorsOf({ companyName: 'A', clientType: 'RESIDENT_INDIVIDUAL' })).toEqual([
    'INVALID client_type_for_kind clientType',
  ]);
  const person = parseCustomer({ ...JOHN, clientType: 'NONRESIDENT_INDIVIDUAL' }, TODAY, new Findings());
  const company = changeCustomer(person as CustomerProfile, { companyName: 'A' }, TODAY, new Findings());
  expect(company).toMatchObject({ kind: 'COMPANY', clientType: null });
});

it('takes the type and the number of an identity together', () => {
  expect(errorsOf({ idType: 'SOUTH_AFRICAN_ID' })).toEqual(['INVALID id_type_with_number idNumber']);
  expect(errorsOf({ idNumber: '8007014800087' })).toEqual(['INVALID id_type_with_number idType']);
});

it('checks an identity number as its type demands (DOMAIN §6.7)', () => {
  const verdict = (idType: IdType, number: string) => {
    const findings = new Findings();
    const parsed = parseIdentity(idType, number, TODAY, findings.of(['idNumber']));
    return parsed ?? findings.errors.map(({ rule }) => rule).join();
  };
  const cases: Record<IdType, string[]> = {
    SOUTH_AFRICAN_ID: [
      ...['8007014800087', '7807085800085', '8411180614084', '8001015009087', '9001015000085', '8503154000181'],
      ...[
        '0002295000083',
        '8007014800080',
        '9001015000087',
        '8013014800087',
        '0102295000080',
        '800701480008',
        'A007014800087',
      ],
    ],
    PASSPORT_NUMBER: ['A12345678', 'a12345678', 'A1234', 'A12345678901234', 'A 12345'],
    TEMPORARY_RESIDENCE: ['1', '12345678901234', '123456789012345', 'AB-1'],
    COMPANY_REGISTRATION_NUMBER: [
      ...['2019/123456/07', '201912345607', 'CK199912345623', 'K2019/123456/07', '2027/123456/07', '1799/123456/07'],
      ...['2019/12345/07', 'ABC2019/123456/07'],
    ],
  };
  const table = ID_TYPES.map((idType) => Object.fromEntries(cases[idType].map((n) => [n, verdict(idType, n)])));
  expect(table).toMatchInlineSnapshot(`
    [
      {
        "1799/123456/07": "company_registration_number",
        "2019/12345/07": "company_registration_number",
        "2019/123456/07": "2019/123456/07",
        "201912345607": "2019/123456/07",
        "2027/123456/07": "company_registration_number",
        "ABC2019/123456/07": "company_registration_number",
        "CK199912345623": "CK1999/123456/23",
        "K2019/123456/07": "K2019/123456/07",
      },
      {
        "A 12345": "passport_number",
        "A1234": "passport_number",
        "A12345678": "A12345678",
        "A12345678901234": "passport_number",
        "a12345678": "A12345678",
      },
      {
        "0002295000083": "0002295000083",
        "0102295000080": "south_african_id_date",
        "7807085800085": "7807085800085",
        "8001015009087": "8001015009087",
        "800701480008": "south_african_id_digits",
        "8007014800080": "south_african_id_check_digit",
        "8007014800087": "8007014800087",
        "8013014800087": "south_african_id_date",
        "8411180614084": "8411180614084",
        "8503154000181": "8503154000181",
        "9001015000085": "9001015000085",
        "9001015000087": "south_african_id_check_digit",
        "A007014800087": "south_african_id_digits",
      },
      {
        "1": "1",
        "12345678901234": "12345678901234",
        "123456789012345": "temporary_residence",
        "AB-1": "temporary_residence",
      },
    ]
  `);
});

it('warns of numbers that are valid but look unlike others', () => {
  const warningsOf = (record: CustomerRecord) => {
    const findings = new Findings();
    expect(parseCustomer({ ...JOHN, ...record }, TODAY, findings.of([]))).not.toBeNull();
    return findings.warnings.map(({ code, path }) => `${code} ${path.join('.')}`);
  };
  const company = { idType: 'COMPANY_REGISTRATION_NUMBER' } as const;
  expect(warningsOf({ ...company, idNumber: '2019/123456/99' })).toEqual(['ID_NUMBER_UNUSUAL idNumber']);
  expect(warningsOf({ ...company, idNumber: '2019/123456/07' })).toEqual([]);
  expect(warningsOf({ idType: 'TEMPORARY_RESIDENCE', idNumber: '8007014800080' })).toEqual([
    'ID_NUMBER_UNUSUAL idNumber',
  ]);
  expect(warningsOf({ isTax: true })).toEqual(['TAX_NUMBER_MISSING taxNumber']);
  expect(warningsOf({ isTax: true, taxNumber: '9560164031' })).toEqual([]);
  expect(warningsOf({ taxNumber: 'T-1' })).toEqual(['TAX_NUMBER_UNUSUAL taxNumber']);
});

it('writes a phone number as E.164, of South Africa or of the country that is said', () => {
  const cases = [
    '+27831234567',
    '27831234567',
    '083 123 4567',
    '(083) 123-4567',
    '+1 555 010 9999',
    '12345',
    '+0831234567',
  ];
  expect(cases.map((text) => parsePhoneNumber(text, { dialCode: null, country: null }))).toEqual([
    ...Array(4).fill('+27831234567'),
    '+15550109999',
    null,
    null,
  ]);
  const ghana = { dialCode: '+233', country: null };
  expect(parsePhoneNumber('0241234567', ghana)).toBe('+233241234567');
  expect(parsePhoneNumber('233241234567', ghana)).toBe('+233241234567');
  expect(parsePhoneNumber('+27831234567', ghana)).toBe('+27831234567');
});

it('pads a postal code in South Africa and nowhere else', () => {
  expect(parsePostalCode('181', null)).toBe('0181');
  expect(parsePostalCode('181', 'ZA')).toBe('0181');
  expect(parsePostalCode('181', 'AU')).toBe('181');
  expect(errorsOf({ billingPostalCode: 1285, billingCountry: 'za' })).toEqual([]);
  expect(errorsOf({ billingCountry: 'XX' })).toEqual(['INVALID country billingCountry']);
});

it('takes an e-mail address with one @ and a domain with a dot', () => {
  const sound = ['a@b.co', 'first.last+tag@sub.example.org'];
  const broken = ['a', 'a@b', '@b.co', 'a@', 'a b@c.de', 'a@b@c.de', 'a@b..co', 'a@.co'];
  expect([...sound, ...broken].filter((text) => parseEmail(text) !== null)).toEqual(sound);
});

it('merges metadata key by key, removes what is null, and replaces on request, within its limits', () => {
  const customer = parseCustomer({ ...JOHN, metadata: { a: 1, b: 'x', gone: null } }, TODAY, new Findings());
  const change = (record: CustomerRecord) => {
    const findings = new Findings();
    const next = changeCustomer(customer as CustomerProfile, record, TODAY, findings.of([]));
    return next?.metadata ?? findings.errors.map(({ code, rule, path }) => `${code} ${rule ?? ''} ${path.join('.')}`);
  };
  expect(customer?.metadata).toEqual({ a: 1, b: 'x' });
  expect(change({ metadata: { b: null, c: true } })).toEqual({ a: 1, c: true });
  expect(change({ metadataReplace: { only: 'this' } })).toEqual({ only: 'this' });
  expect(change({ metadataReplace: {} })).toEqual({});
  expect(change({ metadata: null })).toEqual(['NOT_CLEARABLE  metadata']);
  expect(change({ metadata: [] })).toEqual(['INVALID metadata_object metadata']);
  expect(change({ metadata: {}, metadataReplace: {} })).toEqual(['INVALID metadata_or_replace metadataReplace']);
  const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
  expect(change({ metadataReplace: keys(50) })).toEqual(keys(50));
  expect(change({ metadataReplace: keys(51) })).toEqual(['LIMIT_EXCEEDED  metadataReplace']);
  expect(change({ metadata: keys(49) })).toEqual(['LIMIT_EXCEEDED  metadata']); // with the two that are there
  expect(change({ metadataReplace: { ['k'.repeat(41)]: 1 } })).toEqual([`TOO_LONG  metadataReplace.${'k'.repeat(40)}`]);
  expect(change({ metadataReplace: { a: 'x'.repeat(501) } })).toEqual(['TOO_LONG  metadataReplace.a']);
  expect(change({ metadataReplace: { a: { b: { c: 1 } } } })).toEqual({ a: { b: { c: 1 } } });
  expect(change({ metadataReplace: { a: { b: { c: {} } } } })).toEqual(['LIMIT_EXCEEDED  metadataReplace.a.b.c']);
  const heavy = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`k${index}`, 'x'.repeat(450)]));
  expect(change({ metadataReplace: heavy })).toEqual(['LIMIT_EXCEEDED  metadataReplace']);
});

/** Sound values for the fields of a customer, any subset of them. */
const CHANGES = fc.record(
  {
    reference: fc.stringMatching(/^[A-Z0-9]{1,35}$/),
    companyName: fc.option(fc.stringMatching(/^[A-Za-z]{1,64}$/)),
    contactNumber: fc.option(fc.stringMatching(/^\+27[678]\d{8}$/)),
    billingCityOrTown: fc.option(fc.stringMatching(/^[A-Za-z]{1,64}$/)),
    shippingAddressLine1: fc.option(fc.stringMatching(/^[A-Za-z0-9]{1,128}$/)),
    description: fc.option(fc.stringMatching(/^[a-z]{1,200}$/)),
    isTax: fc.boolean(),
    taxNumber: fc.option(fc.stringMatching(/^9\d{9}$/)),
  },
  { requiredKeys: [] },
);

it('keeps whatever a change does not say', () => {
  const customer = parseCustomer(
    { ...JOHN, reference: 'R1', companyName: 'A' },
    TODAY,
    new Findings(),
  ) as CustomerProfile;
  fc.assert(
    fc.property(CHANGES, CHANGES, (first, second) => {
      const once = changeCustomer(customer, first, TODAY, new Findings());
      const twice = once && changeCustomer(once, second, TODAY, new Findings());
      const kind = (twice?.companyName ?? null) === null ? 'INDIVIDUAL' : 'COMPANY';
      expect(twice).toEqual({ ...customer, ...first, ...second, kind });
    }),
  );
});

it('never throws, whatever it is sent', () => {
  const names = [...CUSTOMER_TEXT_NAMES, 'metadata', 'metadataReplace', 'dialCode', 'isTax', 'idType', 'kind'];
  const anything = fc.dictionary(fc.constantFrom(...names), fc.anything(), { maxKeys: 8 });
  fc.assert(
    fc.property(anything, (record) => {
      const scalars = Object.fromEntries(
        Object.entries(record).map(([name, value]) =>
          // What the API lets through: scalars for texts, anything for JSON, its own values for enums and booleans.
          /metadata/.test(name)
            ? [name, value]
            : [name, ['idType', 'kind', 'isTax'].includes(name) ? null : `${JSON.stringify(value)}`],
        ),
      );
      const findings = new Findings();
      const customer = parseCustomer({ ...JOHN, ...scalars }, TODAY, findings.of([]));
      expect(customer === null).toBe(findings.errors.length > 0);
    }),
  );
});

it('moves a customer exactly so (DOMAIN §4.1)', () => {
  const rows = CUSTOMER_STATUSES.flatMap((status) =>
    [false, true].map((isBlacklisted) => {
      const allowed = allowedCustomerStatuses({ status, isBlacklisted, erasedAt: null });
      return `${status.padEnd(9)} ${isBlacklisted ? 'blacklisted' : '           '} -> ${allowed.join(', ')}`;
    }),
  );
  expect(`\n${rows.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    ACTIVE                -> DISABLED, ARCHIVED
    ACTIVE    blacklisted -> DISABLED, ARCHIVED
    DISABLED              -> ACTIVE, ARCHIVED
    DISABLED  blacklisted -> ARCHIVED
    ARCHIVED              -> ACTIVE
    ARCHIVED  blacklisted -> ACTIVE
    "
  `);
  const actions = CUSTOMER_STATUSES.map((status) =>
    availableCustomerActions(
      { status, isBlacklisted: false, erasedAt: null },
      { hasRunningPayments: true, hasOpenTransactions: false },
    ),
  );
  expect(
    actions.map((list) => list.filter(({ allowed }) => allowed).map(({ action }) => action)),
  ).toMatchInlineSnapshot(`
    [
      [
        "UPDATE",
        "BLACKLIST",
      ],
      [
        "UPDATE",
        "ENABLE",
        "BLACKLIST",
      ],
      [
        "ENABLE",
        "BLACKLIST",
        "ERASE",
      ],
    ]
  `);
  const erased = availableCustomerActions(
    { status: 'ARCHIVED', isBlacklisted: false, erasedAt: new Date() },
    { hasRunningPayments: false, hasOpenTransactions: false },
  );
  expect(erased.every(({ allowed }) => !allowed)).toBe(true);
});
