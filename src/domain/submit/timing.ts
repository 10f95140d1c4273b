import type { Calendar } from '../calendar.ts';
import { pastDate, tooLate } from '../clock-errors.ts';
import { searchUncollected } from '../collected-cycles.ts';
import { type CivilDate, civilDateOf, earlier } from '../dates.ts';
import { invalid, methodMismatch, type Path, refused, required, type UserError } from '../errors.ts';
import { readFields, type Unvalidated } from '../fields.ts';
import type { Findings } from '../findings.ts';
import type { MandateTerms } from '../mandate/mandate.ts';
import {
  type CollectionRule,
  leadOf,
  nominalDateFrom,
  occurrenceOn,
  PAYMENT_INTERVALS,
  processDayMax,
  type Schedule,
  searchNext,
} from '../schedule.ts';
import { fitsHistory } from './fits-history.ts';
import type { History } from './imported-collection.ts';
import type { Timing } from './plan.ts';
import type { SubmitPaymentRecord } from './record.ts';
import type { KnownMethod } from './submit-context.ts';

/** Terms of a mandate that decide when its payments are collected. */
type TimingTerms = Pick<
  MandateTerms,
  | 'processDay'
  | 'interval'
  | 'dateRelease'
  | 'processDate'
  | 'maximumAmountCents'
  | 'allowDateAdjustment'
  | 'firstDate'
  | 'firstMode'
>;

/** Terms of a card payment, which has no mandate. */
export const NO_TERMS: TimingTerms = {
  processDay: null,
  interval: null,
  dateRelease: null,
  processDate: null,
  maximumAmountCents: null,
  allowDateAdjustment: null,
  firstDate: null,
  firstMode: null,
};

const NOT_RECURRING = { processDay: null, interval: null, dateStart: null, dateEnd: null } as const;

/** Returns schedule and first collection of a debit order (DOMAIN §6.5), or null with errors in the findings. */
export function chooseTiming(
  record: SubmitPaymentRecord,
  terms: MandateTerms,
  method: KnownMethod,
  known: Calendar,
  findings: Findings,
  history: History | null = null,
): Timing | null {
  const { path, errors } = findings;
  if (!record.recurring === !record.oneTime) {
    errors.push(oneOfBoth(path));
    return null;
  }
  if (!record.recurring) return oneTime(record.oneTime ?? {}, terms, method, known, findings.at('oneTime'));
  const at = [...path, 'recurring'];
  if ((record.recurring['interval'] ?? null) !== null) {
    const message = 'Omit the interval: debit orders use that of the mandate.';
    errors.push(methodMismatch('METHOD_FORBIDS', [...at, 'interval'], message));
  }
  if (terms.interval === null || terms.processDay === null) {
    errors.push(refused('NOT_LINKED', at, 'A recurring payment requires a recurring mandate.'));
    return null;
  }
  return recurring(record.recurring, terms, method, known, findings.of(at), history);
}

/** Checks the dates of a debit order whose mandate is invalid or missing, without the terms of a mandate. */
export function checkDays(record: SubmitPaymentRecord, method: KnownMethod, known: Calendar, findings: Findings): void {
  const { path, errors } = findings;
  if (!record.recurring === !record.oneTime) errors.push(oneOfBoth(path));
  else if (record.recurring) readDays(record.recurring, known, findings.at('recurring'));
  else oneTime(record.oneTime ?? {}, NO_TERMS, method, known, findings.at('oneTime'));
}

function oneOfBoth(path: Path): UserError {
  return required([...path, 'recurring'], 'Set exactly one of recurring and oneTime.');
}

/** Returns the schedule of a card payment: once, on a date or now; or at its own interval and day (DOMAIN §0.1.17). */
export function chooseCardTiming(
  record: SubmitPaymentRecord,
  method: KnownMethod,
  known: Calendar,
  findings: Findings,
  history: History | null = null,
): Timing | null {
  const { path, errors } = findings;
  if (record.recurring && record.oneTime) {
    errors.push(
      required(
        [...path, 'recurring'],
        'Set at most one of recurring and oneTime; without both, the card is charged now.',
      ),
    );
    return null;
  }
  if (!record.recurring) {
    const day = record.oneTime ?? { processDate: civilDateOf(known.now) };
    return oneTime(day, NO_TERMS, method, known, findings.at('oneTime'));
  }
  const at = [...path, 'recurring'];
  const given = String(record.recurring['interval'] ?? 'MONTHLY');
  const interval = PAYMENT_INTERVALS.find((known) => known === given);
  if (!interval) {
    errors.push(invalid([...at, 'interval'], 'interval', `Must be one of: ${PAYMENT_INTERVALS.join(', ')}.`));
    return null;
  }
  if ((record.recurring['processDay'] ?? null) === null) errors.push(required([...at, 'processDay']));
  return recurring(record.recurring, { ...NO_TERMS, interval }, method, known, findings.of(at), history);
}

/** Returns the timing of a pay-in: open from the day of submission, Johannesburg date. */
export function payInTiming(now: Date): Timing {
  const today = civilDateOf(now);
  const first = { kind: 'REGULAR', nominalDate: today, actionDate: today, submitBy: now } as const;
  return {
    kind: 'PAY_IN',
    ...NOT_RECURRING,
    processDate: null,
    firstNominalDate: today,
    collectFrom: null,
    first,
    end: null,
    lost: [],
  };
}

function oneTime(
  record: Unvalidated,
  terms: TimingTerms,
  method: KnownMethod,
  known: Calendar,
  findings: Findings,
): Timing | null {
  const { path, errors } = findings;
  const processDate = readFields(record, findings).date('processDate', { required: true });
  if (processDate === null) return null;
  if (terms.dateRelease !== null && processDate > terms.dateRelease) {
    errors.push(
      refused(
        'INVALID_DATE',
        [...path, 'processDate'],
        `Must be on or before ${terms.dateRelease}, when the mandate ends.`,
      ),
    );
    return null;
  }
  checkOneTimeDate(processDate, terms, findings.at('processDate'));
  const first = occurrenceOn({ kind: 'REGULAR', nominalDate: processDate }, ruleOf(method), known.now, known.holidays, {
    start: null,
    end: terms.dateRelease,
  });
  if (!first) {
    errors.push(tooLate([...path, 'processDate'], leadOf(method.type), known, terms.dateRelease));
    return null;
  }
  return {
    kind: 'ONE_TIME',
    ...NOT_RECURRING,
    processDate,
    firstNominalDate: processDate,
    collectFrom: null,
    first,
    end: null,
    lost: [],
  };
}

function recurring(
  record: Unvalidated,
  terms: TimingTerms,
  method: KnownMethod,
  known: Calendar,
  findings: Findings,
  history: History | null,
): Timing | null {
  const { path, errors } = findings;
  const { interval } = terms;
  if (interval === null) return null;
  const before = errors.length;
  const fields = readFields(record, findings);
  const processDay = fields.integer('processDay', { min: 1, max: processDayMax(interval) }) ?? terms.processDay;
  const { dateStart, dateEnd } = readDays(record, known, findings, history !== null);
  if (isFixed(terms) && processDay !== terms.processDay) {
    const message = 'The mandate does not allow another process day.';
    errors.push(invalid([...path, 'processDay'], 'day_of_mandate', message));
  }
  const isFirstToCome = terms.firstDate !== null && terms.firstDate >= civilDateOf(known.now);
  if (dateStart !== null && terms.firstDate !== null && isFirstToCome && terms.firstDate < dateStart) {
    const message = `Must be on or before ${terms.firstDate}, the first collection of the mandate.`;
    errors.push(refused('INVALID_DATE', [...path, 'dateStart'], message));
  }
  if (history && isFirstToCome && !history.made?.hasFirst) {
    const message = `The first collection of the mandate, on ${terms.firstDate}, is still to come. Submit the payment instead.`;
    errors.push(refused('INVALID_DATE', [...path, 'dateStart'], message));
  }
  if (errors.length > before || dateStart === null || processDay === null) return null;
  const from = history?.continueFrom ?? null;
  const schedule = {
    interval,
    processDay,
    dateStart,
    last: earlier(dateEnd, terms.dateRelease),
    from,
    first: firstOf(terms),
  };
  const cycles = { schedule, firstMode: terms.firstMode };
  if (history && !fitsHistory(cycles, history, findings)) return null;
  const { now, holidays } = known;
  const { next: first, lost } = history?.made
    ? searchUncollected(cycles, history.made, ruleOf(method), now, holidays)
    : searchNext(schedule, null, ruleOf(method), now, holidays);
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
  return {
    kind: 'RECURRING',
    processDay,
    interval,
    dateStart,
    dateEnd,
    processDate: null,
    firstNominalDate: history ? (nominalDateFrom(schedule, dateStart) ?? first.nominalDate) : first.nominalDate,
    collectFrom: from,
    first,
    end: schedule.last,
    lost,
  };
}

/** Returns start and end of a recurring payment; errors are added to the findings. */
function readDays(record: Unvalidated, known: Calendar, findings: Findings, mayBePast = false) {
  const { path, errors } = findings;
  const fields = readFields(record, findings);
  const dateStart = fields.date('dateStart', { required: true });
  const dateEnd = fields.date('dateEnd');
  if (!mayBePast && dateStart !== null && dateStart < civilDateOf(known.now)) {
    errors.push(pastDate([...path, 'dateStart'], known.now));
  }
  if (dateStart !== null && dateEnd !== null && dateEnd < dateStart) {
    errors.push(invalid([...path, 'dateEnd'], 'end_after_start', 'The end must be on or after the start.'));
  }
  return { dateStart, dateEnd };
}

/** Returns the separate first collection of a mandate; null if none was agreed. */
export function firstOf(terms: Pick<MandateTerms, 'firstDate' | 'firstMode'>): NonNullable<Schedule['first']> | null {
  const { firstDate: date, firstMode: mode } = terms;
  return date === null || mode === null ? null : { date, mode };
}

/** Whether the authorised terms fix the day of collection. */
export function isFixed({
  maximumAmountCents,
  allowDateAdjustment,
}: Pick<MandateTerms, 'maximumAmountCents' | 'allowDateAdjustment'>): boolean {
  return maximumAmountCents !== null && !allowDateAdjustment;
}

/** Checks that a one-time debit under a mandate that fixes its day is on such a day (DOMAIN §0.1.11). */
export function checkOneTimeDate(date: CivilDate, terms: TimingTerms, findings: Findings): void {
  const { path, errors } = findings;
  if (!isFixed(terms) || date === terms.firstDate) return;
  const { interval, processDay, processDate } = terms;
  const agreed =
    interval === null || processDay === null
      ? processDate
      : nominalDateFrom({ interval, processDay, dateStart: date, last: null }, date);
  if (date === agreed) return;
  const message = `The mandate allows only its own days, such as ${agreed}.`;
  errors.push(invalid(path, 'day_of_mandate', message));
}

/** Returns the date adjustment and lead time of a payment method. */
export function ruleOf({ type, dateAdjustmentRule }: Pick<KnownMethod, 'type' | 'dateAdjustmentRule'>): CollectionRule {
  return { adjustment: dateAdjustmentRule, lead: leadOf(type) };
}
