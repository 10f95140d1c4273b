import { type CivilDate, parseCivilDate, parseInstant } from './dates.ts';
import { invalid, type Path, refused, required, type UserError } from './errors.ts';
import { AMOUNT_MAX_CENTS, formatAmount, parseAmount } from './money.ts';
import { isFit, isOfOneScript } from './unicode.ts';
import type { Findings } from './warnings.ts';

/** What a caller sent, field by field, unjudged. */
export type Unvalidated = Readonly<Record<string, unknown>>;

/**
 * Reads the untrusted fields of one record. Each method returns the value, or null when it is absent or wrong; what is
 * wrong is in `errors`, with its path. Scalars come as strings or numbers: what they must be is judged here, per record.
 */
export interface FieldReader {
  text(name: string, options: TextOptions & { required?: boolean }): string | null;
  date(name: string, options?: { required?: boolean }): CivilDate | null;
  instant(name: string): Date | null;
  /** Cents, more than zero unless `zero` is allowed, or less where it is `signed`. */
  amount(name: string, options?: { required?: boolean; zero?: boolean; signed?: boolean }): number | null;
  integer(name: string, options: { min: number; max: number; required?: boolean }): number | null;
}

export interface TextOptions {
  readonly max: number;
  /** Whether zero-width joiners and non-joiners may stand between letters. */
  readonly joiners?: boolean;
  /** Whether it is a reference or a code, which has letters of one script: others only look the same. */
  readonly isReference?: boolean;
  /** Where not every character counts. */
  readonly lengthOf?: (text: string) => number;
  /** Turns the trimmed text into what is stored, or null when it breaks `rule`. */
  readonly parse?: (text: string) => string | null;
  readonly rule?: string;
}

type Scalar = string | number | boolean | null | undefined;

/** A text as it is stored: trimmed, not empty, within its length; or null with the reason in `errors`. */
export function parseText(value: unknown, options: TextOptions, findings: Findings): string | null {
  const { path, errors } = findings;
  const { max, lengthOf, parse, rule = 'format' } = options;
  const text = String(value).trim();
  const fail = (error: UserError): null => {
    errors.push(error);
    return null;
  };
  if (text === '') return fail(invalid(path, 'not_empty', 'The text is empty.'));
  if ((lengthOf ? lengthOf(text) : text.length) > max)
    return fail(refused('TOO_LONG', path, `At most ${max} characters.`));
  if (!isFit(text, { joiners: options.joiners === true }))
    return fail(invalid(path, 'characters', 'Control characters and characters that are not visible are not allowed.'));
  if (options.isReference && !isOfOneScript(text))
    return fail(invalid(path, 'one_script', 'The letters of a reference are of one script, as Latin.'));
  return (parse ? parse(text) : text) ?? fail(invalid(path, rule, `Not a valid ${rule.replaceAll('_', ' ')}.`));
}

/** A reader for `record`, whose fields stand at `path`; what is wrong is added to `errors`. */
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
      return parseCivilDate(value) ?? fail(refused('INVALID_DATE', at(name), 'Not a date written YYYY-MM-DD.'));
    },
    instant(name) {
      const value = raw(name, false);
      if (value === null) return null;
      const message = 'Not an instant with an offset, as "2026-11-20T09:00:00Z".';
      return parseInstant(value) ?? fail(refused('INVALID_DATE', at(name), message));
    },
    amount(name, options) {
      const value = raw(name, options?.required);
      if (value === null) return null;
      // A number has been through binary fractions already: only a string says what was meant.
      const isNegative = options?.signed === true && value.startsWith('-');
      const size = typeof record[name] === 'string' ? parseAmount(isNegative ? value.slice(1) : value) : null;
      const cents = isNegative && size !== null ? -size : size;
      if (cents !== null && Math.abs(cents) > AMOUNT_MAX_CENTS)
        return fail(refused('INVALID_AMOUNT', at(name), `At most ${formatAmount(AMOUNT_MAX_CENTS)}.`));
      if (cents !== null && (cents > 0 || options?.zero)) return cents;
      const kind = options?.zero ? 'An' : 'A positive';
      const message = `${kind} amount in rand is a decimal string with at most two places, as "45.00".`;
      const hint = typeof record[name] === 'number' ? ' A JSON number is not accepted: send a string.' : '';
      return fail(refused('INVALID_AMOUNT', at(name), `${message}${hint}`));
    },
    integer(name, { min, max, required: isRequired }) {
      const value = raw(name, isRequired);
      if (value === null) return null;
      const number = Number(value);
      if (Number.isInteger(number) && number >= min && number <= max) return number;
      return fail(invalid(at(name), 'range', `A whole number from ${min} to ${max}.`));
    },
  };

  function fail(error: UserError): null {
    errors.push(error);
    return null;
  }
}
