import { type LIFECYCLE_TYPES, type Lifecycle, type LifecycleTransition, lifecycleOf } from '../domain/lifecycle.ts';
import type { MANDATE_ACTORS } from '../domain/mandate/state-machine.ts';
import { builder, scoped } from './builder.ts';
import { describe } from './enums/describe.ts';
import { PaymentMethodTypeRef } from './enums/payment.ts';

const LifecycleTypeRef = builder.enumType('LifecycleType', {
  description: 'Kinds of state machine that `lifecycle` describes.',
  values: describe({
    CUSTOMER: 'Status of a customer: `CustomerStatus`.',
    BANK_ACCOUNT: 'Status of a bank account: `BankAccountStatus`.',
    MANDATE: 'Status of a mandate: `MandateStatus`. The transitions depend on the payment method type.',
    MANDATE_AMENDMENT: 'Status of the amendment of a mandate: `AmendmentStatus`.',
    PAYMENT: 'Status of a payment: `PaymentStatus`.',
    TRANSACTION: 'Status of a transaction: `TransactionStatus`.',
  } satisfies Record<(typeof LIFECYCLE_TYPES)[number], string>),
});

const LifecycleActorRef = builder.enumType('LifecycleActor', {
  description: 'Actor that can trigger a transition.',
  values: describe({
    CALLER: 'An API client, by a mutation.',
    DEBTOR: 'The debtor, at its bank.',
    BANK: 'The bank, by its answer.',
    CLOCK: 'The scheduler, when a time is reached.',
  } satisfies Record<(typeof MANDATE_ACTORS)[number], string>),
});

const LifecycleStateRef = builder.objectRef<Lifecycle['states'][number]>('LifecycleState').implement({
  description: 'A status of the state machine.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the status, as in its enum.' }),
    isFirst: t.exposeBoolean('isFirst', { description: 'Whether objects can be created in this status.' }),
    isFinal: t.exposeBoolean('isFinal', { description: 'Whether no transition leads out of this status.' }),
  }),
});

const LifecycleTransitionRef = builder.objectRef<LifecycleTransition>('LifecycleTransition').implement({
  description: 'A transition from one status to another.',
  fields: (t) => ({
    event: t.exposeString('event', { description: 'Event that triggers the transition.' }),
    from: t.exposeString('from', { description: 'Status before the transition.' }),
    to: t.exposeString('to', { description: 'Status after the transition.' }),
    by: t.field({
      type: [LifecycleActorRef],
      description: 'Actors that can trigger the transition; empty where they are not recorded.',
      resolve: ({ by }) => [...by],
    }),
    methods: t.field({
      type: [PaymentMethodTypeRef],
      description: 'Payment method types to which the transition applies; empty if it applies to all.',
      resolve: ({ methods }) => [...methods],
    }),
    effect: t.exposeString('effect', {
      description: 'Conditions and effects of the transition; null if none are recorded.',
      nullable: true,
    }),
  }),
});

const LifecycleRef = builder.objectRef<Lifecycle>('Lifecycle').implement({
  description:
    'State machine of a type of object, from the tables that the gateway itself uses. A transition that is not listed is refused.',
  fields: (t) => ({
    type: t.expose('type', { description: 'The state machine described.', type: LifecycleTypeRef }),
    states: t.field({
      type: [LifecycleStateRef],
      description: 'All statuses of the state machine.',
      resolve: ({ states }) => [...states],
    }),
    events: t.stringList({ description: 'All events of the state machine.', resolve: ({ events }) => [...events] }),
    transitions: t.field({
      type: [LifecycleTransitionRef],
      description: 'All transitions of the state machine.',
      resolve: ({ transitions }) => [...transitions],
    }),
  }),
});

builder.queryField('lifecycle', (t) =>
  t.field({
    type: LifecycleRef,
    description:
      'Returns the statuses, events and transitions of a state machine, so that clients need not hard-code them.',
    args: { type: t.arg({ type: LifecycleTypeRef, required: true, description: 'The state machine to describe.' }) },
    ...scoped('read'),
    resolve: (_root, { type }) => lifecycleOf(type),
  }),
);
