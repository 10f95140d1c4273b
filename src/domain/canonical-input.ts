import { parseBranchCode } from './bank-account/branches.ts';
import { parseAccountNumber } from './bank-account/parse.ts';
import { parseCountry } from './countries.ts';
import { parseDialCode, parsePhoneNumber, parsePostalCode } from './customer/contact.ts';
import { Findings } from './findings.ts';
import { parseRate } from './mandate/adjustment.ts';
import { parseMetadata } from './metadata.ts';
import { parseAmount } from './money.ts';

type Fields = Readonly<Record<string, unknown>>;
/** Returns the normalised value of a text in its record, or null if the text is not valid. */
type Reading = (text: string, record: Fields) => string | number | null;

const amount: Reading = (text) => (text.startsWith('-') ? negative(parseAmount(text.slice(1))) : parseAmount(text));
const negative = (cents: number | null): number | null => (cents === null ? null : 0 - cents);
const text = (value: unknown): string | null => (typeof value === 'string' ? value.trim() : null);
const country = (value: unknown): string | null => parseCountry(text(value) ?? '');

const phone =
  (...countries: readonly string[]): Reading =>
  (number, record) => {
    const said = countries.map((name) => country(record[name])).find((code) => code !== null) ?? null;
    return parsePhoneNumber(number, { dialCode: parseDialCode(text(record['dialCode']) ?? ''), country: said });
  };

/**
 * Readings of the fields whose values can be written in several ways. A field name has the same meaning in every input.
 */
const READINGS: Readonly<Record<string, Reading>> = {
  amount,
  adjustmentAmount: amount,
  firstCollectionAmount: amount,
  maximumCollectionAmount: amount,
  itemLimit: amount,
  monthlyLimit: amount,
  adjustmentRate: parseRate,
  rate: parseRate,
  accountNumber: parseAccountNumber,
  branchCode: parseBranchCode,
  idNumber: (number) => number.replaceAll(/\s/g, ''),
  dialCode: parseDialCode,
  billingCountry: parseCountry,
  shippingCountry: parseCountry,
  contactNumber: phone('billingCountry'),
  shippingContactNumber: phone('shippingCountry', 'billingCountry'),
  billingPostalCode: (code, record) => parsePostalCode(code, country(record['billingCountry'])),
  shippingPostalCode: (code, record) => parsePostalCode(code, country(record['shippingCountry'])),
};

/** Fields that accept a JSON number as the text of its digits. */
const DIGITS = new Set(['branchCode', 'billingPostalCode', 'shippingPostalCode', 'adjustmentRate', 'rate']);

/**
 * Fields whose meaning in a change depends on stored data, such as the stored country. They are compared as written,
 * because only the same text is certain to mean the same.
 */
const READ_BY_COUNTRY = new Set(['contactNumber', 'shippingContactNumber', 'billingPostalCode', 'shippingPostalCode']);

/** Data of the caller, which is stored exactly as sent. */
const VERBATIM = new Set(['metadata', 'metadataReplace', 'clientKey']);

/** Fields for which null means absent, even in a change, where null otherwise clears. */
const NEVER_CLEARED = new Set(['clientKey', 'expectedVersion']);

/**
 * Returns the meaning of an input, independent of its notation: "45" and "45.00" are equal, as are "A " and "A"; null
 * equals absent where nothing can be cleared. Two records request the same exactly if their results are equal.
 */
export function canonicalInput(value: unknown, isChange: boolean): unknown {
  if (value instanceof Date || typeof value !== 'object' || value === null) {
    return typeof value === 'string' ? value.trim() : (value ?? null);
  }
  if (Array.isArray(value)) return value.map((item) => canonicalInput(item, isChange));
  const record = value as Fields;
  const fields: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(record)) {
    const given = record[name];
    if (given === undefined) continue;
    if (given === null && (!isChange || NEVER_CLEARED.has(name))) continue;
    fields[name] = VERBATIM.has(name)
      ? (parseMetadata(given, new Findings()) ?? given)
      : canonicalField(name, given, record, isChange);
  }
  return fields;
}

function canonicalField(name: string, given: unknown, record: Fields, isChange: boolean): unknown {
  const said = typeof given === 'number' && DIGITS.has(name) ? String(given) : given;
  const reading = isChange && READ_BY_COUNTRY.has(name) ? undefined : READINGS[name];
  if (!reading || typeof said !== 'string') return canonicalInput(said, isChange);
  const read = reading(said.trim(), record);
  // Wrapped, so that a value that was read differs from the same value as sent: 4500 is not "45.00".
  return read === null ? said.trim() : { read };
}
