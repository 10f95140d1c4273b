import { adjustDate, type DateAdjustmentRule, type Holidays } from '../calendar.ts';
import { CALENDAR_END, type CivilDate, civilDateOf, earlier, instantAt, weekdayOf } from '../dates.ts';
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
import { firstOf } from '../submit/timing.ts';
import type { TransactionKind } from '../transaction.ts';
import { amountOn } from './amount.ts';
import type { PaymentMethodType } from './state-machine.ts';

/** A future collection, or one that is skipped. */
export interface ScheduledCollection {
  readonly nominalDate: CivilDate;
  readonly actionDate: CivilDate;
  /** Cut-off: the last instant at which the debit can be sent. */
  readonly submitBy: Date;
  readonly kind: TransactionKind;
  readonly amountCents: number;
  /** Whether the collection will not be made; `notes` give the reason. */
  readonly isSkipped: boolean;
  /** Human-readable notes. */
  readonly notes: readonly string[];
}

/** Fields of a stored or submitted payment that determine its collections. */
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

/** Start of a preview: the next planned collection and the lost collections before it. */
export interface PreviewStart {
  readonly planned: Nominal | null;
  readonly lost: readonly Lost[];
  /** Whether the separate first collection of the mandate was made. */
  readonly hasFirst: boolean;
}

/**
 * Returns the next `count` collections from the planned one, in order, by the same rules that will apply when each is
 * due. Skipped collections are included but not counted, and none with a nominal date after `until`.
 */
export function previewCollections(
  payment: Previewed,
  { planned, lost, hasFirst }: PreviewStart,
  now: Date,
  holidays: Holidays,
  count: number,
  until: CivilDate = CALENDAR_END,
): ScheduledCollection[] {
  const rule = { adjustment: payment.dateAdjustmentRule, lead: leadOf(payment.methodType) };
  const rows = lost.map((item) => skippedRow(payment, item, rule, holidays));
  let nominal = planned;
  let at = now;
  let isFirstMade = hasFirst;
  let made = 0;
  while (nominal !== null && made < count && nominal.nominalDate <= until) {
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
      // The transaction is created at the start of its cut-off day; the search for the next one starts then.
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

/** Returns the planned collection, moved to the earliest date still possible; null if that is after the end. */
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
    ...(kind === 'FIRST' ? ['First collection of the mandate.'] : []),
    ...(isClamped ? [`The month has no day ${processDay}: its last day is used.`] : []),
    ...(actionDate === nominalDate ? [] : [`${nominalDate} is ${rest}: collected on ${actionDate}.`]),
    ...(kind === 'REGULAR' && amount !== payment.amountCents
      ? ['The amount includes adjustments due by this date.']
      : []),
  ];
}
