import type { InputFieldRef } from '@pothos/core';
import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import {
  BATCH_RECORDS_MAX,
  countFailed,
  countSucceeded,
  IDEMPOTENCY_KEY_KEPT_DAYS,
  IDEMPOTENCY_KEY_LENGTH_MAX,
  type RecordResult,
} from '../domain/batch.ts';
import type { App, Caller, Scope } from '../services/app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../services/batch.ts';
import { type Entity, findRows, type Row } from '../store/reading/rows.ts';
import { AffectedRef } from './affected.ts';
import { builder, scoped } from './builder.ts';
import { headCursor } from './connection.ts';
import { type Context, callerOf } from './context.ts';
import { BatchModeRef, OutcomeRef } from './enums.ts';
import { requestError } from './request-error.ts';
import { selectedFields } from './selected-fields.ts';
import { UserErrorRef } from './user-error.ts';
import { WarningRef } from './warning.ts';

/** The kind of object that a batch is about. */
export interface BatchObject {
  readonly name: string;
  /** The field of a result that has the object. */
  readonly field: string;
  readonly entity: Entity;
  readonly ref: Parameters<typeof builder.prismaObjectFields>[0];
}

type InputBuilder = Parameters<NonNullable<Parameters<typeof builder.inputType>[1]['fields']>>[0];

/** The arguments that every batch has. */
export function batchOptions(t: InputBuilder) {
  return {
    mode: t.field({ type: BatchModeRef, required: true, defaultValue: 'ATOMIC' }),
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

/** What a batch mutation answers, with the objects it wrote as the selection asked for them. */
interface BatchPayload extends BatchAnswer {
  readonly objects: ReadonlyMap<string, Row>;
  readonly respondedAt: Date;
  /** The end of the log before the call's own events. */
  readonly streamCursor: string | null;
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
      args: { input: t.arg({ type: mutation.input as never, required: true }) },
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
  refuseBatch(records(input), idempotencyKey);
  const caller = callerOf(context);
  const streamCursor = selectedFields(info).has('streamCursor') ? await headCursor(context) : null;
  const answered = acceptAnswer(await run(context.gateway.app, caller, { ...input, idempotencyKey }));
  const query = queryFromInfo({ context, info, select: { id: true }, path: ['results', object.field] });
  const ids = answered.results.flatMap(({ objectId }) => objectId ?? []);
  const rows = ids.length > 0 ? await findRows(context.prisma, object.entity, query, caller.merchantId, ids) : [];
  return { ...answered, objects: new Map(rows.map((row) => [row.id, row])), respondedAt: new Date(), streamCursor };
}

/** Refuses a batch that cannot be taken at all. */
export function refuseBatch(records: readonly unknown[], idempotencyKey: string | null): void {
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
export function acceptAnswer(answered: BatchAnswer | KeyReused): BatchAnswer {
  if (!('reusedKeyPaths' in answered)) return answered;
  throw requestError(
    'IDEMPOTENCY_KEY_REUSED',
    'This key was used for another input; `paths` say where they differ.',
    answered.reusedKeyPaths,
  );
}

const resultRefs = new Map<string, ReturnType<typeof makeResult>>();

/** The result type of an object, made once for all mutations over it. */
function resultOf(object: BatchObject) {
  const known = resultRefs.get(object.name) ?? makeResult(object);
  resultRefs.set(object.name, known);
  return known;
}

function makeResult({ name, field, ref }: BatchObject) {
  const objectType = ref as never; // rows in the shape of the selection, known to Pothos per document
  return builder.objectRef<{ result: RecordResult; object: Row | null }>(`${name}Result`).implement({
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
      warnings: t.field({
        type: [WarningRef],
        description: 'What is worth a look, though it was done.',
        resolve: ({ result: { warnings } }) => [...warnings],
      }),
      affected: t.field({
        type: AffectedRef,
        nullable: true,
        description: 'Which other objects the change reached, or would; null where it can reach none.',
        resolve: ({ result: { affected } }) => affected,
      }),
      [field]: t.field({
        type: objectType,
        nullable: true,
        description: 'The object as it is now; null unless it was CREATED, UPDATED or UNCHANGED.',
        resolve: ({ object }) => object as never,
      }),
    }),
  });
}

function payloadOf(mutation: string, object: BatchObject) {
  return builder.objectRef<BatchPayload>(`${mutation}Payload`).implement({
    description: 'One result per record, in input order.',
    fields: (t) => ({
      results: t.field({
        type: [resultOf(object)],
        resolve: ({ results, objects }) =>
          results.map((result) => ({ result, object: objects.get(result.objectId ?? '') ?? null })),
      }),
      succeededCount: t.int({
        description: 'How many were, or would be, CREATED, UPDATED or UNCHANGED.',
        resolve: ({ results }) => countSucceeded(results),
      }),
      failedCount: t.int({
        description: 'How many failed or would. NOT_APPLIED counts in neither.',
        resolve: ({ results }) => countFailed(results),
      }),
      replayed: t.exposeBoolean('replayed', {
        description: 'Whether an earlier call with the same key did this already, or a part of it.',
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
