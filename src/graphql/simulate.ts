import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import { IDEMPOTENCY_KEY_KEPT_DAYS, IDEMPOTENCY_KEY_LENGTH_MAX, type RecordResult } from '../domain/batch.ts';
import { kindOfSimulated } from '../domain/simulation.ts';
import { simulate } from '../services/sandbox/simulate.ts';
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

/** Returns the object that the simulation affected if it is of the given kind, otherwise null. */
async function happenedTo(
  kind: 'mandate' | 'transaction' | 'payment' | 'deposit',
  { result: { objectId } }: Payload,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<never> {
  if (!objectId || kindOfSimulated(objectId) !== kind) return null as never;
  const query = queryFromInfo({ context, info, select: { id: true } });
  return context.reader.find(kind, query, { id: objectId }) as Promise<never>;
}

const SimulatePayload = builder.objectRef<Payload>('SimulatePayload').implement({
  description: 'Result of a simulated event.',
  fields: (t) => ({
    outcome: t.field({
      description: 'Outcome of the simulation: UPDATED or FAILED.',
      type: OutcomeRef,
      resolve: ({ result }) => result.outcome,
    }),
    errors: t.field({
      type: [UserErrorRef],
      description: 'Reasons of the failure; empty unless the outcome is FAILED.',
      resolve: ({ result }) => [...result.errors],
    }),
    mandate: t.field({
      type: MandateRef,
      nullable: true,
      description: 'Mandate after the event; null if another object was affected.',
      resolve: (payload, _args, context, info) => happenedTo('mandate', payload, context, info),
    }),
    transaction: t.field({
      type: TransactionRef,
      nullable: true,
      description: 'Transaction after the event; null if another object was affected.',
      resolve: (payload, _args, context, info) => happenedTo('transaction', payload, context, info),
    }),
    payment: t.field({
      type: PaymentRef,
      nullable: true,
      description: 'Pay-in that the deposit was matched to; null if it matches none.',
      resolve: (payload, _args, context, info) => happenedTo('payment', payload, context, info),
    }),
    deposit: t.field({
      type: DepositRef,
      nullable: true,
      description: 'Deposit that matches no pay-in; null otherwise.',
      resolve: (payload, _args, context, info) => happenedTo('deposit', payload, context, info),
    }),
    ...callFields(t),
  }),
});

const SimulateInput = builder.inputType('SimulateInput', {
  description: 'The event to simulate and the object it affects.',
  fields: (t) => ({
    scenario: t.field({ type: ScenarioRef, required: true, description: 'The event to simulate.' }),
    id: t.id({
      description:
        'Unique identifier of the mandate or transaction; that of a payment selects its last transaction. Required except for PAY_IN_RECEIVED.',
    }),
    code: t.string({ description: 'Code given by the bank; defaults to that of the scenario.' }),
    amount: t.field({ type: 'Money', description: 'Amount received, in rand; required for PAY_IN_RECEIVED.' }),
    eftReference: t.string({ description: 'Reference quoted by the payer; required for PAY_IN_RECEIVED.' }),
    paymentMethodId: t.id({
      description:
        'Pay-in method whose account is credited, for PAY_IN_RECEIVED; optional if there is only one pay-in method.',
    }),
    idempotencyKey: t.string({
      description: `Idempotency key, at most ${IDEMPOTENCY_KEY_LENGTH_MAX} characters, kept for ${IDEMPOTENCY_KEY_KEPT_DAYS} days: a repeated call returns the result of the first.`,
    }),
  }),
});

builder.mutationField('simulate', (t) =>
  t.field({
    type: SimulatePayload,
    description:
      'Simulates an event caused by a debtor, bank or payer in a sandbox. An event that the lifecycle of the object does not allow fails with STATE_CONFLICT.',
    args: {
      input: t.arg({
        description: 'The event to simulate and the object it affects.',
        type: SimulateInput,
        required: true,
      }),
    },
    ...scoped('sandbox'),
    resolve: async (_root, { input: { idempotencyKey = null, ...input } }, context, info) => {
      refuseBatch([input], idempotencyKey);
      const answer = await answerCall(context, info, () =>
        simulate(context.app, callerOf(context), { ...input, idempotencyKey }),
      );
      const [result] = answer.results;
      if (!result) throw new Error('the simulation returned no result');
      return { ...answer, result };
    },
  }),
);
