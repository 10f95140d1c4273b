import { civilDateOf, DAY_MS, instantAt } from '../../domain/dates.ts';
import { type Adjustment, adjusted, adjustmentDate, adjustmentOf, recounted } from '../../domain/mandate/adjustment.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { MANDATE_CODES, NO_REPLY } from '../../domain/mandate/reason-codes.ts';
import { type DueWork, deleteDueWork, putDueWork } from '../../store/due-work.ts';
import { findMandates, findRepoMandateIds, updateMandates } from '../../store/mandates/mandates.ts';
import { findRepoChanges } from '../../store/mandates/repo-changes.ts';
import {
  findFirstNominalDates,
  findMandatesInUse,
  findSettledMandates,
} from '../../store/payments/running-payments.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { settleAmendments } from './amend-mandates.ts';
import { adjustmentWork } from './mandate-jobs.ts';
import { moveMandates } from './move-mandates.ts';
import { followTerms } from './propagate-mandate-terms.ts';

const SILENCE = { code: NO_REPLY, reason: MANDATE_CODES[NO_REPLY] ?? null };

/** The window closed and nobody had answered. */
export async function expireMandates(change: WriteContext, work: readonly DueWork[]): Promise<void> {
  const mandates = await lockSubjects(change, 'EXPIRE_MANDATE', work);
  const facts = { at: change.occurredAt, ...SILENCE };
  const cause = { ...change.cause, reasonCode: SILENCE.code, reason: SILENCE.reason };
  await moveMandates(
    change,
    mandates.map((mandate) => ({ mandate, event: 'EXPIRE', facts, cause })),
  );
}

/** Nobody approved other terms in time: the old ones hold. */
export async function expireAmendments(change: WriteContext, work: readonly DueWork[]): Promise<void> {
  const mandates = await lockSubjects(change, 'EXPIRE_AMENDMENT', work);
  const facts = { at: change.occurredAt, ...SILENCE };
  await settleAmendments(
    change,
    mandates.map((mandate) => ({ mandate, event: 'EXPIRE', facts })),
  );
}

/** Those that can complete now: released, or used for their one collection. What is held is asked for when it is ACTIVE again. */
async function findOver(change: WriteContext, mandates: readonly KnownMandate[]): Promise<readonly KnownMandate[]> {
  const today = civilDateOf(change.occurredAt);
  const once = mandates.filter(({ processDate }) => processDate !== null).map(({ id }) => id);
  const settled = await findSettledMandates(change.tx, change.merchantId, once);
  return mandates.filter(
    ({ id, status, dateRelease, processDate }) =>
      status === 'ACTIVE' && (processDate === null ? dateRelease !== null && dateRelease < today : settled.has(id)),
  );
}

/** Released, or used for its one collection. One that still has a running payment is asked again the next day. */
export async function completeMandates(change: WriteContext, work: readonly DueWork[]): Promise<void> {
  const mandates = await lockSubjects(change, 'COMPLETE_MANDATE', work);
  const over = await findOver(change, mandates);
  const ids = over.map(({ id }) => id);
  const inUse = await findMandatesInUse(change.tx, change.merchantId, ids);
  const facts = { at: change.occurredAt };
  await moveMandates(
    change,
    over.filter(({ id }) => !inUse.has(id)).map((mandate) => ({ mandate, event: 'COMPLETE', facts })),
  );
  const tomorrow = new Date(change.occurredAt.getTime() + DAY_MS);
  await putDueWork(
    change,
    [...inUse].map((subjectId) => ({ kind: 'COMPLETE_MANDATE', subjectId, dueAt: tomorrow, details: {} })),
  );
}

/**
 * Instalment and maximum change as agreed, and the next adjustment is planned. They are counted from the first collection, or
 * from the first day of the first payment.
 */
export async function adjustMandates(change: WriteContext, work: readonly DueWork[]): Promise<void> {
  const { tx, merchantId } = change;
  const today = civilDateOf(change.occurredAt);
  const mandates = await lockSubjects(change, 'ADJUST_MANDATE', work);
  const living = mandates.filter(({ status }) => status === 'ACTIVE' || status === 'SUSPENDED');
  const firstDays = await findFirstNominalDates(
    tx,
    merchantId,
    living.map(({ id }) => id),
  );
  const changes = living.flatMap((before) => {
    const adjustmentAnchor = before.adjustmentAnchor ?? before.firstDate ?? firstDays.get(before.id) ?? null;
    const anchored = recounted(before, { ...before, adjustmentAnchor }, today);
    const adjustment = adjustmentOf(before);
    const date = nextAdjustmentDate(anchored);
    if (!adjustment || date === null) return [];
    if (date > today) return [{ before, after: anchored }];
    return [{ before, after: { ...adjust(anchored, adjustment), adjustmentsMade: anchored.adjustmentsMade + 1 } }];
  });
  const written = changes.filter(
    ({ before, after }) =>
      after.adjustmentAnchor !== before.adjustmentAnchor || after.adjustmentsMade !== before.adjustmentsMade,
  );
  await updateMandates(change, written);
  await followTerms(change, written);
  await putDueWork(
    change,
    changes.flatMap(({ after }): DueWork[] => {
      const date = nextAdjustmentDate(after);
      return date ? [adjustmentWork(after.id, instantAt(date))] : [];
    }),
  );
}

function nextAdjustmentDate({ adjustmentCategory, adjustmentAnchor, adjustmentsMade }: KnownMandate): string | null {
  return adjustmentAnchor && adjustmentDate(adjustmentCategory, adjustmentAnchor, adjustmentsMade + 1);
}

/** So many mandates follow the repo rate in one step; the next step goes on after them. */
const REPO_STEP_SIZE = 1_000;

/** The operator posted a change of the repo rate: mandates that follow it change by it, some at a time. */
export async function applyRepoChanges(change: WriteContext, work: readonly DueWork[]): Promise<void> {
  const { tx, merchantId } = change;
  const changes = await findRepoChanges(
    tx,
    merchantId,
    work.map(({ subjectId }) => subjectId),
  );
  for (const item of work) {
    const rate = changes.find(({ id }) => id === item.subjectId)?.rate;
    const done = (item.details as { readonly after?: string }).after ?? '';
    const ids = rate === undefined ? [] : await findRepoMandateIds(tx, merchantId, done, REPO_STEP_SIZE);
    const found = await findMandates(tx, merchantId, ids, 'FOR NO KEY UPDATE');
    // Looked at again under the lock: one may have been cancelled, or follow the rate no more.
    const living = [...found.values()].filter(
      ({ status, adjustmentCategory }) =>
        adjustmentCategory === 'REPO' && (status === 'ACTIVE' || status === 'SUSPENDED'),
    );
    const adjustments = living.map((before) => ({ before, after: adjust(before, { rate: rate ?? 0 }) }));
    await updateMandates(change, adjustments);
    await followTerms(change, adjustments);
    const after = ids.at(-1);
    if (after === undefined) await deleteDueWork(tx, merchantId, 'REPO_CHANGE', [item.subjectId]);
    else await putDueWork(change, [{ ...item, details: { after } }]);
  }
}

function adjust(mandate: KnownMandate, adjustment: Adjustment): KnownMandate {
  return { ...mandate, ...adjusted(mandate, adjustment) };
}

/** The mandates of pieces of work, locked; the work is taken as done. */
async function lockSubjects(
  change: WriteContext,
  kind: DueWork['kind'],
  work: readonly DueWork[],
): Promise<readonly KnownMandate[]> {
  const ids = work.map(({ subjectId }) => subjectId);
  const mandates = await findMandates(change.tx, change.merchantId, ids, 'FOR NO KEY UPDATE');
  await deleteDueWork(change.tx, change.merchantId, kind, ids);
  return [...mandates.values()];
}
