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

/** A name or a line of an address may have joiners in it, as Persian and Sinhala write them. */
const line = (max: number, description: string): CustomerText => ({ max, description, clears: true, joiners: true });
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
  reference: {
    max: 35,
    isReference: true,
    description: 'Your own, unique. Made for you when absent.',
    clears: false,
  },
  companyName: line(64, 'A company name makes the customer a COMPANY.'),
  personName: line(32, 'First names. Required with personSurname, unless there is a company name.'),
  personSurname: line(32, 'Surname. Required with personName, unless there is a company name.'),
  idNumber: {
    max: ID_NUMBER_LENGTH_MAX,
    lengthOf: (text) => text.replaceAll(/[\s/]/g, '').length,
    description:
      'The number of an identity document; idType says what it must look like. Spaces are ignored, slashes are not counted. Stored encrypted.',
    clears: true,
    parse: (text) => {
      const compact = text.replaceAll(/\s/g, '');
      return /^[A-Za-z0-9/]+$/.test(compact) ? compact : null;
    },
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
  // Before the numbers and codes that are read by them.
  billingCountry: country('ISO 3166-1 alpha-2.'),
  shippingCountry: country('ISO 3166-1 alpha-2.'),
  contactNumber: {
    max: 16,
    lengthOf: phoneNumberLength,
    description:
      'A phone number, stored in E.164. A national number is read by `dialCode`, else by `billingCountry`, else as South African.',
    clears: true,
    parse: (text, { dialCode, billingCountry }) => parsePhoneNumber(text, { dialCode, country: billingCountry }),
    rule: 'phone_number',
  },
  taxNumber: {
    max: 64,
    description: 'A tax number: letters, digits and punctuation of ASCII. Stored encrypted.',
    clears: true,
    parse: (text) => (/^[\x20-\x7e]+$/.test(text) ? text : null),
    rule: 'tax_number',
  },
  billingAddressLine1: line(128, 'Street address, or the complex.'),
  billingAddressLine2: line(128, 'Street address, when line 1 is the complex.'),
  billingCityOrTown: line(64, 'City or town.'),
  billingProvinceOrState: line(64, 'Province or state.'),
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
    description:
      'A phone number, stored in E.164; may be a landline. A national number is read by `dialCode`, else by `shippingCountry`, else by `billingCountry`, else as South African.',
    clears: true,
    parse: (text, { dialCode, shippingCountry, billingCountry }) =>
      parsePhoneNumber(text, { dialCode, country: shippingCountry ?? billingCountry }),
    rule: 'phone_number',
  },
  shippingAddressLine1: line(128, 'Street address, or the complex.'),
  shippingAddressLine2: line(128, 'Street address, when line 1 is the complex.'),
  shippingCityOrTown: line(64, 'City or town.'),
  shippingProvinceOrState: line(64, 'Province or state.'),
  shippingPostalCode: {
    max: 10,
    description: 'Up to four digits are padded to four in South Africa.',
    clears: true,
    digits: true,
    parse: (text, { shippingCountry }) => parsePostalCode(text, shippingCountry),
    rule: 'postal_code',
  },
  description: { max: 200, joiners: true, description: 'Your own words.', clears: true, always: true },
} as const satisfies Partial<Record<keyof CustomerProfile, CustomerText>>;
export type CustomerTextName = keyof typeof CUSTOMER_TEXTS;
export const CUSTOMER_TEXT_NAMES = Object.keys(CUSTOMER_TEXTS) as CustomerTextName[];
