import type { BatchMode, RecordResult } from '../../domain/batch.ts';
import type { Target } from '../../domain/decide-each.ts';
import type { InsertedRow } from '../../store/connection/database.ts';

/** Options common to all batch calls. */
export interface BatchOptions {
  readonly mode: BatchMode;
  readonly dryRun: boolean;
  readonly idempotencyKey: string | null;
  /** Records that could not be parsed, by the client keys of their placeholders in `records`. */
  readonly unreadable?: ReadonlyMap<string, UnreadableRecord> | undefined;
}

/** A record that contains a value of the wrong type. */
export interface UnreadableRecord {
  /** Path of the value within the record. */
  readonly path: readonly string[];
  readonly message: string;
  /** The record as it was sent, including its client key. */
  readonly record: unknown;
  readonly clientKey: string | null;
}

/** A batch call. Operation, arguments, mode and records together decide whether a repeat is the same call. */
export interface BatchRequest<Record> extends BatchOptions {
  readonly operation: string;
  readonly records: readonly Record[];
  /** Name of the input field that contains the records. */
  readonly field: 'records' | 'ids';
  /** Arguments of the call besides its records. */
  readonly args: Readonly<{ [name: string]: unknown }>;
}

/** The answer to a batch call: one result per record, in input order. */
export interface BatchAnswer {
  readonly results: readonly RecordResult[];
  /** Number of results that an earlier call with the same idempotency key produced. */
  readonly replayedCount: number;
  /** Rows that the call has inserted, by id, which need not be read again. */
  readonly inserted: ReadonlyMap<string, InsertedRow>;
}

/** The idempotency key was used by a different call: input paths where the two differ. Nothing is written. */
export interface KeyReused {
  readonly reusedKeyPaths: ReadonlyArray<readonly string[]>;
}

/** A batch call on existing objects, given by id or by record. */
export interface Selection extends BatchOptions {
  readonly records: readonly Target[];
  readonly field: 'records' | 'ids';
}
