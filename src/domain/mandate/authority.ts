import { civilDateOf } from '../dates.ts';
import { type Path, type StateConflict, stateConflict } from '../errors.ts';
import { RETURNED_STATUSES, type TransactionStatus } from '../transaction.ts';
import { effectOn, NO_FUNDS_CODE, unpaidCode } from '../unpaid-codes.ts';
import type { MandateType } from './state-machine.ts';

/** Withdrawal of the debtor's authority: its time and the return code that caused it. */
export interface Withdrawal {
  readonly at: Date;
  /** The bank's return code (DOMAIN §2.14). */
  readonly code: string;
  readonly reason: string;
}

/** Withdrawal columns of a mandate; all null while the authority is valid. */
export interface AuthorityMark {
  readonly authorityWithdrawnAt: Date | null;
  readonly authorityWithdrawnCode: string | null;
  readonly authorityWithdrawnReason: string | null;
}

/** Withdrawal columns of a mandate whose authority is valid. */
export const AUTHORITY_STANDS: AuthorityMark = {
  authorityWithdrawnAt: null,
  authorityWithdrawnCode: null,
  authorityWithdrawnReason: null,
};

/** Fields of a returned debit that decide whether the authority of its mandate is valid. */
export interface ReturnedDebit {
  readonly status: TransactionStatus;
  readonly unpaidCode: string;
  readonly statusChangedAt: Date;
  /** Whether the previous debit by action date was unpaid because of insufficient funds. */
  readonly followsNoFunds: boolean;
}

/**
 * Returns the withdrawal that the returned debits of a mandate cause, given in the order of their action dates; null
 * while the authority is valid. Some codes withdraw it on their own, code 02 when it occurs twice in a row (DOMAIN
 * §2.14, §0.1.13). The result depends on the current statuses of the debits, not on the order in which the bank
 * reported them.
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

/** Returns the withdrawal stored in the columns of a mandate; null while the authority is valid. */
export function withdrawalIn(mark: AuthorityMark): Withdrawal | null {
  const { authorityWithdrawnAt: at, authorityWithdrawnCode: code, authorityWithdrawnReason: reason } = mark;
  return at === null || code === null ? null : { at, code, reason: reason ?? code };
}

/** Returns the columns that store a withdrawal; null stores a valid authority. */
export function markOf(withdrawal: Withdrawal | null): AuthorityMark {
  if (!withdrawal) return AUTHORITY_STANDS;
  const { at, code, reason } = withdrawal;
  return { authorityWithdrawnAt: at, authorityWithdrawnCode: code, authorityWithdrawnReason: reason };
}

/** Returns the human-readable reason why a mandate cannot be used; null while its authority is valid. */
export function reasonAgainstUse(mark: AuthorityMark): string | null {
  const withdrawal = withdrawalIn(mark);
  if (!withdrawal) return null;
  const { at, code, reason } = withdrawal;
  return `The debtor's authority was withdrawn on ${civilDateOf(at)} (return code ${code}: ${reason}). A new mandate is needed.`;
}

/** Returns the error for using a mandate with withdrawn authority, at the field naming it; null while it is valid. */
export function authorityConflict(
  mandate: AuthorityMark & { readonly id: string; readonly status: string },
  path: Path,
): StateConflict | null {
  const message = reasonAgainstUse(mandate);
  return message === null
    ? null
    : stateConflict(path, { message, currentStatus: mandate.status, blockedBy: [mandate.id] });
}
