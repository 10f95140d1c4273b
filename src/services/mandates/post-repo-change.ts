import { pastDate } from '../../domain/clock-errors.ts';
import { type CivilDate, civilDateOf, instantAt } from '../../domain/dates.ts';
import { conclude } from '../../domain/decide-each.ts';
import { duplicate, invalid } from '../../domain/errors.ts';
import { readFields, type Unvalidated } from '../../domain/fields.ts';
import { formatRate, parseRate } from '../../domain/mandate/adjustment.ts';
import { Findings } from '../../domain/warnings.ts';
import { insertAuditEntries } from '../../store/audit.ts';
import { putDueWork } from '../../store/due-work.ts';
import { findRepoChangeOn, insertRepoChange, lockRepoChanges } from '../../store/mandates/repo-changes.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { singleRecord } from '../batch/single-record.ts';

export interface PostRepoChange {
  readonly record: Unvalidated;
  readonly idempotencyKey: string | null;
}

/** The largest change of the rate there is, in percent either way: what is more is a slip of the pen. */
const RATE_MAX = 50;

/**
 * Posts a change of the repo rate: from its day on, instalments and maxima of the mandates that follow it change by it. There
 * is one change a day: the same again changes nothing. One record, in the frame of a batch.
 */
export function postRepoChange(
  app: App,
  caller: Caller,
  { record, idempotencyKey }: PostRepoChange,
): Promise<BatchAnswer | KeyReused> {
  const request = singleRecord('postRepoChange', record, idempotencyKey);
  return runBatch<(typeof request.records)[number], { date: CivilDate; rate: number }>(
    app,
    caller,
    request,
    async (context) => {
      const { tx, merchantId } = context;
      const findings = new Findings();
      const plan = readRepoChange(record, context.occurredAt, findings);
      await lockRepoChanges(tx, merchantId);
      const standing = plan && (await findRepoChangeOn(tx, merchantId, plan.date));
      if (standing && standing.rate !== plan.rate) {
        const message = `There is a change of ${formatRate(standing.rate)} % on this day.`;
        findings.errors.push(duplicate(['date'], message, standing.id));
      }
      const outcome = standing ? 'UNCHANGED' : 'CREATED';
      return {
        decisions: [conclude(plan && { plan, outcome }, standing?.id ?? null, findings)],
        write: async ([posted]) => {
          if (!posted) return [];
          const id = await insertRepoChange(context, posted.rate, posted.date);
          const work = { kind: 'REPO_CHANGE', subjectId: id, dueAt: instantAt(posted.date), details: {} } as const;
          await putDueWork(context, [work]);
          const toValue = `${formatRate(posted.rate)} % from ${posted.date}`;
          const entry = { action: 'REPO_CHANGE_POSTED', objectId: id, field: 'rate', toValue } as const;
          await insertAuditEntries(tx, merchantId, caller, [entry]);
          return [id];
        },
      };
    },
  );
}

function readRepoChange(record: Unvalidated, now: Date, findings: Findings): { date: CivilDate; rate: number } | null {
  const { errors } = findings;
  const date = readFields(record, findings).date('date', { required: true });
  if (date !== null && date < civilDateOf(now)) errors.push(pastDate(['date'], now));
  const rate = parseRate(String(record['rate']));
  if (rate === null || rate === 0 || Math.abs(rate) > RATE_MAX * 100_000) {
    const message = `A percentage other than zero with at most five decimals, from -${RATE_MAX} to ${RATE_MAX}, as "0.25".`;
    errors.push(invalid(['rate'], 'rate', message));
  }
  return errors.length === 0 && date !== null && rate !== null ? { date, rate } : null;
}
