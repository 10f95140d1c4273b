import type { EventKeys } from '../../domain/event.ts';

/** Returns the keys of a row's events. */
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
