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
export const PAUSE_CAUSES = ['CALLER', 'CUSTOMER_BLACKLISTED'] as const;
export type PauseCause = (typeof PAUSE_CAUSES)[number];

/**
 * `COLLECTED` and `FAILED` end a one-time payment, `ENDED` a recurring one whose last transaction is final. `PAUSE`, `RUN`
 * and `STOP` are caused by what becomes of its customer; `DATE_PASSED` ends a
 * payment that was paused on the last of its days.
 */
export const PAYMENT_EVENTS = ['COLLECTED', 'FAILED', 'ENDED', 'PAUSE', 'RUN', 'STOP', 'DATE_PASSED'] as const;
export type PaymentEvent = (typeof PAYMENT_EVENTS)[number];

/** The life of a payment (DOMAIN §4.4, §0.1.3). A status with an empty row is left by no event. */
const TRANSITIONS: Record<PaymentStatus, Partial<Record<PaymentEvent, PaymentStatus>>> = {
  PENDING: { STOP: 'STOPPED' },
  WAITING_FOR_PAYMENT: {},
  RUNNING: { COLLECTED: 'COMPLETED', FAILED: 'STOPPED', ENDED: 'COMPLETED', PAUSE: 'PAUSED', STOP: 'STOPPED' },
  // What was sent before the pause may still be answered.
  PAUSED: {
    COLLECTED: 'COMPLETED',
    FAILED: 'STOPPED',
    ENDED: 'COMPLETED',
    PAUSE: 'PAUSED',
    RUN: 'RUNNING',
    STOP: 'STOPPED',
    DATE_PASSED: 'STOPPED',
  },
  STOPPED: {},
  COMPLETED: {},
  CANCELLED: {},
};

/** The methods by which a payment can be submitted, and the status it starts in (DOMAIN §5, "starts as"). */
export const FIRST_STATUS = {
  DEBIT_ORDER: 'RUNNING',
  PAY_IN: 'WAITING_FOR_PAYMENT',
} as const satisfies Partial<Record<PaymentMethodType, PaymentStatus>>;
export type SubmittableType = keyof typeof FIRST_STATUS;

/** The status after `event`, or null when it cannot happen now. */
export function transitionPayment(status: PaymentStatus, event: PaymentEvent): PaymentStatus | null {
  return TRANSITIONS[status][event] ?? null;
}

/** Matching of pay-ins ignores case, spaces and punctuation: two references that differ only there are one. */
export function eftReferenceKey(reference: string): string {
  return reference
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}
