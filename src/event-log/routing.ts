import type { EventConditions } from '../store/events/event-conditions.ts';
import type { SequencedEvent } from '../store/events/sequenced-event.ts';

/**
 * Returns the routing keys of a reader with these conditions, derived from the most selective condition alone. An event
 * has one key of each kind, so it finds a reader at most once; the other conditions are checked afterwards.
 */
export function readerKeys(conditions: EventConditions): readonly string[] {
  const { aggregateIds, paymentIds, mandateIds, customerIds, batchReference, types, aggregateTypes, to } = conditions;
  if (aggregateIds) return keys('object', aggregateIds);
  if (paymentIds) return keys('payment', paymentIds);
  if (mandateIds) return keys('mandate', mandateIds);
  if (customerIds) return keys('customer', customerIds);
  if (batchReference !== undefined) return keys('batch', [batchReference]);
  if (types) return keys('type', types);
  if (aggregateTypes && to) return aggregateTypes.flatMap((type) => keys(`to ${type}`, to));
  if (aggregateTypes) return keys('about', aggregateTypes);
  return [ANY];
}

/** Returns the routing keys of an event. Only readers registered under one of these keys can match the event. */
export function eventKeys(event: SequencedEvent): readonly string[] {
  return [
    `object ${event.aggregateId}`,
    `payment ${event.paymentId}`,
    `mandate ${event.mandateId}`,
    `customer ${event.customerId}`,
    `batch ${event.batchReference}`,
    `type ${event.type}`,
    `to ${event.aggregateType} ${event.toStatus}`,
    `about ${event.aggregateType}`,
    ANY,
  ];
}

const ANY = 'any';

function keys(kind: string, values: readonly string[]): string[] {
  return [...new Set(values)].map((value) => `${kind} ${value}`);
}
