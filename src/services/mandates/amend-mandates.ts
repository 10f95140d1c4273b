import { civilDateOf } from '../../domain/dates.ts';
import type { Cause } from '../../domain/event.ts';
import { recounted } from '../../domain/mandate/adjustment.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { type AmendmentFacts, moveAmendment } from '../../domain/mandate/move.ts';
import type { AmendmentEvent } from '../../domain/mandate/state-machine.ts';
import { deleteDueWork } from '../../store/due-work/due-work.ts';
import { updateMandates } from '../../store/mandates/mandates.ts';
import { findCollectedMandates } from '../../store/transactions/collected.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { propagateMandateTerms } from './propagate-mandate-terms.ts';

/** An event of the amendment of a locked mandate. */
export interface AmendmentMove {
  readonly mandate: KnownMandate;
  readonly event: AmendmentEvent;
  readonly facts: AmendmentFacts;
  readonly cause?: Cause;
}

/**
 * Applies amendment events in the transaction of `context`. Approved terms apply at once, to the payments of the
 * mandate too. Returns the changed mandates; events that no transition allows are left out.
 */
export async function settleAmendments(
  context: WriteContext,
  moves: readonly AmendmentMove[],
): Promise<KnownMandate[]> {
  const today = civilDateOf(context.occurredAt);
  const approved = moves.filter(({ event }) => event === 'APPROVE').map(({ mandate }) => mandate.id);
  const collected = await findCollectedMandates(context.tx, context.merchantId, approved);
  const moved = moves.flatMap(({ mandate, event, facts, cause }) => {
    const after = moveAmendment(mandate, event, { ...facts, collected: collected.get(mandate.id) });
    return after ? [{ before: mandate, after: recounted(mandate, after, today), event, cause }] : [];
  });
  if (moved.length === 0) return [];
  updateMandates(context, moved);
  const settled = moved.filter(({ event }) => event !== 'AMEND').map(({ before }) => before.id);
  deleteDueWork(context.tx, context.merchantId, 'EXPIRE_AMENDMENT', settled);
  await propagateMandateTerms(
    context,
    moved.filter(({ event }) => event === 'APPROVE'),
  );
  return moved.map(({ after }) => after);
}
