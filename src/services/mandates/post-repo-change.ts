import { pastDate } from '../../domain/clock-errors.ts';
import { type CivilDate, civilDateOf, instantAt } from '../../domain/dates.ts';
import { conclude } from '../../domain/decide-each.ts';
import { duplicate, invalid } from '../../domain/errors.ts';
import { readFields, type Unvalidated } from '../../domain/fields.ts';
import { Findings } from '../../domain/findings.ts';
import { formatRate, parseRate } from '../../domain/mandate/adjustment.ts';
import { insertAuditEntries } from '../../store/audit.ts';
import { putDueWork } from '../../store/due-work/due-work.ts';
import { findRepoChangeOn, insertRepoChange, lockRepoChanges } from '../../store/mandates/repo-changes.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { singleRecord } from '../batch/single-record.ts';

/** Input of `postRepoChange`. */
export interface PostRepoChange {
  readonly record: Unvalidated;
  readonly idempotencyKey: string | null;
}

/** Maximum change of the repo rate in either direction, in percent; guards against typing errors. */
export const REPO_RATE_MAX_PERCENT = 50;

/**
 * Posts a change of the repo rate with an audit entry. On its date, a due job adjusts the mandates of category REPO.
 * Each date has one change: the same rate again is UNCHANGED, another rate is a duplicate. A batch of one record: all
 * or nothing. No warnings.
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
      lockRepoChanges(tx, merchantId);
      const earlier = plan && (await findRepoChangeOn(tx, merchantId, plan.date));
      if (earlier && earlier.rate !== plan.rate) {
        const message = `A repo rate change of ${formatRate(earlier.rate)} % is already posted for this date.`;
        findings.errors.push(duplicate(['date'], message, earlier.id));
      }
      const outcome = earlier ? 'UNCHANGED' : 'CREATED';
      return {
        decisions: [conclude(plan && { plan, outcome }, earlier?.id ?? null, findings)],
        write: async ([posted]) => {
          if (!posted) return [];
          const id = await insertRepoChange(context, posted.rate, posted.date);
          const work = { kind: 'REPO_CHANGE', subjectId: id, dueAt: instantAt(posted.date), details: {} } as const;
          putDueWork(context, [work]);
          const toValue = `${formatRate(posted.rate)} % from ${posted.date}`;
          const entry = { action: 'REPO_CHANGE_POSTED', objectId: id, field: 'rate', toValue } as const;
          insertAuditEntries(tx, merchantId, caller, [entry]);
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
  if (rate === null || rate === 0 || Math.abs(rate) > REPO_RATE_MAX_PERCENT * 100_000) {
    const range = `from -${REPO_RATE_MAX_PERCENT} to ${REPO_RATE_MAX_PERCENT}`;
    const message = `Pass a non-zero percentage ${range} with at most five decimals, for example "0.25".`;
    errors.push(invalid(['rate'], 'rate', message));
  }
  return errors.length === 0 && date !== null && rate !== null ? { date, rate } : null;
}
