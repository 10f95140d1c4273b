import { AMOUNT_MAX_CENTS, formatAmount } from './money.ts';

/**
 * All codes of errors in a record, with their descriptions. `code` is stable and for programs, `message` is for people.
 */
export const RECORD_ERROR_CODES = {
  INVALID: 'Returned when a value violates the rule named in `rule`.',
  REQUIRED: 'Returned when a required value is missing.',
  TOO_LONG: 'Returned when a text or a list is longer than its field allows.',
  NOT_CLEARABLE:
    'Returned when null is given for a field that cannot be cleared; if other objects currently need the value, `blockedBy` lists them.',
  NOT_MUTABLE:
    'Returned when a field cannot be changed, or can no longer be changed; if other objects use the value, `blockedBy` lists them.',
  INVALID_AMOUNT: `Returned when an amount is not a positive decimal string with at most two decimal places, or exceeds ${formatAmount(AMOUNT_MAX_CENTS)} rand.`,
  INVALID_DATE:
    'Returned when a date is not a calendar date in the format YYYY-MM-DD, when an instant is malformed, or when either is not allowed, for example because it is in the past.',
  LEAD_TIME: 'Returned when the cut-off for the given date has passed; the message names the earliest possible date.',
  NOT_FOUND: 'Returned when the merchant has no object with the given id.',
  NOT_LINKED: 'Returned when the given objects exist but do not belong together.',
  DUPLICATE: 'Returned when another object already has the value; `existingId` is its id.',
  DUPLICATE_IN_BATCH: 'Returned when another record of the same call has the same value or refers to the same object.',
  STATE_CONFLICT: 'Returned when the status of an object does not allow the requested change.',
  VERSION_CONFLICT: 'Returned when the object has changed since `expectedVersion`.',
  BLACKLISTED: 'Returned when the customer, or another customer with the same ID number, is blacklisted.',
  METHOD_FORBIDS: 'Returned when the payment method does not allow a given value.',
  METHOD_REQUIRES: 'Returned when a value that the payment method requires is missing or unsuitable.',
  LIMIT_EXCEEDED: 'Returned when a limit is exceeded; `limit` is the maximum allowed.',
  REFERENCE_RETIRED:
    'Returned when the contract reference belongs to a mandate that has ended; it is retired and cannot be used again.',
  PROVIDER_ERROR:
    'Returned when the bank did not answer. Nothing was written for the record; the same call can be sent again.',
} as const;
/** Code of an error in a record. */
export type ErrorCode = keyof typeof RECORD_ERROR_CODES;

/** Current codes by their former names, which occur only in results stored for an idempotency key. */
export const RENAMED_ERROR_CODES = {
  REFERENCE_BURNT: 'REFERENCE_RETIRED',
} as const satisfies Readonly<Record<string, ErrorCode>>;

interface Base {
  readonly code: ErrorCode;
  readonly message: string;
  /** Path of the value in the input: `['records', '3', 'customer', 'email']`. */
  readonly path: readonly string[];
  /** Name of the violated rule if `code` is INVALID. */
  readonly rule?: string;
}

/** A value is missing or malformed, or violates a rule. */
export interface ValidationError extends Base {
  readonly type: 'ValidationError';
}
/** The merchant has no object with the given id. */
export interface NotFound extends Base {
  readonly type: 'NotFound';
}
/** Another object, or another record of the batch, already has a unique value. */
export interface Duplicate extends Base {
  readonly type: 'Duplicate';
  /** Id of the other object; null if it is another record of the batch. */
  readonly existingId: string | null;
}
/** The payment method does not allow a given value, or requires another one. */
export interface MethodMismatch extends Base {
  readonly type: 'MethodMismatch';
}
/** The status or the relations of an object do not allow the requested change. */
export interface StateConflict extends Base {
  readonly type: 'StateConflict';
  readonly currentStatus: string;
  readonly allowedTransitions: readonly string[];
  /** Ids of the objects that prevent the change. */
  readonly blockedBy: readonly string[];
}
/** The object has changed since the version that the caller expects. */
export interface VersionConflict extends Base {
  readonly type: 'VersionConflict';
  readonly currentVersion: number;
}
/** A limit is exceeded. */
export interface LimitExceeded extends Base {
  readonly type: 'LimitExceeded';
  /** Maximum allowed: a count, or whole rand for amounts. */
  readonly limit: number;
}
/** The bank did not answer; nothing was written. */
export interface ProviderError extends Base {
  readonly type: 'ProviderError';
}

/**
 * An error that the caller caused and can correct. It is returned, never thrown, and is no `Error`, because graphql-js
 * throws an `Error` that a resolver returns.
 */
export type UserError =
  | ValidationError
  | NotFound
  | Duplicate
  | MethodMismatch
  | StateConflict
  | VersionConflict
  | LimitExceeded
  | ProviderError;

/** Path of a value in the input. */
export type Path = readonly string[];

/**
 * Returns whether no error concerns the named fields of the object at `path`, so that rules between them can be
 * checked.
 */
export function areSound(errors: readonly UserError[], path: Path, names: readonly string[]): boolean {
  return !errors.some(
    (error) => names.includes(error.path[path.length] ?? '') && path.every((name, at) => error.path[at] === name),
  );
}

/** Returns the error for a value that violates a rule. */
export function invalid(path: Path, rule: string, message: string): ValidationError {
  return { type: 'ValidationError', code: 'INVALID', rule, message, path };
}

/** Returns the error for a missing value. */
export function required(path: Path, message = 'This field is required.'): ValidationError {
  return { type: 'ValidationError', code: 'REQUIRED', message, path };
}

/** Returns a validation error with the given code. */
export function refused(code: ErrorCode, path: Path, message: string): ValidationError {
  return { type: 'ValidationError', code, message, path };
}

/**
 * Returns the error for an id that the merchant does not have. It is the same for an id of another merchant and for a
 * malformed one, so that ids cannot be probed.
 */
export function notFound(path: Path, what: string): NotFound {
  return { type: 'NotFound', code: 'NOT_FOUND', message: `No such ${what}.`, path };
}

/** Returns the error for a unique value that is taken, by an object or, if `existingId` is null, within the batch. */
export function duplicate(path: Path, message: string, existingId: string | null): Duplicate {
  return {
    type: 'Duplicate',
    code: existingId === null ? 'DUPLICATE_IN_BATCH' : 'DUPLICATE',
    message,
    path,
    existingId,
  };
}

/** Returns the error for the contract reference of a mandate that has ended; it is never used again. */
export function retired(path: Path, existingId: string): Duplicate {
  const message = 'The reference belongs to a mandate that has ended and is retired. Use a new reference.';
  return { type: 'Duplicate', code: 'REFERENCE_RETIRED', message, path, existingId };
}

/** Returns the error for a value that the payment method does not allow, or requires. */
export function methodMismatch(
  code: 'METHOD_FORBIDS' | 'METHOD_REQUIRES',
  path: Path,
  message: string,
): MethodMismatch {
  return { type: 'MethodMismatch', code, message, path };
}

interface Conflict {
  readonly message: string;
  readonly currentStatus: string;
  readonly allowedTransitions?: readonly string[];
  readonly blockedBy: readonly string[];
  readonly code?: 'STATE_CONFLICT' | 'NOT_CLEARABLE' | 'NOT_MUTABLE' | 'BLACKLISTED';
}

/** Returns the error for an object whose status or relations do not allow the requested change. */
export function stateConflict(path: Path, conflict: Conflict): StateConflict {
  return { type: 'StateConflict', code: 'STATE_CONFLICT', allowedTransitions: [], path, ...conflict };
}

/** Returns the error for an object that is not at the expected version. */
export function versionConflict(path: Path, currentVersion: number): VersionConflict {
  const message = `The object has changed and is now at version ${currentVersion}. Read it again and retry with that version.`;
  return { type: 'VersionConflict', code: 'VERSION_CONFLICT', message, path, currentVersion };
}

/** Returns the error for an exceeded limit; `limit` is a count, or whole rand for amounts. */
export function limitExceeded(path: Path, message: string, limit: number): LimitExceeded {
  return { type: 'LimitExceeded', code: 'LIMIT_EXCEEDED', message, path, limit };
}

/** Returns the error for a bank that did not answer. */
export function providerError(path: Path): ProviderError {
  const message = 'The bank did not answer. Nothing was written for this record; send the call again.';
  return { type: 'ProviderError', code: 'PROVIDER_ERROR', message, path };
}
