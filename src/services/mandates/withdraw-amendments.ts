import { NOTHING_AFFECTED } from '../../domain/customer/change-rules.ts';
import { decideEach, type Target } from '../../domain/decide-each.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { withdrawUnsentRequests } from '../../store/mandates/mandate-requests.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused, Selection } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { settleAmendments } from './amend-mandates.ts';
import { checkAction, lockMandateContext } from './mandate-context.ts';
import { queueMandateNotices } from './queue-mandate-requests.ts';

/** Input of `withdrawAmendments`. */
export interface WithdrawAmendments extends Selection {
  readonly reason: string | null;
}

/** Reason code that withdraws an amendment at the bank. */
const WITHDRAWN_CODE = 'MACN';

/**
 * Withdraws amendments that await approval, at the bank too; the current terms stay. Atomicity follows `mode`; one
 * result per record, in input order. No warnings.
 */
export function withdrawAmendments(
  app: App,
  caller: Caller,
  { reason, ...input }: WithdrawAmendments,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'withdrawAmendments', args: { reason }, ...input };
  return runBatch<Target, KnownMandate>(app, caller, request, async (context, items) => {
    const ids = items.map(({ record }) => record.id);
    const loaded = await lockMandateContext(context, ids);
    const decisions = decideEach(items, loaded.mandates, 'mandate', (mandate, _record, findings) => {
      const isSound = checkAction('WITHDRAW_AMENDMENT', mandate, loaded, context.occurredAt, findings);
      return isSound ? { plan: mandate, outcome: 'UPDATED', affected: NOTHING_AFFECTED } : null;
    });
    return {
      decisions,
      write: async (mandates) => {
        const { tx, merchantId, occurredAt: at } = context;
        const cause = { ...context.cause, reasonCode: WITHDRAWN_CODE, reason };
        const moves = mandates.map(
          (mandate) => ({ mandate, event: 'WITHDRAW', facts: { at, reason }, cause }) as const,
        );
        await settleAmendments(context, moves);
        const planned = mandates.map(({ id }) => id);
        const { withdrawn } = await withdrawUnsentRequests(tx, merchantId, planned, ['AMEND']);
        const told = planned.filter((id) => !withdrawn.has(id));
        queueMandateNotices(context, 'WITHDRAW', told);
        return planned;
      },
    };
  });
}
