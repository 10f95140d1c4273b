import { type Path, stateConflict } from '../domain/errors.ts';
import {
  allowedPaymentStatuses,
  obstaclesOf,
  type PaymentAction,
  type PaymentTies,
  reasonAgainst,
} from '../domain/payment/actions.ts';
import type { Findings } from '../domain/warnings.ts';
import type { Change } from '../store/change.ts';
import type { Queryable } from '../store/database.ts';
import { findHolidays } from '../store/merchants.ts';
import { findStandings, holdParties } from '../store/payment-standings.ts';
import { findPayments, findPaymentsForUpdate, type KnownPayment } from '../store/payments/known.ts';
import { findLastCollections, findLastTransactions } from '../store/transactions/collected.ts';
import type { KnownTransaction } from '../store/transactions/known.ts';
import { nextInNewCycle } from './replan-payments.ts';

/** Payments, and what their actions depend on. */
export interface PaymentsAround {
  readonly payments: ReadonlyMap<string, KnownPayment>;
  /** The last attempt at the last date of each that has one. */
  readonly last: ReadonlyMap<string, KnownTransaction>;
  tiesOf(id: string): PaymentTies;
}

/** The payments that a call names, locked after whom they need, and what an action on them depends on. */
export async function takePaymentsAround(change: Change, ids: readonly string[]): Promise<PaymentsAround> {
  const { tx, merchantId, occurredAt } = change;
  await holdParties(tx, merchantId, ids);
  return around(tx, merchantId, occurredAt, await findPaymentsForUpdate(tx, merchantId, ids));
}

/** The same, to be looked at. */
export async function readPaymentsAround(
  database: Queryable,
  merchantId: string,
  now: Date,
  ids: readonly string[],
): Promise<PaymentsAround> {
  return around(database, merchantId, now, await findPayments(database, merchantId, ids));
}

async function around(
  database: Queryable,
  merchantId: string,
  now: Date,
  payments: ReadonlyMap<string, KnownPayment>,
): Promise<PaymentsAround> {
  const ids = [...payments.keys()];
  const standings = await findStandings(database, merchantId, ids);
  const made = await findLastCollections(database, merchantId, ids);
  const last = await findLastTransactions(database, merchantId, ids);
  const holidays = await findHolidays(database, merchantId);
  return {
    payments,
    last,
    tiesOf(id) {
      const payment = payments.get(id);
      const standing = standings.get(id);
      if (!payment || !standing) throw new Error(`payment ${id} was not read`);
      const hasNext =
        payment.kind === 'RECURRING' && nextInNewCycle(payment, made.get(id) ?? null, now, holidays) !== null;
      return { standing, hasNext, last: last.get(id) ?? null };
    },
  };
}

/** Refuses what cannot be done to a payment now: with its status, what could be done, and what blocks it. */
export function checkPaymentAction(
  action: PaymentAction,
  payment: KnownPayment,
  ties: PaymentTies,
  path: Path,
  { errors }: Findings,
): boolean {
  const message = reasonAgainst(action, payment, ties);
  if (message === null) return true;
  const isBlocked = action === 'RUN' || action === 'RETRY';
  errors.push(
    stateConflict(path, {
      message,
      currentStatus: payment.status,
      allowedTransitions: allowedPaymentStatuses(payment, ties),
      blockedBy: isBlocked ? [...new Set(obstaclesOf(ties.standing).map(({ id }) => id))] : [],
    }),
  );
  return false;
}
