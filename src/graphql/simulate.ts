import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import type { RecordResult } from '../domain/batch.ts';
import { kindOfSimulated, simulate } from '../services/sandbox/simulate.ts';
import { findRow } from '../store/reading/rows.ts';
import { refuseBatch } from './batch/batch.ts';
import { answerCall, type CallPayload, callFields } from './batch/call-payload.ts';
import { UserErrorRef } from './batch/user-error.ts';
import { builder, scoped } from './builder.ts';
import { type Context, callerOf } from './context.ts';
import { DepositRef } from './deposit.ts';
import { OutcomeRef } from './enums/call.ts';
import { ScenarioRef } from './enums/merchant.ts';
import { MandateRef } from './mandates/mandate.ts';
import { PaymentRef } from './payments/payment.ts';
import { TransactionRef } from './transaction.ts';

interface Payload extends CallPayload {
  readonly result: RecordResult;
}

/** The object it happened to, when it is of the kind. */
async function happenedTo(
  kind: 'mandate' | 'transaction' | 'payment' | 'deposit',
  { result: { objectId } }: Payload,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<never> {
  if (!objectId || kindOfSimulated(objectId) !== kind) return null as never;
  const query = queryFromInfo({ context, info, select: { id: true } });
  return findRow(context.prisma, kind, query, callerOf(context).merchantId, { id: objectId }) as Promise<never>;
}

const SimulatePayload = builder.objectRef<Payload>('SimulatePayload').implement({
  description: 'What came of it.',
  fields: (t) => ({
    outcome: t.field({ description: 'UPDATED, or FAILED.', type: OutcomeRef, resolve: ({ result }) => result.outcome }),
    errors: t.field({
      type: [UserErrorRef],
      description: 'Every reason, empty unless it failed.',
      resolve: ({ result }) => [...result.errors],
    }),
    mandate: t.field({
      type: MandateRef,
      nullable: true,
      description: 'The mandate as it is now, when it happened to one.',
      resolve: (payload, _args, context, info) => happenedTo('mandate', payload, context, info),
    }),
    transaction: t.field({
      type: TransactionRef,
      nullable: true,
      description: 'The transaction as it is now, when it happened to one.',
      resolve: (payload, _args, context, info) => happenedTo('transaction', payload, context, info),
    }),
    payment: t.field({
      type: PaymentRef,
      nullable: true,
      description: 'The pay-in that was paid; null when the deposit matches none.',
      resolve: (payload, _args, context, info) => happenedTo('payment', payload, context, info),
    }),
    deposit: t.field({
      type: DepositRef,
      nullable: true,
      description: 'The deposit that matches no pay-in; null otherwise.',
      resolve: (payload, _args, context, info) => happenedTo('deposit', payload, context, info),
    }),
    ...callFields(t),
  }),
});

const SimulateInput = builder.inputType('SimulateInput', {
  description: 'What is to happen, and to what.',
  fields: (t) => ({
    scenario: t.field({ type: ScenarioRef, required: true, description: 'What happens.' }),
    id: t.id({
      description:
        'Of the mandate or the transaction; a payment stands for its last transaction. Not for PAY_IN_RECEIVED.',
    }),
    code: t.string({ description: "The bank's code; that of the scenario when absent." }),
    amount: t.field({ type: 'Money', description: 'For PAY_IN_RECEIVED: how much comes in.' }),
    eftReference: t.string({ description: 'For PAY_IN_RECEIVED: what the payer quotes.' }),
    paymentMethodId: t.id({
      description:
        'For PAY_IN_RECEIVED: the pay-in method into whose account the money comes. Optional when there is one alone, else REQUIRED.',
    }),
    idempotencyKey: t.string({ description: 'At most 255 characters, kept 30 days.' }),
  }),
});

builder.mutationField('simulate', (t) =>
  t.field({
    type: SimulatePayload,
    description:
      'Makes happen in a sandbox what a debtor, a bank or a payer does. What no row of the lifecycle allows is a STATE_CONFLICT.',
    args: { input: t.arg({ description: 'What happens.', type: SimulateInput, required: true }) },
    ...scoped('sandbox'),
    resolve: async (_root, { input: { idempotencyKey = null, ...input } }, context, info) => {
      refuseBatch([input], idempotencyKey);
      const answer = await answerCall(context, info, () =>
        simulate(context.app, callerOf(context), { ...input, idempotencyKey }),
      );
      const [result] = answer.results;
      if (!result) throw new Error('a simulation without a result');
      return { ...answer, result };
    },
  }),
);
