import { civilDateOf, instantAt, NO_DATE } from '../dates.ts';
import { duplicate, invalid, refused, required } from '../errors.ts';
import { readFields, type Unvalidated } from '../fields.ts';
import type { Findings } from '../findings.ts';
import { IMPORTED_STATUSES, type ImportedCollection, type ImportedStatus } from '../submit/history.ts';
import { TRANSACTION_REFERENCE_MAX } from '../submit/plan-payment.ts';
import type { TransactionKind, TransactionStatus } from '../transaction.ts';
import { unpaidCode } from '../unpaid-codes.ts';

/** Maximum number of imported collections of one payment. */
export const COLLECTIONS_MAX = 400;
/** Maximum number of attempts at an imported collection. */
export const ATTEMPTS_MAX = 99;
/** Maximum length of the reference by which the bank knows an imported collection, in characters. */
export const BANK_REFERENCE_LENGTH_MAX = 35;

/** Input of a collection that another system made; scalars are not validated yet, enum values are. */
export interface CollectionRecord extends Unvalidated {
  readonly kind?: TransactionKind | null | undefined;
  readonly status?: TransactionStatus | null | undefined;
}

/**
 * Returns the collections that another system made for a payment, ordered by nominal date and attempt, or null with
 * every error in the findings. `amountCents` is the amount of those without one.
 */
export function parseCollections(
  records: readonly CollectionRecord[],
  amountCents: number | null,
  now: Date,
  findings: Findings,
): ImportedCollection[] | null {
  const { path, errors } = findings;
  const before = errors.length;
  if (records.length > COLLECTIONS_MAX) {
    errors.push(refused('TOO_LONG', path, `At most ${COLLECTIONS_MAX} collections: import the latest.`));
    return null;
  }
  const collections = records.flatMap((record, index) => {
    return parseCollection(record, amountCents, now, findings.at(String(index))) ?? [];
  });
  if (errors.length > before) return null;
  checkAttempts(collections, findings);
  if (errors.length > before) return null;
  return collections.sort(
    (a, b) => a.nominalDate.localeCompare(b.nominalDate) || a.kind.localeCompare(b.kind) || a.attempt - b.attempt,
  );
}

function parseCollection(
  record: CollectionRecord,
  amountCents: number | null,
  now: Date,
  findings: Findings,
): ImportedCollection | null {
  const { path, errors } = findings;
  const before = errors.length;
  const fields = readFields(record, findings);
  const status = readStatus(record, findings);
  const nominalDate = fields.date('nominalDate', { required: true });
  const actionDate = fields.date('actionDate') ?? nominalDate;
  if (actionDate !== null && actionDate > civilDateOf(now)) {
    const at = fields.date('actionDate') === null ? 'nominalDate' : 'actionDate';
    errors.push(refused('INVALID_DATE', [...path, at], 'Must not be in the future: it is a collection already made.'));
  }
  const attempt = fields.integer('attempt', { min: 1, max: ATTEMPTS_MAX }) ?? 1;
  const amount = fields.amount('amount') ?? amountCents;
  const code = readCode(record, status, findings);
  const transactionReference = fields.text('transactionReference', {
    max: TRANSACTION_REFERENCE_MAX,
    isReference: true,
  });
  const bankReference = fields.text('bankReference', { max: BANK_REFERENCE_LENGTH_MAX, isReference: true });
  if (errors.length > before || !status || nominalDate === null || actionDate === null || amount === null) return null;
  return {
    kind: record.kind ?? 'REGULAR',
    nominalDate,
    actionDate,
    attempt,
    status,
    amountCents: amount,
    unpaidCode: code,
    transactionReference,
    bankReference,
    disputeBy: NO_DATE,
    chargedAt: IMPORTED_STATUSES[status][0] === 'PAID' ? instantAt(actionDate) : null,
  };
}

function readStatus({ status }: CollectionRecord, { path, errors }: Findings): ImportedStatus | null {
  const at = [...path, 'status'];
  if (!status) errors.push(required(at));
  else if (status in IMPORTED_STATUSES) return status as ImportedStatus;
  else {
    const message = `A collection that another system made is one of: ${Object.keys(IMPORTED_STATUSES).join(', ')}.`;
    errors.push(invalid(at, 'imported_status', message));
  }
  return null;
}

function readCode(record: CollectionRecord, status: ImportedStatus | null, findings: Findings): string | null {
  const { path, errors } = findings;
  const at = [...path, 'unpaidCode'];
  const code = readFields(record, findings).text('unpaidCode', { max: 16, isReference: true });
  const isAbsent = (record['unpaidCode'] ?? null) === null;
  if (isAbsent && status === 'UNPAID') errors.push(required(at, 'An unpaid collection requires its return code.'));
  if (code !== null && status === 'PAID')
    errors.push(invalid(at, 'code_of_paid', 'A paid collection has no return code.'));
  if (code !== null && unpaidCode(code) === null) {
    errors.push(invalid(at, 'unpaid_code', 'Unknown return code. `lookups(type: UNPAID_CODE)` lists them.'));
  }
  return code;
}

/** Adds an error for each attempt that occurs twice, or that follows one that was not made. */
function checkAttempts(collections: readonly ImportedCollection[], { path, errors }: Findings): void {
  const keyOf = ({ kind, nominalDate }: ImportedCollection, attempt: number) => `${kind} ${nominalDate} ${attempt}`;
  const counts = new Map<string, number>();
  for (const item of collections) {
    const key = keyOf(item, item.attempt);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  collections.forEach((item, index) => {
    const at = [...path, String(index), 'attempt'];
    if ((counts.get(keyOf(item, item.attempt)) ?? 0) > 1) {
      errors.push(duplicate(at, 'Another collection has the same date, kind and attempt.', null));
    } else if (item.attempt > 1 && !counts.has(keyOf(item, item.attempt - 1))) {
      errors.push(invalid(at, 'attempt_before', `Attempt ${item.attempt - 1} of the collection is missing.`));
    }
  });
}
