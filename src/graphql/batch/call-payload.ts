import type { GraphQLResolveInfo } from 'graphql';
import { countFailed, countSucceeded } from '../../domain/batch.ts';
import type { BatchAnswer, KeyReused } from '../../services/batch/batch.ts';
import { wallTime } from '../../store/connection/wall-time.ts';
import type { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { headCursor } from '../lists/connection.ts';
import { acceptAnswer } from '../pipeline/accept-answer.ts';
import { selectedFields } from '../selected-fields.ts';

/** What every mutation answers about the call itself. */
export interface CallPayload extends BatchAnswer {
  readonly respondedAt: Date;
  /** The end of the log before the events of the call; null when it was not selected. */
  readonly streamCursor: string | null;
}

/** Runs a mutation and adds what its payload says of the call. Refuses an idempotency key that belongs to another call. */
export async function answerCall(
  context: Context,
  info: GraphQLResolveInfo,
  run: () => Promise<BatchAnswer | KeyReused>,
): Promise<CallPayload> {
  const streamCursor = selectedFields(info).has('streamCursor') ? await headCursor(context) : null;
  const answer = acceptAnswer(await run());
  return { ...answer, respondedAt: wallTime(), streamCursor };
}

/** What builds the fields of an object type over a shape. */
export type FieldBuilder<Payload> = Parameters<
  NonNullable<Parameters<ReturnType<typeof builder.objectRef<Payload>>['implement']>[0]['fields']>
>[0];

/** The fields about the call that the payloads of all mutations have in common. */
export function callFields<Payload extends CallPayload>(t: FieldBuilder<Payload>) {
  return {
    succeededCount: t.int({
      description: 'The number of records that are, or would be, CREATED, UPDATED or UNCHANGED.',
      resolve: ({ results }) => countSucceeded(results),
    }),
    failedCount: t.int({
      description: 'The number of records that failed, or would fail. NOT_APPLIED counts in neither.',
      resolve: ({ results }) => countFailed(results),
    }),
    replayed: t.boolean({
      description: 'Whether an earlier call with the same idempotency key wrote all of the records, or some of them.',
      resolve: ({ replayedCount }) => replayedCount > 0,
    }),
    replayedCount: t.int({
      description:
        'The number of records that an earlier call with the same idempotency key wrote; the others are new.',
      resolve: ({ replayedCount }) => replayedCount,
    }),
    requestId: t.id({
      description: 'The id of this call, for questions to support.',
      resolve: (_payload, _args, context) => context.requestId,
    }),
    respondedAt: t.field({
      type: 'DateTime',
      description: 'The instant of this answer: wall time.',
      resolve: ({ respondedAt }) => respondedAt,
    }),
    streamCursor: t.string({
      nullable: true,
      description: 'The end of the event log before this call: pass it as `after` to receive what the call caused.',
      resolve: ({ streamCursor }) => streamCursor,
    }),
  };
}
