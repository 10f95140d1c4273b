import { answerTimes } from '../../domain/mandate/approval-window.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { type DueWork, putDueWork } from '../../store/due-work.ts';
import {
  findMandateRequests,
  type KnownMandateRequest,
  type MandateRequestKind,
} from '../../store/mandates/mandate-requests.ts';
import { lockMandates, updateMandates } from '../../store/mandates/mandates.ts';
import { findHolidays } from '../../store/merchants/merchants.ts';
import type { WriteContext } from '../../store/write-context.ts';

/** What silence brings about, where an answer is waited for. */
const EXPIRY: Partial<Record<MandateRequestKind, 'EXPIRE_MANDATE' | 'EXPIRE_AMENDMENT'>> = {
  INITIATE: 'EXPIRE_MANDATE',
  AMEND: 'EXPIRE_AMENDMENT',
};

/** A question that went so much later than it was to go has a window of its own: less is how long sending takes. */
export const LATE_MS = 5_000;

/**
 * A debtor's window is open from the sending of the question: silence past its end is an answer. It is as it was announced,
 * unless the bank could not be reached in time.
 */
export async function openApprovalWindows(
  context: WriteContext,
  requests: readonly KnownMandateRequest[],
  sentAt: (request: KnownMandateRequest) => Date,
): Promise<void> {
  const { tx, merchantId } = context;
  const references = requests.filter(({ kind }) => EXPIRY[kind] !== undefined).map(({ reference }) => reference);
  const ids = requests.map(({ mandateId }) => mandateId);
  const mandates = await lockMandates(tx, merchantId, ids);
  // Read again under the lock: the same may have been asked anew while this was on its way.
  const asked = [...(await findMandateRequests(tx, merchantId, references)).values()].filter(
    ({ isCurrent }) => isCurrent,
  );
  const holidays = await findHolidays(tx, merchantId);
  const opened = asked.flatMap((request) => {
    const mandate = mandates.get(request.mandateId);
    if (!mandate?.approvalWindow || !isWaiting(mandate, request.kind)) return [];
    const sent = sentAt(request);
    const isLate = sent.getTime() - request.sendAt.getTime() > LATE_MS;
    const times = answerTimes(mandate.approvalWindow, isLate ? sent : request.sendAt, holidays);
    const announced = request.kind === 'AMEND' ? mandate.amendmentExpiresAt : mandate.approvalExpiresAt;
    const isOther = announced?.getTime() !== times.approvalExpiresAt.getTime();
    return [{ mandate, kind: request.kind, isOther, times }];
  });
  const late = opened.filter(({ isOther }) => isOther);
  await updateMandates(
    context,
    late.map(({ mandate, kind, times: { approvalExpiresAt } }) => {
      const end = kind === 'AMEND' ? { amendmentExpiresAt: approvalExpiresAt } : { approvalExpiresAt };
      return { before: mandate, after: { ...mandate, ...end } };
    }),
  );
  const work = opened.flatMap(({ mandate, kind, times }): DueWork[] => {
    const expiry = EXPIRY[kind];
    return expiry ? [{ kind: expiry, subjectId: mandate.id, dueAt: times.expiresAt, details: {} }] : [];
  });
  await putDueWork(context, work);
}

/** Whether the answer has not come before its acknowledgement. */
function isWaiting({ status, amendmentStatus }: KnownMandate, kind: MandateRequestKind): boolean {
  return kind === 'AMEND' ? amendmentStatus === 'PENDING' : status === 'PENDING';
}
