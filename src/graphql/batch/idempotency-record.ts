import { IDEMPOTENCY_KEY_KEPT_DAYS, type RecordResult } from '../../domain/batch.ts';
import { readIdempotencyRecord } from '../../services/batch/idempotency-records.ts';
import type { KeptRecord } from '../../store/idempotency.ts';
import { builder, scoped } from '../builder.ts';
import { callerOf } from '../context.ts';
import { OutcomeRef } from '../enums/call.ts';
import { UserErrorRef } from './user-error.ts';

const KeptResultRef = builder.objectRef<RecordResult>('KeptResult').implement({
  description: 'Stored result of one record of an earlier call.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Zero-based position of the record in the input.' }),
    clientKey: t.exposeString('clientKey', {
      description: 'The `clientKey` of the record; null when it had none.',
      nullable: true,
    }),
    outcome: t.expose('outcome', { description: 'What happened to the record.', type: OutcomeRef }),
    objectId: t.exposeID('objectId', {
      description: 'Id of the object, which `node` returns; null unless the outcome is CREATED, UPDATED or UNCHANGED.',
      nullable: true,
    }),
    errors: t.field({
      description: 'Every reason why the record failed. Empty unless the outcome is FAILED.',
      type: [UserErrorRef],
      resolve: ({ errors }) => [...errors],
    }),
  }),
});

const IdempotencyRecordRef = builder.objectRef<KeptRecord>('IdempotencyRecord').implement({
  description: 'Stored result of an earlier call with an idempotency key.',
  fields: (t) => ({
    operation: t.exposeString('operation', { description: 'Name of the mutation, for example "submitPayments".' }),
    createdAt: t.expose('createdAt', {
      description: 'Time of the first call (wall-clock time, UTC).',
      type: 'DateTime',
    }),
    results: t.field({
      description:
        'One result per record. When a later call resumed a PARTIAL batch, the written records of both calls are included.',
      type: [KeptResultRef],
      resolve: ({ outcomes }) => [...outcomes],
    }),
  }),
});

builder.queryField('idempotencyRecord', (t) =>
  t.field({
    type: IdempotencyRecordRef,
    nullable: true,
    description: `Stored result of the call with this idempotency key; null when no call with the key wrote anything in the last ${IDEMPOTENCY_KEY_KEPT_DAYS} days. A call that is still in flight is not visible here: repeat the call to be certain.`,
    args: { key: t.arg.string({ description: 'The idempotency key of the earlier call.', required: true }) },
    ...scoped('read'),
    resolve: (_root, { key }, context) => readIdempotencyRecord(context.app, callerOf(context), key),
  }),
);
