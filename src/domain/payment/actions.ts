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

/** Actions that a caller can take on a payment. */
export const PAYMENT_ACTIONS = ['UPDATE', 'PAUSE', 'RUN', 'STOP', 'CANCEL', 'RETRY'] as const;
/** Action that a caller can take on a payment. */
export type PaymentAction = (typeof PAYMENT_ACTIONS)[number];

/** Statuses that a caller can set, each with the action, and event, that leads to it. */
export const SETTABLE_PAYMENT_STATUSES = {
  RUNNING: 'RUN',
  PAUSED: 'PAUSE',
  STOPPED: 'STOP',
  CANCELLED: 'CANCEL',
} as const satisfies Partial<Record<PaymentStatus, PaymentAction & PaymentEvent>>;
/** Status that a caller can set. */
export type SettablePaymentStatus = keyof typeof SETTABLE_PAYMENT_STATUSES;

/** Whether a caller can set the status. */
export function isSettable(status: PaymentStatus): status is SettablePaymentStatus {
  return status in SETTABLE_PAYMENT_STATUSES;
}

/** Fields of a payment that decide which actions are allowed. */
export interface PaymentState {
  readonly kind: PaymentKind;
  readonly status: PaymentStatus;
  readonly methodType: PaymentMethodType;
  readonly pauseCauses: readonly PauseCause[];
  readonly stopCause: StopCause | null;
}

/** Statuses of the objects that a payment uses; null for those that it does not have. */
export interface PartyStatuses extends AuthorityMark {
  readonly customerId: string;
  readonly customerStatus: CustomerStatus;
  readonly isBlacklisted: boolean;
  readonly bankAccountId: string | null;
  readonly accountStatus: BankAccountStatus | null;
  readonly mandateId: string | null;
  readonly mandateStatus: MandateStatus | null;
  /** Whether the mandate authorises one collection only. */
  readonly isMandateOneTime: boolean;
  readonly paymentMethodId: string;
  readonly isMethodEnabled: boolean;
}

/** Facts about related objects that decide which actions are allowed. */
export interface PaymentTies {
  readonly partyStatuses: PartyStatuses;
  /** Whether the payment has a collection date that can still be met. */
  readonly hasNext: boolean;
  /** Last transaction of the payment; null if it has none. */
  readonly last: Failed | null;
  /** Ids of other payments that already take the collections this payment would take under its mandate. */
  readonly takenBy: readonly string[];
}

/** An object whose status prevents a collection, and the field of the payment that names it. */
export interface Obstacle {
  readonly id: string;
  readonly field: 'customerId' | 'bankAccountId' | 'mandateId' | 'paymentMethodId';
  readonly reason: string;
}

/** Returns the objects that prevent an action, in order of checking; none for PAUSE, STOP and CANCEL. */
export function obstaclesTo(action: PaymentAction, ties: PaymentTies): Obstacle[] {
  switch (action) {
    case 'RUN':
      return [...obstaclesOf(ties.partyStatuses), ...takenBy(ties)];
    case 'RETRY': {
      // A one-time mandate is COMPLETED once its debit is paid; that debit can still be returned late and retried.
      const { mandateStatus, isMandateOneTime } = ties.partyStatuses;
      const isOwn = isMandateOneTime && mandateStatus === 'COMPLETED';
      const standing = isOwn ? { ...ties.partyStatuses, mandateStatus: 'ACTIVE' as const } : ties.partyStatuses;
      return [...obstaclesOf(standing), ...takenBy(ties)];
    }
    case 'UPDATE':
      return authorityObstacle(ties.partyStatuses);
    default:
      return [];
  }
}

/** Returns the other payments that already take the collections of the mandate. */
function takenBy({ partyStatuses: { mandateId }, takenBy: ids }: PaymentTies): Obstacle[] {
  if (mandateId === null) return [];
  return ids.map((id) => ({
    id,
    field: 'mandateId',
    reason: `Payment ${id} already takes this collection of the mandate.`,
  }));
}

function authorityObstacle({ mandateId, ...mark }: PartyStatuses): Obstacle[] {
  const reason = reasonAgainstUse(mark);
  return mandateId === null || reason === null ? [] : [{ id: mandateId, field: 'mandateId', reason }];
}

/** Returns the objects used by a payment whose status prevents a collection. */
function obstaclesOf(statuses: PartyStatuses): Obstacle[] {
  const { customerId, customerStatus, isBlacklisted, bankAccountId, accountStatus } = statuses;
  const { mandateId, mandateStatus, paymentMethodId, isMethodEnabled } = statuses;
  const found: Array<Obstacle | false> = [
    customerStatus !== 'ACTIVE' && {
      id: customerId,
      field: 'customerId',
      reason: `The customer is ${customerStatus}; it must be ACTIVE.`,
    },
    isBlacklisted && { id: customerId, field: 'customerId', reason: 'The customer is blacklisted.' },
    bankAccountId !== null &&
      accountStatus !== 'ACTIVE' && {
        id: bankAccountId,
        field: 'bankAccountId',
        reason: `The bank account is ${accountStatus}; it must be ACTIVE.`,
      },
    ...authorityObstacle(statuses),
    mandateId !== null &&
      mandateStatus !== 'ACTIVE' && {
        id: mandateId,
        field: 'mandateId',
        reason: `The mandate is ${mandateStatus}; it must be ACTIVE.`,
      },
    !isMethodEnabled && { id: paymentMethodId, field: 'paymentMethodId', reason: 'The payment method is disabled.' },
  ];
  return found.filter((obstacle) => obstacle !== false);
}

/** Returns a human-readable reason why the action is not allowed now; null if it is allowed. */
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

/** Returns all actions in table order, each with whether it is allowed now and, if not, the reason. */
export function availablePaymentActions(payment: PaymentState, ties: PaymentTies) {
  return PAYMENT_ACTIONS.map((action) => {
    const reason = reasonAgainst(action, payment, ties);
    return { action, allowed: reason === null, reason };
  });
}

/** Returns the statuses that a caller can set now, other than the current one. */
export function allowedPaymentStatuses(payment: PaymentState, ties: PaymentTies): SettablePaymentStatus[] {
  const statuses = Object.keys(SETTABLE_PAYMENT_STATUSES) as SettablePaymentStatus[];
  return statuses.filter(
    (status) => status !== payment.status && reasonAgainst(SETTABLE_PAYMENT_STATUSES[status], payment, ties) === null,
  );
}

const DONE: Readonly<Record<'PAUSE' | 'RUN' | 'STOP' | 'CANCEL', string>> = {
  PAUSE: 'paused',
  RUN: 'set to RUNNING',
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
  if (status === 'COMPLETED' || status === 'CANCELLED') return `A payment that is ${status} can no longer be changed.`;
  return kind === 'PAY_IN' ? 'A pay-in cannot be changed: cancel it and submit a new one.' : null;
}

function reasonAgainstRunning(ties: PaymentTies): string | null {
  const [obstacle] = obstaclesTo('RUN', ties);
  return obstacle?.reason ?? (ties.hasNext ? null : 'No date is left on which the payment can be collected.');
}

function reasonAgainstRetryOf(payment: PaymentState, ties: PaymentTies): string | null {
  const against = reasonAgainstRetry(ties.last, payment.methodType);
  if (against) return against;
  const isOpen =
    payment.status === 'RUNNING' ||
    (payment.kind === 'ONE_TIME' && transitionPayment(payment.status, 'RETRY') !== null);
  if (!isOpen) return `A payment that is ${payment.status} cannot be retried: set it to RUNNING first.`;
  return obstaclesTo('RETRY', ties)[0]?.reason ?? null;
}
