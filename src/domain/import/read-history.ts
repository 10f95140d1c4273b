import { addDays, civilDateOf } from '../dates.ts';
import { refused, required, stateConflict } from '../errors.ts';
import { readFields, type Unvalidated } from '../fields.ts';
import type { Findings } from '../findings.ts';
import { withdrawalOf } from '../mandate/authority.ts';
import type { MandateType } from '../mandate/state-machine.ts';
import type { History, ParsedCollection } from '../submit/imported-collection.ts';
import { NO_FUNDS_CODE } from '../unpaid-codes.ts';

/** Maximum number of days from today to the day from which an imported payment goes on. */
export const CONTINUE_DAYS_MAX = 100;

/**
 * Returns the history of an imported payment, or null with errors in the findings. One of collections and
 * `continueFrom` is required, so that no cycle is collected by both systems. `collections` are in their order.
 */
export function readHistory(
  recurring: Unvalidated,
  collections: readonly ParsedCollection[],
  now: Date,
  findings: Findings,
): History | null {
  const { path, errors } = findings;
  const before = errors.length;
  const continueFrom = readFields(recurring, findings).date('continueFrom');
  const last = collections.at(-1);
  const at = [...path, 'continueFrom'];
  if (!last && (recurring['continueFrom'] ?? null) === null) {
    errors.push(required(at, 'Set the first nominal date to collect, or send the collections made so far.'));
  }
  if (last && continueFrom !== null && continueFrom <= last.nominalDate) {
    errors.push(refused('INVALID_DATE', at, `Must be after ${last.nominalDate}, the last collection made.`));
  }
  const latest = addDays(civilDateOf(now), CONTINUE_DAYS_MAX);
  if (continueFrom !== null && continueFrom > latest) {
    errors.push(refused('INVALID_DATE', at, `Must be on or before ${latest}: nobody would collect in between.`));
  }
  if (errors.length > before) return null;
  const lastRegular = collections.filter(({ kind }) => kind === 'REGULAR').at(-1)?.nominalDate ?? null;
  const hasFirst = collections.some(({ kind }) => kind === 'FIRST');
  return {
    made: last ? { kind: last.kind, nominalDate: last.nominalDate, lastRegular, hasFirst } : null,
    continueFrom,
  };
}

/** Adds an error if the returns of the collections made have withdrawn the authority of the mandate (DOMAIN §2.14). */
export function checkAuthority(
  methodType: MandateType,
  collections: readonly ParsedCollection[],
  mandateId: string | null,
  { path, errors }: Findings,
): void {
  const presented = [...collections].sort(
    (a, b) =>
      a.actionDate.localeCompare(b.actionDate) || a.nominalDate.localeCompare(b.nominalDate) || a.attempt - b.attempt,
  );
  const debits = presented.flatMap(({ status, unpaidCode, statusDate }, index) => {
    const before = presented[index - 1];
    const followsNoFunds = before?.status === 'UNPAID' && before.unpaidCode === NO_FUNDS_CODE;
    return unpaidCode === null ? [] : [{ status, unpaidCode, statusChangedAt: new Date(statusDate), followsNoFunds }];
  });
  const withdrawal = withdrawalOf(methodType, debits);
  if (!withdrawal) return;
  const message = `The debtor's authority was withdrawn (return code ${withdrawal.code}: ${withdrawal.reason}). A new mandate is needed.`;
  const blockedBy = mandateId === null ? [] : [mandateId];
  errors.push(stateConflict(path, { message, currentStatus: 'ACTIVE', blockedBy }));
}
