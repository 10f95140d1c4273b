import type { BatchMode, RecordResult } from '../../domain/batch.ts';
import type { Target } from '../../domain/decide-each.ts';

/** What every batch says besides its records. */
export interface BatchOptions {
  readonly mode: BatchMode;
  readonly dryRun: boolean;
  readonly idempotencyKey: string | null;
  /** Records that could not be read, by the client keys of what stands in for them. */
  readonly unreadable?: ReadonlyMap<string, UnreadableRecord> | undefined;
}

/** A record with a value of the wrong type. */
export interface UnreadableRecord {
  /** Where in the record. */
  readonly path: readonly string[];
  readonly message: string;
  /** As it was sent, its own client key among it. */
  readonly record: unknown;
  readonly clientKey: string | null;
}

export interface BatchRequest<Record> extends BatchOptions {
  readonly operation: string;
  readonly records: readonly Record[];
  /** Where the records stand in the input. */
  readonly field: 'records' | 'ids';
  /** What else the call says. */
  readonly args: Readonly<{ [name: string]: unknown }>;
}

export interface BatchAnswer {
  readonly results: readonly RecordResult[];
  /** How many of the results an earlier call with the same key wrote. */
  readonly replayedCount: number;
}

/** The key belongs to another call: where the two differ. */
export interface KeyReused {
  readonly reusedKeyPaths: ReadonlyArray<readonly string[]>;
}

/** Objects that a call names, by id or by record. */
export interface Selection extends BatchOptions {
  readonly records: readonly Target[];
  readonly field: 'records' | 'ids';
}
