import { parseCountry } from '../countries.ts';
import type { TextOptions } from '../fields.ts';
import { parseEmail, parsePhoneNumber, parsePostalCode, phoneNumberLength } from './contact.ts';
import type { CustomerProfile } from './customer.ts';
import { ID_NUMBER_LENGTH_MAX } from './identity.ts';

/** What a field's parser may look at besides the text: what stands before it in the table, and the dial code. */
export interface FieldContext {
  readonly billingCountry: string | null;
  readonly shippingCountry: string | null;
  readonly dialCode: string | null;
}

export interface CustomerText extends Omit<TextOptions, 'parse'> {
  readonly description: string;
  /** Whether null clears it. */
  readonly clears: boolean;
  readonly required?: boolean;
  /** Sent as a number too, by those who think it is one. */
  readonly digits?: boolean;
  /** Whether it may change when the customer is archived. */
  readonly always?: boolean;
  readonly parse?: (text: string, context: FieldContext) => string | null;
}

const line = (max: number, description: string): CustomerText => ({ max, description, clears: true });
const country = (description: string): CustomerText => ({
  max: 2,
  description,
  clears: true,
  parse: parseCountry,
  rule: 'country',
});

/**
 * The texts of a customer, in the order in which they are judged (DOMAIN §1.1): the input types, creation, change and the
 * tests all read this table.
 */
export const CUSTOMER_TEXTS = {
  reference: { max: 35, description: 'Your own, unique. Made for you when absent.', clears: false },
  companyName: line(64, 'A company name makes the customer a COMPANY.'),
  personName: line(32, 'First names. Required with personSurname, unless there is a company name.'),
  personSurname: line(32, 'Surname. Required with personName, unless there is a company name.'),
  idNumber: {
    max: ID_NUMBER_LENGTH_MAX,
    lengthOf: (text) => text.replaceAll('/', '').length,
    description: 'Together with idType, which says what it must look like; slashes are not counted. Stored encrypted.',
    clears: true,
    parse: (text) => (/^[A-Za-z0-9/]+$/.test(text) ? text : null),
    rule: 'id_number',
  },
  email: {
    max: 128,
    description: 'Cannot be cleared.',
    clears: false,
    required: true,
    parse: parseEmail,
    rule: 'email',
  },
  contactNumber: {
    max: 16,
    lengthOf: phoneNumberLength,
    description: 'E.164; a South African number may have its leading zero, another one a `dialCode`.',
    clears: true,
    parse: (text, { dialCode }) => parsePhoneNumber(text, dialCode),
    rule: 'phone_number',
  },
  taxNumber: line(64, 'Stored encrypted.'),
  billingAddressLine1: line(128, 'Street address, or the complex.'),
  billingAddressLine2: line(128, 'Street address, when line 1 is the complex.'),
  billingCityOrTown: line(64, 'City or town.'),
  billingProvinceOrState: line(64, 'Province or state.'),
  billingCountry: country('ISO 3166-1 alpha-2.'),
  billingPostalCode: {
    max: 10,
    description: 'Up to four digits are padded to four in South Africa.',
    clears: true,
    digits: true,
    parse: (text, { billingCountry }) => parsePostalCode(text, billingCountry),
    rule: 'postal_code',
  },
  billingEmail: { max: 128, description: 'Where bills go.', clears: true, parse: parseEmail, rule: 'email' },
  shippingContactName: line(128, 'Who receives.'),
  shippingContactNumber: {
    max: 16,
    lengthOf: phoneNumberLength,
    description: 'E.164; may be a landline.',
    clears: true,
    parse: (text, { dialCode }) => parsePhoneNumber(text, dialCode),
    rule: 'phone_number',
  },
  shippingAddressLine1: line(128, 'Street address, or the complex.'),
  shippingAddressLine2: line(128, 'Street address, when line 1 is the complex.'),
  shippingCityOrTown: line(64, 'City or town.'),
  shippingProvinceOrState: line(64, 'Province or state.'),
  shippingCountry: country('ISO 3166-1 alpha-2.'),
  shippingPostalCode: {
    max: 10,
    description: 'Up to four digits are padded to four in South Africa.',
    clears: true,
    digits: true,
    parse: (text, { shippingCountry }) => parsePostalCode(text, shippingCountry),
    rule: 'postal_code',
  },
  description: { max: 200, description: 'Your own words.', clears: true, always: true },
} as const satisfies Partial<Record<keyof CustomerProfile, CustomerText>>;
export type CustomerTextName = keyof typeof CUSTOMER_TEXTS;
export const CUSTOMER_TEXT_NAMES = Object.keys(CUSTOMER_TEXTS) as CustomerTextName[];
