import { civilDateOf } from '../dates.ts';
import { type Path, type StateConflict, stateConflict } from '../errors.ts';
import { RETURNED_STATUSES, type TransactionStatus } from '../transaction.ts';
import { effectOn, NO_FUNDS_CODE, unpaidCode } from '../unpaid-codes.ts';
import type { MandateType } from './state-machine.ts';

/** When the debtor's authority was withdrawn, and by which return code. */
export interface Withdrawal {
  readonly at: Date;
  /** The bank's return code (DOMAIN §2.14). */
  readonly code: string;
  readonly reason: string;
}

/** The mark of a mandate as it is stored; all three are null while the authority stands. */
export interface AuthorityMark {
  readonly authorityWithdrawnAt: Date | null;
  readonly authorityWithdrawnCode: string | null;
  readonly authorityWithdrawnReason: string | null;
}

export const AUTHORITY_STANDS: AuthorityMark = {
  authorityWithdrawnAt: null,
  authorityWithdrawnCode: null,
  authorityWithdrawnReason: null,
};

/** A debit of a mandate that came back, as far as it tells whether the authority stands. */
export interface ReturnedDebit {
  readonly status: TransactionStatus;
  readonly unpaidCode: string;
  readonly statusChangedAt: Date;
  /** Whether the debit presented before it, by action date, was unpaid for want of funds. */
  readonly followsNoFunds: boolean;
}

/**
 * The withdrawal that the returned debits of a mandate amount to, in the order of their action dates; null while the authority
 * stands. A code withdraws it by itself, or code 02 twice in a row (DOMAIN §2.14, §0.1.13). It depends on how the debits stand,
 * not on the order in which the bank reported them.
 */
export function withdrawalOf(methodType: MandateType, debits: readonly ReturnedDebit[]): Withdrawal | null {
  const debit = debits.find((candidate) => withdraws(methodType, candidate));
  if (!debit) return null;
  const isSecond = debit.unpaidCode === NO_FUNDS_CODE;
  const meaning = unpaidCode(debit.unpaidCode)?.meaning ?? debit.unpaidCode;
  return {
    at: debit.statusChangedAt,
    code: debit.unpaidCode,
    reason: isSecond ? `${meaning}, twice in a row` : meaning,
  };
}

function withdraws(methodType: MandateType, { status, unpaidCode: code, followsNoFunds }: ReturnedDebit): boolean {
  if (!RETURNED_STATUSES.includes(status)) return false;
  if (code === NO_FUNDS_CODE) return status === 'UNPAID' && followsNoFunds;
  return effectOn(methodType, code) === 'WITHDRAW';
}

/** The withdrawal that a mark stands for; null while the authority stands. */
export function withdrawalIn(mark: AuthorityMark): Withdrawal | null {
  const { authorityWithdrawnAt: at, authorityWithdrawnCode: code, authorityWithdrawnReason: reason } = mark;
  return at === null || code === null ? null : { at, code, reason: reason ?? code };
}

/** The mark for a withdrawal. */
export function markOf(withdrawal: Withdrawal | null): AuthorityMark {
  if (!withdrawal) return AUTHORITY_STANDS;
  const { at, code, reason } = withdrawal;
  return { authorityWithdrawnAt: at, authorityWithdrawnCode: code, authorityWithdrawnReason: reason };
}

/** Why a mandate cannot be used; null while its authority stands. The same words wherever a use is refused. */
export function reasonAgainstUse(mark: AuthorityMark): string | null {
  const withdrawal = withdrawalIn(mark);
  if (!withdrawal) return null;
  const { at, code, reason } = withdrawal;
  return `The debtor's authority was withdrawn on ${civilDateOf(at)} (return code ${code}: ${reason}). A new mandate is needed.`;
}

/** Refuses every use of a mandate whose authority is withdrawn, at the field that names the mandate; null while it stands. */
export function authorityConflict(
  mandate: AuthorityMark & { readonly id: string; readonly status: string },
  path: Path,
): StateConflict | null {
  const message = reasonAgainstUse(mandate);
  return message === null
    ? null
    : stateConflict(path, { message, currentStatus: mandate.status, blockedBy: [mandate.id] });
}
