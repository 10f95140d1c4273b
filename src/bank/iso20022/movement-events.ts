import type { BankEvent } from '../../domain/transaction.ts';
import { unpaidCode } from '../../domain/unpaid-codes.ts';
import type { Entry, Movement } from './message.ts';

/**
 * Returns what a movement of an account says of the debit it names. A credit is its payment, or, as a reversal, the end of a
 * dispute. A debit takes the money back: by the reason it is a dispute or a return, without a reason a reversal or a return, and
 * after a recall a reversal, because the money had come.
 */
export function eventOf({ isCredit, isReversal, code }: Movement): BankEvent {
  if (isCredit) return isReversal ? 'DISPUTE_WITHDRAWN' : 'PAID';
  const category = unpaidCode(code)?.category;
  if (category === 'DISPUTE') return 'DISPUTED';
  if (category === 'RECALL') return 'REVERSED';
  return isReversal && code === null ? 'REVERSED' : 'UNPAID';
}

/** Order of what happens to a debit on one day, for entries that have a date and no time. */
const RANKS: Partial<Record<BankEvent, number>> = {
  PAID: 0,
  DISPUTED: 1,
  UNPAID: 1,
  REVERSED: 2,
  DISPUTE_WITHDRAWN: 3,
};

/** Returns the time of what a movement says: that of its entry, and for events of one time in the order in which they can happen. */
export function timeOf(event: BankEvent, { bookedAt }: Entry): Date {
  return new Date(bookedAt.getTime() + (RANKS[event] ?? 0) * 1_000);
}
