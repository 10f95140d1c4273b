import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** An unquoted local part of any script at a domain of at least two labels (RFC 5322, 5890, 6531). */
const EMAIL =
  /^[^\s@<>()[\]\\,;:"]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?\.)+[\p{L}\p{N}][\p{L}\p{N}\p{M}-]{1,62}$/u;

/** Returns the e-mail address, or null if it is not valid. */
export function parseEmail(text: string): string | null {
  return EMAIL.test(text) ? text : null;
}

/**
 * How a national phone number is read: by the dial code, for example "+27", else by the country, else as South African.
 */
export interface PhoneRegion {
  readonly dialCode: string | null;
  readonly country: string | null;
}

/**
 * Returns the phone number in E.164 format, or null if it is not possible. The prefix "00" and a trunk zero in brackets
 * are accepted. Possible lengths are those of the numbering plans in libphonenumber; a South African number must have
 * nine digits after +27.
 */
export function parsePhoneNumber(text: string, { dialCode, country }: PhoneRegion): string | null {
  const compact = text.replaceAll(PUNCTUATION, '').replace(/^00/, '+');
  if (!/^\+?\d+$/.test(compact)) return null;
  const isKnown = country !== null && isSupportedCountry(country);
  const region =
    dialCode === null
      ? { defaultCountry: isKnown ? (country as CountryCode) : ('ZA' as const) }
      : { defaultCallingCode: dialCode.slice(1) };
  // The parser drops the trunk zero of "+27 (0)83 …", whose brackets were removed above; only in Italy does it belong
  // to the number.
  const number = parsePhoneNumberFromString(compact, { ...region, extract: false });
  if (!number?.isPossible() || !E164.test(number.number)) return null;
  if (number.countryCallingCode === '27' && number.nationalNumber.length !== 9) return null;
  return number.number;
}

const E164 = /^\+[1-9]\d{6,14}$/;

/**
 * Returns the dial code of a country with a plus sign, for example "+27", or null. The plus sign is optional in the
 * input.
 */
export function parseDialCode(text: string): string | null {
  const code = `+${text.replace(/^\+/, '')}`;
  return /^\+[1-9]\d{0,3}$/.test(code) ? code : null;
}

/** Returns the length of a phone number in characters, without punctuation. */
export function phoneNumberLength(text: string): number {
  return text.replaceAll(PUNCTUATION, '').length;
}

const PUNCTUATION = /[\s()./-]/g;

/**
 * Returns the postal code, or null if it is not valid: letters, digits, spaces and dashes, with a letter or digit first
 * and last. In South Africa, and for digits without a country, it has four digits; leading zeros, which a JSON number
 * loses, are restored (`181` is `0181`).
 */
export function parsePostalCode(text: string, country: string | null): string | null {
  const isDigits = /^\d+$/.test(text);
  if (country === 'ZA' || (country === null && isDigits)) return /^\d{1,4}$/.test(text) ? text.padStart(4, '0') : null;
  return /^[A-Za-z0-9]([A-Za-z0-9 -]*[A-Za-z0-9])?$/.test(text) ? text.toUpperCase() : null;
}
