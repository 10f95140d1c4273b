import type { Cause } from '../../domain/event.ts';
import { isAuthorised, type KnownMandate } from '../../domain/mandate/mandate.ts';
import { type MandateFacts, moveMandate, paymentEffectOf } from '../../domain/mandate/move.ts';
import type { MandateEvent } from '../../domain/mandate/state-machine.ts';
import type { PauseCause, PaymentEvent } from '../../domain/payment/state-machine.ts';
import { deleteDueWork, putDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { withdrawUnsentRequests } from '../../store/mandates/mandate-requests.ts';
import { updateMandates } from '../../store/mandates/mandates.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { releaseJobs } from './mandate-jobs.ts';
import { affectPayments, type MovedMandate } from './mandate-payments.ts';
import { queueMandateNotices } from './queue-mandate-requests.ts';

/** An event of a locked mandate. */
export interface MandateMove {
  readonly mandate: KnownMandate;
  readonly event: MandateEvent;
  readonly facts: MandateFacts;
  /** Defaults to the cause of the whole change. */
  readonly cause?: Cause;
}

/** The pause cause of payments for each mandate event that pauses or resumes them. */
const PAUSE_CAUSES: Partial<Record<MandateEvent, PauseCause>> = {
  SUSPEND: 'MANDATE_SUSPENDED',
  UNSUSPEND: 'MANDATE_SUSPENDED',
  DISABLE: 'MANDATE_DISABLED',
  ENABLE: 'MANDATE_DISABLED',
};

/** Events that end the wait for an answer to a mandate request. */
const ENDS_WAITING: ReadonlySet<MandateEvent> = new Set(['APPROVE', 'REJECT', 'DECLINE', 'EXPIRE', 'CANCEL']);

/**
 * Applies events to mandates in the transaction of `context`, including the effects on their payments and due jobs.
 * Returns the changed mandates; events that no transition allows are left out.
 */
export async function moveMandates(context: WriteContext, moves: readonly MandateMove[]): Promise<KnownMandate[]> {
  const moved = moves.flatMap((move) => {
    const after = moveMandate(move.mandate, move.event, move.facts);
    return after ? [{ ...move, after, cause: move.cause ?? context.cause }] : [];
  });
  updateMandates(
    context,
    moved.map(({ mandate, after, cause }) => ({ before: mandate, after, cause })),
  );
  const settled = moved.filter(({ event }) => ENDS_WAITING.has(event)).map(({ mandate }) => mandate.id);
  deleteDueWork(context.tx, context.merchantId, 'EXPIRE_MANDATE', settled);
  await tellBankOfCancellations(
    context,
    moved.filter(({ event, cause }) => event === 'CANCEL' && cause.actor === 'API').map(({ mandate }) => mandate),
  );
  for (const [effect, pauseCause, mandates] of byEffect(moved)) {
    await affectPayments(context, effect, pauseCause, mandates);
  }
  const active = moved.filter(({ after }) => after.status === 'ACTIVE');
  const ends = active.flatMap(({ after }) => completionWork(after, context.occurredAt));
  putDueWork(context, ends);
  return moved.map(({ after }) => after);
}

type Moved = MandateMove & { readonly after: KnownMandate; readonly cause: Cause };

/** Returns the job that checks for completion; an ACTIVE mandate may have ended while it was suspended or disabled. */
function completionWork({ id, dateRelease, processDate }: KnownMandate, now: Date): DueWork[] {
  if (processDate === null) return releaseJobs(id, dateRelease);
  return [{ kind: 'COMPLETE_MANDATE', subjectId: id, dueAt: now, details: {} }];
}

/** Groups transitions by their effect on payments. */
function byEffect(moved: readonly Moved[]): Array<readonly [PaymentEvent, PauseCause, readonly MovedMandate[]]> {
  const groups = new Map<string, readonly [PaymentEvent, PauseCause, MovedMandate[]]>();
  for (const { mandate, event, after, facts, cause } of moved) {
    const effect = paymentEffectOf(event, mandate.status);
    if (!effect) continue;
    const pauseCause = PAUSE_CAUSES[event] ?? 'CALLER';
    const key = `${effect} ${pauseCause}`;
    const group = groups.get(key) ?? ([effect, pauseCause, []] as const);
    const reason = facts.reason ?? `The mandate is ${after.status}.`;
    group[2].push({ mandateId: mandate.id, cause, reason });
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Withdraws unsent requests, and queues cancellations for mandates that the bank may know (MICN, MACN). */
async function tellBankOfCancellations(context: WriteContext, cancelled: readonly KnownMandate[]): Promise<void> {
  const ids = cancelled.filter(isAuthorised).map(({ id }) => id);
  if (ids.length === 0) return;
  deleteDueWork(context.tx, context.merchantId, 'EXPIRE_AMENDMENT', ids);
  const { known } = await withdrawUnsentRequests(context.tx, context.merchantId, ids, ['INITIATE', 'AMEND', 'NOTIFY']);
  queueMandateNotices(
    context,
    'CANCEL',
    ids.filter((id) => known.has(id)),
  );
}

/**
 * Cancels locked mandates. Returns those that were cancelled; mandates that no transition allows to cancel are left
 * out.
 */
export function endMandates(context: WriteContext, mandates: readonly KnownMandate[]): Promise<KnownMandate[]> {
  const facts = { at: context.occurredAt, reason: context.cause.reason };
  return moveMandates(
    context,
    mandates.map((mandate) => ({ mandate, event: 'CANCEL', facts })),
  );
}
