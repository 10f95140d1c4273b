import { NOTHING_AFFECTED } from '../../domain/customer/change-rules.ts';
import { decideEach, type Target } from '../../domain/decide-each.ts';
import { stateConflict } from '../../domain/errors.ts';
import { isSettable, SETTABLE_STATUSES } from '../../domain/mandate/actions.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { allowedMandateStatuses, type MandateStatus } from '../../domain/mandate/state-machine.ts';
import { findPayments } from '../../store/payments/known.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused, Selection } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import {
  isOnly,
  type SkippedCycles,
  skippedBeforeResumption,
  skippedByPause,
  warnOfSkipped,
} from '../collections/skipped-cycles.ts';
import { checkAction, lockMandateContext } from './mandate-context.ts';
import { moveMandates } from './move-mandates.ts';

/** Input of `setMandateStatus`. */
export interface SetMandateStatus extends Selection {
  readonly status: MandateStatus;
  readonly reason: string | null;
}

/**
 * Disables or enables EFT mandates, and archives mandates that are over; other transitions have their own mutations.
 * Atomicity follows `mode`; one result per record, in input order. Warns of collections that are skipped
 * (CYCLE_SKIPPED).
 */
export function setMandateStatus(
  app: App,
  caller: Caller,
  { status, reason, ...input }: SetMandateStatus,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'setMandateStatus', args: { status, reason }, ...input };
  return runBatch<Target, KnownMandate>(app, caller, request, async (context, items) => {
    const loaded = await lockMandateContext(
      context,
      items.map(({ record }) => record.id),
    );
    const skipped = await skippedBy(status, context, [...loaded.mandates.keys()].flatMap(loaded.paymentIdsOf));
    const decisions = decideEach(items, loaded.mandates, 'mandate', (mandate, _record, findings) => {
      if (!isSettable(status)) {
        const allowedTransitions = allowedMandateStatuses(mandate.methodType, mandate.status);
        const message = `${status} cannot be set. It results from a bank answer, cancelMandates or a deadline.`;
        const conflict = { message, currentStatus: mandate.status, allowedTransitions, blockedBy: [] };
        findings.errors.push(stateConflict(findings.path, conflict));
        return null;
      }
      if (mandate.status === status) return { plan: mandate, outcome: 'UNCHANGED', affected: NOTHING_AFFECTED };
      const isSound = checkAction(SETTABLE_STATUSES[status], mandate, loaded, context.occurredAt, findings);
      if (isSound) warnOfSkipped(loaded.paymentIdsOf(mandate.id), skipped, findings);
      return isSound ? { plan: mandate, outcome: 'UPDATED', affected: loaded.affectedBy(mandate.id) } : null;
    });
    return {
      decisions,
      write: async (mandates) => {
        if (!isSettable(status)) return [];
        const event = SETTABLE_STATUSES[status];
        const facts = { at: context.occurredAt, reason };
        const caused = { ...context, cause: { ...context.cause, reason } };
        await moveMandates(
          caused,
          mandates.map((mandate) => ({ mandate, event, facts })),
        );
        return mandates.map(({ id }) => id);
      },
    };
  });
}

/** Returns the collections that payments lose or have lost when their mandates reach a status. */
async function skippedBy(
  status: MandateStatus,
  { tx, merchantId, occurredAt: now }: WriteContext,
  paymentIds: readonly string[],
): Promise<SkippedCycles> {
  if (status !== 'DISABLED' && status !== 'ACTIVE') return new Map();
  const payments = [...(await findPayments(tx, merchantId, paymentIds)).values()];
  if (status === 'DISABLED') return skippedByPause(tx, merchantId, now, payments);
  const resumed = payments.filter(({ pauseCauses }) => isOnly(pauseCauses, 'MANDATE_DISABLED'));
  return skippedBeforeResumption(tx, merchantId, now, resumed);
}
