import type { EventConditions } from '../store/events/event-conditions.ts';
import type { SequencedEvent } from '../store/events/sequenced-event.ts';

/**
 * The keys under which a reader with these conditions is found, of the one condition that lets the fewest events through. An event
 * has one key of each kind, so it finds a reader at most once; the other conditions are checked then.
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

/** The keys of an event: the readers under them may want it, no others do. */
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
