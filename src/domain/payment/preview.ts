import { adjustDate, type DateAdjustmentRule, type Holidays } from '../calendar.ts';
import { type CivilDate, civilDateOf, instantAt, weekdayOf } from '../dates.ts';
import type { Adjustable } from '../mandate/adjustment.ts';
import type { KnownMandate } from '../mandate/mandate.ts';
import {
  type Bounds,
  type CollectionRule,
  earliestActionDate,
  type Lost,
  leadOf,
  lostCollection,
  type Nominal,
  type Occurrence,
  occurrenceOn,
  type PaymentInterval,
  processDayMax,
  type Search,
  searchNext,
  submitByOf,
} from '../schedule.ts';
import { earlier, firstOf } from '../submit/timing.ts';
import type { TransactionKind } from '../transaction.ts';
import { amountOn } from './amount.ts';
import type { PaymentMethodType } from './state-machine.ts';

/** One collection that is to come, or that is skipped. */
export interface ScheduledCollection {
  readonly nominalDate: CivilDate;
  readonly actionDate: CivilDate;
  /** The last instant at which it can be sent. */
  readonly submitBy: Date;
  readonly kind: TransactionKind;
  readonly amountCents: number;
  /** Whether it will not be made: `notes` say why. */
  readonly isSkipped: boolean;
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

/** Where a preview begins: the collection that is planned next, and those that were lost before it. */
export interface PreviewStart {
  readonly planned: Nominal | null;
  readonly lost: readonly Lost[];
  /** Whether the first collection of the mandate was made. */
  readonly hasFirst: boolean;
}

/**
 * The collections that are to come, from one that is planned on, each as it will be decided when its time has come; `count` of them, and
 * those that are skipped in between.
 */
export function previewCollections(
  payment: Previewed,
  { planned, lost, hasFirst }: PreviewStart,
  now: Date,
  holidays: Holidays,
  count: number,
): ScheduledCollection[] {
  const rule = { adjustment: payment.dateAdjustmentRule, lead: leadOf(payment.methodType) };
  const rows = lost.map((item) => skippedRow(payment, item, rule, holidays));
  let nominal = planned;
  let at = now;
  let isFirstMade = hasFirst;
  let made = 0;
  while (nominal !== null && made < count) {
    const occurrence = feasible(payment, nominal, rule, at, holidays);
    if (!occurrence) {
      rows.push(skippedRow(payment, lostCollection(nominal, rule, holidays, boundsOf(payment)), rule, holidays));
    } else {
      made += 1;
      rows.push({
        ...occurrence,
        amountCents: amountOn(payment, nominal.kind, nominal.nominalDate),
        isSkipped: false,
        notes: notesOn(payment, occurrence, holidays),
      });
      // It is made at the start of the day on which it must be sent; the next is looked for then.
      const madeAt = instantAt(civilDateOf(occurrence.submitBy));
      at = madeAt > at ? madeAt : at;
      isFirstMade ||= nominal.kind === 'FIRST';
    }
    const isWithoutFirst = nominal.kind === 'FIRST' ? !occurrence : isFirstMade;
    const search = nextOf(isWithoutFirst ? withoutFirst(payment) : payment, nominal, rule, at, holidays);
    if (made < count) rows.push(...search.lost.map((item) => skippedRow(payment, item, rule, holidays)));
    nominal = search.next;
  }
  return rows;
}

function skippedRow(payment: Previewed, lost: Lost, rule: CollectionRule, holidays: Holidays): ScheduledCollection {
  const { kind, nominalDate, reason, cutOff } = lost;
  const actionDate = adjustDate(nominalDate, rule.adjustment, holidays);
  return {
    kind,
    nominalDate,
    actionDate,
    submitBy: cutOff ?? submitByOf(rule.lead, actionDate, holidays),
    amountCents: amountOn(payment, kind, nominalDate),
    isSkipped: true,
    notes: [`Skipped. ${reason}`],
  };
}

function boundsOf({ dateStart, dateEnd, mandate }: Previewed): Bounds {
  return { start: dateStart, end: earlier(dateEnd, mandate?.dateRelease ?? null) };
}

/** The day on which a planned collection is made: as planned, else the earliest that is left, never after the end. */
function feasible(
  payment: Previewed,
  nominal: Nominal,
  rule: CollectionRule,
  at: Date,
  holidays: Holidays,
): Occurrence | null {
  const bounds = boundsOf(payment);
  const planned = occurrenceOn(nominal, rule, at, holidays, bounds);
  if (planned) return planned;
  const actionDate = earliestActionDate(rule.lead, at, holidays);
  if (bounds.end !== null && actionDate > bounds.end) return null;
  return { ...nominal, actionDate, submitBy: submitByOf(rule.lead, actionDate, holidays) };
}

function nextOf(
  { interval, processDay, dateStart, dateEnd, mandate }: Previewed,
  after: Nominal,
  rule: CollectionRule,
  at: Date,
  holidays: Holidays,
): Search {
  if (interval === null || processDay === null || dateStart === null) return { next: null, lost: [] };
  const last = earlier(dateEnd, mandate?.dateRelease ?? null);
  const schedule = { interval, processDay, dateStart, last, first: mandate && firstOf(mandate) };
  return searchNext(schedule, after, rule, at, holidays);
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
