import { parseCountry } from '../countries.ts';
import type { TextOptions } from '../fields.ts';
import { parseEmail, parsePhoneNumber, parsePostalCode, phoneNumberLength } from './contact.ts';
import type { CustomerProfile } from './customer.ts';
import { ID_NUMBER_LENGTH_MAX } from './identity.ts';

/** Other values that the parser of a field can use: fields that precede it in the table, and the dial code. */
export interface FieldContext {
  readonly billingCountry: string | null;
  readonly shippingCountry: string | null;
  readonly dialCode: string | null;
}

/** Rules and schema description of a text field of a customer. */
export interface CustomerText extends Omit<TextOptions, 'parse'> {
  readonly description: string;
  /** Whether null clears the field. */
  readonly clears: boolean;
  readonly required?: boolean;
  /** Whether a JSON number is accepted too. */
  readonly digits?: boolean;
  /** Whether the field can change while the customer is archived. */
  readonly always?: boolean;
  readonly parse?: (text: string, context: FieldContext) => string | null;
}

/**
 * Returns the rules for a name or an address line; it may contain zero-width joiners, which Persian and Sinhala need.
 */
const line = (max: number, description: string): CustomerText => ({ max, description, clears: true, joiners: true });
const country = (description: string): CustomerText => ({
  max: 2,
  description,
  clears: true,
  parse: parseCountry,
  rule: 'country',
});

/**
 * The text fields of a customer, in the order in which they are validated (DOMAIN §1.1). Input types, creation and
 * change use this table. The schema appends the maximum length to each description.
 */
export const CUSTOMER_TEXTS = {
  reference: {
    max: 35,
    isReference: true,
    description: 'Your own reference of the customer, unique; generated if absent. Cannot be cleared.',
    clears: false,
  },
  companyName: line(64, 'Company name; it makes the customer a COMPANY.'),
  personName: line(32, 'First names of the person; required with `personSurname` unless there is a company name.'),
  personSurname: line(32, 'Surname of the person; required with `personName` unless there is a company name.'),
  idNumber: {
    max: ID_NUMBER_LENGTH_MAX,
    lengthOf: (text) => text.replaceAll(/[\s/]/g, '').length,
    description:
      'Number of the identity document, in the format of `idType`. Spaces are removed, and slashes do not count towards the length. Stored encrypted.',
    clears: true,
    parse: (text) => {
      const compact = text.replaceAll(/\s/g, '');
      return /^[A-Za-z0-9/]+$/.test(compact) ? compact : null;
    },
    rule: 'id_number',
  },
  email: {
    max: 128,
    description: 'E-mail address of the customer. Cannot be cleared.',
    clears: false,
    required: true,
    parse: parseEmail,
    rule: 'email',
  },
  // Before the phone numbers and postal codes, which are read by country.
  billingCountry: country('Country of the billing address, as an ISO 3166-1 alpha-2 code.'),
  shippingCountry: country('Country of the shipping address, as an ISO 3166-1 alpha-2 code.'),
  contactNumber: {
    max: 16,
    lengthOf: phoneNumberLength,
    description:
      'Phone number, stored in E.164 format. A national number is read by `dialCode`, else by `billingCountry`, else as South African.',
    clears: true,
    parse: (text, { dialCode, billingCountry }) => parsePhoneNumber(text, { dialCode, country: billingCountry }),
    rule: 'phone_number',
  },
  taxNumber: {
    max: 64,
    description: 'Tax number: printable ASCII characters. Stored encrypted.',
    clears: true,
    parse: (text) => (/^[\x20-\x7e]+$/.test(text) ? text : null),
    rule: 'tax_number',
  },
  billingAddressLine1: line(128, 'First line of the billing address: street address or complex.'),
  billingAddressLine2: line(
    128,
    'Second line of the billing address: street address, if the first line is the complex.',
  ),
  billingCityOrTown: line(64, 'City or town of the billing address.'),
  billingProvinceOrState: line(64, 'Province or state of the billing address.'),
  billingPostalCode: {
    max: 10,
    description: 'Postal code of the billing address; a South African code is padded with zeros to four digits.',
    clears: true,
    digits: true,
    parse: (text, { billingCountry }) => parsePostalCode(text, billingCountry),
    rule: 'postal_code',
  },
  billingEmail: {
    max: 128,
    description: 'E-mail address for invoices to the customer.',
    clears: true,
    parse: parseEmail,
    rule: 'email',
  },
  shippingContactName: line(128, 'Name of the contact person for deliveries.'),
  shippingContactNumber: {
    max: 16,
    lengthOf: phoneNumberLength,
    description:
      'Phone number for deliveries, stored in E.164 format; it can be a landline. A national number is read by `dialCode`, else by `shippingCountry`, else by `billingCountry`, else as South African.',
    clears: true,
    parse: (text, { dialCode, shippingCountry, billingCountry }) =>
      parsePhoneNumber(text, { dialCode, country: shippingCountry ?? billingCountry }),
    rule: 'phone_number',
  },
  shippingAddressLine1: line(128, 'First line of the shipping address: street address or complex.'),
  shippingAddressLine2: line(
    128,
    'Second line of the shipping address: street address, if the first line is the complex.',
  ),
  shippingCityOrTown: line(64, 'City or town of the shipping address.'),
  shippingProvinceOrState: line(64, 'Province or state of the shipping address.'),
  shippingPostalCode: {
    max: 10,
    description: 'Postal code of the shipping address; a South African code is padded with zeros to four digits.',
    clears: true,
    digits: true,
    parse: (text, { shippingCountry }) => parsePostalCode(text, shippingCountry),
    rule: 'postal_code',
  },
  description: {
    max: 200,
    joiners: true,
    description: 'Your own description of the customer.',
    clears: true,
    always: true,
  },
} as const satisfies Partial<Record<keyof CustomerProfile, CustomerText>>;
/** Name of a text field of a customer. */
export type CustomerTextName = keyof typeof CUSTOMER_TEXTS;
/** Names of the text fields of a customer, in order of validation. */
export const CUSTOMER_TEXT_NAMES = Object.keys(CUSTOMER_TEXTS) as CustomerTextName[];
