import {
  invalid,
  methodMismatch,
  notFound,
  type Path,
  refused,
  type StateConflict,
  stateConflict,
  type UserError,
} from './errors.ts';
import { formatAmount } from './money.ts';
import type { PaymentMethodType, PaymentStatus } from './payment/state-machine.ts';

/** All results of matching a deposit to a pay-in. */
export const DEPOSIT_MATCHES = ['PARTIAL', 'EXACT', 'OVER', 'UNKNOWN'] as const;
/** How a deposit matches the amount that a pay-in requests. */
export type DepositMatch = (typeof DEPOSIT_MATCHES)[number];

/** A pay-in with its requested amount and the total of its earlier deposits, both in cents. */
export interface Awaited {
  readonly amountCents: number;
  readonly receivedCents: number;
  /** Whether the pay-in still waits for money. */
  readonly isOpen: boolean;
}

/**
 * Returns how a deposit matches a pay-in: PARTIAL if an amount remains, EXACT if it completes the requested amount,
 * OVER if it exceeds it or the pay-in is no longer open (DOMAIN §3.7).
 */
export function matchOf({ amountCents, receivedCents, isOpen }: Awaited, depositCents: number): DepositMatch {
  const total = receivedCents + depositCents;
  if (!isOpen || total > amountCents) return 'OVER';
  return total === amountCents ? 'EXACT' : 'PARTIAL';
}

/** A deposit as it is changed. */
export interface KnownDeposit {
  readonly id: string;
  readonly version: number;
  readonly paymentMethodId: string;
  /** Null while the deposit matches no pay-in. */
  readonly paymentId: string | null;
  readonly match: DepositMatch;
  readonly amountCents: number;
  /** What was sent back to the payer, in cents. */
  readonly refundedCents: number;
}

/** What decides whether a deposit can be assigned to a payment. */
export interface Assignable {
  readonly paymentMethodId: string;
  readonly methodType: PaymentMethodType;
}

/**
 * Returns why a deposit cannot be assigned to a payment; empty when it can: it matched none, nothing was sent back, and the payment
 * is a pay-in of the same method. `payment` is undefined when the merchant has none with the given id.
 */
export function assignmentFaults(deposit: KnownDeposit, payment: Assignable | undefined, path: Path): UserError[] {
  const at = [...path, 'paymentId'];
  const conflict = assignmentConflict(deposit, path);
  const faults: UserError[] = conflict ? [conflict] : [];
  if (!payment) faults.push(notFound(at, 'payment'));
  else if (payment.methodType !== 'PAY_IN')
    faults.push(methodMismatch('METHOD_FORBIDS', at, `${payment.methodType} payments do not take deposits.`));
  else if (payment.paymentMethodId !== deposit.paymentMethodId)
    faults.push(refused('NOT_LINKED', at, 'The pay-in is of another payment method than the deposit.'));
  return faults;
}

function assignmentConflict(deposit: KnownDeposit, path: Path): StateConflict | null {
  if (deposit.match === 'UNKNOWN' && deposit.refundedCents === 0) return null;
  const message =
    deposit.match === 'UNKNOWN' ? 'The deposit was refunded.' : 'The deposit already belongs to a pay-in.';
  const blockedBy = deposit.paymentId === null ? [] : [deposit.paymentId];
  return stateConflict(path, { message, currentStatus: deposit.match, blockedBy });
}

/** The pay-in of a deposit: what it asked for and what it has received, less what was sent back, in cents. */
export interface Funded {
  readonly id: string;
  readonly status: PaymentStatus;
  readonly amountCents: number;
  readonly receivedCents: number;
}

/**
 * Returns how much of a deposit can be sent back, in cents: all of it when it matched no pay-in or the pay-in ended unpaid; what
 * exceeds the amount of a completed pay-in; nothing while the pay-in waits for money.
 */
export function refundableCents({ amountCents, refundedCents }: KnownDeposit, payIn: Funded | null): number {
  const left = amountCents - refundedCents;
  if (payIn === null) return left;
  if (payIn.status === 'WAITING_FOR_PAYMENT') return 0;
  const kept = payIn.status === 'COMPLETED' ? payIn.amountCents : 0;
  return Math.max(0, Math.min(left, payIn.receivedCents - kept));
}

/** Returns why an amount of a deposit cannot be sent back; null when it can. Without an amount all that is possible is meant. */
export function refundFault(
  deposit: KnownDeposit,
  payIn: Funded | null,
  cents: number | null,
  path: Path,
): UserError | null {
  const possible = refundableCents(deposit, payIn);
  if (possible === 0) {
    const message =
      payIn?.status === 'WAITING_FOR_PAYMENT'
        ? 'The pay-in still waits for this money. Cancel the pay-in first.'
        : 'Nothing of this deposit is left to refund.';
    return stateConflict(path, { message, currentStatus: deposit.match, blockedBy: payIn ? [payIn.id] : [] });
  }
  if (cents === null || cents <= possible) return null;
  return invalid(
    [...path, 'amount'],
    'refundable',
    `At most ${formatAmount(possible)} of this deposit can be refunded.`,
  );
}
