/** Collection methods. */
export const PAYMENT_METHOD_TYPES = ['DEBIT_ORDER', 'PAY_IN', 'DEBICHECK', 'REGISTERED_MANDATE', 'CARD'] as const;
/** Collection method of a payment method. */
export type PaymentMethodType = (typeof PAYMENT_METHOD_TYPES)[number];
/** Banks that provide payment methods. */
export const PROVIDER_BANKS = ['ABSA_BANK_LIMITED', 'NEDBANK_LIMITED'] as const;
/** Bank that provides a payment method. */
export type ProviderBank = (typeof PROVIDER_BANKS)[number];

/** Kinds of payment: collected once, collected repeatedly, or paid in by the payer. */
export const PAYMENT_KINDS = ['ONE_TIME', 'RECURRING', 'PAY_IN'] as const;
/** Kind of a payment. */
export type PaymentKind = (typeof PAYMENT_KINDS)[number];

/** All statuses of a payment. */
export const PAYMENT_STATUSES = [
  'PENDING',
  'WAITING_FOR_PAYMENT',
  'RUNNING',
  'PAUSED',
  'STOPPED',
  'COMPLETED',
  'CANCELLED',
] as const;
/** Status of a payment. */
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** Statuses in which a payment still needs its customer and its bank account. */
export const RUNNING_STATUSES = ['PENDING', 'WAITING_FOR_PAYMENT', 'RUNNING', 'PAUSED'] as const;

/** Causes of a PAUSED payment. It resumes when no cause is left. */
export const PAUSE_CAUSES = ['CALLER', 'CUSTOMER_BLACKLISTED', 'MANDATE_SUSPENDED', 'MANDATE_DISABLED'] as const;
/** Cause of a PAUSED payment. */
export type PauseCause = (typeof PAUSE_CAUSES)[number];

/**
 * Causes of a STOPPED payment that affect later transitions: its mandate was rejected or expired, a collection failed,
 * its bank account was disabled, or the authority of its mandate was withdrawn, so that a new mandate is needed (DOMAIN
 * §2.14).
 */
export const STOP_CAUSES = ['MANDATE_REFUSED', 'COLLECTION_FAILED', 'ACCOUNT_DISABLED', 'AUTHORITY_WITHDRAWN'] as const;
/** Cause of a STOPPED payment. */
export type StopCause = (typeof STOP_CAUSES)[number];

/** Later outcome of a COMPLETED payment: the collected money was lost again. */
export type PaymentOutcome = 'REVERSED';

/**
 * Events that can move a payment to another status. `COLLECTED` and `FAILED` end a one-time payment, `ENDED` a
 * recurring one whose last transaction is final. `APPROVED`, `REFUSED` and `RESUBMITTED` come from the mandate that a
 * payment waits for; `PAUSE`, `RUN`, `STOP` and `CANCEL` from its customer, its mandate or a caller. `RETRY` repeats a
 * failed collection. `DATE_PASSED` stops a payment whose last date passed before it could be collected; `EXPIRE`
 * cancels an unpaid pay-in.
 */
export const PAYMENT_EVENTS = [
  'APPROVED',
  'REFUSED',
  'RESUBMITTED',
  'COLLECTED',
  'FAILED',
  'ENDED',
  'PAUSE',
  'RUN',
  'STOP',
  'CANCEL',
  'RETRY',
  'DATE_PASSED',
  'EXPIRE',
] as const;
/** Event that can move a payment to another status. */
export type PaymentEvent = (typeof PAYMENT_EVENTS)[number];

/** Transition table of payments (DOMAIN §4.4, §0.1.3). A status with an empty row is final. */
export const PAYMENT_TRANSITIONS: Record<PaymentStatus, Partial<Record<PaymentEvent, PaymentStatus>>> = {
  PENDING: {
    APPROVED: 'RUNNING',
    REFUSED: 'STOPPED',
    STOP: 'STOPPED',
    CANCEL: 'CANCELLED',
    DATE_PASSED: 'STOPPED',
  },
  WAITING_FOR_PAYMENT: { COLLECTED: 'COMPLETED', CANCEL: 'CANCELLED', EXPIRE: 'CANCELLED' },
  RUNNING: {
    COLLECTED: 'COMPLETED',
    FAILED: 'STOPPED',
    ENDED: 'COMPLETED',
    PAUSE: 'PAUSED',
    STOP: 'STOPPED',
    CANCEL: 'CANCELLED',
    DATE_PASSED: 'STOPPED',
  },
  // The bank may still answer transactions that were sent before the pause.
  PAUSED: {
    COLLECTED: 'COMPLETED',
    FAILED: 'STOPPED',
    PAUSE: 'PAUSED',
    RUN: 'RUNNING',
    STOP: 'STOPPED',
    CANCEL: 'CANCELLED',
    DATE_PASSED: 'STOPPED',
  },
  // The bank can report a collection as paid after it was reported as failed.
  STOPPED: { RESUBMITTED: 'PENDING', COLLECTED: 'COMPLETED', RUN: 'RUNNING', RETRY: 'RUNNING', CANCEL: 'CANCELLED' },
  // FAILED: a late message with an earlier time can show that the debit was never paid. RETRY: a debit returned late.
  COMPLETED: { FAILED: 'STOPPED', RETRY: 'RUNNING' },
  CANCELLED: {},
};

/** Returns the status after `event`, or null if the event is not possible in the current status. */
export function transitionPayment(status: PaymentStatus, event: PaymentEvent): PaymentStatus | null {
  return PAYMENT_TRANSITIONS[status][event] ?? null;
}

/** Returns a pay-in reference in the form in which it is matched: without case, spaces and punctuation. */
export function eftReferenceKey(reference: string): string {
  return reference
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}
