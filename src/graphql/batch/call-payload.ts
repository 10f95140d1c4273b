import type { GraphQLResolveInfo } from 'graphql';
import { countFailed, countSucceeded } from '../../domain/batch.ts';
import type { BatchAnswer, KeyReused } from '../../services/batch/batch.ts';
import { noteFailure } from '../../services/batch/operations.ts';
import { wallTime } from '../../store/connection/wall-time.ts';
import type { builder } from '../builder.ts';
import { type Context, callerOf } from '../context.ts';
import { logHead } from '../lists/log-head.ts';
import { acceptAnswer } from '../pipeline/accept-answer.ts';
import { codeOfError } from '../pipeline/present-errors.ts';
import type { RequestErrorCode } from '../pipeline/request-error.ts';
import { selectedFields } from '../selected-fields.ts';

/** What every mutation payload says about the call itself. */
export interface CallPayload extends BatchAnswer {
  readonly respondedAt: Date;
  /** Cursor at the end of the event log before the call; null when not selected. */
  readonly streamCursor: string | null;
}

/**
 * Runs a mutation and adds the call fields of its payload. Throws IDEMPOTENCY_KEY_REUSED when the key belongs to
 * another call.
 */
export async function answerCall(
  context: Context,
  info: GraphQLResolveInfo,
  run: () => Promise<BatchAnswer | KeyReused>,
): Promise<CallPayload> {
  const streamCursor = selectedFields(info).has('streamCursor') ? await logHead(context) : null;
  const answer = await accepted(context, info, run);
  return { ...answer, respondedAt: wallTime(), streamCursor };
}

/** Codes of errors after which a mutation may or may not have been written. */
const FAILURES: ReadonlySet<RequestErrorCode> = new Set(['INTERNAL', 'TIMEOUT', 'UNAVAILABLE']);

/** Runs a mutation. One that ends with an error is recorded, so that its outcome can be asked for. */
async function accepted(context: Context, info: GraphQLResolveInfo, run: () => Promise<BatchAnswer | KeyReused>) {
  const found = await run().catch(async (error: unknown) => {
    const code = codeOfError(error);
    const outcome = FAILURES.has(code) ? 'FAILED' : 'REFUSED';
    const operation = { name: info.fieldName, outcome, errorCodes: [code], objectIds: [] } as const;
    await noteFailure(context.app, callerOf(context), operation);
    throw error;
  });
  return acceptAnswer(found);
}

/** The Pothos field builder of an object type with this payload. */
export type FieldBuilder<Payload> = Parameters<
  NonNullable<Parameters<ReturnType<typeof builder.objectRef<Payload>>['implement']>[0]['fields']>
>[0];

/** Returns the fields about the call that the payloads of all mutations share. */
export function callFields<Payload extends CallPayload>(t: FieldBuilder<Payload>) {
  return {
    succeededCount: t.int({
      description: 'Number of records that are, or in a dry run would be, CREATED, UPDATED or UNCHANGED.',
      resolve: ({ results }) => countSucceeded(results),
    }),
    failedCount: t.int({
      description:
        'Number of records that failed, or in a dry run would fail. NOT_APPLIED records count neither here nor in `succeededCount`.',
      resolve: ({ results }) => countFailed(results),
    }),
    replayed: t.boolean({
      description: 'Whether an earlier call with the same idempotency key wrote some or all of the records.',
      resolve: ({ replayedCount }) => replayedCount > 0,
    }),
    replayedCount: t.int({
      description:
        'Number of records that an earlier call with the same idempotency key wrote. The remaining records are new.',
      resolve: ({ replayedCount }) => replayedCount,
    }),
    requestId: t.id({
      description: 'Unique identifier of this request. Quote it in support requests.',
      resolve: (_payload, _args, context) => context.requestId,
    }),
    respondedAt: t.field({
      type: 'DateTime',
      description: 'Time at which the response was created (wall-clock time, UTC).',
      resolve: ({ respondedAt }) => respondedAt,
    }),
    streamCursor: t.string({
      nullable: true,
      description:
        'Cursor at the end of the event log before this call. Subscribe with it as `after` to receive the events of the call; of a replayed call, the events were written before it.',
      resolve: ({ streamCursor }) => streamCursor,
    }),
  };
}
