export const PAYMENT_METHOD_TYPES = ['DEBIT_ORDER', 'PAY_IN'] as const;
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

/** `COLLECTED` and `FAILED` end a one-time payment, `ENDED` a recurring one whose last transaction is final. */
export const PAYMENT_EVENTS = ['COLLECTED', 'FAILED', 'ENDED'] as const;
export type PaymentEvent = (typeof PAYMENT_EVENTS)[number];

/** The life of a payment (DOMAIN §4.4). A status with an empty row is left by no event. */
const TRANSITIONS: Record<PaymentStatus, Partial<Record<PaymentEvent, PaymentStatus>>> = {
  PENDING: {},
  WAITING_FOR_PAYMENT: {},
  RUNNING: { COLLECTED: 'COMPLETED', FAILED: 'STOPPED', ENDED: 'COMPLETED' },
  PAUSED: {},
  STOPPED: {},
  COMPLETED: {},
  CANCELLED: {},
};

/** The status a payment starts in, by its method (DOMAIN §5, "starts as"). */
export const FIRST_STATUS: Record<PaymentMethodType, PaymentStatus> = {
  DEBIT_ORDER: 'RUNNING',
  PAY_IN: 'WAITING_FOR_PAYMENT',
};

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
