import { BATCH_STAGES, type BatchStage, progressOf, STAGE_OF, type Total } from '../domain/batch-progress.ts';
import type { PaymentStatus } from '../domain/payment/state-machine.ts';
import type { TransactionStatus } from '../domain/transaction.ts';
import { BATCHES } from '../store/reading/description.ts';
import { builder } from './builder.ts';
import { describe } from './enums/describe.ts';
import { PaymentStatusRef, TransactionStatusRef } from './enums/payment.ts';
import { rootConnection } from './lists/connection.ts';
import { NodeRef, rootObject } from './node.ts';

const statusesOf = (stage: BatchStage) =>
  Object.entries(STAGE_OF).flatMap(([status, own]) => (own === stage ? [status] : []));

const BatchStageRef = builder.enumType('BatchStage', {
  description: 'Stage of the transactions of a batch: a group of their statuses.',
  values: describe(
    Object.fromEntries(
      BATCH_STAGES.map((stage) => [stage, `Transactions in status ${statusesOf(stage).join(', ')}.`]),
    ) as Record<BatchStage, string>,
  ),
});

const totalType = <Key extends string>(name: string) => builder.objectRef<Total<Key>>(name);
type TotalFields<Key extends string> = Parameters<
  NonNullable<Parameters<ReturnType<typeof totalType<Key>>['implement']>[0]['fields']>
>[0];

/** Returns the fields that all totals have, beside the key of their group. */
function totalFields<Key extends string>(t: TotalFields<Key>, of: string) {
  return {
    count: t.exposeInt('count', { description: `Number of ${of} in the group.` }),
    amount: t.field({
      type: 'Money',
      description: `Sum of the amounts of the ${of} in the group, in rand.`,
      resolve: ({ amountCents }) => amountCents,
    }),
  };
}

const PaymentTotalRef = totalType<PaymentStatus>('BatchPaymentTotal').implement({
  description: 'Number and amount of the payments of a batch in one group.',
  fields: (t) => ({
    status: t.expose('key', { type: PaymentStatusRef, description: 'Status of the group.' }),
    ...totalFields(t, 'payments'),
  }),
});

const TransactionTotalRef = totalType<TransactionStatus>('BatchTransactionTotal').implement({
  description: 'Number and amount of the transactions of a batch in one group.',
  fields: (t) => ({
    status: t.expose('key', { type: TransactionStatusRef, description: 'Status of the group.' }),
    ...totalFields(t, 'transactions'),
  }),
});

const ProgressRef = totalType<BatchStage>('BatchProgress').implement({
  description: 'Number and amount of the transactions of a batch in one group.',
  fields: (t) => ({
    stage: t.expose('key', { type: BatchStageRef, description: 'Stage of the group.' }),
    ...totalFields(t, 'transactions'),
  }),
});

export const BatchRef = builder.prismaObject('Batch', {
  description:
    'The payments submitted under one batch reference, by one call of submitPayments or by several. `payments` and `transactions` list them by a filter on `batchReference`.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the batch; starts with `bat_`.' }),
    reference: t.exposeString('reference', { description: 'Your reference of the batch.' }),
    submittedAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'Time at which the reference was first submitted (UTC wall clock).',
    }),
    payments: t.field({
      type: [PaymentTotalRef],
      description: 'Totals of the payments by status, those with most payments first.',
      select: { reference: true },
      resolve: async ({ reference }, _args, { loaders }) => [...(await loaders.batchTotals.load(reference)).payments],
    }),
    transactions: t.field({
      type: [TransactionTotalRef],
      description: 'Totals of the transactions by status, those with most transactions first.',
      select: { reference: true },
      resolve: async ({ reference }, _args, { loaders }) => [
        ...(await loaders.batchTotals.load(reference)).transactions,
      ],
    }),
    progress: t.field({
      type: [ProgressRef],
      description: 'Totals of the transactions in every stage, in the order of the stages.',
      select: { reference: true },
      resolve: async ({ reference }, _args, { loaders }) =>
        progressOf((await loaders.batchTotals.load(reference)).transactions),
    }),
  }),
});

rootConnection('batches', 'Batch', BatchRef, { entity: 'batch', reading: BATCHES }, 'Lists batches of payments.');

builder.queryField('batch', (t) =>
  t.field({
    type: BatchRef,
    nullable: true,
    description: 'Returns the batch with a reference; null if there is none.',
    args: { reference: t.arg.string({ required: true, description: 'Your reference of the batch.' }) },
    ...rootObject('batch', 'reference'),
  }),
);
