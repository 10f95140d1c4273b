import { pastDate, tooLate } from '../clock-errors.ts';
import { type CivilDate, civilDateOf } from '../dates.ts';
import type { Target } from '../decide-each.ts';
import { invalid, refused, stateConflict } from '../errors.ts';
import { readFields, type Unvalidated } from '../fields.ts';
import type { MandateTerms } from '../mandate/mandate.ts';
import { leadOf, nextOccurrence, occurrenceOn, type PaymentInterval, processDayMax } from '../schedule.ts';
import { checkAmount, itemLimitExceeded } from '../submit/amounts.ts';
import { checkOneDebit } from '../submit/one-debit.ts';
import type { Debit, KnownMethod, SubmitContext } from '../submit/submit-context.ts';
import { checkOneTimeDate, earlier, firstOf, isFixed, NO_TERMS, ruleOf } from '../submit/timing.ts';
import type { Findings } from '../warnings.ts';
import type { PaymentKind } from './state-machine.ts';

/** A change of a payment as it comes: absent keeps, null clears the one thing that can be without a value, the end. */
export interface UpdatePaymentRecord extends Target, Unvalidated {
  readonly recurring?: Unvalidated | null | undefined;
  readonly oneTime?: Unvalidated | null | undefined;
}

/** What of a payment can change. */
export interface PaymentTermsNow {
  readonly amountCents: number;
  readonly processDay: number | null;
  readonly dateStart: CivilDate | null;
  readonly dateEnd: CivilDate | null;
  readonly processDate: CivilDate | null;
  readonly firstNominalDate: CivilDate;
}

export interface ChangeablePayment extends PaymentTermsNow {
  readonly id: string;
  readonly kind: PaymentKind;
  readonly interval: PaymentInterval | null;
  readonly status: string;
}

/** What a change is judged by. */
export interface PaymentChangeContext {
  readonly known: SubmitContext;
  readonly method: KnownMethod;
  /** null for a card. */
  readonly terms: MandateTerms | null;
  /** Its transactions, which freeze its dates; some of them. */
  readonly transactionIds: readonly string[];
  /** What else takes cycles of its mandate. */
  readonly otherDebits: readonly Debit[];
}

/** A payment as it would be after a change; null with the reasons in `errors` (DOMAIN §3.6). */
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
    const message = 'A payment stays recurring, or one-time, as it was submitted.';
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

/** null clears, and these cannot be without a value. */
function refuseNulls(record: Unvalidated, names: readonly string[], findings: Findings): void {
  const { path, errors } = findings;
  for (const name of names) {
    if (record[name] === null) errors.push(refused('NOT_CLEARABLE', [...path, name], 'It has a value always.'));
  }
}

/** Only transactions that are not made yet get another amount. */
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
    errors.push(invalid([...path, 'dateEnd'], 'end_after_start', 'The end is before the start.'));
  }
  if (frozen.processDay && isFixed(terms) && processDay !== terms.processDay) {
    const message = 'The mandate does not allow another day than its own.';
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
    const message = `The first collection of the mandate is on ${terms.firstDate}, before this.`;
    errors.push(refused('INVALID_DATE', [...path, 'dateStart'], message));
  }
  if (errors.length > before || dateStart === null || processDay === null) return null;
  const timing = { processDay, dateStart, dateEnd, processDate: null };
  if (transactionIds.length > 0) {
    checkCycles(payment, context, payment.firstNominalDate, dateEnd, findings);
    return { ...timing, firstNominalDate: payment.firstNominalDate };
  }
  const last = earlier(dateEnd, terms.dateRelease);
  const schedule = { interval, processDay, dateStart, last, first: firstOf(terms) };
  const first = nextOccurrence(schedule, null, ruleOf(method), known.now, known.holidays);
  if (!first) {
    errors.push(refused('INVALID_DATE', [...path, 'dateEnd'], 'The payment ends before anything can be collected.'));
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
    errors.push(refused('INVALID_DATE', at, `The mandate ends on ${terms.dateRelease}.`));
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

/** Start, day and date are settled once a transaction exists. */
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
    const message = 'It cannot change any more: a transaction has been made.';
    const conflict = { code: 'NOT_MUTABLE', message, currentStatus: status, blockedBy: transactionIds } as const;
    errors.push(stateConflict([...path, name], conflict));
  }
}

/** Debtor or bank have authorised one debit a cycle: the days a payment moves to may be another's. */
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
