import { type CivilDate, civilDateOf } from '../dates.ts';
import { invalid, type Path, refused, required, type UserError } from '../errors.ts';
import { readFields, type Unjudged } from '../fields.ts';
import type { MandateTerms } from '../mandate.ts';
import { earliestEftActionDate, nextOccurrence, occurrenceOn, processDayMax } from '../schedule.ts';
import type { Known, KnownMethod } from './known.ts';
import type { Timing } from './plan.ts';
import type { SubmitPaymentRecord } from './record.ts';

const NOT_RECURRING = { processDay: null, interval: null, dateStart: null, dateEnd: null } as const;

/** When a debit order collects, and its first collection (DOMAIN §6.5). Null with the reasons in `errors`. */
export function chooseTiming(
  record: SubmitPaymentRecord,
  terms: MandateTerms,
  method: KnownMethod,
  known: Known,
  path: Path,
  errors: UserError[],
): Timing | null {
  if (!record.recurring === !record.oneTime) {
    errors.push(required([...path, 'recurring'], 'Exactly one of recurring and oneTime.'));
    return null;
  }
  if (record.recurring) return recurring(record.recurring, terms, method, known, [...path, 'recurring'], errors);
  return oneTime(record.oneTime ?? {}, terms, method, known, [...path, 'oneTime'], errors);
}

/** A pay-in waits from the day it is submitted. */
export function payInTiming(now: Date): Timing {
  const today = civilDateOf(now);
  const first = { nominalDate: today, actionDate: today, submitBy: now };
  return { kind: 'PAY_IN', ...NOT_RECURRING, processDate: null, first };
}

function oneTime(
  record: Unjudged,
  terms: MandateTerms,
  method: KnownMethod,
  known: Known,
  path: Path,
  errors: UserError[],
): Timing | null {
  const processDate = readFields(record, path, errors).date('processDate', { required: true });
  if (processDate === null) return null;
  if (terms.dateRelease !== null && processDate > terms.dateRelease) {
    errors.push(refused('INVALID_DATE', [...path, 'processDate'], `The mandate ends on ${terms.dateRelease}.`));
    return null;
  }
  const first = occurrenceOn(processDate, method.dateAdjustmentRule, known.now, known.holidays);
  if (!first) {
    const earliest = earliestEftActionDate(known.now, known.holidays);
    errors.push(
      refused('LEAD_TIME', [...path, 'processDate'], `Too late to be sent; the earliest date is ${earliest}.`),
    );
    return null;
  }
  return { kind: 'ONE_TIME', ...NOT_RECURRING, processDate, first };
}

function recurring(
  record: Unjudged,
  terms: MandateTerms,
  method: KnownMethod,
  known: Known,
  path: Path,
  errors: UserError[],
): Timing | null {
  if (terms.interval === null || terms.processDay === null) {
    errors.push(refused('NOT_LINKED', path, 'A recurring payment needs a recurring mandate.'));
    return null;
  }
  const { interval } = terms;
  const before = errors.length;
  const fields = readFields(record, path, errors);
  const processDay = fields.integer('processDay', { min: 1, max: processDayMax(interval) }) ?? terms.processDay;
  const dateStart = fields.date('dateStart', { required: true });
  const dateEnd = fields.date('dateEnd');
  if (dateStart !== null && dateStart < civilDateOf(known.now)) {
    errors.push(refused('INVALID_DATE', [...path, 'dateStart'], 'A payment cannot start in the past.'));
  }
  if (dateStart !== null && dateEnd !== null && dateEnd < dateStart) {
    errors.push(invalid([...path, 'dateEnd'], 'end_after_start', 'The end is before the start.'));
  }
  if (errors.length > before || dateStart === null) return null;
  const schedule = { interval, processDay, dateStart, last: earlier(dateEnd, terms.dateRelease) };
  const first = nextOccurrence(schedule, dateStart, method.dateAdjustmentRule, known.now, known.holidays);
  if (!first) {
    errors.push(refused('INVALID_DATE', [...path, 'dateEnd'], 'The payment ends before anything can be collected.'));
    return null;
  }
  return { kind: 'RECURRING', processDay, interval, dateStart, dateEnd, processDate: null, first };
}

/** The earlier of two ends; null is no end. */
export function earlier(a: CivilDate | null, b: CivilDate | null): CivilDate | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
