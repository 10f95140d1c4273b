import type { RecordResult } from '../../domain/batch.ts';
import { BATCH_RECORDS_MAX, IDEMPOTENCY_KEY_KEPT_DAYS, IDEMPOTENCY_KEY_LENGTH_MAX } from '../../domain/batch.ts';
import { encodeCursor } from '../../event-log/cursor.ts';
import { type Redelivered, redeliverEvents } from '../../services/webhooks/redeliver-events.ts';
import { queryable } from '../../store/connection/database.ts';
import { findLogHead } from '../../store/events/event-log.ts';
import { AGAIN_MAX, type Again } from '../../store/webhooks/redelivery.ts';
import { refuseBatch } from '../batch/batch.ts';
import { answerCall, type CallPayload, callFields } from '../batch/call-payload.ts';
import { UserErrorRef } from '../batch/user-error.ts';
import { builder, scoped } from '../builder.ts';
import { type Context, callerOf } from '../context.ts';
import { OutcomeRef } from '../enums/call.ts';
import { placeOf } from '../events/place-of.ts';
import { requestError } from '../pipeline/request-error.ts';

interface Payload extends CallPayload {
  readonly result: RecordResult;
  /** Null in a replay. */
  readonly queued: Redelivered | null;
}

const RedeliverEventsPayload = builder.objectRef<Payload>('RedeliverEventsPayload').implement({
  description: 'The outcome of delivering events to a webhook endpoint again.',
  fields: (t) => ({
    outcome: t.field({
      description: 'Outcome of the call: UPDATED, UNCHANGED when no event was found, or FAILED.',
      type: OutcomeRef,
      resolve: ({ result }) => result.outcome,
    }),
    errors: t.field({
      type: [UserErrorRef],
      description: 'Errors that made the call fail; empty otherwise.',
      resolve: ({ result }) => [...result.errors],
    }),
    queuedCount: t.int({
      nullable: true,
      description: 'Number of events that were queued; null in an idempotent replay.',
      resolve: ({ queued, result }) => queued?.count ?? (result.outcome === 'UNCHANGED' ? 0 : null),
    }),
    nextAfter: t.string({
      nullable: true,
      description: `Stream cursor to pass as \`after\` for the events that were not queued, because one call queues at most ${AGAIN_MAX.toLocaleString('en')} of a range; null when there are none. With \`failed\`, call again until \`queuedCount\` is 0.`,
      resolve: async ({ queued }, _args, context) =>
        queued?.nextAfter == null ? null : cursorAt(queued.nextAfter, context),
    }),
    ...callFields(t),
  }),
});

async function cursorAt(position: number, context: Context): Promise<string> {
  const { database, secrets } = context.app;
  const { epoch, merchantId } = await findLogHead(queryable(database), callerOf(context).merchantId);
  return encodeCursor(secrets, { merchantId, epoch, position });
}

const RedeliverEventsInput = builder.inputType('RedeliverEventsInput', {
  description: 'The events to deliver again. Pass exactly one of `eventIds`, `after` and `failed`.',
  fields: (t) => ({
    endpointId: t.id({ required: true, description: 'Webhook endpoint that the events are sent to.' }),
    eventIds: t.idList({
      description: `Events to deliver, whatever the filter of the endpoint: 1 to ${BATCH_RECORDS_MAX.toLocaleString('en')}.`,
    }),
    after: t.string({
      description:
        'Stream cursor: delivers the events after it that satisfy the filter of the endpoint, also those it missed while it was disabled.',
    }),
    upTo: t.string({
      description: 'Stream cursor of the last event to deliver, with `after`. Default: the end of the log.',
    }),
    failed: t.boolean({ description: 'true delivers all events whose delivery to the endpoint has failed.' }),
    idempotencyKey: t.string({
      description: `Idempotency key: at most ${IDEMPOTENCY_KEY_LENGTH_MAX} characters, kept for ${IDEMPOTENCY_KEY_KEPT_DAYS} days. A repeated call queues nothing again.`,
    }),
  }),
});

type Input = typeof RedeliverEventsInput.$inferInput;

builder.mutationField('redeliverEvents', (t) =>
  t.field({
    type: RedeliverEventsPayload,
    description: `Delivers events to a webhook endpoint again, with the same \`webhook-id\`, also those that it has received: at most ${AGAIN_MAX.toLocaleString('en')} of a range.`,
    args: { input: t.arg({ description: 'The events to deliver.', type: RedeliverEventsInput, required: true }) },
    ...scoped('admin'),
    resolve: async (_root, { input }, context, info) => {
      const { endpointId, idempotencyKey = null } = input;
      refuseBatch([input], idempotencyKey);
      const again = await readAgain(input, context);
      let queued: Redelivered | null = null;
      const { eventIds, after, upTo, failed } = input;
      const call = { endpointId, again, named: { eventIds, after, upTo, failed }, idempotencyKey };
      const answer = await answerCall(context, info, () =>
        redeliverEvents(context.app, callerOf(context), call, (told) => {
          queued = told;
        }),
      );
      const [result] = answer.results;
      if (!result) throw new Error('redelivering events returned no result');
      return { ...answer, result, queued };
    },
  }),
);

async function readAgain({ eventIds, after, upTo, failed }: Input, context: Context): Promise<Again> {
  const given = [eventIds, after, failed].filter((value) => value !== undefined && value !== null && value !== false);
  if (given.length !== 1)
    throw requestError('BAD_REQUEST', 'Pass exactly one of `eventIds`, `after` and `failed`.', [
      ['eventIds'],
      ['after'],
      ['failed'],
    ]);
  if (upTo && !after) throw requestError('BAD_REQUEST', 'Pass `upTo` only with `after`.', [['upTo']]);
  if (eventIds) {
    refuseBatch(eventIds, null, 'eventIds');
    return { eventIds: [...new Set(eventIds.map(String))] };
  }
  if (after === undefined || after === null) return { isFailed: true };
  const head = await findLogHead(queryable(context.app.database), callerOf(context).merchantId);
  return {
    after: placeOf(after, 'after', head, context),
    upTo: upTo ? placeOf(upTo, 'upTo', head, context) : head.lastPosition,
  };
}
