import type { Holidays } from '../../domain/calendar.ts';
import { tooLate } from '../../domain/clock-errors.ts';
import { type CivilDate, civilDateOf } from '../../domain/dates.ts';
import { decideEach, idPath, type Target } from '../../domain/decide-each.ts';
import { duplicate, methodMismatch, refused } from '../../domain/errors.ts';
import { readFields } from '../../domain/fields.ts';
import type { Findings } from '../../domain/findings.ts';
import { lookUp } from '../../domain/invariants.ts';
import type { ScheduledCollection } from '../../domain/payment/preview.ts';
import { transitionPayment } from '../../domain/payment/state-machine.ts';
import { earliestActionDate, occurrenceOn } from '../../domain/schedule.ts';
import { findHolidays } from '../../store/merchants/settings.ts';
import { type KnownPayment, lockPayments } from '../../store/payments/known.ts';
import { movePayments, type PaymentMove, setPaymentOutcomes } from '../../store/payments/write.ts';
import { findPaymentIdsOfTransactions, type KnownTransaction } from '../../store/transactions/known.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { endOf, ruleOf } from '../collections/plan-collections.ts';
import { createRetries, type Retry } from '../collections/retry-unpaid-debits.ts';
import { settlePayments } from '../collections/settle-payments.ts';
import { checkPaymentAction, lockPaymentContext, warnOfReturn } from './payment-context.ts';

/** A payment or its last transaction, and the requested date of the retry. */
export interface RetryRecord extends Target {
  readonly on?: unknown;
}

/** Input of `retryPayments`. */
export interface RetryPayments extends BatchOptions {
  readonly records: readonly RetryRecord[];
  readonly field: 'records' | 'ids';
}

/**
 * Retries the last failed debit of payments, given by payment or transaction id. Each retry is a new transaction with
 * the next attempt number, at most `ATTEMPTS_MAX` in all (DOMAIN §3.6). Atomicity follows `mode`; one result per
 * record, in input order. Warns of returned debits (DEBIT_RETURNED).
 */
export function retryPayments(app: App, caller: Caller, input: RetryPayments): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'retryPayments', args: {}, ...input };
  return runBatch<RetryRecord, Retry>(app, caller, request, async (context, items) => {
    const { tx, merchantId } = context;
    const ids = items.map(({ record }) => record.id);
    const named = await findPaymentIdsOfTransactions(tx, merchantId, ids);
    const paymentIds = ids.map((id) => named.get(id) ?? id);
    const loaded = await lockPaymentContext(context, paymentIds);
    const holidays = await findHolidays(tx, merchantId);
    const rows = new Map(
      ids.flatMap((id, index) => {
        const payment = lookUp(loaded.payments, paymentIds[index]);
        return payment ? [[id, payment] as const] : [];
      }),
    );
    const counts = new Map<string, number>();
    for (const id of new Set(ids)) {
      const paymentId = named.get(id) ?? id;
      counts.set(paymentId, (counts.get(paymentId) ?? 0) + 1);
    }
    const decisions = decideEach(items, rows, 'payment', (payment, record, findings) => {
      const failed = loaded.last.get(payment.id);
      if ((counts.get(payment.id) ?? 0) > 1) {
        findings.errors.push(
          duplicate(idPath(findings.path), 'Another record of this batch names the same payment.', null),
        );
      }
      refuseByMethod(payment, findings);
      if (findings.errors.length > 0) return null;
      if (!checkPaymentAction('RETRY', payment, loaded.tiesOf(payment.id), findings) || !failed) return null;
      if (named.has(record.id) && record.id !== failed.id) {
        const message = `Only the latest transaction can be retried: ${failed.id}.`;
        findings.errors.push(refused('NOT_MUTABLE', idPath(findings.path), message));
        return null;
      }
      warnOfReturn(payment, loaded.lastReturns, findings);
      const day = readDay(record, payment, context.occurredAt, holidays, findings);
      return day && { plan: { payment, failed, ...day }, outcome: 'UPDATED', collection: attemptOf(failed, day) };
    });
    return { decisions, write: (retries) => write(context, retries) };
  });
}

/** Returns the collection that a retry plans. */
function attemptOf(
  { kind, nominalDate, amountCents, attempt }: KnownTransaction,
  day: { readonly actionDate: CivilDate; readonly submitBy: Date },
): ScheduledCollection {
  return { kind, nominalDate, ...day, amountCents, isSkipped: false, notes: [`Attempt ${attempt + 1}.`] };
}

/** Refuses retries of authorised debits, which the bank tracks, and of pay-ins, which are not debited. */
function refuseByMethod({ methodType }: KnownPayment, { path, errors }: Findings): void {
  if (methodType === 'DEBIT_ORDER' || methodType === 'CARD') return;
  const message =
    methodType === 'PAY_IN'
      ? 'A pay-in cannot be retried: it waits for the payer.'
      : `A ${methodType} debit cannot be retried: the bank tracks the account instead.`;
  errors.push(methodMismatch('METHOD_FORBIDS', idPath(path), message));
}

/** Returns the requested date adjusted by the rule of the method, or the earliest possible date if none is given. */
function readDay(
  { on: given }: RetryRecord,
  payment: KnownPayment,
  now: Date,
  holidays: Holidays,
  findings: Findings,
): { actionDate: CivilDate; submitBy: Date } | null {
  const { path, errors } = findings;
  const before = errors.length;
  const rule = ruleOf(payment);
  const on = readFields({ on: given }, findings).date('on') ?? earliestActionDate(rule.lead, now, holidays);
  if (errors.length > before) return null;
  const at = [...path, 'on'];
  const end = endOf(payment);
  if (end !== null && on > end && given != null) {
    errors.push(refused('INVALID_DATE', at, `The payment can be collected until ${end}. Pass an earlier date.`));
    return null;
  }
  const nominal = { kind: 'REGULAR', nominalDate: on } as const;
  const occurrence = on >= civilDateOf(now) ? occurrenceOn(nominal, rule, now, holidays, { start: null, end }) : null;
  if (!occurrence) {
    errors.push(tooLate(at, rule.lead, { now, holidays }, end));
    return null;
  }
  return { actionDate: occurrence.actionDate, submitBy: occurrence.submitBy };
}

async function write(context: WriteContext, retries: readonly Retry[]): Promise<string[]> {
  const moves = retries.flatMap(({ payment }): PaymentMove[] => {
    const to = transitionPayment(payment.status, 'RETRY');
    return to ? [{ payment, to, failedReason: null }] : [];
  });
  movePayments(context, moves);
  await setPaymentOutcomes(
    context,
    moves.filter(({ payment }) => payment.outcome !== null).map(({ payment }) => payment.id),
  );
  const refused = await createRetries(context, retries);
  const ids = new Set(refused.map(({ transaction }) => transaction.paymentId));
  const payments = await lockPayments(context.tx, context.merchantId, [...ids]);
  await settlePayments(context, payments, refused);
  return retries.map(({ payment }) => payment.id);
}
