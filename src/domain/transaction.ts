import type { PaymentEvent, PaymentKind } from './payment/state-machine.ts';

/** All kinds of transactions: the separate first collection of a mandate, or a regular one. */
export const TRANSACTION_KINDS = ['FIRST', 'REGULAR'] as const;
/** Whether a transaction is a first or a regular collection. */
export type TransactionKind = (typeof TRANSACTION_KINDS)[number];

/** All statuses of a transaction (DOMAIN §4.5). */
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
/** Status of a transaction. */
export type TransactionStatus = (typeof TRANSACTION_STATUSES)[number];

/** All answers of a bank about a transaction that was sent to it. */
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
/** Answer of a bank about a transaction. */
export type BankEvent = (typeof BANK_EVENTS)[number];

/**
 * Events that the scheduler raises when a bank does not answer: the tracking period has ended, or two business days
 * have passed after the action date (DOMAIN §0.1.4). A final answer of the bank takes precedence.
 */
export const CLOCK_EVENTS = ['TRACKING_ENDED', 'NO_ANSWER'] as const;
/** Event that the scheduler raises for a transaction. */
export type ClockEvent = (typeof CLOCK_EVENTS)[number];

/**
 * All events of a transaction. CANCEL: it was cancelled before it was sent. REFUSE: the gateway does not send it, for
 * example because of a limit. COVERED: the deposits cover the amount of the pay-in.
 */
export const TRANSACTION_EVENTS = ['SENT', 'CANCEL', 'REFUSE', 'COVERED', ...BANK_EVENTS, ...CLOCK_EVENTS] as const;
/** Event of a transaction. */
export type TransactionEvent = (typeof TRANSACTION_EVENTS)[number];

/**
 * Transitions of a transaction (DOMAIN §4.5, with the rows of §0.1.4). A status with an empty row is final for the
 * attempt. PAID is not final: a late return, a dispute or a reversal may follow.
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
  // A bank that rejects what it has accepted returns it unpaid.
  ACCEPTED_BY_BANK: {
    REJECTED: 'UNPAID',
    RECALLED: 'CANCELLED',
    TRACKING: 'IN_TRACKING',
    PAID: 'PAID',
    UNPAID: 'UNPAID',
    NO_ANSWER: 'NO_RESPONSE',
  },
  REJECTED_BY_API: {},
  REJECTED_BY_BANK: {},
  NO_RESPONSE: { REJECTED: 'REJECTED_BY_BANK', TRACKING: 'IN_TRACKING', PAID: 'PAID', UNPAID: 'UNPAID' },
  IN_TRACKING: { REJECTED: 'UNPAID', PAID: 'PAID', UNPAID: 'UNPAID', TRACKING_ENDED: 'UNPAID' },
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

/** Statuses in which a transaction can still be paid; a payment with such a transaction has not ended. */
export const OPEN_TRANSACTION_STATUSES = [
  'PENDING',
  'SENT_TO_BANK',
  'ACCEPTED_BY_BANK',
  'NO_RESPONSE',
  'IN_TRACKING',
] as const;

/** Statuses of a formerly paid transaction whose money was taken back, or is disputed. */
export const TAKEN_BACK_STATUSES = ['UNPAID', 'DISPUTED', 'REVERSED', 'REFUNDED', 'CHARGEBACK'] as const;

/** Statuses of a formerly paid transaction whose money is lost. DISPUTED is excluded, as a dispute may be withdrawn. */
export const LOST_STATUSES = ['UNPAID', 'REVERSED', 'REFUNDED', 'CHARGEBACK'] as const;

/** Statuses of a debit that the bank returned, or that was never collected. */
export const RETURNED_STATUSES: readonly TransactionStatus[] = [
  'UNPAID',
  'DISPUTED',
  'REVERSED',
  'DECLINED',
  'REJECTED_BY_BANK',
];

/**
 * Statuses of a debit that was never presented to the account; it does not interrupt a sequence of consecutive debits.
 */
export const NEVER_PRESENTED_STATUSES: readonly TransactionStatus[] = [
  'CANCELLED',
  'REJECTED_BY_API',
  'REJECTED_BY_BANK',
];

/**
 * Statuses of a debit whose cycle can be collected again, because the debit failed, also by a late return. A debit that was
 * reversed, refunded, charged back or disputed keeps its cycle (DOMAIN §0.1.11).
 */
export const CYCLE_RELEASING_STATUSES = [
  'CANCELLED',
  'REJECTED_BY_API',
  'REJECTED_BY_BANK',
  'DECLINED',
  'UNPAID',
] as const;

/** Statuses of a transaction that collected nothing in the end; monthly limits do not count it (DOMAIN §0.1.10). */
export const UNCOLLECTED_STATUSES = [...CYCLE_RELEASING_STATUSES, 'REVERSED', 'REFUNDED', 'CHARGEBACK'] as const;

/** Business days after the action date within which the bank answers (DOMAIN §0.1.4). */
export const ANSWER_BUSINESS_DAYS = 2;

/** Returns the status after `event`, or null if the current status does not allow it. */
export function transitionTransaction(status: TransactionStatus, event: TransactionEvent): TransactionStatus | null {
  return TRANSACTION_TRANSITIONS[status][event] ?? null;
}

/**
 * Returns the event of the payment when one of its transactions reaches `status`, or null if there is none. `isLast`:
 * no other transaction of the payment is open or scheduled.
 */
export function paymentEventOf(kind: PaymentKind, status: TransactionStatus, isLast: boolean): PaymentEvent | null {
  if ((OPEN_TRANSACTION_STATUSES as readonly string[]).includes(status)) return null;
  if (kind === 'RECURRING') return isLast ? 'ENDED' : null;
  if (status === 'PAID') return 'COLLECTED';
  return isLast ? 'FAILED' : null;
}
