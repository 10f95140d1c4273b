import type { RecordResult } from '../../domain/batch.ts';
import { type PostRepoChange, postRepoChange } from '../../services/mandates/post-repo-change.ts';
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
      description: 'The id of the change; null when it failed.',
      nullable: true,
      resolve: ({ result }) => result.objectId,
    }),
    outcome: t.field({
      description: 'CREATED, UNCHANGED when the same change is there already, or FAILED.',
      type: OutcomeRef,
      resolve: ({ result }) => result.outcome,
    }),
    errors: t.field({
      type: [UserErrorRef],
      description: 'Every reason of a failure; empty otherwise.',
      resolve: ({ result }) => [...result.errors],
    }),
    ...callFields(t),
  }),
});

const PostRepoChangeInput = builder.inputType('PostRepoChangeInput', {
  description: 'A change of the repo rate.',
  fields: (t) => ({
    rate: t.field({
      type: 'Rate',
      required: true,
      description: 'By how many percent instalment and maximum change, as "0.25" or "-0.5"; from -50 to 50.',
    }),
    date: t.field({
      type: 'Date',
      required: true,
      description: 'From which day on; not in the past. One change a day.',
    }),
    idempotencyKey: t.string({ description: 'At most 255 characters, kept 30 days.' }),
  }),
});

builder.mutationField('postRepoChange', (t) =>
  t.field({
    type: PostRepoChangePayload,
    description: 'Posts a change of the repo rate: from its day on it adjusts the mandates of the category REPO.',
    args: { input: t.arg({ description: 'The change.', type: PostRepoChangeInput, required: true }) },
    ...scoped('admin'),
    resolve: async (_root, { input: { idempotencyKey = null, ...record } }, context, info) => {
      refuseBatch([record], idempotencyKey);
      const change: PostRepoChange = { record, idempotencyKey };
      const answer = await answerCall(context, info, () => postRepoChange(context.app, callerOf(context), change));
      const [result] = answer.results;
      if (!result) throw new Error('a repo change without a result');
      return { ...answer, result };
    },
  }),
);
