import type { CivilDate } from '../../domain/dates.ts';
import { stateConflict } from '../../domain/errors.ts';
import { type LastReturn, returnWarning } from '../../domain/mandate/returns.ts';
import {
  allowedPaymentStatuses,
  obstaclesTo,
  type PaymentAction,
  type PaymentTies,
  reasonAgainst,
} from '../../domain/payment/actions.ts';
import { debitsInTheWay } from '../../domain/submit/one-debit.ts';
import type { Debit } from '../../domain/submit/submit-context.ts';
import type { Findings } from '../../domain/warnings.ts';
import type { Queryable } from '../../store/connection/database.ts';
import { findHolidays } from '../../store/merchants/merchants.ts';
import { findPayments, type KnownPayment, lockPayments } from '../../store/payments/known.ts';
import { findPartyStatuses, lockParties } from '../../store/payments/payment-parties.ts';
import { findDebits } from '../../store/payments/running-payments.ts';
import { findLastCollections, findLastReturns, findLastTransactions } from '../../store/transactions/collected.ts';
import type { KnownTransaction } from '../../store/transactions/known.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { nextInNewCycle } from '../collections/replan-payments.ts';

/** Payments, and what their actions depend on. */
export interface PaymentContext {
  readonly payments: ReadonlyMap<string, KnownPayment>;
  /** The last attempt at the last date of each that has one. */
  readonly last: ReadonlyMap<string, KnownTransaction>;
  /** How the last debits of their mandates came back, by mandate. */
  readonly lastReturns: ReadonlyMap<string, LastReturn>;
  tiesOf(id: string): PaymentTies;
}

/** The payments that a call names, locked after whom they need, and what an action on them depends on. */
export async function lockPaymentContext(context: WriteContext, ids: readonly string[]): Promise<PaymentContext> {
  const { tx, merchantId, occurredAt } = context;
  await lockParties(tx, merchantId, ids);
  return around(tx, merchantId, occurredAt, await lockPayments(tx, merchantId, ids));
}

/** The same, to be looked at. */
export async function readPaymentContext(
  database: Queryable,
  merchantId: string,
  now: Date,
  ids: readonly string[],
): Promise<PaymentContext> {
  return around(database, merchantId, now, await findPayments(database, merchantId, ids));
}

async function around(
  database: Queryable,
  merchantId: string,
  now: Date,
  payments: ReadonlyMap<string, KnownPayment>,
): Promise<PaymentContext> {
  const ids = [...payments.keys()];
  const standings = await findPartyStatuses(database, merchantId, ids);
  const made = await findLastCollections(database, merchantId, ids);
  const last = await findLastTransactions(database, merchantId, ids);
  const holidays = await findHolidays(database, merchantId);
  const mandateIds = [...payments.values()].flatMap(({ mandateId }) => mandateId ?? []);
  const debits = await findDebits(database, merchantId, mandateIds);
  return {
    payments,
    last,
    lastReturns: await findLastReturns(database, merchantId, mandateIds),
    tiesOf(id) {
      const payment = payments.get(id);
      const standing = standings.get(id);
      if (!payment || !standing) throw new Error(`payment ${id} was not read`);
      const next = payment.kind === 'RECURRING' ? nextInNewCycle(payment, made.get(id) ?? null, now, holidays) : null;
      const failed = last.get(id) ?? null;
      const from = (next ?? failed)?.nominalDate ?? null;
      const takenBy = from === null ? [] : othersThatCollect(payment, from, debits.get(payment.mandateId ?? '') ?? []);
      return { standing, hasNext: next !== null, last: failed, takenBy };
    },
  };
}

/** The other payments that collect, from a day on, what a payment would collect under its mandate. */
function othersThatCollect(payment: KnownPayment, from: CivilDate, debits: readonly Debit[]): string[] {
  const { id, kind, mandate, dateEnd } = payment;
  if (mandate === null || kind === 'PAY_IN') return [];
  const debit: Debit = { paymentId: id, kind, from, to: kind === 'RECURRING' ? dateEnd : from };
  return [...new Set(debitsInTheWay(mandate, debit, debits).flatMap(({ paymentId }) => paymentId ?? []))];
}

/** Warns of a new use of a mandate whose last debit was returned with a code that stops a payment. */
export function warnOfReturn(
  { mandateId }: KnownPayment,
  lastReturns: ReadonlyMap<string, LastReturn>,
  findings: Findings,
): void {
  const { path, warnings } = findings;
  const returned = returnWarning(lastReturns, mandateId, [...path, 'mandateId']);
  if (returned) warnings.push(returned);
}

/** Refuses what cannot be done to a payment now: with its status, what could be done, and what blocks it. */
export function checkPaymentAction(
  action: PaymentAction,
  payment: KnownPayment,
  ties: PaymentTies,
  findings: Findings,
): boolean {
  const { path, errors } = findings;
  const message = reasonAgainst(action, payment, ties);
  if (message === null) return true;
  const obstacles = obstaclesTo(action, ties);
  const [obstacle] = obstacles.filter(({ reason }) => reason === message);
  errors.push(
    stateConflict(obstacle ? [...path, obstacle.field] : path, {
      message,
      currentStatus: payment.status,
      allowedTransitions: allowedPaymentStatuses(payment, ties),
      blockedBy: [...new Set(obstacles.map(({ id }) => id))],
    }),
  );
  return false;
}
