import { BATCH_RECORDS_MAX, IDEMPOTENCY_KEY_LENGTH_MAX, type RecordResult } from '../domain/batch.ts';
import type { BatchAnswer, KeyReused } from '../services/run-batch.ts';
import type { Row } from '../store/reading/rows.ts';
import { builder } from './builder.ts';
import { headCursor } from './connection.ts';
import type { Context } from './context.ts';
import { OutcomeRef } from './enums.ts';
import { requestError } from './request-error.ts';
import { UserErrorRef } from './user-error.ts';

/** What a batch mutation answers, with the objects it made as the selection asked for them. */
export interface BatchPayload extends BatchAnswer {
  readonly objects: ReadonlyMap<string, Row>;
  readonly respondedAt: Date;
  /** The end of the log before the call's own events. */
  readonly streamCursor: string | null;
}

/** Refuses a batch that cannot be taken at all. */
export function refuseBatch(records: readonly unknown[], idempotencyKey: string | null | undefined): void {
  if (records.length === 0) throw requestError('BAD_REQUEST', 'A batch has at least one record.', [['records']]);
  if (records.length > BATCH_RECORDS_MAX) {
    throw requestError('BATCH_TOO_LARGE', `At most ${BATCH_RECORDS_MAX} records a call.`, [['records']]);
  }
  if (idempotencyKey?.length === 0 || (idempotencyKey?.length ?? 0) > IDEMPOTENCY_KEY_LENGTH_MAX) {
    throw requestError('BAD_REQUEST', `An idempotency key has 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} characters.`, [
      ['idempotencyKey'],
    ]);
  }
}

/** The answer, or the refusal of a key that belongs to another call. */
export function acceptAnswer(answer: BatchAnswer | KeyReused): BatchAnswer {
  if (!('reusedKeyPaths' in answer)) return answer;
  throw requestError(
    'IDEMPOTENCY_KEY_REUSED',
    'This key was used for another input; `paths` say where they differ.',
    answer.reusedKeyPaths,
  );
}

/** The payload and result types of a batch mutation over one kind of object. */
export function batchPayload(
  mutation: string,
  name: string,
  objectField: string,
  object: Parameters<typeof builder.prismaObjectFields>[0],
) {
  const objectType = object as never; // rows in the shape of the selection, known to Pothos per document
  const result = builder.objectRef<{ result: RecordResult; object: Row | null }>(`${name}Result`).implement({
    description: 'What came of one record.',
    fields: (t) => ({
      index: t.int({ description: 'The place of the record in the input.', resolve: ({ result: { index } }) => index }),
      clientKey: t.string({
        nullable: true,
        description: 'As the record had it.',
        resolve: ({ result: { clientKey } }) => clientKey,
      }),
      outcome: t.field({ type: OutcomeRef, resolve: ({ result: { outcome } }) => outcome }),
      errors: t.field({
        type: [UserErrorRef],
        description: 'Every reason, empty unless it failed.',
        resolve: ({ result: { errors } }) => [...errors],
      }),
      [objectField]: t.field({
        type: objectType,
        nullable: true,
        description: 'What was written, as it is now; null when nothing was.',
        resolve: ({ object: row }) => row as never,
      }),
    }),
  });
  return builder.objectRef<BatchPayload>(`${mutation}Payload`).implement({
    description: 'One result per record, in input order.',
    fields: (t) => ({
      results: t.field({
        type: [result],
        resolve: ({ results, objects }) =>
          results.map((item) => ({ result: item, object: objects.get(item.objectId ?? '') ?? null })),
      }),
      succeededCount: t.int({ resolve: ({ results }) => count(results, ['CREATED', 'WOULD_CREATE']) }),
      failedCount: t.int({ resolve: ({ results }) => count(results, ['FAILED', 'WOULD_FAIL']) }),
      replayed: t.exposeBoolean('replayed', {
        description: 'Whether an earlier call with the same key did this already.',
      }),
      requestId: t.id({ resolve: (_payload, _args, context) => context.requestId }),
      respondedAt: t.expose('respondedAt', { type: 'DateTime' }),
      streamCursor: t.string({
        nullable: true,
        description: 'The end of the event log before this call: what it caused comes after.',
        resolve: (payload, _args, context) => payload.streamCursor ?? headCursor(context),
      }),
    }),
  });
}

function count(results: readonly RecordResult[], outcomes: readonly string[]): number {
  return results.filter((result) => outcomes.includes(result.outcome)).length;
}

/** The end of the log, if the payload is asked for it. */
export async function cursorBefore(context: Context, isSelected: boolean): Promise<string | null> {
  return isSelected ? headCursor(context) : null;
}
