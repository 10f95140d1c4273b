import type { RequestTimes } from '../../domain/mandate/approval-window.ts';
import { putDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { insertMandateRequests, type MandateRequestKind } from '../../store/mandates/mandate-requests.ts';
import type { WriteContext } from '../../store/write-context.ts';

/** A request to the bank about a mandate, and its sending time. */
export interface MandateQuestion {
  readonly mandateId: string;
  readonly kind: MandateRequestKind;
  readonly times: Pick<RequestTimes, 'sendAt'>;
}

/** Queues notices about mandates that are sent at once and need no answer. */
export function queueMandateNotices(
  context: WriteContext,
  kind: MandateRequestKind,
  mandateIds: readonly string[],
): void {
  const times = { sendAt: context.occurredAt };
  queueMandateRequests(
    context,
    mandateIds.map((mandateId) => ({ mandateId, kind, times })),
  );
}

/** Records requests to the bank and plans their sending, in two statements. */
export function queueMandateRequests(context: WriteContext, questions: readonly MandateQuestion[]): void {
  if (questions.length === 0) return;
  const { tx, merchantId } = context;
  const requests = questions.map(({ mandateId, kind, times }) => ({
    reference: tx.ids.newReference(),
    mandateId,
    kind,
    sendAt: times.sendAt,
  }));
  insertMandateRequests(tx, merchantId, requests);
  const sending = requests.map(
    ({ reference, sendAt }): DueWork => ({
      kind: 'SEND_MANDATE_REQUEST',
      subjectId: reference,
      dueAt: sendAt,
      details: {},
    }),
  );
  putDueWork(context, sending);
}
