import { answerTimes } from '../../domain/mandate/approval-window.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { putDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import {
  findMandateRequests,
  type KnownMandateRequest,
  type MandateRequestKind,
} from '../../store/mandates/mandate-requests.ts';
import { lockMandates, updateMandates } from '../../store/mandates/mandates.ts';
import { findHolidays } from '../../store/merchants/settings.ts';
import type { WriteContext } from '../../store/write-context.ts';

/** The expiry job of each request that waits for an answer. */
const EXPIRY: Partial<Record<MandateRequestKind, 'EXPIRE_MANDATE' | 'EXPIRE_AMENDMENT'>> = {
  INITIATE: 'EXPIRE_MANDATE',
  AMEND: 'EXPIRE_AMENDMENT',
};

/** Delay of a request, in milliseconds, beyond which its approval window starts at the actual sending time. */
export const LATE_MS = 5_000;

/**
 * Opens the approval windows of sent requests and plans their expiry. A window starts at the planned sending time, or
 * at the actual one if the request was sent more than `LATE_MS` late. Superseded and already answered requests are left
 * out.
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
  // Read again under the lock: a newer request may have superseded this one while it was being sent.
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
  updateMandates(
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
  putDueWork(context, work);
}

/** Whether the request still waits for an answer; the answer may arrive before the acknowledgement. */
function isWaiting({ status, amendmentStatus }: KnownMandate, kind: MandateRequestKind): boolean {
  return kind === 'AMEND' ? amendmentStatus === 'PENDING' : status === 'PENDING';
}
