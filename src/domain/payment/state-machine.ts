export const PAYMENT_METHOD_TYPES = ['DEBIT_ORDER', 'PAY_IN', 'DEBICHECK', 'REGISTERED_MANDATE', 'CARD'] as const;
export type PaymentMethodType = (typeof PAYMENT_METHOD_TYPES)[number];
export const PROVIDER_BANKS = ['ABSA_BANK_LIMITED', 'NEDBANK_LIMITED'] as const;
export type ProviderBank = (typeof PROVIDER_BANKS)[number];

export const PAYMENT_KINDS = ['ONE_TIME', 'RECURRING', 'PAY_IN'] as const;
export type PaymentKind = (typeof PAYMENT_KINDS)[number];

export const PAYMENT_STATUSES = [
  'PENDING',
  'WAITING_FOR_PAYMENT',
  'RUNNING',
  'PAUSED',
  'STOPPED',
  'COMPLETED',
  'CANCELLED',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** While a payment is in one of these, its customer and its bank account are needed. */
export const RUNNING_STATUSES = ['PENDING', 'WAITING_FOR_PAYMENT', 'RUNNING', 'PAUSED'] as const;

/** Why a payment is PAUSED. It runs again when no cause is left. */
export const PAUSE_CAUSES = ['CALLER', 'CUSTOMER_BLACKLISTED', 'MANDATE_SUSPENDED', 'MANDATE_DISABLED'] as const;
export type PauseCause = (typeof PAUSE_CAUSES)[number];

/**
 * Why a payment is STOPPED, where that matters for what comes: its mandate was refused, a collection failed, its bank account was
 * disabled, or the authority of its mandate was withdrawn, so that only a new mandate helps (DOMAIN §2.14).
 */
export const STOP_CAUSES = ['MANDATE_REFUSED', 'COLLECTION_FAILED', 'ACCOUNT_DISABLED', 'AUTHORITY_WITHDRAWN'] as const;
export type StopCause = (typeof STOP_CAUSES)[number];

/** How a COMPLETED payment turned out after all: the money was taken back. */
export type PaymentOutcome = 'REVERSED';

/**
 * `COLLECTED` and `FAILED` end a one-time payment, `ENDED` a recurring one whose last transaction is final. `APPROVED`,
 * `REFUSED` and `RESUBMITTED` are what becomes of the mandate that a payment waits for; `PAUSE`, `RUN`, `STOP` and `CANCEL`
 * what becomes of its customer or its mandate, or what a caller asks for. `RETRY` collects anew what had failed. `DATE_PASSED` ends
 * a payment whose last day passed while it waited, `EXPIRE` a pay-in that nobody paid.
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
export type PaymentEvent = (typeof PAYMENT_EVENTS)[number];

/** The life of a payment (DOMAIN §4.4, §0.1.3). A status with an empty row is left by no event. */
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
  // What was sent before the pause may still be answered.
  PAUSED: {
    COLLECTED: 'COMPLETED',
    FAILED: 'STOPPED',
    PAUSE: 'PAUSED',
    RUN: 'RUNNING',
    STOP: 'STOPPED',
    CANCEL: 'CANCELLED',
    DATE_PASSED: 'STOPPED',
  },
  // What is heard to have been paid, after it was heard to have failed, was collected.
  STOPPED: { RESUBMITTED: 'PENDING', COLLECTED: 'COMPLETED', RUN: 'RUNNING', RETRY: 'RUNNING', CANCEL: 'CANCELLED' },
  // What is heard to have failed before it was heard to be paid was not collected. A one-time debit that is unpaid late can be retried.
  COMPLETED: { FAILED: 'STOPPED', RETRY: 'RUNNING' },
  CANCELLED: {},
};

/** The status after `event`, or null when it cannot happen now. */
export function transitionPayment(status: PaymentStatus, event: PaymentEvent): PaymentStatus | null {
  return PAYMENT_TRANSITIONS[status][event] ?? null;
}

/** Matching of pay-ins ignores case, spaces and punctuation: two references that differ only there are one. */
export function eftReferenceKey(reference: string): string {
  return reference
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}
