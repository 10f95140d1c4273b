import type { InputFieldRef } from '@pothos/core';
import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import { BATCH_RECORDS_MAX, IDEMPOTENCY_KEY_KEPT_DAYS, IDEMPOTENCY_KEY_LENGTH_MAX } from '../../domain/batch.ts';
import type { App, Caller, Scope } from '../../services/app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../../services/batch/batch.ts';
import { selectInserted } from '../../store/reading/inserted.ts';
import type { Entity, Reader, Row } from '../../store/reading/reader.ts';
import type { Query } from '../../store/reading/selection.ts';
import { builder, scoped } from '../builder.ts';
import { type Context, callerOf } from '../context.ts';
import { BatchModeRef } from '../enums/call.ts';
import { requestError } from '../pipeline/request-error.ts';
import { type BatchObject, type BatchPayload, payloadOf } from './batch-payload.ts';
import { answerCall } from './call-payload.ts';
import type { InputFieldBuilder } from './record-input.ts';

/** Returns the input fields that every batch has. */
export function batchOptions(t: InputFieldBuilder) {
  return {
    mode: t.field({
      description: 'How valid records are treated when other records fail.',
      type: BatchModeRef,
      required: true,
      defaultValue: 'ATOMIC',
    }),
    dryRun: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether to validate the batch without writing anything.',
    }),
    idempotencyKey: t.string({
      description: `Idempotency key of the call, 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} characters, kept for ${IDEMPOTENCY_KEY_KEPT_DAYS} days. A repeated call returns the result of the first one and writes nothing again. In PARTIAL mode, with a \`clientKey\` on every record, a repeat also processes the records that were not written before.`,
    }),
  };
}

/** Returns the input field that holds the records of a batch. */
export function recordsField<Ref extends object>(t: InputFieldBuilder, type: Ref): InputFieldRef<never, never> {
  const description = `The records of the batch: 1 to ${BATCH_RECORDS_MAX.toLocaleString('en')}. Results are returned in the same order.`;
  return t.field({ type: [type as never], required: true, description }) as never;
}

/** The common arguments of a batch, as received. */
export interface BatchInput {
  readonly mode: BatchOptions['mode'];
  readonly dryRun: boolean;
  readonly idempotencyKey?: string | null | undefined;
}

interface BatchMutation<Input> {
  readonly input: object;
  readonly object: BatchObject;
  readonly scope: Scope;
  readonly description: string;
  /** Returns the records, or the ids, that the input lists. */
  readonly records: (input: Input) => readonly unknown[];
  readonly run: (
    app: App,
    caller: Caller,
    input: Input & BatchOptions,
    context: Context,
    info: GraphQLResolveInfo,
  ) => Promise<BatchAnswer | KeyReused>;
}

/**
 * Adds a mutation that takes a batch. It refuses invalid batches and reads the written objects with the columns
 * selected.
 */
export function batchMutation<Input extends BatchInput>(name: string, mutation: BatchMutation<Input>): void {
  const { object, scope, description } = mutation;
  builder.mutationField(name, (t) =>
    t.field({
      type: payloadOf(`${name.charAt(0).toUpperCase()}${name.slice(1)}`, object),
      description,
      args: {
        input: t.arg({
          description: 'The records of the batch and how they are processed.',
          type: mutation.input as never,
          required: true,
        }),
      },
      ...scoped(scope),
      resolve: (_root, args, context, info) => answer(mutation, (args as { input: Input }).input, context, info),
    }),
  );
}

async function answer<Input extends BatchInput>(
  { object, records, run }: BatchMutation<Input>,
  input: Input,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<BatchPayload> {
  const { idempotencyKey = null } = input;
  const { unreadable } = context;
  refuseBatch(records(input), idempotencyKey, (input as { ids?: unknown }).ids ? 'ids' : 'records');
  const caller = callerOf(context);
  const answered = await answerCall(context, info, () =>
    run(context.app, caller, { ...input, idempotencyKey, unreadable }, context, info),
  );
  const query = queryFromInfo({ context, info, select: { id: true }, path: ['results', object.field] });
  const rows = await readObjects(context.reader, object.entity, query, answered);
  return { ...answered, objects: new Map(rows.map((row) => [row.id, row])) };
}

/** Reads the objects of the results, unless the call itself has inserted all that is selected. */
async function readObjects(
  reader: Reader,
  entity: Entity,
  query: Query,
  { results, inserted }: BatchAnswer,
): Promise<readonly Row[]> {
  const ids = results.flatMap(({ objectId }) => objectId ?? []);
  if (ids.length === 0) return [];
  const rows = ids.flatMap((id) => inserted.get(id) ?? []);
  const known = rows.length === ids.length ? selectInserted(entity, query, rows) : null;
  return known ?? reader.list(entity, query, { where: { id: { in: ids } }, orderBy: [], take: null });
}

/** Throws when a batch is empty or too large, or when its idempotency key has an invalid length. */
export function refuseBatch(records: readonly unknown[], idempotencyKey: string | null, field = 'records'): void {
  if (records.length === 0) throw requestError('BAD_REQUEST', 'A batch must have at least one record.', [[field]]);
  if (records.length > BATCH_RECORDS_MAX) {
    throw requestError(
      'BATCH_TOO_LARGE',
      `A batch can have at most ${BATCH_RECORDS_MAX} records. Split it into several calls.`,
      [[field]],
    );
  }
  if (idempotencyKey?.length === 0 || (idempotencyKey?.length ?? 0) > IDEMPOTENCY_KEY_LENGTH_MAX) {
    throw requestError('BAD_REQUEST', `An idempotency key must have 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} characters.`, [
      ['idempotencyKey'],
    ]);
  }
}
