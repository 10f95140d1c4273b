import { addDays, type CivilDate, civilDateOf } from '../dates.ts';
import { duplicate, invalid, refused, required } from '../errors.ts';
import { readFields, type Unvalidated } from '../fields.ts';
import type { Findings } from '../findings.ts';
import { IMPORTED_STATUSES, type ImportedStatus, type ParsedCollection } from '../submit/imported-collection.ts';
import { TRANSACTION_REFERENCE_MAX } from '../submit/plan-payment.ts';
import type { TransactionKind, TransactionStatus } from '../transaction.ts';
import { unpaidCode } from '../unpaid-codes.ts';

/** Maximum number of imported collections of one payment. */
export const COLLECTIONS_MAX = 400;
/** Maximum number of attempts at an imported collection. */
export const IMPORTED_ATTEMPTS_MAX = 99;
/** Maximum length of the reference by which the bank knows an imported collection, in characters. */
export const BANK_REFERENCE_LENGTH_MAX = 35;
/** Maximum number of days by which a collection is made before its nominal date. */
export const EARLY_DAYS_MAX = 10;

/** Statuses of imported collections that only cards have, and those that only debits of accounts have. */
const OF_CARDS: readonly ImportedStatus[] = ['DECLINED', 'REFUNDED', 'CHARGEBACK'];
const OF_ACCOUNTS: readonly ImportedStatus[] = ['UNPAID', 'DISPUTED', 'REVERSED'];

/** Input of a collection that another system made; scalars are not validated yet, enum values are. */
export interface CollectionRecord extends Unvalidated {
  readonly kind?: TransactionKind | null | undefined;
  readonly status?: TransactionStatus | null | undefined;
}

/** What collections are checked against. */
interface Surroundings {
  readonly now: Date;
  readonly isCard: boolean;
  /** Date of the first collection of the mandate; null if it has none. */
  readonly firstDate: CivilDate | null;
}

/**
 * Returns the collections that another system made for a payment, ordered by nominal date and attempt, or null with
 * every error in the findings.
 */
export function parseCollections(
  records: readonly CollectionRecord[],
  around: Surroundings,
  findings: Findings,
): ParsedCollection[] | null {
  const { path, errors } = findings;
  const before = errors.length;
  if (records.length > COLLECTIONS_MAX) {
    errors.push(refused('TOO_LONG', path, `At most ${COLLECTIONS_MAX} collections: import the latest.`));
    return null;
  }
  const collections = records.flatMap((record, index) => {
    return parseCollection(record, around, findings.at(String(index))) ?? [];
  });
  if (errors.length > before) return null;
  checkAttempts(collections, findings);
  if (errors.length > before) return null;
  return collections.sort(
    (a, b) => a.nominalDate.localeCompare(b.nominalDate) || a.kind.localeCompare(b.kind) || a.attempt - b.attempt,
  );
}

/** Returns one collection; null always comes with an error. */
function parseCollection(record: CollectionRecord, around: Surroundings, findings: Findings): ParsedCollection | null {
  const { path, errors } = findings;
  const before = errors.length;
  const fields = readFields(record, findings);
  const status = readStatus(record, around, findings);
  const dates = readDates(record, around, findings);
  const attempt = fields.integer('attempt', { min: 1, max: IMPORTED_ATTEMPTS_MAX }) ?? 1;
  const amountCents = fields.amount('amount');
  const code = readCode(record, status, findings);
  const transactionReference = fields.text('transactionReference', {
    max: TRANSACTION_REFERENCE_MAX,
    isReference: true,
  });
  const bankReference = fields.text('bankReference', { max: BANK_REFERENCE_LENGTH_MAX, isReference: true });
  const kind = record.kind ?? 'REGULAR';
  if (kind === 'FIRST' && around.firstDate === null) {
    errors.push(invalid([...path, 'kind'], 'first_of_mandate', 'The mandate has no separate first collection.'));
  }
  if (errors.length > before || !status || !dates) return null;
  return { kind, ...dates, attempt, status, amountCents, unpaidCode: code, transactionReference, bankReference };
}

function readDates(record: CollectionRecord, { now }: Surroundings, findings: Findings) {
  const { path, errors } = findings;
  const before = errors.length;
  const fields = readFields(record, findings);
  const today = civilDateOf(now);
  const nominalDate = fields.date('nominalDate', { required: true });
  const actionDate = fields.date('actionDate') ?? nominalDate;
  const statusDate = fields.date('statusDate') ?? actionDate;
  if (errors.length > before || nominalDate === null || actionDate === null || statusDate === null) return null;
  const fail = (name: string, message: string) => errors.push(refused('INVALID_DATE', [...path, name], message));
  if (actionDate > today) {
    const name = (record['actionDate'] ?? null) === null ? 'nominalDate' : 'actionDate';
    fail(name, 'Must not be in the future: it is a collection already made.');
  } else if (nominalDate > addDays(actionDate, EARLY_DAYS_MAX)) {
    fail('nominalDate', `Must be at most ${EARLY_DAYS_MAX} days after the action date.`);
  } else if (statusDate > today || statusDate < actionDate) {
    fail('statusDate', 'Must be on or after the action date and not in the future.');
  }
  return errors.length === before ? { nominalDate, actionDate, statusDate } : null;
}

function readStatus(
  { status }: CollectionRecord,
  { isCard }: Surroundings,
  { path, errors }: Findings,
): ImportedStatus | null {
  const at = [...path, 'status'];
  if (!status) {
    errors.push(required(at));
    return null;
  }
  const known = Object.keys(IMPORTED_STATUSES) as ImportedStatus[];
  const allowed = known.filter((name) => !(isCard ? OF_ACCOUNTS : OF_CARDS).includes(name));
  const found = allowed.find((name) => name === status);
  if (found) return found;
  const what = isCard ? 'charge' : 'debit';
  errors.push(invalid(at, 'imported_status', `A ${what} that another system made is one of: ${allowed.join(', ')}.`));
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
  if (code !== null && unpaidCode(code) === null) errors.push(invalid(at, 'unpaid_code', 'Unknown return code.'));
  return code;
}

/**
 * Adds an error for each attempt that occurs twice, or that follows one that was not made, and for a second first
 * collection.
 */
function checkAttempts(collections: readonly ParsedCollection[], { path, errors }: Findings): void {
  const keyOf = ({ kind, nominalDate }: ParsedCollection, attempt: number) => `${kind} ${nominalDate} ${attempt}`;
  const counts = new Map<string, number>();
  for (const item of collections) {
    const key = keyOf(item, item.attempt);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const first = collections.find(({ kind }) => kind === 'FIRST')?.nominalDate;
  collections.forEach((item, index) => {
    const at = [...path, String(index)];
    if (item.kind === 'FIRST' && item.nominalDate !== first) {
      errors.push(invalid([...at, 'kind'], 'first_once', 'A mandate has one first collection.'));
    } else if ((counts.get(keyOf(item, item.attempt)) ?? 0) > 1) {
      errors.push(duplicate([...at, 'attempt'], 'Another collection has the same date, kind and attempt.', null));
    } else if (item.attempt > 1 && !counts.has(keyOf(item, item.attempt - 1))) {
      const message = `Attempt ${item.attempt - 1} of the collection is missing.`;
      errors.push(invalid([...at, 'attempt'], 'attempt_before', message));
    }
  });
}
