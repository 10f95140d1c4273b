import type { Calendar } from '../../domain/calendar.ts';
import type { Findings } from '../../domain/findings.ts';
import { itemAt } from '../../domain/invariants.ts';
import { requestTimes } from '../../domain/mandate/approval-window.ts';
import { type Authorisation, type NewMandate, NOT_APPROVED } from '../../domain/mandate/mandate.ts';
import { warning } from '../../domain/warnings.ts';
import { putDueWork } from '../../store/due-work/due-work.ts';
import { insertMandates } from '../../store/mandates/mandates.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { releaseJobs } from './mandate-jobs.ts';
import { queueMandateRequests } from './queue-mandate-requests.ts';

/** A new mandate with its customer, bank account and payment method. */
export interface MandateToWrite extends NewMandate {
  readonly customerId: string;
  readonly bankAccountId: string;
  readonly paymentMethodId: string;
  readonly convertedFromId: string | null;
  /** How it was authorised before, elsewhere; absent for a mandate that is new. */
  readonly authorisation?: Authorisation;
}

/**
 * Writes mandates and queues approval requests for those that need approval, in the transaction of `context`. Returns
 * their ids, in input order.
 */
export async function writeMandates(
  context: WriteContext,
  calendar: Calendar,
  mandates: readonly MandateToWrite[],
): Promise<string[]> {
  const times = mandates.map(({ approvalWindow }) => requestTimes(approvalWindow, calendar));
  const rows = mandates.map(({ makesContractReference, authorisation = NOT_APPROVED, ...mandate }, index) => {
    const isAsked = mandate.status === 'PENDING';
    return {
      ...mandate,
      ...authorisation,
      contractReference: makesContractReference ? context.tx.ids.newReference() : mandate.contractReference,
      attempts: isAsked ? 1 : 0,
      requestedAt: isAsked ? calendar.now : null,
      approvalExpiresAt: isAsked ? (times[index]?.approvalExpiresAt ?? null) : null,
    };
  });
  const ids = await insertMandates(context, rows);
  const questions = mandates.flatMap(({ status }, index) => {
    const asked = times[index];
    const mandateId = ids[index];
    return status === 'PENDING' && asked && mandateId ? [{ mandateId, kind: 'INITIATE' as const, times: asked }] : [];
  });
  queueMandateRequests(context, questions);
  const ends = mandates.map(({ dateRelease }, index) => releaseJobs(itemAt(ids, index), dateRelease));
  putDueWork(context, ends.flat());
  return ids;
}

/** Warns (QUEUED) if the request for a mandate waits until the next business day. */
export function warnOfQueue(
  mandate: Pick<NewMandate, 'status' | 'approvalWindow'>,
  calendar: Calendar,
  findings: Findings,
): void {
  const { path, warnings } = findings;
  if (mandate.status !== 'PENDING') return;
  const { isQueued, sendAt } = requestTimes(mandate.approvalWindow, calendar);
  if (!isQueued) return;
  const message = `The cut-off of the approval window has passed. The request is sent at ${sendAt.toISOString()}.`;
  warnings.push(warning('QUEUED', path, message));
}
