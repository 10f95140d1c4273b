import type { EventKeys } from '../../domain/event.ts';

/** What of a row its events are found by. */
export function keysOf({
  paymentId,
  customerId,
  mandateId,
  paymentMethodId,
  batchReference,
  amountCents,
}: EventKeys): EventKeys {
  return { paymentId, customerId, mandateId, paymentMethodId, batchReference, amountCents };
}
