import type { DateAdjustmentRule, Holidays } from '../calendar.ts';
import { type CivilDate, civilDateOf, instantAt, weekdayOf } from '../dates.ts';
import type { Adjustable } from '../mandate/adjustment.ts';
import type { KnownMandate } from '../mandate/mandate.ts';
import {
  type CollectionRule,
  earliestActionDate,
  leadOf,
  type Nominal,
  nextOccurrence,
  type Occurrence,
  occurrenceOn,
  type PaymentInterval,
  processDayMax,
  submitByOf,
} from '../schedule.ts';
import { earlier, firstOf } from '../submit/timing.ts';
import type { TransactionKind } from '../transaction.ts';
import { amountOn } from './amount.ts';
import type { PaymentMethodType } from './life.ts';

/** One collection that is to come. */
export interface ScheduledCollection {
  readonly nominalDate: CivilDate;
  readonly actionDate: CivilDate;
  /** The last instant at which it can be sent. */
  readonly submitBy: Date;
  readonly kind: TransactionKind;
  readonly amountCents: number;
  /** What is worth knowing of it, for people. */
  readonly notes: readonly string[];
}

/** What of a payment, there or not, its collections follow from. */
export interface Previewed {
  readonly methodType: PaymentMethodType;
  readonly dateAdjustmentRule: DateAdjustmentRule;
  readonly amountCents: number;
  readonly processDay: number | null;
  readonly interval: PaymentInterval | null;
  readonly dateStart: CivilDate | null;
  readonly dateEnd: CivilDate | null;
  readonly mandate:
    | (Adjustable &
        Pick<
          KnownMandate,
          'dateRelease' | 'firstAmountCents' | 'firstDate' | 'firstMode' | 'adjustmentAnchor' | 'adjustmentsMade'
        >)
    | null;
}

/**
 * The collections that are to come, from one that is planned on, each as it will be decided when its time has come. `hasFirst`:
 * the first collection of the mandate was made.
 */
export function previewCollections(
  payment: Previewed,
  planned: Nominal,
  hasFirst: boolean,
  now: Date,
  holidays: Holidays,
  count: number,
): ScheduledCollection[] {
  const rule = { adjustment: payment.dateAdjustmentRule, lead: leadOf(payment.methodType) };
  const rows: ScheduledCollection[] = [];
  let nominal: Nominal | null = planned;
  let at = now;
  let isFirstMade = hasFirst;
  while (nominal !== null && rows.length < count) {
    const occurrence = feasible(payment, nominal, rule, at, holidays);
    rows.push({
      ...occurrence,
      amountCents: amountOn(payment, nominal.kind, nominal.nominalDate),
      notes: notesOn(payment, occurrence, holidays),
    });
    // It is made at the start of the day on which it must be sent; the next is looked for then.
    const made = instantAt(civilDateOf(occurrence.submitBy));
    at = made > at ? made : at;
    nominal = nextOf(
      isFirstMade && nominal.kind === 'REGULAR' ? withoutFirst(payment) : payment,
      nominal,
      rule,
      at,
      holidays,
    );
    isFirstMade ||= rows.at(-1)?.kind === 'FIRST';
  }
  return rows;
}

function feasible(
  { dateStart }: Previewed,
  nominal: Nominal,
  rule: CollectionRule,
  at: Date,
  holidays: Holidays,
): Occurrence {
  const planned = occurrenceOn(nominal, rule, at, holidays, dateStart);
  if (planned) return planned;
  const actionDate = earliestActionDate(rule.lead, at, holidays);
  return { ...nominal, actionDate, submitBy: submitByOf(rule.lead, actionDate, holidays) };
}

function nextOf(
  { interval, processDay, dateStart, dateEnd, mandate }: Previewed,
  after: Nominal,
  rule: CollectionRule,
  at: Date,
  holidays: Holidays,
): Nominal | null {
  if (interval === null || processDay === null || dateStart === null) return null;
  const last = earlier(dateEnd, mandate?.dateRelease ?? null);
  const schedule = { interval, processDay, dateStart, last, first: mandate && firstOf(mandate) };
  return nextOccurrence(schedule, after, rule, at, holidays);
}

function withoutFirst(payment: Previewed): Previewed {
  return { ...payment, mandate: payment.mandate && { ...payment.mandate, firstDate: null, firstMode: null } };
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function notesOn(payment: Previewed, { kind, nominalDate, actionDate }: Occurrence, holidays: Holidays): string[] {
  const { processDay, interval } = payment;
  const day = Number(nominalDate.slice(8));
  const isClamped =
    kind === 'REGULAR' &&
    processDay !== null &&
    interval !== null &&
    processDayMax(interval) === 31 &&
    day < processDay;
  const weekday = WEEKDAYS[weekdayOf(nominalDate) - 1];
  const rest = holidays.has(nominalDate) ? 'a public holiday' : `a ${weekday}`;
  const amount = amountOn(payment, kind, nominalDate);
  return [
    ...(kind === 'FIRST' ? ['The first collection of the mandate.'] : []),
    ...(isClamped ? [`The month has no day ${processDay}: its last.`] : []),
    ...(actionDate === nominalDate ? [] : [`${nominalDate} is ${rest}: made on ${actionDate}.`]),
    ...(kind === 'REGULAR' && amount !== payment.amountCents ? ['The amount is adjusted by then.'] : []),
  ];
}
