import type { CivilDate } from '../../domain/dates.ts';
import { stateConflict } from '../../domain/errors.ts';
import type { Findings } from '../../domain/findings.ts';
import { lookUp } from '../../domain/invariants.ts';
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
import type { Queryable } from '../../store/connection/database.ts';
import { findHolidays } from '../../store/merchants/settings.ts';
import { findPayments, type KnownPayment, lockPayments } from '../../store/payments/known.ts';
import { findPartyStatuses, lockParties } from '../../store/payments/payment-parties.ts';
import { findDebits } from '../../store/payments/running-payments.ts';
import { findLastCollections, findLastReturns, findLastTransactions } from '../../store/transactions/collected.ts';
import type { KnownTransaction } from '../../store/transactions/known.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { nextInNewCycle } from '../collections/replan-payments.ts';

/** Payments and what actions on them depend on. */
export interface PaymentContext {
  readonly payments: ReadonlyMap<string, KnownPayment>;
  /** The last attempt at the last collection, by payment id; absent without a transaction. */
  readonly last: ReadonlyMap<string, KnownTransaction>;
  /** Return codes of the last returned debits, by mandate id. */
  readonly lastReturns: ReadonlyMap<string, LastReturn>;
  /** Returns the state of other objects that actions on a payment depend on. Throws for a payment that was not read. */
  tiesOf(id: string): PaymentTies;
}

/** Locks payments, after their customers, accounts and mandates, and reads what actions on them depend on. */
export async function lockPaymentContext(context: WriteContext, ids: readonly string[]): Promise<PaymentContext> {
  const { tx, merchantId, occurredAt } = context;
  lockParties(tx, merchantId, ids);
  return around(tx, merchantId, occurredAt, await lockPayments(tx, merchantId, ids));
}

/** Reads the same as `lockPaymentContext` without locks. */
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
  const statuses = await findPartyStatuses(database, merchantId, ids);
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
      const partyStatuses = statuses.get(id);
      if (!payment || !partyStatuses) throw new Error(`payment ${id} was not read`);
      const next = payment.kind === 'RECURRING' ? nextInNewCycle(payment, made.get(id) ?? null, now, holidays) : null;
      const failed = last.get(id) ?? null;
      const from = (next ?? failed)?.nominalDate ?? null;
      const takenBy = from === null ? [] : othersThatCollect(payment, from, lookUp(debits, payment.mandateId) ?? []);
      return { partyStatuses, hasNext: next !== null, last: failed, takenBy };
    },
  };
}

/**
 * Returns the ids of other payments that, from a date on, collect the cycles of the mandate that this payment would.
 */
function othersThatCollect(payment: KnownPayment, from: CivilDate, debits: readonly Debit[]): string[] {
  const { id, kind, mandate, dateEnd } = payment;
  if (mandate === null || kind === 'PAY_IN') return [];
  const debit: Debit = { paymentId: id, kind, from, to: kind === 'RECURRING' ? dateEnd : from };
  return [...new Set(debitsInTheWay(mandate, debit, debits).flatMap(({ paymentId }) => paymentId ?? []))];
}

/** Warns (DEBIT_RETURNED) if the last debit of the mandate was returned with a code that stops a payment. */
export function warnOfReturn(
  { mandateId }: KnownPayment,
  lastReturns: ReadonlyMap<string, LastReturn>,
  findings: Findings,
): void {
  const { path, warnings } = findings;
  const returned = returnWarning(lastReturns, mandateId, [...path, 'mandateId']);
  if (returned) warnings.push(returned);
}

/**
 * Returns whether an action on a payment is possible now. If not, adds an error with the reason, the allowed
 * transitions and the blocking objects.
 */
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
