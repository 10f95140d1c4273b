import type { CivilDate } from '../dates.ts';
import { parseCivilDate } from '../dates.ts';
import { invalid } from '../errors.ts';
import { type Findings, warning } from '../warnings.ts';
import type { IdType } from './customer.ts';

/** The number of an identity document has at most so many characters, the slashes of a company's not counted. */
export const ID_NUMBER_LENGTH_MAX = 14;

/** The number of an identity document as it is stored, or null with the reason in `findings` (DOMAIN §6.7). */
export function parseIdentity(idType: IdType, idNumber: string, today: CivilDate, findings: Findings): string | null {
  const { path } = findings;
  const number = idNumber.toUpperCase();
  switch (idType) {
    case 'SOUTH_AFRICAN_ID':
      return parseSouthAfricanId(number, today, findings);
    case 'COMPANY_REGISTRATION_NUMBER':
      return parseCompanyNumber(number, today, findings);
    case 'PASSPORT_NUMBER':
      if (/^[A-Z0-9]{6,14}$/.test(number)) return number;
      findings.errors.push(invalid(path, 'passport_number', 'A passport number has 6 to 14 letters and digits.'));
      return null;
    case 'TEMPORARY_RESIDENCE':
      return parseTemporaryResidence(number, findings);
  }
}

/** YYMMDD SSSS C A Z: a birth date, a sequence, and a check digit over all (Luhn). */
function parseSouthAfricanId(number: string, today: CivilDate, findings: Findings): string | null {
  const { path, errors } = findings;
  if (!/^\d{13}$/.test(number)) {
    errors.push(invalid(path, 'south_african_id_digits', 'A South African id number has 13 digits.'));
  } else if (!isBirthDate(number, today)) {
    errors.push(invalid(path, 'south_african_id_date', 'Its first six digits are no birth date.'));
  } else if (!passesLuhn(number)) {
    errors.push(invalid(path, 'south_african_id_check_digit', 'Its check digit is wrong: a digit was mistyped.'));
  } else {
    return number;
  }
  return null;
}

/** Of this century or the last: some day of both, or of one, that is not in the future. */
function isBirthDate(number: string, today: CivilDate): boolean {
  const [, year, month, day] = /^(\d\d)(\d\d)(\d\d)/.exec(number) ?? [];
  return ['20', '19'].some((century) => {
    const date = parseCivilDate(`${century}${year}-${month}-${day}`);
    return date !== null && date <= today;
  });
}

/** From the right every second digit is doubled; the sum of all digits ends in zero. */
export function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Suffixes of company registration numbers that are in use; others are stored with a warning. */
const COMPANY_SUFFIXES = new Set(['06', '07', '08', '10', '21', '23', '24', '25', '26', '30']);
const COMPANY_YEAR_MIN = 1800;

/** `YYYY/NNNNNN/NN`, older ones with one or two letters before; the slashes may be left out. */
function parseCompanyNumber(number: string, today: CivilDate, findings: Findings): string | null {
  const { path } = findings;
  const [, letters = '', year = '', serial, suffix = ''] =
    /^([A-Z]{0,2})(\d{4})\/?(\d{6})\/?(\d{2})$/.exec(number) ?? [];
  if (year === '' || Number(year) < COMPANY_YEAR_MIN || Number(year) > Number(today.slice(0, 4))) {
    const message = 'A company registration number is YYYY/NNNNNN/NN, its year from 1800 to this one.';
    findings.errors.push(invalid(path, 'company_registration_number', message));
    return null;
  }
  if (!COMPANY_SUFFIXES.has(suffix)) {
    findings.warnings.push(warning('ID_NUMBER_UNUSUAL', path, `No kind of company is known for the suffix ${suffix}.`));
  }
  return `${letters}${year}/${serial}/${suffix}`;
}

function parseTemporaryResidence(number: string, findings: Findings): string | null {
  const { path, errors, warnings } = findings;
  if (!/^[A-Z0-9]{1,14}$/.test(number)) {
    errors.push(invalid(path, 'temporary_residence', 'A temporary residence number has 1 to 14 letters and digits.'));
    return null;
  }
  if (/^\d{13}$/.test(number) && !passesLuhn(number)) {
    warnings.push(warning('ID_NUMBER_UNUSUAL', path, 'It has 13 digits, but their check digit is wrong.'));
  }
  return number;
}

/** Ten digits: income tax begins with 0, 1, 2, 3 or 9, VAT with 4. Others are stored with a warning. */
export function isUsualTaxNumber(number: string): boolean {
  return /^[012349]\d{9}$/.test(number);
}
