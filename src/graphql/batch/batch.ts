import type { InputFieldRef } from '@pothos/core';
import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import { BATCH_RECORDS_MAX, IDEMPOTENCY_KEY_KEPT_DAYS, IDEMPOTENCY_KEY_LENGTH_MAX } from '../../domain/batch.ts';
import type { App, Caller, Scope } from '../../services/app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../../services/batch/batch.ts';
import { findRows } from '../../store/reading/rows.ts';
import { builder, scoped } from '../builder.ts';
import { type Context, callerOf } from '../context.ts';
import { BatchModeRef } from '../enums/call.ts';
import { requestError } from '../pipeline/request-error.ts';
import { type BatchObject, type BatchPayload, payloadOf } from './batch-payload.ts';
import { answerCall } from './call-payload.ts';

type InputBuilder = Parameters<NonNullable<Parameters<typeof builder.inputType>[1]['fields']>>[0];

/** The arguments that every batch has. */
export function batchOptions(t: InputBuilder) {
  return {
    mode: t.field({
      description: 'What one bad record does to the others.',
      type: BatchModeRef,
      required: true,
      defaultValue: 'ATOMIC',
    }),
    dryRun: t.boolean({ required: true, defaultValue: false, description: 'Check everything, write nothing.' }),
    idempotencyKey: t.string({
      description: `At most ${IDEMPOTENCY_KEY_LENGTH_MAX} characters, kept ${IDEMPOTENCY_KEY_KEPT_DAYS} days: a repeat answers what the first call did. In PARTIAL, with a clientKey on every record, it also does what the first call left undone.`,
    }),
  };
}

/** The input field with the records of a batch. */
export function recordsField<Ref extends object>(t: InputBuilder, type: Ref): InputFieldRef<never, never> {
  const description = `1 to ${BATCH_RECORDS_MAX.toLocaleString('en')} records.`;
  return t.field({ type: [type as never], required: true, description }) as never;
}

/** Batch arguments as they come. */
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
  /** What the input names, record by record. */
  readonly records: (input: Input) => readonly unknown[];
  readonly run: (app: App, caller: Caller, input: Input & BatchOptions) => Promise<BatchAnswer | KeyReused>;
}

/** A mutation that takes a batch: its payload, its refusals, and the objects it answers with, read as they were selected. */
export function batchMutation<Input extends BatchInput>(name: string, mutation: BatchMutation<Input>): void {
  const { object, scope, description } = mutation;
  builder.mutationField(name, (t) =>
    t.field({
      type: payloadOf(`${name.charAt(0).toUpperCase()}${name.slice(1)}`, object),
      description,
      args: {
        input: t.arg({
          description: 'The records, and how they are taken.',
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
    run(context.app, caller, { ...input, idempotencyKey, unreadable }),
  );
  const query = queryFromInfo({ context, info, select: { id: true }, path: ['results', object.field] });
  const ids = answered.results.flatMap(({ objectId }) => objectId ?? []);
  const rows = ids.length > 0 ? await findRows(context.prisma, object.entity, query, caller.merchantId, ids) : [];
  return { ...answered, objects: new Map(rows.map((row) => [row.id, row])) };
}

/** Refuses a batch that cannot be taken at all. */
export function refuseBatch(records: readonly unknown[], idempotencyKey: string | null, field = 'records'): void {
  if (records.length === 0) throw requestError('BAD_REQUEST', 'A batch has at least one record.', [[field]]);
  if (records.length > BATCH_RECORDS_MAX) {
    throw requestError('BATCH_TOO_LARGE', `At most ${BATCH_RECORDS_MAX} records a call.`, [[field]]);
  }
  if (idempotencyKey?.length === 0 || (idempotencyKey?.length ?? 0) > IDEMPOTENCY_KEY_LENGTH_MAX) {
    throw requestError('BAD_REQUEST', `An idempotency key has 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} characters.`, [
      ['idempotencyKey'],
    ]);
  }
}
