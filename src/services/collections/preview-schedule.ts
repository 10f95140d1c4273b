import type { Holidays } from '../../domain/calendar.ts';
import { notFound, refused, stateConflict, type UserError } from '../../domain/errors.ts';
import { readFields } from '../../domain/fields.ts';
import { Findings } from '../../domain/findings.ts';
import { lookUp } from '../../domain/invariants.ts';
import { authorityConflict } from '../../domain/mandate/authority.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { parseMandate } from '../../domain/mandate/parse.ts';
import { isMandateType } from '../../domain/mandate/state-machine.ts';
import { variantOf } from '../../domain/method/matrix.ts';
import { previewCollections, type ScheduledCollection } from '../../domain/payment/preview.ts';
import { submitByOf } from '../../domain/schedule.ts';
import { checkAmount } from '../../domain/submit/amounts.ts';
import type { SubmitPaymentRecord } from '../../domain/submit/record.ts';
import type { KnownMethod } from '../../domain/submit/submit-context.ts';
import { chooseCardTiming, chooseTiming } from '../../domain/submit/timing.ts';
import { type Queryable, queryable } from '../../store/connection/database.ts';
import { findPlannedCollections } from '../../store/due-work/planned-collections.ts';
import { findMandates } from '../../store/mandates/mandates.ts';
import { findMethods } from '../../store/merchants/payment-methods.ts';
import { findHolidays } from '../../store/merchants/settings.ts';
import { findPayments, type KnownPayment } from '../../store/payments/known.ts';
import { findLastCollections } from '../../store/transactions/collected.ts';
import { findUnsent, type KnownTransaction } from '../../store/transactions/known.ts';
import type { App, Caller } from '../app.ts';
import { ruleOf, searchFirst } from './plan-collections.ts';

const PENDING_NOTE = 'The mandate must be approved first.';
const PAUSED_NOTE = 'Skipped if the payment is still paused at the cut-off.';

/**
 * Returns the next `count` collections of each payment by payment id, in date order, with skipped ones in between;
 * empty for a payment that is over. Runs a fixed number of statements.
 */
export async function previewPayments(
  database: Queryable,
  merchantId: string,
  now: Date,
  ids: readonly string[],
  count: number,
): Promise<ReadonlyMap<string, readonly ScheduledCollection[]>> {
  const payments = await findPayments(database, merchantId, ids);
  const planned = await findPlannedCollections(database, merchantId, ids);
  const made = await findLastCollections(database, merchantId, ids);
  const holidays = await findHolidays(database, merchantId);
  const waiting = await findUnsent(database, merchantId, ids);
  return new Map(
    [...payments.values()].map((payment) => {
      const hasFirst = made.get(payment.id)?.hasFirst === true;
      const { next, lost } =
        payment.status === 'PENDING'
          ? searchFirst(payment, now, holidays)
          : { next: planned.get(payment.id) ?? null, lost: [] };
      const unsent = (waiting.get(payment.id) ?? []).map((transaction) => unsentRow(transaction, payment, holidays));
      const start = { planned: next, lost, hasFirst };
      const rows = previewCollections(anchored(payment), start, now, holidays, Math.max(0, count - unsent.length));
      return [payment.id, [...unsent, ...rows].map((row) => noted(row, payment))];
    }),
  );
}

/** Returns the preview of an unsent transaction: the collection of the current cycle or a retry. */
function unsentRow(transaction: KnownTransaction, payment: KnownPayment, holidays: Holidays): ScheduledCollection {
  const { kind, nominalDate, actionDate, amountCents, attempt } = transaction;
  const submitBy = submitByOf(ruleOf(payment).lead, actionDate, holidays);
  const notes = attempt > 1 ? [`Attempt ${attempt}.`] : [];
  return { kind, nominalDate, actionDate, submitBy, amountCents, isSkipped: false, notes };
}

/** Sets the date from which adjustments are counted. The mandate stores it only after its first adjustment. */
export function anchored(payment: KnownPayment): KnownPayment {
  const { mandate, firstNominalDate } = payment;
  if (!mandate || mandate.adjustmentAnchor !== null) return payment;
  return { ...payment, mandate: { ...mandate, adjustmentAnchor: mandate.firstDate ?? firstNominalDate } };
}

function noted(row: ScheduledCollection, { status }: KnownPayment): ScheduledCollection {
  const note = status === 'PENDING' ? PENDING_NOTE : status === 'PAUSED' ? PAUSED_NOTE : null;
  return note === null ? row : { ...row, notes: [note, ...row.notes] };
}

/**
 * Returns the next `count` collections that a payment would have if it were submitted now, or the errors that prevent
 * it. Customer and bank account are not checked.
 */
export async function previewRecord(
  app: App,
  { merchantId }: Caller,
  record: SubmitPaymentRecord,
  count: number,
): Promise<readonly ScheduledCollection[] | { readonly errors: readonly UserError[] }> {
  const database = queryable(app.database);
  const now = await app.clock.now(database, merchantId);
  const calendar = { now, holidays: await findHolidays(database, merchantId) };
  const methods = await findMethods(database, merchantId, [record.paymentMethodId]);
  const mandates = await findMandates(database, merchantId, record.mandateId ? [record.mandateId] : []);
  const findings = new Findings(['payment']);
  const { path, errors } = findings;
  const method = methods.get(record.paymentMethodId);
  if (!method) return { errors: [notFound([...path, 'paymentMethodId'], 'payment method')] };
  if (method.type === 'PAY_IN') return [];
  const { type } = method;
  const own = lookUp(mandates, record.mandateId);
  const made =
    record.mandate && isMandateType(type)
      ? parseMandate(
          record.mandate,
          { ...method, type, variant: variantOf(type, method.providerBank) },
          calendar,
          findings.at('mandate'),
        )
      : null;
  const terms = own ?? made;
  if (own) checkMandate(own, method, findings.at('mandateId'));
  if (!terms && type !== 'CARD' && errors.length === 0) errors.push(notFound([...path, 'mandateId'], 'mandate'));
  const amountCents = readFields(record, findings).amount('amount') ?? terms?.amountCents ?? null;
  if (terms && amountCents !== null) checkAmount(amountCents, terms, findings.at('amount'));
  const timing = terms
    ? chooseTiming(record, terms, method, calendar, findings)
    : type === 'CARD'
      ? chooseCardTiming(record, method, calendar, findings)
      : null;
  if (errors.length > 0 || !timing) return { errors };
  const adjustmentAnchor = terms && (terms.firstDate ?? timing.first.nominalDate);
  const payment = {
    ...timing,
    methodType: type,
    dateAdjustmentRule: method.dateAdjustmentRule,
    amountCents: amountCents ?? 0,
    mandate: terms && { ...terms, adjustmentAnchor, adjustmentsMade: own?.adjustmentsMade ?? 0 },
  };
  const start = { planned: timing.first, lost: timing.lost, hasFirst: false };
  return previewCollections(payment, start, now, calendar.holidays, count);
}

/** Checks that a mandate can be collected by a payment method, now or once it is approved. */
function checkMandate(mandate: KnownMandate, method: KnownMethod, findings: Findings): void {
  const { path, errors } = findings;
  const { status } = mandate;
  if (mandate.paymentMethodId !== method.id) {
    errors.push(refused('NOT_LINKED', path, 'The mandate belongs to another payment method.'));
  }
  const withdrawn = authorityConflict(mandate, path);
  if (withdrawn) errors.push(withdrawn);
  if (status !== 'ACTIVE' && status !== 'PENDING') {
    const conflict = { currentStatus: status, blockedBy: [mandate.id], message: `The mandate is ${status}.` };
    errors.push(stateConflict(path, conflict));
  }
}
