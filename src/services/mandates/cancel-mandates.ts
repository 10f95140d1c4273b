import { NOTHING_AFFECTED } from '../../domain/customer/change-rules.ts';
import { decideEach, type Target } from '../../domain/decide-each.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { CANCEL_REASONS, type MandateCancelReason } from '../../domain/mandate/reason-codes.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused, Selection } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { checkAction, lockMandateContext } from './mandate-context.ts';
import { moveMandates } from './move-mandates.ts';

/** Input of `cancelMandates`. */
export interface CancelMandates extends Selection {
  readonly reason: MandateCancelReason;
}

/** Reason code that withdraws a mandate request without an answer yet. */
const WITHDRAWN_CODE = 'MICN';

/**
 * Cancels mandates irreversibly, at the bank too: their payments stop and their contract references are retired.
 * Atomicity follows `mode`; one result per record, in input order: UNCHANGED for a mandate that is already cancelled.
 * No warnings.
 */
export function cancelMandates(
  app: App,
  caller: Caller,
  { reason, ...input }: CancelMandates,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'cancelMandates', args: { reason }, ...input };
  return runBatch<Target, KnownMandate>(app, caller, request, async (context, items) => {
    const loaded = await lockMandateContext(
      context,
      items.map(({ record }) => record.id),
    );
    const decisions = decideEach(items, loaded.mandates, 'mandate', (mandate, _record, findings) => {
      if (mandate.status === 'CANCELLED') return { plan: mandate, outcome: 'UNCHANGED', affected: NOTHING_AFFECTED };
      const isSound = checkAction('CANCEL', mandate, loaded, context.occurredAt, findings);
      return isSound ? { plan: mandate, outcome: 'UPDATED', affected: loaded.affectedBy(mandate.id) } : null;
    });
    return {
      decisions,
      write: async (mandates) => {
        const { code, title } = CANCEL_REASONS[reason];
        const facts = { at: context.occurredAt, cancelReason: reason, reason: `The mandate was cancelled: ${title}.` };
        const moves = mandates.map((mandate) => {
          const reasonCode = mandate.status === 'PENDING' ? WITHDRAWN_CODE : code;
          return { mandate, event: 'CANCEL', facts, cause: { ...context.cause, reasonCode, reason: title } } as const;
        });
        await moveMandates(context, moves);
        return mandates.map(({ id }) => id);
      },
    };
  });
}
