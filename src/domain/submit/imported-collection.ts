import type { Made } from '../collected-cycles.ts';
import type { CivilDate } from '../dates.ts';
import type { BankEvent, TransactionKind, TransactionStatus } from '../transaction.ts';

/**
 * Statuses that an imported collection can have, with the answers of the bank that led there. Collections that are
 * still at the bank of the other system cannot be imported, because their answers do not come here.
 */
export const IMPORTED_STATUSES = {
  PAID: ['PAID'],
  UNPAID: ['UNPAID'],
  DISPUTED: ['PAID', 'DISPUTED'],
  REVERSED: ['PAID', 'REVERSED'],
  REFUNDED: ['PAID', 'REFUNDED'],
  CHARGEBACK: ['PAID', 'CHARGEBACK'],
  DECLINED: ['DECLINED'],
} as const satisfies Partial<Record<TransactionStatus, readonly BankEvent[]>>;
/** Status of an imported collection. */
export type ImportedStatus = keyof typeof IMPORTED_STATUSES;

/** A validated collection that another system made. */
export interface ImportedCollection extends Omit<ParsedCollection, 'amountCents'> {
  readonly amountCents: number;
  /** Last day for a dispute; `NO_DATE` if it was never paid or cannot be disputed. */
  readonly disputeBy: CivilDate;
  /** When the money was collected; null if it never was. */
  readonly chargedAt: Date | null;
}

/** A collection that another system made, as its record alone tells. */
export interface ParsedCollection {
  readonly kind: TransactionKind;
  readonly nominalDate: CivilDate;
  readonly actionDate: CivilDate;
  /** Date on which it reached its status. */
  readonly statusDate: CivilDate;
  readonly attempt: number;
  readonly status: ImportedStatus;
  /** Null if it is the amount of the payment. */
  readonly amountCents: number | null;
  readonly unpaidCode: string | null;
  /** Null if it is to be derived from the reference of the payment. */
  readonly transactionReference: string | null;
  /** Reference by which the bank knows it; null if the bank cannot report on it here. */
  readonly bankReference: string | null;
}

/** What another system has collected of a payment, which decides where the gateway goes on. */
export interface History {
  /** Null if no collection was imported. */
  readonly made: Made | null;
  /** First nominal date that the gateway may collect; null: in the cycle after the last collection. */
  readonly continueFrom: CivilDate | null;
}
