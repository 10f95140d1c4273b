import type { SequencedEvent } from '../store/events/sequenced-event.ts';

/** Why a stream ends that its reader did not end. But for TOO_COSTLY it goes on elsewhere, from the reader's last cursor. */
export const ENDING_REASONS = ['SHUTTING_DOWN', 'CREDENTIALS_EXPIRED', 'CREDENTIALS_REVOKED', 'TOO_COSTLY'] as const;
export type EndingReason = (typeof ENDING_REASONS)[number];

/** An event, with the cursor that stands after it. */
export interface EventItem {
  readonly kind: 'EVENT';
  readonly event: SequencedEvent;
  readonly cursor: string;
}

/** What a stream says of itself, to readers who asked for it. */
export type ControlItem =
  | { readonly kind: 'READY'; readonly cursor: string }
  | { readonly kind: 'HEARTBEAT'; readonly cursor: string; readonly lagMs: number }
  | { readonly kind: 'ENDING'; readonly reason: EndingReason; readonly retryAfterMs: number };

export type StreamItem = EventItem | ControlItem;
