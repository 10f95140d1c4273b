import type { AggregateType, EventActor, EventKeys } from '../../domain/event.ts';

/** A numbered event, as streams read it. */
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
  /** When it was written, just before its commit: wall time, as the next. */
  readonly createdAt: Date;
  readonly sequencedAt: Date;
}
