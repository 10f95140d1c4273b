import type { BankAccountStatus } from '../bank-account/bank-account.ts';
import type { CustomerStatus } from '../customer/customer.ts';
import { type AuthorityMark, reasonAgainstUse } from '../mandate/authority.ts';
import type { MandateStatus } from '../mandate/state-machine.ts';
import { type Failed, reasonAgainstRetry } from './retry.ts';
import {
  type PauseCause,
  type PaymentEvent,
  type PaymentKind,
  type PaymentMethodType,
  type PaymentStatus,
  type StopCause,
  transitionPayment,
} from './state-machine.ts';

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
export interface PartyStatuses extends AuthorityMark {
  readonly customerId: string;
  readonly customerStatus: CustomerStatus;
  readonly isBlacklisted: boolean;
  readonly bankAccountId: string | null;
  readonly accountStatus: BankAccountStatus | null;
  readonly mandateId: string | null;
  readonly mandateStatus: MandateStatus | null;
  /** Whether the mandate is for one collection. */
  readonly isMandateOneTime: boolean;
  readonly paymentMethodId: string;
  readonly isMethodEnabled: boolean;
}

/** What of others an action depends on. */
export interface PaymentTies {
  readonly standing: PartyStatuses;
  /** Whether a date is left on which it could be collected. */
  readonly hasNext: boolean;
  /** Its last transaction, where it has one. */
  readonly last: Failed | null;
  /** Other payments that collect by its mandate what it would. */
  readonly takenBy: readonly string[];
}

/** An object in whose status a payment cannot be collected, and the field of a payment that names it. */
export interface Obstacle {
  readonly id: string;
  readonly field: 'customerId' | 'bankAccountId' | 'mandateId' | 'paymentMethodId';
  readonly reason: string;
}

/** What stands in the way of an action that collects; nothing for one that does not. */
export function obstaclesTo(action: PaymentAction, ties: PaymentTies): Obstacle[] {
  switch (action) {
    case 'RUN':
      return [...obstaclesOf(ties.standing), ...takenBy(ties)];
    case 'RETRY': {
      // A one-time mandate is COMPLETED once its debit is paid: its own late unpaid is retried all the same.
      const { mandateStatus, isMandateOneTime } = ties.standing;
      const isOwn = isMandateOneTime && mandateStatus === 'COMPLETED';
      const standing = isOwn ? { ...ties.standing, mandateStatus: 'ACTIVE' as const } : ties.standing;
      return [...obstaclesOf(standing), ...takenBy(ties)];
    }
    case 'UPDATE':
      return authorityObstacle(ties.standing);
    default:
      return [];
  }
}

/** Other payments that took the collections of the mandate meanwhile. */
function takenBy({ standing: { mandateId }, takenBy: ids }: PaymentTies): Obstacle[] {
  if (mandateId === null) return [];
  return ids.map((id) => ({ id, field: 'mandateId', reason: `The mandate is collected by another payment, ${id}.` }));
}

function authorityObstacle({ mandateId, ...mark }: PartyStatuses): Obstacle[] {
  const reason = reasonAgainstUse(mark);
  return mandateId === null || reason === null ? [] : [{ id: mandateId, field: 'mandateId', reason }];
}

/** What of the objects that a payment needs stands in the way of collecting. */
function obstaclesOf(standing: PartyStatuses): Obstacle[] {
  const { customerId, customerStatus, isBlacklisted, bankAccountId, accountStatus } = standing;
  const { mandateId, mandateStatus, paymentMethodId, isMethodEnabled } = standing;
  const found: Array<Obstacle | false> = [
    customerStatus !== 'ACTIVE' && {
      id: customerId,
      field: 'customerId',
      reason: `The customer is ${customerStatus}.`,
    },
    isBlacklisted && { id: customerId, field: 'customerId', reason: 'The customer is blacklisted.' },
    bankAccountId !== null &&
      accountStatus !== 'ACTIVE' && {
        id: bankAccountId,
        field: 'bankAccountId',
        reason: `The bank account is ${accountStatus}.`,
      },
    ...authorityObstacle(standing),
    mandateId !== null &&
      mandateStatus !== 'ACTIVE' && {
        id: mandateId,
        field: 'mandateId',
        reason: `The mandate is ${mandateStatus}.`,
      },
    !isMethodEnabled && { id: paymentMethodId, field: 'paymentMethodId', reason: 'The payment method is disabled.' },
  ];
  return found.filter((obstacle) => obstacle !== false);
}

/** Why an action cannot be taken now, for people; null when it can. */
export function reasonAgainst(action: PaymentAction, payment: PaymentState, ties: PaymentTies): string | null {
  switch (action) {
    case 'UPDATE':
      return reasonAgainstUpdate(payment) ?? obstaclesTo('UPDATE', ties)[0]?.reason ?? null;
    case 'RETRY':
      return reasonAgainstRetryOf(payment, ties);
    case 'CANCEL':
      return byTable(payment, 'CANCEL');
    case 'PAUSE':
    case 'STOP':
      return onlyRecurring(payment) ?? byTable(payment, action);
    case 'RUN':
      return onlyRecurring(payment) ?? byTable(payment, action) ?? reasonAgainstRunning(ties);
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

function reasonAgainstRunning(ties: PaymentTies): string | null {
  const [obstacle] = obstaclesTo('RUN', ties);
  return obstacle?.reason ?? (ties.hasNext ? null : 'No date is left on which it could be collected.');
}

function reasonAgainstRetryOf(payment: PaymentState, ties: PaymentTies): string | null {
  const against = reasonAgainstRetry(ties.last, payment.methodType);
  if (against) return against;
  const isOpen =
    payment.status === 'RUNNING' ||
    (payment.kind === 'ONE_TIME' && transitionPayment(payment.status, 'RETRY') !== null);
  if (!isOpen) return `A payment that is ${payment.status} is not collected: set it RUNNING first.`;
  return obstaclesTo('RETRY', ties)[0]?.reason ?? null;
}
