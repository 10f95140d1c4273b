import { refused, required, stateConflict } from '../errors.ts';
import { readFields, type Unvalidated } from '../fields.ts';
import type { Findings } from '../findings.ts';
import { withdrawalOf } from '../mandate/authority.ts';
import type { MandateType } from '../mandate/state-machine.ts';
import type { History, ImportedCollection } from '../submit/history.ts';
import { NO_FUNDS_CODE } from '../unpaid-codes.ts';

/**
 * Returns the history of an imported payment, or null with errors in the findings. One of collections and
 * `continueFrom` is required, so that no cycle is collected by both systems.
 */
export function readHistory(
  recurring: Unvalidated,
  collections: readonly ImportedCollection[],
  findings: Findings,
): History | null {
  const { path, errors } = findings;
  const before = errors.length;
  const continueFrom = readFields(recurring, findings).date('continueFrom');
  const last = collections.at(-1) ?? null;
  const at = [...path, 'continueFrom'];
  if (last === null && (recurring['continueFrom'] ?? null) === null) {
    errors.push(required(at, 'Set the first nominal date to collect, or send the collections made so far.'));
  }
  if (last !== null && continueFrom !== null && continueFrom <= last.nominalDate) {
    errors.push(refused('INVALID_DATE', at, `Must be after ${last.nominalDate}, the last collection made.`));
  }
  return errors.length > before ? null : { last, continueFrom };
}

/** Adds an error if the returns of the collections made have withdrawn the authority of the mandate (DOMAIN §2.14). */
export function checkAuthority(
  methodType: MandateType,
  collections: readonly ImportedCollection[],
  mandateId: string | null,
  { path, errors }: Findings,
): void {
  const presented = [...collections].sort(
    (a, b) =>
      a.actionDate.localeCompare(b.actionDate) || a.nominalDate.localeCompare(b.nominalDate) || a.attempt - b.attempt,
  );
  const debits = presented.flatMap(({ status, unpaidCode, actionDate }, index) => {
    const before = presented[index - 1];
    const followsNoFunds = before?.status === 'UNPAID' && before.unpaidCode === NO_FUNDS_CODE;
    const statusChangedAt = new Date(actionDate);
    return unpaidCode === null ? [] : [{ status, unpaidCode, statusChangedAt, followsNoFunds }];
  });
  const withdrawal = withdrawalOf(methodType, debits);
  if (!withdrawal) return;
  const message = `The debtor's authority was withdrawn (return code ${withdrawal.code}: ${withdrawal.reason}). A new mandate is needed.`;
  errors.push(
    stateConflict(path, { message, currentStatus: 'ACTIVE', blockedBy: mandateId === null ? [] : [mandateId] }),
  );
}
