import type { PaymentEvent, PaymentKind } from './payment/state-machine.ts';

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
  'DISPUTE_WITHDRAWN',
  'REVERSED',
  'DECLINED',
  'REFUNDED',
  'CHARGEBACK',
] as const;
export type BankEvent = (typeof BANK_EVENTS)[number];

/**
 * What the clock says where a bank is silent: the days of tracking are over, or two business days have passed without an
 * answer. Any last word of the bank stands above it.
 */
export const CLOCK_EVENTS = ['TRACKING_ENDED', 'NO_ANSWER'] as const;
export type ClockEvent = (typeof CLOCK_EVENTS)[number];

/**
 * `CANCEL`: its payment was paused or stopped before it was sent. `REFUSE`: we do not send it, for a limit. `COVERED`: what a
 * pay-in asked for has come in.
 */
export const TRANSACTION_EVENTS = ['SENT', 'CANCEL', 'REFUSE', 'COVERED', ...BANK_EVENTS, ...CLOCK_EVENTS] as const;
export type TransactionEvent = (typeof TRANSACTION_EVENTS)[number];

/**
 * The life of a transaction (DOMAIN §4.5, with the rows of §0.1.4). A status with an empty row is final for the attempt.
 * PAID is never the last word: an unpaid, a dispute or a reversal may follow it.
 */
export const TRANSACTION_TRANSITIONS: Record<
  TransactionStatus,
  Partial<Record<TransactionEvent, TransactionStatus>>
> = {
  // A card that cannot be charged is declined before it is sent.
  PENDING: {
    SENT: 'SENT_TO_BANK',
    CANCEL: 'CANCELLED',
    REFUSE: 'REJECTED_BY_API',
    COVERED: 'PAID',
    DECLINED: 'DECLINED',
  },
  SENT_TO_BANK: {
    ACCEPTED: 'ACCEPTED_BY_BANK',
    REJECTED: 'REJECTED_BY_BANK',
    RECALLED: 'CANCELLED',
    TRACKING: 'IN_TRACKING',
    PAID: 'PAID',
    UNPAID: 'UNPAID',
    DECLINED: 'DECLINED',
    NO_ANSWER: 'NO_RESPONSE',
  },
  ACCEPTED_BY_BANK: {
    RECALLED: 'CANCELLED',
    TRACKING: 'IN_TRACKING',
    PAID: 'PAID',
    UNPAID: 'UNPAID',
    NO_ANSWER: 'NO_RESPONSE',
  },
  REJECTED_BY_API: {},
  REJECTED_BY_BANK: {},
  NO_RESPONSE: { REJECTED: 'REJECTED_BY_BANK', TRACKING: 'IN_TRACKING', PAID: 'PAID', UNPAID: 'UNPAID' },
  IN_TRACKING: { PAID: 'PAID', UNPAID: 'UNPAID', TRACKING_ENDED: 'UNPAID' },
  PAID: {
    UNPAID: 'UNPAID',
    DISPUTED: 'DISPUTED',
    REVERSED: 'REVERSED',
    REFUNDED: 'REFUNDED',
    CHARGEBACK: 'CHARGEBACK',
  },
  UNPAID: {},
  DISPUTED: { DISPUTE_WITHDRAWN: 'PAID', REVERSED: 'REVERSED' },
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

/** Statuses in which what was paid is not there any more, or may not be for long. */
export const TAKEN_BACK_STATUSES = ['UNPAID', 'DISPUTED', 'REVERSED', 'REFUNDED', 'CHARGEBACK'] as const;

/** Statuses in which what was paid is gone. A dispute may still be withdrawn. */
export const LOST_STATUSES = ['UNPAID', 'REVERSED', 'REFUNDED', 'CHARGEBACK'] as const;

/** Statuses of a debit that the bank has returned, or that was never taken. */
export const RETURNED_STATUSES: readonly TransactionStatus[] = [
  'UNPAID',
  'DISPUTED',
  'REVERSED',
  'DECLINED',
  'REJECTED_BY_BANK',
];

/** Statuses of a debit that never reached the account: it stands between no two debits. */
export const NEVER_PRESENTED_STATUSES: readonly TransactionStatus[] = [
  'CANCELLED',
  'REJECTED_BY_API',
  'REJECTED_BY_BANK',
];

/** What a transaction that came to one of these took: nothing. Limits and cycles do not count it. */
export const UNCOLLECTED_STATUSES = [
  'CANCELLED',
  'REJECTED_BY_API',
  'REJECTED_BY_BANK',
  'DECLINED',
  'UNPAID',
  'REVERSED',
  'REFUNDED',
  'CHARGEBACK',
] as const;

/** The status after `event`, or null when it cannot happen now. */
export function transitionTransaction(status: TransactionStatus, event: TransactionEvent): TransactionStatus | null {
  return TRANSACTION_TRANSITIONS[status][event] ?? null;
}

/**
 * What a transaction that reached `status` does to its payment, or null when nothing. `isLast`: nothing else of the payment is
 * under way, nor a retry.
 */
export function paymentEventOf(kind: PaymentKind, status: TransactionStatus, isLast: boolean): PaymentEvent | null {
  if ((OPEN_TRANSACTION_STATUSES as readonly string[]).includes(status)) return null;
  if (kind === 'RECURRING') return isLast ? 'ENDED' : null;
  if (status === 'PAID') return 'COLLECTED';
  return isLast ? 'FAILED' : null;
}
