import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** A name of any script without what would have to be quoted, at a domain of at least two labels (RFC 5322, 5890, 6531). */
const EMAIL =
  /^[^\s@<>()[\]\\,;:"]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?\.)+[\p{L}\p{N}][\p{L}\p{N}\p{M}-]{1,62}$/u;

/** One @, no spaces, a domain with a dot. */
export function parseEmail(text: string): string | null {
  return EMAIL.test(text) ? text : null;
}

/** How a number without a country code is read: by a dial code, as "+27", else by a country; South Africa when neither is given. */
export interface PhoneRegion {
  readonly dialCode: string | null;
  readonly country: string | null;
}

/**
 * A phone number in E.164, or null when no such number can exist. "00" and the trunk zero in brackets are understood; the lengths are those
 * that the numbering plans allow, by the tables of libphonenumber. A South African number has nine digits after +27, whatever the tables say.
 */
export function parsePhoneNumber(text: string, { dialCode, country }: PhoneRegion): string | null {
  const compact = text.replaceAll(PUNCTUATION, '').replace(/^00/, '+');
  if (!/^\+?\d+$/.test(compact)) return null;
  const isKnown = country !== null && isSupportedCountry(country);
  const region =
    dialCode === null
      ? { defaultCountry: isKnown ? (country as CountryCode) : ('ZA' as const) }
      : { defaultCallingCode: dialCode.slice(1) };
  // The brackets of a trunk zero, "+27 (0)83 …", are gone: behind a country code the zero is none of the number, but in Italy.
  const number = parsePhoneNumberFromString(compact, { ...region, extract: false });
  if (!number?.isPossible() || !E164.test(number.number)) return null;
  if (number.countryCallingCode === '27' && number.nationalNumber.length !== 9) return null;
  return number.number;
}

const E164 = /^\+[1-9]\d{6,14}$/;

/** A country's dial code, as "+27"; the plus may be left out. */
export function parseDialCode(text: string): string | null {
  const code = `+${text.replace(/^\+/, '')}`;
  return /^\+[1-9]\d{0,3}$/.test(code) ? code : null;
}

/** How many characters of a phone number count. */
export function phoneNumberLength(text: string): number {
  return text.replaceAll(PUNCTUATION, '').length;
}

const PUNCTUATION = /[\s()./-]/g;

/**
 * A postal code: letters, digits, spaces and dashes, a letter or digit first and last. In South Africa, which is meant when no country is
 * given and the code is digits alone, it has four digits; fewer are padded, for a code sent as a number has lost its leading zeros (`181`
 * is `0181`).
 */
export function parsePostalCode(text: string, country: string | null): string | null {
  const isDigits = /^\d+$/.test(text);
  if (country === 'ZA' || (country === null && isDigits)) return /^\d{1,4}$/.test(text) ? text.padStart(4, '0') : null;
  return /^[A-Za-z0-9]([A-Za-z0-9 -]*[A-Za-z0-9])?$/.test(text) ? text.toUpperCase() : null;
}
