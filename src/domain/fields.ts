import { CALENDAR_END, CALENDAR_START, type CivilDate, parseCivilDate, parseInstant } from './dates.ts';
import { invalid, type Path, refused, required, type UserError } from './errors.ts';
import type { Findings } from './findings.ts';
import { AMOUNT_MAX_CENTS, formatAmount, parseAmount } from './money.ts';
import { isFit, isOfOneScript } from './unicode.ts';

/** Fields as the caller sent them, not validated. */
export type Unvalidated = Readonly<Record<string, unknown>>;

/**
 * Reads the untrusted fields of one record. Each method returns the value, or null if it is absent or invalid, and adds
 * an error with the path of an invalid value to the findings. Scalars arrive as strings or numbers and are validated
 * here, so that an invalid value fails its record alone.
 */
export interface FieldReader {
  text(name: string, options: TextOptions & { required?: boolean }): string | null;
  date(name: string, options?: { required?: boolean }): CivilDate | null;
  instant(name: string): Date | null;
  /** Returns cents: above zero, unless `zero` allows zero; with `signed`, a minus sign is accepted. */
  amount(name: string, options?: { required?: boolean; zero?: boolean; signed?: boolean }): number | null;
  integer(name: string, options: { min: number; max: number; required?: boolean }): number | null;
}

/** The rules for a text field. */
export interface TextOptions {
  /** Maximum length in characters, as `lengthOf` counts them. */
  readonly max: number;
  /** Whether zero-width joiners and non-joiners are allowed between letters. */
  readonly joiners?: boolean;
  /** Whether the text is a reference or a code, whose letters must be of one script to exclude look-alikes. */
  readonly isReference?: boolean;
  /** Counts the characters, if some do not count. */
  readonly lengthOf?: (text: string) => number;
  /** Returns the text as stored, or null if the trimmed text violates `rule`. */
  readonly parse?: (text: string) => string | null;
  readonly rule?: string;
}

type Scalar = string | number | boolean | null | undefined;

/** Returns the text as stored: trimmed, not empty and within its length; or null with an error in `findings`. */
export function parseText(value: unknown, options: TextOptions, findings: Findings): string | null {
  const { path, errors } = findings;
  const { max, lengthOf, parse, rule = 'format' } = options;
  const text = String(value).trim();
  const fail = (error: UserError): null => {
    errors.push(error);
    return null;
  };
  if (text === '') return fail(invalid(path, 'not_empty', 'Must not be empty.'));
  if ((lengthOf ? lengthOf(text) : text.length) > max)
    return fail(refused('TOO_LONG', path, `Must have at most ${max} characters.`));
  if (!isFit(text, { joiners: options.joiners === true }))
    return fail(invalid(path, 'characters', 'Must not contain control characters or invisible characters.'));
  if (options.isReference && !isOfOneScript(text))
    return fail(invalid(path, 'one_script', 'Must have letters of one script only, for example Latin.'));
  return (parse ? parse(text) : text) ?? fail(invalid(path, rule, `Must be a valid ${rule.replaceAll('_', ' ')}.`));
}

/** Returns a reader for the fields of `record`, which is at the path of `findings`; it adds errors to `findings`. */
export function readFields(record: Unvalidated, findings: Findings): FieldReader {
  const { path, errors } = findings;
  const at = (name: string): Path => [...path, name];

  function raw(name: string, isRequired: boolean | undefined): string | null {
    const value = record[name] as Scalar;
    if (value === undefined || value === null) {
      if (isRequired) errors.push(required(at(name)));
      return null;
    }
    return String(value);
  }

  return {
    text(name, { required: isRequired, ...options }) {
      const value = raw(name, isRequired);
      return value === null ? null : parseText(value, options, findings.of(at(name)));
    },
    date(name, options) {
      const value = raw(name, options?.required);
      if (value === null) return null;
      const message = `Must be a date from ${CALENDAR_START} to ${CALENDAR_END}, in the format YYYY-MM-DD.`;
      return parseCivilDate(value) ?? fail(refused('INVALID_DATE', at(name), message));
    },
    instant(name) {
      const value = raw(name, false);
      if (value === null) return null;
      const message = `Must be an instant with seconds and an offset, for example "2026-11-20T09:00:00Z", before ${CALENDAR_END}.`;
      return parseInstant(value) ?? fail(refused('INVALID_DATE', at(name), message));
    },
    amount(name, options) {
      const value = raw(name, options?.required);
      if (value === null) return null;
      // A JSON number may already have lost precision as a binary fraction, so only strings are accepted.
      const isNegative = options?.signed === true && value.startsWith('-');
      const size = typeof record[name] === 'string' ? parseAmount(isNegative ? value.slice(1) : value) : null;
      const cents = isNegative && size !== null ? -size : size;
      if (cents !== null && Math.abs(cents) > AMOUNT_MAX_CENTS)
        return fail(refused('INVALID_AMOUNT', at(name), `Must be at most ${formatAmount(AMOUNT_MAX_CENTS)} rand.`));
      if (cents !== null && (cents > 0 || options?.zero)) return cents;
      const kind = options?.zero ? 'an' : 'a positive';
      const message = `Must be ${kind} amount in rand: a decimal string with at most two decimal places, for example "45.00".`;
      const hint = typeof record[name] === 'number' ? ' A JSON number is not accepted; send a string.' : '';
      return fail(refused('INVALID_AMOUNT', at(name), `${message}${hint}`));
    },
    integer(name, { min, max, required: isRequired }) {
      const value = raw(name, isRequired);
      if (value === null) return null;
      const number = Number(value);
      if (Number.isInteger(number) && number >= min && number <= max) return number;
      return fail(invalid(at(name), 'range', `Must be a whole number from ${min} to ${max}.`));
    },
  };

  function fail(error: UserError): null {
    errors.push(error);
    return null;
  }
}
