import type { UserError } from '../domain/errors.ts';
import { notFound } from '../domain/errors.ts';
import { readFields } from '../domain/fields.ts';
import { isMandateType } from '../domain/mandate/life.ts';
import { parseMandate } from '../domain/mandate/parse.ts';
import { variantOf } from '../domain/method/matrix.ts';
import { previewCollections, type ScheduledCollection } from '../domain/payment/preview.ts';
import type { Nominal } from '../domain/schedule.ts';
import type { SubmitPaymentRecord } from '../domain/submit/record.ts';
import { chooseCardTiming, chooseTiming } from '../domain/submit/timing.ts';
import { noFindings } from '../domain/warnings.ts';
import { type Queryable, queryable } from '../store/database.ts';
import { findPlannedCollections } from '../store/due-work.ts';
import { findHolidays } from '../store/merchants.ts';
import { findPayments, type KnownPayment } from '../store/payments.ts';
import { findKnown } from '../store/submit-known.ts';
import { findLastCollections } from '../store/transactions.ts';
import type { App, Caller } from './app.ts';
import { firstCollection } from './plan-collections.ts';

const PENDING_NOTE = 'The mandate has to be approved first.';
const PAUSED_NOTE = 'Left out while the payment is paused.';

/** The next collections of payments, by payment; none for one that is over. A fixed number of statements. */
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
  return new Map(
    [...payments.values()].map((payment) => {
      const nominal: Nominal | null =
        payment.status === 'PENDING' ? firstCollection(payment, now, holidays) : (planned.get(payment.id) ?? null);
      if (!nominal) return [payment.id, []];
      const hasFirst = made.get(payment.id)?.hasFirst === true;
      const rows = previewCollections(anchored(payment), nominal, hasFirst, now, holidays, count);
      return [payment.id, rows.map((row) => noted(row, payment))];
    }),
  );
}

/** Adjustments are counted from the first collection; until the mandate has been adjusted once it does not say so itself. */
function anchored(payment: KnownPayment): KnownPayment {
  const { mandate, firstNominalDate } = payment;
  if (!mandate || mandate.adjustmentAnchor !== null) return payment;
  return { ...payment, mandate: { ...mandate, adjustmentAnchor: mandate.firstDate ?? firstNominalDate } };
}

function noted(row: ScheduledCollection, { status }: KnownPayment): ScheduledCollection {
  const note = status === 'PENDING' ? PENDING_NOTE : status === 'PAUSED' ? PAUSED_NOTE : null;
  return note === null ? row : { ...row, notes: [note, ...row.notes] };
}

/** The collections that a payment would have, were it submitted now; or why it could not be. Whose it is does not matter here. */
export async function previewRecord(
  app: App,
  { merchantId }: Caller,
  record: SubmitPaymentRecord,
  count: number,
): Promise<readonly ScheduledCollection[] | { readonly errors: readonly UserError[] }> {
  const database = queryable(app.database);
  const now = await app.clock.now(database, merchantId);
  const known = await findKnown(database, merchantId, now, [record]);
  const findings = noFindings();
  const { errors } = findings;
  const path = ['payment'];
  const method = known.methods.get(record.paymentMethodId);
  if (!method) return { errors: [notFound([...path, 'paymentMethodId'], 'payment method')] };
  if (method.type === 'PAY_IN') return [];
  const { type } = method;
  const own = record.mandateId ? known.mandates.get(record.mandateId) : undefined;
  const variant = variantOf(type, method.providerBank);
  const made =
    record.mandate && isMandateType(type)
      ? parseMandate(record.mandate, { ...method, type, variant }, known, [...path, 'mandate'], findings)
      : null;
  const terms = own ?? made;
  if (!terms && type !== 'CARD' && errors.length === 0) errors.push(notFound([...path, 'mandateId'], 'mandate'));
  const amountCents = readFields(record, path, errors).amount('amount') ?? terms?.amountCents ?? null;
  const timing = terms
    ? chooseTiming(record, terms, method, known, path, errors)
    : type === 'CARD'
      ? chooseCardTiming(record, method, known, path, errors)
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
  return previewCollections(payment, timing.first, false, now, known.holidays, count);
}
