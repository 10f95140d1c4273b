import type { BankAccountStatus } from '../bank-account/bank-account.ts';
import type { CustomerStatus } from '../customer/customer.ts';
import type { MandateStatus } from '../mandate/life.ts';
import {
  type PauseCause,
  type PaymentEvent,
  type PaymentKind,
  type PaymentMethodType,
  type PaymentStatus,
  type StopCause,
  transitionPayment,
} from './life.ts';
import { type Failed, reasonAgainstRetry } from './retry.ts';

/** What a caller can do to a payment. */
export const PAYMENT_ACTIONS = ['UPDATE', 'PAUSE', 'RUN', 'STOP', 'CANCEL', 'RETRY'] as const;
export type PaymentAction = (typeof PAYMENT_ACTIONS)[number];

/** The statuses a caller can set, each with what happens to the payment then. */
export const SETTABLE_PAYMENT_STATUSES = {
  RUNNING: 'RUN',
  PAUSED: 'PAUSE',
  STOPPED: 'STOP',
  CANCELLED: 'CANCEL',
} as const satisfies Partial<Record<PaymentStatus, PaymentAction & PaymentEvent>>;
export type SettablePaymentStatus = keyof typeof SETTABLE_PAYMENT_STATUSES;

export function isSettable(status: PaymentStatus): status is SettablePaymentStatus {
  return status in SETTABLE_PAYMENT_STATUSES;
}

/** What of a payment its actions depend on. */
export interface PaymentState {
  readonly kind: PaymentKind;
  readonly status: PaymentStatus;
  readonly methodType: PaymentMethodType;
  readonly pauseCauses: readonly PauseCause[];
  readonly stopCause: StopCause | null;
}

/** How those stand whom a payment needs; null where it needs none. */
export interface Standing {
  readonly customerId: string;
  readonly customerStatus: CustomerStatus;
  readonly isBlacklisted: boolean;
  readonly bankAccountId: string | null;
  readonly accountStatus: BankAccountStatus | null;
  readonly mandateId: string | null;
  readonly mandateStatus: MandateStatus | null;
  readonly paymentMethodId: string;
  readonly isMethodEnabled: boolean;
}

/** What of others an action depends on. */
export interface PaymentTies {
  readonly standing: Standing;
  /** Whether a date is left on which it could be collected. */
  readonly hasNext: boolean;
  /** Its last transaction, where it has one. */
  readonly last: Failed | null;
}

/** Somebody in whose status a payment cannot be collected. */
interface Obstacle {
  readonly id: string;
  readonly reason: string;
}

/** Who stands in the way of collecting. */
export function obstaclesOf(standing: Standing): Obstacle[] {
  const { customerId, customerStatus, isBlacklisted, bankAccountId, accountStatus } = standing;
  const { mandateId, mandateStatus, paymentMethodId, isMethodEnabled } = standing;
  const found: Array<Obstacle | false> = [
    customerStatus !== 'ACTIVE' && { id: customerId, reason: `The customer is ${customerStatus}.` },
    isBlacklisted && { id: customerId, reason: 'The customer is blacklisted.' },
    bankAccountId !== null &&
      accountStatus !== 'ACTIVE' && { id: bankAccountId, reason: `The bank account is ${accountStatus}.` },
    mandateId !== null && mandateStatus !== 'ACTIVE' && { id: mandateId, reason: `The mandate is ${mandateStatus}.` },
    !isMethodEnabled && { id: paymentMethodId, reason: 'The payment method is disabled.' },
  ];
  return found.filter((obstacle) => obstacle !== false);
}

/** Why an action cannot be taken now, for people; null when it can. */
export function reasonAgainst(action: PaymentAction, payment: PaymentState, ties: PaymentTies): string | null {
  switch (action) {
    case 'UPDATE':
      return reasonAgainstUpdate(payment);
    case 'RETRY':
      return reasonAgainstRetryOf(payment, ties);
    case 'CANCEL':
      return byTable(payment, 'CANCEL');
    case 'PAUSE':
    case 'STOP':
      return onlyRecurring(payment) ?? byTable(payment, action);
    case 'RUN':
      return onlyRecurring(payment) ?? byTable(payment, action) ?? reasonAgainstRunning(payment, ties);
  }
}

/** Each action, whether it can be taken now, and why not. */
export function availablePaymentActions(payment: PaymentState, ties: PaymentTies) {
  return PAYMENT_ACTIONS.map((action) => {
    const reason = reasonAgainst(action, payment, ties);
    return { action, allowed: reason === null, reason };
  });
}

/** The statuses a caller can set from where a payment is. */
export function allowedPaymentStatuses(payment: PaymentState, ties: PaymentTies): SettablePaymentStatus[] {
  const statuses = Object.keys(SETTABLE_PAYMENT_STATUSES) as SettablePaymentStatus[];
  return statuses.filter(
    (status) => status !== payment.status && reasonAgainst(SETTABLE_PAYMENT_STATUSES[status], payment, ties) === null,
  );
}

const DONE: Readonly<Record<'PAUSE' | 'RUN' | 'STOP' | 'CANCEL', string>> = {
  PAUSE: 'paused',
  RUN: 'run',
  STOP: 'stopped',
  CANCEL: 'cancelled',
};

function byTable({ status }: PaymentState, action: keyof typeof DONE): string | null {
  return transitionPayment(status, action) ? null : `A payment that is ${status} cannot be ${DONE[action]}.`;
}

function onlyRecurring({ kind }: PaymentState): string | null {
  if (kind === 'RECURRING') return null;
  return `A ${kind === 'ONE_TIME' ? 'one-time payment' : 'pay-in'} can only be cancelled.`;
}

function reasonAgainstUpdate({ status, kind }: PaymentState): string | null {
  if (status === 'COMPLETED' || status === 'CANCELLED') return `A payment that is ${status} does not change any more.`;
  return kind === 'PAY_IN' ? 'A pay-in waits for what it asked for: cancel it, and submit another.' : null;
}

function reasonAgainstRunning(payment: PaymentState, { standing, hasNext }: PaymentTies): string | null {
  if (payment.stopCause === 'AUTHORITY_LOST') {
    return 'The debtor gives no authority any more: submit a payment with a new mandate.';
  }
  const [obstacle] = obstaclesOf(standing);
  return obstacle?.reason ?? (hasNext ? null : 'No date is left on which it could be collected.');
}

function reasonAgainstRetryOf(payment: PaymentState, { standing, last }: PaymentTies): string | null {
  const against = reasonAgainstRetry(last, payment.methodType);
  if (against) return against;
  const isOpen =
    payment.status === 'RUNNING' ||
    (payment.kind === 'ONE_TIME' && transitionPayment(payment.status, 'RETRY') !== null);
  if (!isOpen) return `A payment that is ${payment.status} is not collected: set it RUNNING first.`;
  if (payment.stopCause === 'AUTHORITY_LOST') return 'The debtor gives no authority any more: a new mandate is needed.';
  return obstaclesOf(standing)[0]?.reason ?? null;
}
