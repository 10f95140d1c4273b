import type { AggregateType, EventActor, EventKeys } from '../../domain/event.ts';

/** An event with its position in the log, as read by streams. */
export interface SequencedEvent extends EventKeys {
  readonly id: string;
  readonly position: number;
  readonly aggregateType: AggregateType;
  readonly aggregateId: string;
  readonly version: number;
  readonly type: string;
  readonly fromStatus: string | null;
  readonly toStatus: string;
  readonly actor: EventActor;
  readonly requestId: string | null;
  readonly reasonCode: string | null;
  readonly reason: string | null;
  readonly occurredAt: Date;
  /** Wall time (UTC) when it was written, just before the commit. `sequencedAt` is wall time too. */
  readonly createdAt: Date;
  readonly sequencedAt: Date;
}
