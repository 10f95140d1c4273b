import type { Cause } from '../../domain/event.ts';
import { isAuthorised, type KnownMandate } from '../../domain/mandate/mandate.ts';
import { type MandateFacts, moveMandate, paymentEffectOf } from '../../domain/mandate/move.ts';
import type { MandateEvent } from '../../domain/mandate/state-machine.ts';
import type { PauseCause, PaymentEvent } from '../../domain/payment/state-machine.ts';
import { type DueWork, deleteDueWork, putDueWork } from '../../store/due-work.ts';
import { withdrawUnsentRequests } from '../../store/mandates/mandate-requests.ts';
import { updateMandates } from '../../store/mandates/mandates.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { releaseJobs } from './mandate-jobs.ts';
import { affectPayments, type MovedMandate } from './mandate-payments.ts';
import { queueMandateNotices } from './queue-mandate-requests.ts';

/** What happens to a mandate that this transaction has locked. */
export interface MandateMove {
  readonly mandate: KnownMandate;
  readonly event: MandateEvent;
  readonly facts: MandateFacts;
  /** Who caused it; that of the whole change when absent. */
  readonly cause?: Cause;
}

/** Why a payment is paused when its mandate comes to be in a status. */
const PAUSE_CAUSES: Partial<Record<MandateEvent, PauseCause>> = {
  SUSPEND: 'MANDATE_SUSPENDED',
  UNSUSPEND: 'MANDATE_SUSPENDED',
  DISABLE: 'MANDATE_DISABLED',
  ENABLE: 'MANDATE_DISABLED',
};

/** Events after which nobody waits for an answer any more. */
const ENDS_WAITING: ReadonlySet<MandateEvent> = new Set(['APPROVE', 'REJECT', 'DECLINE', 'EXPIRE', 'CANCEL']);

/**
 * Moves mandates by the table, writes their events, and does to their payments what follows. Moves that no row allows are
 * left out; the mandates as they are afterwards.
 */
export async function moveMandates(context: WriteContext, moves: readonly MandateMove[]): Promise<KnownMandate[]> {
  const moved = moves.flatMap((move) => {
    const after = moveMandate(move.mandate, move.event, move.facts);
    return after ? [{ ...move, after, cause: move.cause ?? context.cause }] : [];
  });
  await updateMandates(
    context,
    moved.map(({ mandate, after, cause }) => ({ before: mandate, after, cause })),
  );
  const settled = moved.filter(({ event }) => ENDS_WAITING.has(event)).map(({ mandate }) => mandate.id);
  await deleteDueWork(context.tx, context.merchantId, 'EXPIRE_MANDATE', settled);
  await tellBankOfCancellations(
    context,
    moved.filter(({ event, cause }) => event === 'CANCEL' && cause.actor === 'API').map(({ mandate }) => mandate),
  );
  for (const [effect, pauseCause, mandates] of byEffect(moved)) {
    await affectPayments(context, effect, pauseCause, mandates);
  }
  const active = moved.filter(({ after }) => after.status === 'ACTIVE');
  const ends = active.flatMap(({ after }) => completionWork(after, context.occurredAt));
  await putDueWork(context, ends);
  return moved.map(({ after }) => after);
}

type Moved = MandateMove & { readonly after: KnownMandate; readonly cause: Cause };

/** One that is ACTIVE again may be over already, or have come to its end while it was held. */
function completionWork({ id, dateRelease, processDate }: KnownMandate, now: Date): DueWork[] {
  if (processDate === null) return releaseJobs(id, dateRelease);
  return [{ kind: 'COMPLETE_MANDATE', subjectId: id, dueAt: now, details: {} }];
}

/** The moves that do the same to payments, together. */
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

/** What was asked and not sent is taken back; what may be at the bank is cancelled there (MICN, MACN). */
async function tellBankOfCancellations(context: WriteContext, cancelled: readonly KnownMandate[]): Promise<void> {
  const ids = cancelled.filter(isAuthorised).map(({ id }) => id);
  if (ids.length === 0) return;
  await deleteDueWork(context.tx, context.merchantId, 'EXPIRE_AMENDMENT', ids);
  const { known } = await withdrawUnsentRequests(context.tx, context.merchantId, ids, ['INITIATE', 'AMEND', 'NOTIFY']);
  await queueMandateNotices(
    context,
    'CANCEL',
    ids.filter((id) => known.has(id)),
  );
}

/** Cancels mandates locked by this transaction, whatever their status was, as far as the table goes. */
export function endMandates(context: WriteContext, mandates: readonly KnownMandate[]): Promise<KnownMandate[]> {
  const facts = { at: context.occurredAt, reason: context.cause.reason };
  return moveMandates(
    context,
    mandates.map((mandate) => ({ mandate, event: 'CANCEL', facts })),
  );
}
