import type { BankEvent } from '../../domain/transaction.ts';
import { unpaidCode } from '../../domain/unpaid-codes.ts';
import type { Movement } from './message.ts';

/**
 * Returns what a movement of an account says of the debit it names: a credit is its payment, or, as a reversal, the end of a
 * dispute; a debit is its return, its dispute or its recall by the reason, or, as a reversal, its reversal.
 */
export function eventOf({ isCredit, isReversal, code }: Movement): BankEvent {
  if (isCredit) return isReversal ? 'DISPUTE_WITHDRAWN' : 'PAID';
  if (isReversal) return 'REVERSED';
  const category = unpaidCode(code)?.category;
  if (category === 'DISPUTE') return 'DISPUTED';
  return category === 'RECALL' ? 'RECALLED' : 'UNPAID';
}
