import { pastDate, tooLate } from '../clock-errors.ts';
import { type CivilDate, civilDateOf, earlier } from '../dates.ts';
import type { Target } from '../decide-each.ts';
import { invalid, refused, stateConflict } from '../errors.ts';
import { readFields, type Unvalidated } from '../fields.ts';
import type { Findings } from '../findings.ts';
import type { MandateTerms } from '../mandate/mandate.ts';
import { leadOf, nextOccurrence, occurrenceOn, type PaymentInterval, processDayMax } from '../schedule.ts';
import { checkAmount, itemLimitExceeded } from '../submit/amounts.ts';
import { checkOneDebit } from '../submit/one-debit.ts';
import type { Debit, KnownMethod, SubmitContext } from '../submit/submit-context.ts';
import { checkOneTimeDate, firstOf, isFixed, NO_TERMS, ruleOf } from '../submit/timing.ts';
import type { PaymentKind } from './state-machine.ts';

/** Input of a payment change, not validated: absent fields are kept; null clears `recurring.dateEnd` only. */
export interface UpdatePaymentRecord extends Target, Unvalidated {
  readonly recurring?: Unvalidated | null | undefined;
  readonly oneTime?: Unvalidated | null | undefined;
}

/** Terms of a payment that can change. */
export interface PaymentTermsNow {
  readonly amountCents: number;
  readonly processDay: number | null;
  readonly dateStart: CivilDate | null;
  readonly dateEnd: CivilDate | null;
  readonly processDate: CivilDate | null;
  readonly firstNominalDate: CivilDate;
}

/** A stored payment with the fields that a change is validated against. */
export interface ChangeablePayment extends PaymentTermsNow {
  readonly id: string;
  readonly kind: PaymentKind;
  readonly interval: PaymentInterval | null;
  readonly collectFrom: CivilDate | null;
  readonly status: string;
}

/** Objects and transactions that a change is validated against. */
export interface PaymentChangeContext {
  readonly known: SubmitContext;
  readonly method: KnownMethod;
  /** Terms of the mandate; null for a card. */
  readonly terms: MandateTerms | null;
  /** Ids of some transactions of the payment; any transaction makes its dates immutable. */
  readonly transactionIds: readonly string[];
  /** Other debits under its mandate. */
  readonly otherDebits: readonly Debit[];
}

/** Returns the terms of a payment after a change, or null with every error in the findings (DOMAIN §3.6). */
export function changePayment(
  payment: ChangeablePayment,
  record: UpdatePaymentRecord,
  context: PaymentChangeContext,
  findings: Findings,
): PaymentTermsNow | null {
  const { path, errors } = findings;
  const before = errors.length;
  refuseNulls(record, ['amount', 'recurring', 'oneTime'], findings);
  const amountCents = readAmount(payment, record, context, findings);
  const wrong = payment.kind === 'RECURRING' ? record.oneTime && 'oneTime' : record.recurring && 'recurring';
  if (wrong) {
    const message = 'A payment cannot be converted between recurring and one-time: submit a new payment.';
    errors.push(invalid([...path, wrong], 'no_conversion', message));
  }
  if (errors.length > before) return null;
  const { processDay, dateStart, dateEnd, processDate, firstNominalDate } = payment;
  const current = { processDay, dateStart, dateEnd, processDate, firstNominalDate };
  const timing = record.recurring
    ? changeRecurring(payment, record.recurring, context, findings.at('recurring'))
    : record.oneTime
      ? changeOneTime(payment, record.oneTime, context, findings.at('oneTime'))
      : current;
  return errors.length === before && timing ? { ...timing, amountCents } : null;
}

/** Adds an error for each named field that is null, because it cannot be cleared. */
function refuseNulls(record: Unvalidated, names: readonly string[], findings: Findings): void {
  const { path, errors } = findings;
  for (const name of names) {
    if (record[name] === null)
      errors.push(refused('NOT_CLEARABLE', [...path, name], 'This field cannot be cleared: omit it or set a value.'));
  }
}

/** Returns the new amount in cents; it applies only to transactions that are not created yet. */
function readAmount(
  { amountCents }: ChangeablePayment,
  record: Unvalidated,
  { terms, method }: PaymentChangeContext,
  findings: Findings,
): number {
  const { path, errors } = findings;
  const amount = readFields(record, findings).amount('amount');
  if (amount === null || amount === amountCents) return amountCents;
  const at = [...path, 'amount'];
  if (terms) checkAmount(amount, terms, findings.of(at));
  const { itemLimitCents } = method;
  if (itemLimitCents !== null && amount > itemLimitCents) errors.push(itemLimitExceeded(at, itemLimitCents));
  return amount;
}

type Timing = Omit<PaymentTermsNow, 'amountCents'>;

function changeRecurring(
  payment: ChangeablePayment,
  record: Unvalidated,
  context: PaymentChangeContext,
  findings: Findings,
): Timing | null {
  const { path, errors } = findings;
  const { known, method, transactionIds } = context;
  const terms = context.terms ?? NO_TERMS;
  const { interval } = payment;
  if (interval === null) return null;
  const before = errors.length;
  refuseNulls(record, ['dateStart', 'processDay'], findings);
  const fields = readFields(record, findings);
  const given = fields.integer('processDay', { min: 1, max: processDayMax(interval) });
  const processDay = given ?? payment.processDay;
  const dateStart = fields.date('dateStart') ?? payment.dateStart;
  const dateEnd = record['dateEnd'] === undefined ? payment.dateEnd : fields.date('dateEnd');
  const frozen = { dateStart: dateStart !== payment.dateStart, processDay: processDay !== payment.processDay };
  refuseFrozen(frozen, payment, transactionIds, findings);
  if (frozen.dateStart && dateStart !== null && dateStart < civilDateOf(known.now)) {
    errors.push(pastDate([...path, 'dateStart'], known.now));
  }
  if (dateStart !== null && dateEnd !== null && dateEnd < dateStart) {
    errors.push(invalid([...path, 'dateEnd'], 'end_after_start', 'The end must be on or after the start.'));
  }
  if (frozen.processDay && isFixed(terms) && processDay !== terms.processDay) {
    const message = 'The mandate does not allow another process day.';
    errors.push(invalid([...path, 'processDay'], 'day_of_mandate', message));
  }
  const isFirstToCome = terms.firstDate !== null && terms.firstDate >= civilDateOf(known.now);
  if (
    frozen.dateStart &&
    dateStart !== null &&
    terms.firstDate !== null &&
    isFirstToCome &&
    terms.firstDate < dateStart
  ) {
    const message = `Must be on or before ${terms.firstDate}, the first collection of the mandate.`;
    errors.push(refused('INVALID_DATE', [...path, 'dateStart'], message));
  }
  if (errors.length > before || dateStart === null || processDay === null) return null;
  const timing = { processDay, dateStart, dateEnd, processDate: null };
  if (transactionIds.length > 0) {
    checkCycles(payment, context, payment.firstNominalDate, dateEnd, findings);
    return { ...timing, firstNominalDate: payment.firstNominalDate };
  }
  const last = earlier(dateEnd, terms.dateRelease);
  const from = payment.collectFrom;
  const schedule = { interval, processDay, dateStart, last, from, first: firstOf(terms) };
  const first = nextOccurrence(schedule, null, ruleOf(method), known.now, known.holidays);
  if (!first) {
    errors.push(
      refused(
        'INVALID_DATE',
        [...path, 'dateEnd'],
        'The payment ends before its first possible collection: choose a later end.',
      ),
    );
    return null;
  }
  checkCycles(payment, context, first.nominalDate, dateEnd, findings);
  return { ...timing, firstNominalDate: first.nominalDate };
}

function changeOneTime(
  payment: ChangeablePayment,
  record: Unvalidated,
  context: PaymentChangeContext,
  findings: Findings,
): Timing | null {
  const { path, errors } = findings;
  const { known, method, transactionIds } = context;
  const terms = context.terms ?? NO_TERMS;
  const before = errors.length;
  refuseNulls(record, ['processDate'], findings);
  const processDate = readFields(record, findings).date('processDate') ?? payment.processDate;
  const unchanged = { processDay: null, dateStart: null, dateEnd: null, processDate: payment.processDate };
  if (errors.length > before) return null;
  if (processDate === null || processDate === payment.processDate) {
    return { ...unchanged, firstNominalDate: payment.firstNominalDate };
  }
  const at = [...path, 'processDate'];
  refuseFrozen({ processDate: true }, payment, transactionIds, findings);
  if (terms.dateRelease !== null && processDate > terms.dateRelease) {
    errors.push(refused('INVALID_DATE', at, `Must be on or before ${terms.dateRelease}, when the mandate ends.`));
  }
  checkOneTimeDate(processDate, terms, findings.of(at));
  const nominal = { kind: 'REGULAR', nominalDate: processDate } as const;
  const bounds = { start: null, end: terms.dateRelease };
  if (!occurrenceOn(nominal, ruleOf(method), known.now, known.holidays, bounds)) {
    errors.push(tooLate(at, leadOf(method.type), known, terms.dateRelease));
  }
  checkCycles(payment, context, processDate, processDate, findings.of(at));
  return { ...unchanged, processDate, firstNominalDate: processDate };
}

/** Adds an error for each changed field that is immutable because a transaction exists. */
function refuseFrozen(
  changed: Readonly<Record<string, boolean>>,
  { status }: ChangeablePayment,
  transactionIds: readonly string[],
  findings: Findings,
): void {
  const { path, errors } = findings;
  if (transactionIds.length === 0) return;
  for (const [name, isChanged] of Object.entries(changed)) {
    if (!isChanged) continue;
    const message = 'This can no longer be changed: a transaction exists.';
    const conflict = { code: 'NOT_MUTABLE', message, currentStatus: status, blockedBy: transactionIds } as const;
    errors.push(stateConflict([...path, name], conflict));
  }
}

/** Adds an error if the new dates fall in a cycle whose only authorised debit belongs to another payment. */
function checkCycles(
  { id, kind }: ChangeablePayment,
  { terms, otherDebits }: PaymentChangeContext,
  from: CivilDate,
  to: CivilDate | null,
  findings: Findings,
): void {
  if (!terms || kind === 'PAY_IN') return;
  checkOneDebit(terms, { paymentId: id, kind, from, to }, otherDebits, findings);
}
