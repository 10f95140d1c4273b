import { formatAmount } from '../../domain/money.ts';
import type { SequencedEvent } from '../../store/events/sequenced-event.ts';

/** Type of the event that a test sends. */
export const TEST_TYPE = 'WEBHOOK_TEST';

/** Returns the default body of a webhook: the event as the log has it, as JSON. `cursor` is its stream cursor. */
export function webhookBody(event: SequencedEvent, cursor: string): string {
  const { id, type, version, occurredAt, aggregateType, aggregateId, fromStatus, toStatus } = event;
  const { actor, requestId, reasonCode, reason } = event;
  const { paymentId, customerId, mandateId, paymentMethodId, batchReference, amountCents } = event;
  return JSON.stringify({
    id,
    cursor,
    type,
    version,
    occurredAt,
    aggregate: { type: aggregateType, id: aggregateId },
    from: fromStatus,
    to: toStatus,
    cause: { actor, requestId, reasonCode, reason },
    data: {
      paymentId,
      customerId,
      mandateId,
      paymentMethodId,
      batchReference,
      amount: amountCents === null ? null : formatAmount(amountCents),
    },
  });
}

/** Returns the body of a test, which has the shape of the default body. */
export function testBody(deliveryId: string, endpointId: string, now: Date): string {
  return JSON.stringify({
    id: deliveryId,
    cursor: null,
    type: TEST_TYPE,
    version: 0,
    occurredAt: now,
    aggregate: { type: 'WEBHOOK_ENDPOINT', id: endpointId },
    from: null,
    to: null,
    cause: { actor: 'API', requestId: null, reasonCode: null, reason: null },
    data: {},
  });
}
