import type { PaymentEvent, PaymentKind } from './payment.ts';

export const TRANSACTION_KINDS = ['FIRST', 'REGULAR'] as const;
export type TransactionKind = (typeof TRANSACTION_KINDS)[number];

export const TRANSACTION_STATUSES = [
  'PENDING',
  'SENT_TO_BANK',
  'ACCEPTED_BY_BANK',
  'REJECTED_BY_API',
  'REJECTED_BY_BANK',
  'NO_RESPONSE',
  'IN_TRACKING',
  'PAID',
  'UNPAID',
  'DISPUTED',
  'REVERSED',
  'REFUNDED',
  'CHARGEBACK',
  'DECLINED',
  'CANCELLED',
] as const;
export type TransactionStatus = (typeof TRANSACTION_STATUSES)[number];

/** What a bank can answer about a transaction it was sent. */
export const BANK_EVENTS = [
  'ACCEPTED',
  'REJECTED',
  'RECALLED',
  'TRACKING',
  'PAID',
  'UNPAID',
  'DISPUTED',
  'REVERSED',
] as const;
export type BankEvent = (typeof BANK_EVENTS)[number];

/** What the clock says where a bank is silent: the days of tracking are over. Any last word of the bank stands above it. */
export const CLOCK_EVENTS = ['TRACKING_ENDED'] as const;
export type ClockEvent = (typeof CLOCK_EVENTS)[number];

/** `CANCEL`: its payment was paused or stopped before it was sent. */
export const TRANSACTION_EVENTS = ['SENT', 'CANCEL', ...BANK_EVENTS, ...CLOCK_EVENTS] as const;
export type TransactionEvent = (typeof TRANSACTION_EVENTS)[number];

/**
 * The life of a transaction (DOMAIN §4.5, with the rows of §0.1.4). A status with an empty row is final for the attempt.
 * PAID is never the last word: an unpaid, a dispute or a reversal may follow it.
 */
export const TRANSACTION_TRANSITIONS: Record<
  TransactionStatus,
  Partial<Record<TransactionEvent, TransactionStatus>>
> = {
  PENDING: { SENT: 'SENT_TO_BANK', CANCEL: 'CANCELLED' },
  SENT_TO_BANK: {
    ACCEPTED: 'ACCEPTED_BY_BANK',
    REJECTED: 'REJECTED_BY_BANK',
    RECALLED: 'CANCELLED',
    TRACKING: 'IN_TRACKING',
    PAID: 'PAID',
    UNPAID: 'UNPAID',
  },
  ACCEPTED_BY_BANK: { RECALLED: 'CANCELLED', TRACKING: 'IN_TRACKING', PAID: 'PAID', UNPAID: 'UNPAID' },
  REJECTED_BY_API: {},
  REJECTED_BY_BANK: {},
  NO_RESPONSE: { REJECTED: 'REJECTED_BY_BANK', TRACKING: 'IN_TRACKING', PAID: 'PAID', UNPAID: 'UNPAID' },
  IN_TRACKING: { PAID: 'PAID', UNPAID: 'UNPAID', TRACKING_ENDED: 'UNPAID' },
  PAID: { UNPAID: 'UNPAID', DISPUTED: 'DISPUTED', REVERSED: 'REVERSED' },
  UNPAID: {},
  DISPUTED: { REVERSED: 'REVERSED' },
  REVERSED: {},
  REFUNDED: {},
  CHARGEBACK: {},
  DECLINED: {},
  CANCELLED: {},
};

/** Statuses from which money may still come: while a payment has one, it is not over. */
export const OPEN_TRANSACTION_STATUSES = [
  'PENDING',
  'SENT_TO_BANK',
  'ACCEPTED_BY_BANK',
  'NO_RESPONSE',
  'IN_TRACKING',
] as const;

/** The status after `event`, or null when it cannot happen now. */
export function transitionTransaction(status: TransactionStatus, event: TransactionEvent): TransactionStatus | null {
  return TRANSACTION_TRANSITIONS[status][event] ?? null;
}

/** What a transaction that reached `status` does to its payment, or null when nothing. */
export function paymentEventOf(kind: PaymentKind, status: TransactionStatus, isLast: boolean): PaymentEvent | null {
  if ((OPEN_TRANSACTION_STATUSES as readonly string[]).includes(status)) return null;
  if (kind === 'RECURRING') return isLast ? 'ENDED' : null;
  return status === 'PAID' ? 'COLLECTED' : 'FAILED';
}
