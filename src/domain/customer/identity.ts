import type { CivilDate } from '../dates.ts';
import { parseCivilDate } from '../dates.ts';
import { invalid } from '../errors.ts';
import type { Findings } from '../findings.ts';
import { warning } from '../warnings.ts';
import type { IdType } from './customer.ts';

/** Maximum length of an ID number in characters, without the slashes of a company registration number. */
export const ID_NUMBER_LENGTH_MAX = 14;
/** Minimum length of a passport number, in characters. */
export const PASSPORT_NUMBER_LENGTH_MIN = 6;
/** Number of digits of a South African ID number. */
export const SOUTH_AFRICAN_ID_LENGTH = 13;

const SOUTH_AFRICAN_ID = new RegExp(`^\\d{${SOUTH_AFRICAN_ID_LENGTH}}$`);
const PASSPORT_NUMBER = new RegExp(`^[A-Z0-9]{${PASSPORT_NUMBER_LENGTH_MIN},${ID_NUMBER_LENGTH_MAX}}$`);
const TEMPORARY_RESIDENCE_NUMBER = new RegExp(`^[A-Z0-9]{1,${ID_NUMBER_LENGTH_MAX}}$`);
const PASSPORT_MESSAGE = `A passport number must have ${PASSPORT_NUMBER_LENGTH_MIN} to ${ID_NUMBER_LENGTH_MAX} letters and digits.`;
const TEMPORARY_RESIDENCE_MESSAGE = `A temporary residence number must have 1 to ${ID_NUMBER_LENGTH_MAX} letters and digits.`;

/** Returns the ID number as stored, or null with an error in `findings` (DOMAIN §6.7). */
export function parseIdentity(idType: IdType, idNumber: string, today: CivilDate, findings: Findings): string | null {
  const { path } = findings;
  const number = idNumber.toUpperCase();
  switch (idType) {
    case 'SOUTH_AFRICAN_ID':
      return parseSouthAfricanId(number, today, findings);
    case 'COMPANY_REGISTRATION_NUMBER':
      return parseCompanyNumber(number, today, findings);
    case 'PASSPORT_NUMBER':
      if (PASSPORT_NUMBER.test(number)) return number;
      findings.errors.push(invalid(path, 'passport_number', PASSPORT_MESSAGE));
      return null;
    case 'TEMPORARY_RESIDENCE':
      return parseTemporaryResidence(number, findings);
  }
}

/** Validates YYMMDD SSSS C A Z: birth date, sequence, citizenship, and a Luhn check digit over all digits. */
function parseSouthAfricanId(number: string, today: CivilDate, findings: Findings): string | null {
  const { path, errors } = findings;
  if (!SOUTH_AFRICAN_ID.test(number)) {
    errors.push(
      invalid(
        path,
        'south_african_id_digits',
        `A South African ID number must have ${SOUTH_AFRICAN_ID_LENGTH} digits.`,
      ),
    );
  } else if (!isBirthDate(number, today)) {
    errors.push(
      invalid(
        path,
        'south_african_id_date',
        'The first six digits of a South African ID number must be a birth date (YYMMDD).',
      ),
    );
  } else if (!passesLuhn(number)) {
    errors.push(
      invalid(
        path,
        'south_african_id_check_digit',
        'The check digit is wrong. Check the ID number for a typing error.',
      ),
    );
  } else {
    return number;
  }
  return null;
}

/** Returns whether the first six digits are a date of this century or the last that is not in the future. */
function isBirthDate(number: string, today: CivilDate): boolean {
  const [, year, month, day] = /^(\d\d)(\d\d)(\d\d)/.exec(number) ?? [];
  return ['20', '19'].some((century) => {
    const date = parseCivilDate(`${century}${year}-${month}-${day}`);
    return date !== null && date <= today;
  });
}

/**
 * Returns whether digits pass the Luhn check: every second digit from the right is doubled, and the digit sum ends in
 * zero.
 */
export function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Known suffixes of company registration numbers; others are accepted with a warning. */
const COMPANY_SUFFIXES = new Set(['06', '07', '08', '10', '21', '23', '24', '25', '26', '30']);
const COMPANY_YEAR_MIN = 1800;

/** Validates `YYYY/NNNNNN/NN`; older numbers start with one or two letters, and the slashes are optional. */
function parseCompanyNumber(number: string, today: CivilDate, findings: Findings): string | null {
  const { path } = findings;
  const [, letters = '', year = '', serial, suffix = ''] =
    /^([A-Z]{0,2})(\d{4})\/?(\d{6})\/?(\d{2})$/.exec(number) ?? [];
  if (year === '' || Number(year) < COMPANY_YEAR_MIN || Number(year) > Number(today.slice(0, 4))) {
    const message = `A company registration number must be YYYY/NNNNNN/NN, with a year from ${COMPANY_YEAR_MIN} to the current one.`;
    findings.errors.push(invalid(path, 'company_registration_number', message));
    return null;
  }
  if (!COMPANY_SUFFIXES.has(suffix)) {
    findings.warnings.push(warning('ID_NUMBER_UNUSUAL', path, `The suffix ${suffix} is not a known company type.`));
  }
  return `${letters}${year}/${serial}/${suffix}`;
}

function parseTemporaryResidence(number: string, findings: Findings): string | null {
  const { path, errors, warnings } = findings;
  if (!TEMPORARY_RESIDENCE_NUMBER.test(number)) {
    errors.push(invalid(path, 'temporary_residence', TEMPORARY_RESIDENCE_MESSAGE));
    return null;
  }
  if (SOUTH_AFRICAN_ID.test(number) && !passesLuhn(number)) {
    warnings.push(
      warning('ID_NUMBER_UNUSUAL', path, `The number has ${SOUTH_AFRICAN_ID_LENGTH} digits, but a wrong check digit.`),
    );
  }
  return number;
}

/**
 * Returns whether a tax number has the usual form: ten digits, with 0, 1, 2, 3 or 9 first for income tax, 4 for VAT.
 */
export function isUsualTaxNumber(number: string): boolean {
  return /^[012349]\d{9}$/.test(number);
}
