import { IDEMPOTENCY_KEY_KEPT_DAYS, IDEMPOTENCY_KEY_LENGTH_MAX, type RecordResult } from '../../domain/batch.ts';
import {
  type PostRepoChange,
  postRepoChange,
  REPO_RATE_MAX_PERCENT,
} from '../../services/mandates/post-repo-change.ts';
import { refuseBatch } from '../batch/batch.ts';
import { answerCall, type CallPayload, callFields } from '../batch/call-payload.ts';
import { UserErrorRef } from '../batch/user-error.ts';
import { builder, scoped } from '../builder.ts';
import { callerOf } from '../context.ts';
import { OutcomeRef } from '../enums/call.ts';

interface Payload extends CallPayload {
  readonly result: RecordResult;
}

const PostRepoChangePayload = builder.objectRef<Payload>('PostRepoChangePayload').implement({
  description: 'The outcome of posting a change of the repo rate.',
  fields: (t) => ({
    id: t.id({
      description: 'Unique identifier of the repo rate change; null when the call failed.',
      nullable: true,
      resolve: ({ result }) => result.objectId,
    }),
    outcome: t.field({
      description: 'Outcome of the call: CREATED, UNCHANGED when the same change was posted before, or FAILED.',
      type: OutcomeRef,
      resolve: ({ result }) => result.outcome,
    }),
    errors: t.field({
      type: [UserErrorRef],
      description: 'Errors that made the call fail; empty otherwise.',
      resolve: ({ result }) => [...result.errors],
    }),
    ...callFields(t),
  }),
});

const PostRepoChangeInput = builder.inputType('PostRepoChangeInput', {
  description: 'A change of the repo rate to post.',
  fields: (t) => ({
    rate: t.field({
      type: 'Rate',
      required: true,
      description: `Percentage by which instalments and maximum amounts change, for example "0.25" or "-0.5": from -${REPO_RATE_MAX_PERCENT} to ${REPO_RATE_MAX_PERCENT}, not zero.`,
    }),
    date: t.field({
      type: 'Date',
      required: true,
      description:
        'First day on which the change applies (civil date in Johannesburg), not in the past. Each date has at most one change.',
    }),
    idempotencyKey: t.string({
      description: `Idempotency key: at most ${IDEMPOTENCY_KEY_LENGTH_MAX} characters, kept for ${IDEMPOTENCY_KEY_KEPT_DAYS} days. A repeated call returns the result of the first.`,
    }),
  }),
});

builder.mutationField('postRepoChange', (t) =>
  t.field({
    type: PostRepoChangePayload,
    description: 'Posts a change of the repo rate. On its date it adjusts the mandates with adjustment category REPO.',
    args: { input: t.arg({ description: 'The repo rate change to post.', type: PostRepoChangeInput, required: true }) },
    ...scoped('admin'),
    resolve: async (_root, { input: { idempotencyKey = null, ...record } }, context, info) => {
      refuseBatch([record], idempotencyKey);
      const change: PostRepoChange = { record, idempotencyKey };
      const answer = await answerCall(context, info, () => postRepoChange(context.app, callerOf(context), change));
      const [result] = answer.results;
      if (!result) throw new Error('posting a repo rate change returned no result');
      return { ...answer, result };
    },
  }),
);
