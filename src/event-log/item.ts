import type { SequencedEvent } from '../store/events/sequenced-event.ts';

/**
 * Reasons why the server ends a stream. Except after TOO_COSTLY, the reader can resume from its last cursor, with valid
 * credentials.
 */
export const ENDING_REASONS = ['SHUTTING_DOWN', 'CREDENTIALS_EXPIRED', 'CREDENTIALS_REVOKED', 'TOO_COSTLY'] as const;
/** Why the server ended a stream. */
export type EndingReason = (typeof ENDING_REASONS)[number];

/** An event with its stream cursor, which marks the position after the event. */
export interface EventItem {
  readonly kind: 'EVENT';
  readonly event: SequencedEvent;
  readonly cursor: string;
}

/** A control message about the stream, sent only to readers that requested control messages. */
export type ControlItem =
  | { readonly kind: 'READY'; readonly cursor: string }
  | { readonly kind: 'HEARTBEAT'; readonly cursor: string; readonly lagMs: number }
  | { readonly kind: 'ENDING'; readonly reason: EndingReason; readonly retryAfterMs: number };

/** The state of what a stream shows, at a position of the log. */
export interface StateItem {
  readonly kind: 'STATE';
  readonly cursor: string;
}

/** An item of a stream: an event, a state or a control message. */
export type StreamItem = EventItem | StateItem | ControlItem;

/** Interval of heartbeats on an open stream, in milliseconds. */
export const HEARTBEAT_MS = 15_000;
