import type { RequestTimes } from '../../domain/mandate/approval-window.ts';
import { type DueWork, putDueWork } from '../../store/due-work.ts';
import { insertMandateRequests, type MandateRequestKind } from '../../store/mandates/mandate-requests.ts';
import type { WriteContext } from '../../store/write-context.ts';

/** What is to be asked about a mandate, and when. */
export interface MandateQuestion {
  readonly mandateId: string;
  readonly kind: MandateRequestKind;
  readonly times: Pick<RequestTimes, 'sendAt'>;
}

/** Tells the bank something about mandates at once, for which no answer is waited. */
export function queueMandateNotices(
  context: WriteContext,
  kind: MandateRequestKind,
  mandateIds: readonly string[],
): Promise<void> {
  const times = { sendAt: context.occurredAt };
  return queueMandateRequests(
    context,
    mandateIds.map((mandateId) => ({ mandateId, kind, times })),
  );
}

/** Records questions to the bank and plans their sending. Two statements. */
export async function queueMandateRequests(
  context: WriteContext,
  questions: readonly MandateQuestion[],
): Promise<void> {
  if (questions.length === 0) return;
  const { tx, merchantId } = context;
  const requests = questions.map(({ mandateId, kind, times }) => ({
    reference: tx.ids.newReference(),
    mandateId,
    kind,
    sendAt: times.sendAt,
  }));
  await insertMandateRequests(tx, merchantId, requests);
  const sending = requests.map(
    ({ reference, sendAt }): DueWork => ({
      kind: 'SEND_MANDATE_REQUEST',
      subjectId: reference,
      dueAt: sendAt,
      details: {},
    }),
  );
  await putDueWork(context, sending);
}
