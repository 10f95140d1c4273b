import { NOTHING_AFFECTED } from '../../domain/customer/change-rules.ts';
import { civilDateOf } from '../../domain/dates.ts';
import { decideEach } from '../../domain/decide-each.ts';
import { parseText } from '../../domain/fields.ts';
import type { Findings } from '../../domain/findings.ts';
import { lookUp } from '../../domain/invariants.ts';
import { recounted } from '../../domain/mandate/adjustment.ts';
import { requestTimes } from '../../domain/mandate/approval-window.ts';
import { changeMandate, type MandateChange } from '../../domain/mandate/change.ts';
import { checkParties } from '../../domain/mandate/plan.ts';
import { propagatedTerms } from '../../domain/mandate/propagated-terms.ts';
import type { UpdateMandateRecord } from '../../domain/mandate/read-change.ts';
import { warning } from '../../domain/warnings.ts';
import { updateMandates as writeMandateChanges } from '../../store/mandates/mandates.ts';
import { findPayments } from '../../store/payments/known.ts';
import { findCollectedMandates } from '../../store/transactions/collected.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { type SkippedCycles, skippedByChange, warnOfSkipped } from '../collections/skipped-cycles.ts';
import { settleAmendments } from './amend-mandates.ts';
import { findPartiesOf, lockMandateContext } from './mandate-context.ts';
import { propagateMandateTerms } from './propagate-mandate-terms.ts';
import { queueMandateNotices, queueMandateRequests } from './queue-mandate-requests.ts';
import { warnOfQueue } from './write-mandates.ts';

/** Input of `updateMandates`. */
export interface UpdateMandates extends BatchOptions {
  readonly records: readonly UpdateMandateRecord[];
}

type Update = MandateChange & { readonly reason: string | null };

const REASON_LENGTH_MAX = 256;

/**
 * Updates mandates and their future collections. EFT mandates change at once. Of DebiCheck and registered mandates,
 * some fields change at once, some with a notice to the debtor, and the rest as an amendment: the current terms apply
 * until it is approved. Atomicity follows `mode`; one result per record, in input order. Warns of AMENDMENT_PENDING,
 * QUEUED and CYCLE_SKIPPED.
 */
export function updateMandates(app: App, caller: Caller, input: UpdateMandates): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'updateMandates', field: 'records', args: {}, ...input } as const;
  return runBatch<UpdateMandateRecord, Update>(app, caller, request, async (context, items) => {
    const { tx, merchantId } = context;
    const ids = items.map(({ record }) => record.id);
    const known = await findPartiesOf(context, ids);
    const loaded = await lockMandateContext(context, ids);
    const collected = await findCollectedMandates(tx, merchantId, ids);
    const judged: Array<{ changed: MandateChange; findings: Findings }> = [];
    const decisions = decideEach(items, loaded.mandates, 'mandate', (mandate, record, findings) => {
      const made = collected.get(mandate.id) ?? { first: false, any: false };
      const given = record['reason'] ?? null;
      const reason =
        given === null ? null : parseText(given, { max: REASON_LENGTH_MAX, joiners: true }, findings.at('reason'));
      const changed = changeMandate(mandate, record, made, known, findings);
      if (!changed) return null;
      if (changed.amendment) {
        checkParties(mandate, mandate.paymentMethodId, known, findings);
        const message = 'The new terms await approval. The current terms apply until then.';
        findings.warnings.push(warning('AMENDMENT_PENDING', findings.path, message, [mandate.id]));
        warnOfQueue({ status: 'PENDING', approvalWindow: mandate.approvalWindow }, known, findings);
      }
      judged.push({ changed, findings });
      const outcome = changed.isChanged ? 'UPDATED' : 'UNCHANGED';
      const affected = isFollowed(changed) ? loaded.affectedBy(mandate.id) : NOTHING_AFFECTED;
      return { plan: { ...changed, reason }, outcome, affected };
    });
    const skipped = await skippedByTerms(
      context,
      judged.map(({ changed }) => changed),
      loaded.paymentIdsOf,
    );
    for (const { changed, findings } of judged) {
      warnOfSkipped(loaded.paymentIdsOf(changed.before.id), skipped, findings);
    }
    return { decisions, write: (updates) => write(context, known, updates) };
  });
}

const DAYS = ['processDay', 'interval', 'dateRelease', 'firstDate', 'firstMode', 'processDate'] as const;

/**
 * Returns the collections that payments lose by the changed terms, as of now, whether they apply at once or after
 * approval. At most `NAMED_IDS_MAX` + 1 payments per mandate, status and method type are checked.
 */
async function skippedByTerms(
  { tx, merchantId, occurredAt: now }: WriteContext,
  changes: readonly MandateChange[],
  paymentIdsOf: (mandateId: string) => readonly string[],
): Promise<SkippedCycles> {
  const next = changes.map(({ before, after, amendment }) => ({ before, after: { ...after, ...amendment } }));
  const moving = next.filter(({ before, after }) => DAYS.some((name) => before[name] !== after[name]));
  const byMandate = new Map(moving.map((item) => [item.before.id, item]));
  const ids = moving.flatMap(({ before }) => paymentIdsOf(before.id));
  const payments = [...(await findPayments(tx, merchantId, ids)).values()];
  const changed = payments.flatMap((before) => {
    const terms = lookUp(byMandate, before.mandateId);
    if (!terms || !before.mandate) return [];
    const mandate = { ...before.mandate, ...terms.after };
    return [{ before, after: { ...before, ...propagatedTerms(before, terms), mandate } }];
  });
  return skippedByChange(tx, merchantId, now, changed);
}

/** Whether the change affects payments of the mandate at once. */
function isFollowed({ before, after }: MandateChange): boolean {
  return (['amountCents', 'maximumAmountCents', 'processDay', 'interval', 'dateRelease', 'processDate'] as const).some(
    (name) => before[name] !== after[name],
  );
}

async function write(
  context: WriteContext,
  calendar: Parameters<typeof requestTimes>[1],
  updates: readonly Update[],
): Promise<string[]> {
  const today = civilDateOf(calendar.now);
  const changes = updates.map(({ before, after, amendment, reason, notifies }) => {
    const cause = { ...context.cause, reason };
    const times = requestTimes(before.approvalWindow, calendar);
    return { before, after: recounted(before, after, today), amendment, notifies, reason, cause, times };
  });
  const atOnce = changes.filter(({ amendment }) => amendment === null);
  await writeMandateChanges(context, atOnce);
  await propagateMandateTerms(context, atOnce);
  const told = changes.filter(({ notifies }) => notifies).map(({ before }) => before.id);
  queueMandateNotices(context, 'NOTIFY', told);
  const asked = changes.flatMap(({ amendment, ...item }) => (amendment ? [{ ...item, amendment }] : []));
  const moves = asked.map(({ after, amendment, reason, cause, times }) => {
    const facts = { at: context.occurredAt, terms: amendment, reason, times };
    return { mandate: after, event: 'AMEND', facts, cause } as const;
  });
  await settleAmendments(context, moves);
  const questions = asked.map(({ before, times }) => ({ mandateId: before.id, kind: 'AMEND', times }) as const);
  queueMandateRequests(context, questions);
  return updates.map(({ before }) => before.id);
}
