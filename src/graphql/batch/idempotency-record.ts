import { IDEMPOTENCY_KEY_KEPT_DAYS, type RecordResult } from '../../domain/batch.ts';
import { readIdempotencyRecord } from '../../services/batch/idempotency-records.ts';
import type { KeptRecord } from '../../store/idempotency.ts';
import { builder, scoped } from '../builder.ts';
import { callerOf } from '../context.ts';
import { OutcomeRef } from '../enums/call.ts';
import { UserErrorRef } from './user-error.ts';

const KeptResultRef = builder.objectRef<RecordResult>('KeptResult').implement({
  description: 'What came of one record of a call.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'The place of the record in the input.' }),
    clientKey: t.exposeString('clientKey', { description: 'As the record had it.', nullable: true }),
    outcome: t.expose('outcome', { description: 'What came of it.', type: OutcomeRef }),
    objectId: t.exposeID('objectId', {
      description: 'The object, to be read with `node`; null unless it was CREATED, UPDATED or UNCHANGED.',
      nullable: true,
    }),
    errors: t.field({
      description: 'Every reason, empty unless it failed.',
      type: [UserErrorRef],
      resolve: ({ errors }) => [...errors],
    }),
  }),
});

const IdempotencyRecordRef = builder.objectRef<KeptRecord>('IdempotencyRecord').implement({
  description: 'What the call did that had an idempotency key.',
  fields: (t) => ({
    operation: t.exposeString('operation', { description: 'The mutation, as "submitPayments".' }),
    createdAt: t.expose('createdAt', { description: 'When it was called first: wall time.', type: 'DateTime' }),
    results: t.field({
      description: 'One for each record. After a call that went on where another left off, those of both.',
      type: [KeptResultRef],
      resolve: ({ outcomes }) => [...outcomes],
    }),
  }),
});

builder.queryField('idempotencyRecord', (t) =>
  t.field({
    type: IdempotencyRecordRef,
    nullable: true,
    description: `Whether a call did something, and what, by its idempotencyKey; null when none did with that key in the last ${IDEMPOTENCY_KEY_KEPT_DAYS} days. To be sure of a call that may still be under way, repeat it.`,
    args: { key: t.arg.string({ description: 'As the call had it.', required: true }) },
    ...scoped('read'),
    resolve: (_root, { key }, context) => readIdempotencyRecord(context.app, callerOf(context), key),
  }),
);
