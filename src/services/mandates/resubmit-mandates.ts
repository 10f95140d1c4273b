import { nameIds } from '../../domain/batch.ts';
import { NOTHING_AFFECTED } from '../../domain/customer/change-rules.ts';
import { decideEach, type Target } from '../../domain/decide-each.ts';
import { invalid, limitExceeded, stateConflict } from '../../domain/errors.ts';
import { ATTEMPTS_MAX, isUsedUp, RESUBMISSION_WINDOWS, resubmissionWindow } from '../../domain/mandate/actions.ts';
import { type ApprovalWindow, type RequestTimes, requestTimes } from '../../domain/mandate/approval-window.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { checkParties } from '../../domain/mandate/plan.ts';
import { findRefusedPaymentIds } from '../../store/payments/running-payments.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused, Selection } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { checkAction, findPartiesOf, lockMandateContext } from './mandate-context.ts';
import { moveMandates } from './move-mandates.ts';
import { queueMandateRequests } from './queue-mandate-requests.ts';
import { warnOfQueue } from './write-mandates.ts';

/** Input of `resubmitMandates`; a null window uses the window of each mandate. */
export interface ResubmitMandates extends Selection {
  readonly approvalWindow: ApprovalWindow | null;
}

interface Resubmission {
  readonly mandate: KnownMandate;
  readonly window: ApprovalWindow;
  readonly times: RequestTimes;
}

/**
 * Resubmits mandates for approval under the same contract reference, where the scheme allows it (DOMAIN §3.5).
 * Atomicity follows `mode`; one result per record, in input order: UNCHANGED for a resubmission that awaits its answer.
 * Warns of requests that wait for the next business day (QUEUED).
 */
export function resubmitMandates(
  app: App,
  caller: Caller,
  { approvalWindow, ...input }: ResubmitMandates,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'resubmitMandates', args: { approvalWindow }, ...input };
  return runBatch<Target, Resubmission>(app, caller, request, async (context, items) => {
    const { tx, merchantId, occurredAt: now } = context;
    const ids = items.map(({ record }) => record.id);
    const known = await findPartiesOf(context, ids);
    const loaded = await lockMandateContext(context, ids);
    const refused = await findRefusedPaymentIds(tx, merchantId, ids);
    const decisions = decideEach(items, loaded.mandates, 'mandate', (mandate, _record, findings) => {
      const window = resubmissionWindow(approvalWindow, mandate.approvalWindow);
      const times = requestTimes(window, known);
      const plan = { mandate, window, times };
      // An earlier resubmission still awaits its answer.
      const isAgain = mandate.status === 'PENDING' && mandate.attempts > 1;
      if (isAgain) return { plan, outcome: 'UNCHANGED', affected: NOTHING_AFFECTED };
      if (approvalWindow !== null && !RESUBMISSION_WINDOWS.includes(approvalWindow)) {
        const message = `A resubmission requires a TT1 approval window: ${RESUBMISSION_WINDOWS.join(', ')}.`;
        findings.errors.push(invalid(['approvalWindow'], 'tt1_window', message));
      }
      if (isUsedUp(mandate)) {
        const message = `The contract reference was used for ${mandate.attempts} requests. Create a new mandate.`;
        findings.errors.push(limitExceeded(findings.path, message, ATTEMPTS_MAX));
      } else if (checkAction('RESUBMIT', mandate, loaded, now, findings)) {
        checkParties(mandate, mandate.paymentMethodId, known, findings);
        if (approvalWindow === null && !RESUBMISSION_WINDOWS.includes(window)) {
          findings.errors.push(stateConflict(findings.path, windowConflict(mandate, window)));
        }
      }
      warnOfQueue({ status: 'PENDING', approvalWindow: window }, known, findings);
      const { ids: paymentIds, truncated } = nameIds(refused.get(mandate.id) ?? []);
      return { plan, outcome: 'UPDATED', affected: { ...NOTHING_AFFECTED, paymentIds, truncated } };
    });
    return {
      decisions,
      write: async (plans) => {
        const moves = plans.map(({ mandate, window, times }) => {
          return { mandate, event: 'RESUBMIT', facts: { at: now, window, times } } as const;
        });
        await moveMandates(context, moves);
        const questions = plans.map(
          ({ mandate, times }) => ({ mandateId: mandate.id, kind: 'INITIATE', times }) as const,
        );
        queueMandateRequests(context, questions);
        return plans.map(({ mandate }) => mandate.id);
      },
    };
  });
}

/** Returns the conflict of a mandate whose own window does not allow resubmission. */
function windowConflict({ id, status }: KnownMandate, window: ApprovalWindow) {
  const message = `The approval window ${window} does not allow resubmission. Pass one of ${RESUBMISSION_WINDOWS.join(', ')}, or call convertMandates.`;
  return { message, currentStatus: status, blockedBy: [id] };
}
