/** Every code a record's error may carry. `code` is for programs and stable, `message` for people. */
export const RECORD_ERROR_CODES = {
  INVALID: 'The value breaks a rule, named in `rule`.',
  REQUIRED: 'A value is missing.',
  TOO_LONG: 'The text is longer than the field allows.',
  NOT_CLEARABLE: 'The field cannot be null, or not now; `blockedBy` names what needs it.',
  NOT_MUTABLE: 'The field cannot change, or not any more; `blockedBy` names what uses it.',
  INVALID_AMOUNT: 'Not a positive decimal string with at most two places.',
  INVALID_DATE: 'Not a day of the calendar written YYYY-MM-DD, or a day that cannot be.',
  LEAD_TIME: 'Too late for this day; the message names the earliest.',
  NOT_FOUND: 'No such object, or not yours.',
  NOT_LINKED: 'The objects exist but do not belong together.',
  DUPLICATE: 'Another object has this value already; `existingId` names it.',
  DUPLICATE_IN_BATCH: 'Another record of the same call has this value.',
  STATE_CONFLICT: 'The status of an object does not allow it.',
  VERSION_CONFLICT: 'The object has changed since `expectedVersion`.',
  BLACKLISTED: 'The customer, or someone with the same identity, is blacklisted.',
  METHOD_FORBIDS: 'The payment method does not take this.',
  METHOD_REQUIRES: 'The payment method needs this.',
  LIMIT_EXCEEDED: 'More than the limit allows; `limit` says how much that is.',
  REFERENCE_RETIRED: 'The contract reference belongs to a mandate that is over, and is never used again.',
  PROVIDER_ERROR: 'The bank did not answer. Nothing was written; the same call may be sent again.',
} as const;
export type ErrorCode = keyof typeof RECORD_ERROR_CODES;

/** Names that codes had. No error carries one any more, but answers that were kept for their idempotency keys. */
export const RENAMED_ERROR_CODES = {
  REFERENCE_BURNT: 'REFERENCE_RETIRED',
} as const satisfies Readonly<Record<string, ErrorCode>>;

interface Base {
  readonly code: ErrorCode;
  readonly message: string;
  /** Where, from the input: `['records', '3', 'customer', 'email']`. */
  readonly path: readonly string[];
  /** The rule broken, when `code` is INVALID. */
  readonly rule?: string;
}

export interface ValidationError extends Base {
  readonly type: 'ValidationError';
}
export interface NotFound extends Base {
  readonly type: 'NotFound';
}
export interface Duplicate extends Base {
  readonly type: 'Duplicate';
  readonly existingId: string | null;
}
export interface MethodMismatch extends Base {
  readonly type: 'MethodMismatch';
}
export interface StateConflict extends Base {
  readonly type: 'StateConflict';
  readonly currentStatus: string;
  readonly allowedTransitions: readonly string[];
  /** What stands in the way. */
  readonly blockedBy: readonly string[];
}
export interface VersionConflict extends Base {
  readonly type: 'VersionConflict';
  readonly currentVersion: number;
}
export interface LimitExceeded extends Base {
  readonly type: 'LimitExceeded';
  readonly limit: number;
}
export interface ProviderError extends Base {
  readonly type: 'ProviderError';
}

/** What a caller caused and can act on. Returned, never thrown, and not an `Error`: graphql-js throws resolved errors. */
export type UserError =
  | ValidationError
  | NotFound
  | Duplicate
  | MethodMismatch
  | StateConflict
  | VersionConflict
  | LimitExceeded
  | ProviderError;

export type Path = readonly string[];

/** Whether none of the fields of the object at `path` is among the errors: what one is to another can be judged. */
export function areSound(errors: readonly UserError[], path: Path, names: readonly string[]): boolean {
  return !errors.some(
    (error) => names.includes(error.path[path.length] ?? '') && path.every((name, at) => error.path[at] === name),
  );
}

export function invalid(path: Path, rule: string, message: string): ValidationError {
  return { type: 'ValidationError', code: 'INVALID', rule, message, path };
}

export function required(path: Path, message = 'This is required.'): ValidationError {
  return { type: 'ValidationError', code: 'REQUIRED', message, path };
}

export function refused(code: ErrorCode, path: Path, message: string): ValidationError {
  return { type: 'ValidationError', code, message, path };
}

/** Foreign, unknown and malformed ids are answered alike. */
export function notFound(path: Path, what: string): NotFound {
  return { type: 'NotFound', code: 'NOT_FOUND', message: `No such ${what}.`, path };
}

export function duplicate(path: Path, message: string, existingId: string | null): Duplicate {
  return {
    type: 'Duplicate',
    code: existingId === null ? 'DUPLICATE_IN_BATCH' : 'DUPLICATE',
    message,
    path,
    existingId,
  };
}

/** A reference is never given again, though the object that has it is over. */
export function retired(path: Path, existingId: string): Duplicate {
  const message = 'A mandate that is over has this reference; it is retired. Take a new one.';
  return { type: 'Duplicate', code: 'REFERENCE_RETIRED', message, path, existingId };
}

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

/** An object is in a status, or stands in relations, that do not allow what was asked. */
export function stateConflict(path: Path, conflict: Conflict): StateConflict {
  return { type: 'StateConflict', code: 'STATE_CONFLICT', allowedTransitions: [], path, ...conflict };
}

export function versionConflict(path: Path, currentVersion: number): VersionConflict {
  const message = `The object has changed: it is at version ${currentVersion}. Read it again, then decide.`;
  return { type: 'VersionConflict', code: 'VERSION_CONFLICT', message, path, currentVersion };
}

export function limitExceeded(path: Path, message: string, limit: number): LimitExceeded {
  return { type: 'LimitExceeded', code: 'LIMIT_EXCEEDED', message, path, limit };
}

export function providerError(path: Path): ProviderError {
  const message = 'The bank did not answer. Nothing was written for this record; send it again.';
  return { type: 'ProviderError', code: 'PROVIDER_ERROR', message, path };
}
