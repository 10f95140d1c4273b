/** One @, no spaces, a domain with a dot. */
export function parseEmail(text: string): string | null {
  return /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(text) ? text : null;
}

/**
 * E.164. Ten digits with a leading zero are South African, and so are those that begin with 27; with a dial code, as
 * "+233", a national number is of that country.
 */
export function parsePhoneNumber(text: string, dialCode: string | null = null): string | null {
  const compact = text.replaceAll(PUNCTUATION, '');
  if (compact.startsWith('+') || dialCode === null) {
    const southAfrican = /^0\d{9}$/.test(compact) ? `+27${compact.slice(1)}` : compact.replace(/^(?=27\d{9}$)/, '+');
    return E164.test(southAfrican) ? southAfrican : null;
  }
  const digits = dialCode.slice(1);
  // Some send the code in the number as well.
  const national = compact.startsWith(digits) && compact.length > 10 ? compact.slice(digits.length) : compact;
  const international = `${dialCode}${national.replace(/^0/, '')}`;
  return E164.test(international) ? international : null;
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

const PUNCTUATION = /[\s()-]/g;

/**
 * Letters, digits, spaces and dashes; in South Africa four digits. There, which is meant when no country is said, up to four digits are padded
 * to four: a code sent as a number has lost its leading zeros (`181` is `0181`).
 */
export function parsePostalCode(text: string, country: string | null): string | null {
  if (/^\d{1,4}$/.test(text) && (country === null || country === 'ZA')) return text.padStart(4, '0');
  if (country === 'ZA') return null;
  return /^[A-Za-z0-9 -]+$/.test(text) ? text.toUpperCase() : null;
}
