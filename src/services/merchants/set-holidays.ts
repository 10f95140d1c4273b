import type { CivilDate } from '../../domain/dates.ts';
import { conclude } from '../../domain/decide-each.ts';
import { duplicate, required } from '../../domain/errors.ts';
import { readFields, type Unvalidated } from '../../domain/fields.ts';
import { Findings } from '../../domain/findings.ts';
import { type AuditEntry, insertAuditEntries } from '../../store/audit.ts';
import { putDueWork } from '../../store/due-work/due-work.ts';
import { changeHolidays, type Holiday } from '../../store/merchants/holidays.ts';
import {
  findSettingsAndHolidays,
  lockMerchantSettings,
  writeMerchantSettings,
} from '../../store/merchants/settings.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { singleRecord } from '../batch/single-record.ts';
import { replanJob } from '../collections/replan-calendar.ts';
import { skippedByCalendar, warnOfSkipped } from '../collections/skipped-cycles.ts';

/** Input of `setHolidays`. */
export interface SetHolidays {
  /** Holidays to add or rename. */
  readonly add: readonly Unvalidated[];
  /** Dates to remove from the holidays. */
  readonly remove: readonly unknown[];
  readonly idempotencyKey: string | null;
}

interface Plan {
  readonly add: readonly Holiday[];
  readonly remove: readonly CivilDate[];
}

/** Maximum length of the name of a holiday, in characters. */
export const HOLIDAY_NAME_LENGTH_MAX = 64;

/**
 * Adds and removes bank holidays of the merchant, with audit entries. Planned collections move with the new calendar;
 * existing transactions keep their dates. A batch of one record: all or nothing. Warns of collections due soon that the
 * change causes to be skipped (CYCLE_SKIPPED).
 */
export function setHolidays(
  app: App,
  caller: Caller,
  { idempotencyKey, ...holidays }: SetHolidays,
): Promise<BatchAnswer | KeyReused> {
  const request = singleRecord('setHolidays', holidays, idempotencyKey);
  return runBatch<(typeof request.records)[number], Plan>(app, caller, request, async (context, [item]) => {
    const findings = new Findings();
    const plan = read(item?.record ?? { add: [], remove: [] }, findings);
    const known = await findSettingsAndHolidays(context.tx, context.merchantId);
    const { lateRunPolicy } = known.settings;
    const holidays = new Set(known.holidays);
    for (const { date } of plan.add) holidays.add(date);
    for (const date of plan.remove) holidays.delete(date);
    const moved = { holidays, rules: new Map(), lateRunPolicy };
    const skipped = await skippedByCalendar(context, moved);
    warnOfSkipped([...skipped.keys()], skipped, findings.of(['add']));
    return {
      decisions: [conclude({ plan, outcome: 'UPDATED' }, context.merchantId, findings)],
      write: async ([made]) => {
        const settings = await lockMerchantSettings(context.tx, context.merchantId);
        if (made) {
          changeHolidays(context.tx, context.merchantId, made.add, made.remove);
          insertAuditEntries(context.tx, context.merchantId, caller, entriesOf(context.merchantId, made));
        }
        await writeMerchantSettings(context, settings);
        putDueWork(context, [replanJob(context.occurredAt)]);
        return [context.merchantId];
      },
    };
  });
}

function entriesOf(merchantId: string, { add, remove }: Plan): AuditEntry[] {
  const about = { objectId: merchantId, field: 'holidays' };
  return [
    ...add.map(({ date, name }) => ({ action: 'HOLIDAY_SET' as const, ...about, toValue: `${date} ${name}` })),
    ...remove.map((date) => ({ action: 'HOLIDAY_REMOVED' as const, ...about, fromValue: date })),
  ];
}

function read({ add, remove }: Pick<SetHolidays, 'add' | 'remove'>, findings: Findings): Plan {
  const { errors } = findings;
  const added = add.flatMap((record, index) => {
    const fields = readFields(record, findings.at('add', String(index)));
    const date = fields.date('date', { required: true });
    const name = fields.text('name', { max: HOLIDAY_NAME_LENGTH_MAX, joiners: true, required: true });
    return date !== null && name !== null ? [{ date, name }] : [];
  });
  const removed = remove.flatMap((date, index) => {
    const at = String(index);
    return readFields({ [at]: date }, findings.at('remove')).date(at, { required: true }) ?? [];
  });
  if (add.length + remove.length === 0) errors.push(required(['add'], 'Pass at least one date to add or to remove.'));
  const seen = new Set<string>();
  for (const [field, dates] of [
    ['add', added.map(({ date }) => date)],
    ['remove', removed],
  ] as const) {
    for (const [index, date] of dates.entries()) {
      if (seen.has(date))
        errors.push(duplicate([field, String(index)], 'Duplicate within this call. Pass each date once.', null));
      seen.add(date);
    }
  }
  return { add: added, remove: removed };
}
