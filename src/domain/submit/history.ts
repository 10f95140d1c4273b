import type { Holidays } from '../calendar.ts';
import { addDays, type CivilDate } from '../dates.ts';
import { type CollectionRule, isSameCycle, type Nominal, type Schedule, type Search, searchNext } from '../schedule.ts';
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
export interface ImportedCollection {
  readonly kind: TransactionKind;
  readonly nominalDate: CivilDate;
  readonly actionDate: CivilDate;
  readonly attempt: number;
  readonly status: ImportedStatus;
  readonly amountCents: number;
  readonly unpaidCode: string | null;
  /** Null if it is to be derived from the reference of the payment. */
  readonly transactionReference: string | null;
  /** Reference by which the bank knows it; null if the bank cannot report on it here. */
  readonly bankReference: string | null;
  /** Last day for a dispute; `NO_DATE` if it was never paid or cannot be disputed. */
  readonly disputeBy: CivilDate;
  /** When the money was collected; null if it never was. */
  readonly chargedAt: Date | null;
}

/** What another system has collected of a payment, which decides where the gateway goes on. */
export interface History {
  /** The last collection that was made; null if none was imported. */
  readonly last: Nominal | null;
  /** First nominal date on which the gateway may collect; null: the cycle after the last collection. */
  readonly continueFrom: CivilDate | null;
}

/**
 * Returns the next collection of an imported payment that can still be sent, and the collections between the last one
 * made and this one that cannot. The cycle of the last collection is over, even if its date has moved since.
 */
export function searchOn(
  schedule: Schedule,
  { last, continueFrom }: History,
  rule: CollectionRule,
  now: Date,
  holidays: Holidays,
): Search {
  const after: Nominal | null = continueFrom ? { kind: 'REGULAR', nominalDate: addDays(continueFrom, -1) } : last;
  const search = searchNext(schedule, after, rule, now, holidays);
  const isOver = ({ kind, nominalDate }: Nominal) =>
    last !== null && kind === 'REGULAR' && isSameCycle(schedule.interval, last.nominalDate, nominalDate);
  const lost = search.lost.filter((nominal) => !isOver(nominal));
  let { next } = search;
  while (next && isOver(next)) ({ next } = searchNext(schedule, next, rule, now, holidays));
  return { next, lost };
}
