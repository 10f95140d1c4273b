import { invalid, type Path, required, type UserError } from './errors.ts';
import { readFields, type Unjudged } from './fields.ts';

export const CUSTOMER_KINDS = ['INDIVIDUAL', 'COMPANY'] as const;
export type CustomerKind = (typeof CUSTOMER_KINDS)[number];
export const CUSTOMER_STATUSES = ['ACTIVE', 'DISABLED', 'ARCHIVED'] as const;
export type CustomerStatus = (typeof CUSTOMER_STATUSES)[number];
export const ID_TYPES = [
  'COMPANY_REGISTRATION_NUMBER',
  'PASSPORT_NUMBER',
  'SOUTH_AFRICAN_ID',
  'TEMPORARY_RESIDENCE',
] as const;
export type IdType = (typeof ID_TYPES)[number];

/** A customer's fields, checked. `kind` follows from the names: a company name makes a company. */
export interface NewCustomer {
  readonly reference: string;
  readonly kind: CustomerKind;
  readonly companyName: string | null;
  readonly personName: string | null;
  readonly personSurname: string | null;
  readonly idType: IdType | null;
  readonly idNumber: string | null;
  readonly email: string;
  readonly contactNumber: string | null;
  readonly billingAddressLine1: string | null;
  readonly billingAddressLine2: string | null;
  readonly billingCityOrTown: string | null;
  readonly billingPostalCode: string | null;
}

/** What a caller sends to create a customer: scalars unjudged, enums already their own. */
export interface CustomerRecord extends Unjudged {
  readonly idType?: IdType | null | undefined;
}

/** The checked fields of a new customer (DOMAIN §1.1), or null with every reason in `errors`. */
export function parseCustomer(record: CustomerRecord, path: Path, errors: UserError[]): NewCustomer | null {
  const before = errors.length;
  const fields = readFields(record, path, errors);
  const companyName = fields.text('companyName', { max: 64 });
  const personName = fields.text('personName', { max: 32 });
  const personSurname = fields.text('personSurname', { max: 32 });
  const idType = record.idType ?? null;
  const idNumber = fields.text('idNumber', { max: 14, parse: parseIdNumber, rule: 'id_number' });
  const customer = {
    reference: fields.text('reference', { max: 35, required: true }) ?? '',
    kind: companyName === null ? ('INDIVIDUAL' as const) : ('COMPANY' as const),
    companyName,
    personName,
    personSurname,
    idType,
    idNumber,
    email: fields.text('email', { max: 128, required: true, parse: parseEmail, rule: 'email' }) ?? '',
    contactNumber: fields.text('contactNumber', { max: 16, parse: parsePhoneNumber, rule: 'phone_number' }),
    billingAddressLine1: fields.text('billingAddressLine1', { max: 128 }),
    billingAddressLine2: fields.text('billingAddressLine2', { max: 128 }),
    billingCityOrTown: fields.text('billingCityOrTown', { max: 64 }),
    billingPostalCode: fields.text('billingPostalCode', { max: 10, parse: parsePostalCode, rule: 'postal_code' }),
  };
  if (errors.length === before && companyName === null && (personName === null || personSurname === null)) {
    const missing = personName === null ? 'personName' : 'personSurname';
    errors.push(required([...path, missing], 'A customer has a company name, or a name and a surname.'));
  }
  if (errors.length === before && (idType === null) !== (idNumber === null)) {
    const message = 'The type and the number of an identity document go together.';
    errors.push(invalid([...path, idType === null ? 'idType' : 'idNumber'], 'id_type_with_number', message));
  }
  return errors.length === before ? customer : null;
}

function parseEmail(text: string): string | null {
  return /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(text) ? text : null;
}

/** E.164; ten digits with a leading zero are South African. */
export function parsePhoneNumber(text: string): string | null {
  const compact = text.replaceAll(/[\s()-]/g, '');
  const international = /^0\d{9}$/.test(compact) ? `+27${compact.slice(1)}` : compact.replace(/^(?=27\d{9}$)/, '+');
  return /^\+[1-9]\d{6,14}$/.test(international) ? international : null;
}

/** Four digits padded, as in South Africa (`181` is `0181`), else letters, digits, spaces and dashes. */
export function parsePostalCode(text: string): string | null {
  if (/^\d{1,4}$/.test(text)) return text.padStart(4, '0');
  return /^[A-Za-z0-9 -]+$/.test(text) ? text.toUpperCase() : null;
}

/** Letters, digits and slashes, upper case. */
export function parseIdNumber(text: string): string | null {
  return /^[A-Za-z0-9/]+$/.test(text) ? text.toUpperCase() : null;
}
