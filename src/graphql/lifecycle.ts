import { type LIFECYCLE_TYPES, type Lifecycle, type LifecycleTransition, lifecycleOf } from '../domain/lifecycle.ts';
import type { MANDATE_ACTORS } from '../domain/mandate/state-machine.ts';
import { builder, scoped } from './builder.ts';
import { describe } from './enums/describe.ts';
import { PaymentMethodTypeRef } from './enums/payment.ts';

const LifecycleTypeRef = builder.enumType('LifecycleType', {
  description: 'What has a life of its own.',
  values: describe({
    CUSTOMER: 'A customer.',
    BANK_ACCOUNT: 'A bank account.',
    MANDATE: 'A mandate: three kinds, each by its own law.',
    MANDATE_AMENDMENT: 'Other terms of a mandate: `amendmentStatus`.',
    PAYMENT: 'A payment.',
    TRANSACTION: 'One debit.',
  } satisfies Record<(typeof LIFECYCLE_TYPES)[number], string>),
});

const LifecycleActorRef = builder.enumType('LifecycleActor', {
  description: 'Who can bring something about.',
  values: describe({
    CALLER: 'You, by a mutation.',
    DEBTOR: 'The debtor, at the bank.',
    BANK: 'The bank.',
    CLOCK: 'Time.',
  } satisfies Record<(typeof MANDATE_ACTORS)[number], string>),
});

const LifecycleStateRef = builder.objectRef<Lifecycle['states'][number]>('LifecycleState').implement({
  description: 'A status.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'As in the enum.' }),
    isFirst: t.exposeBoolean('isFirst', { description: 'Whether objects can begin in it.' }),
    isFinal: t.exposeBoolean('isFinal', { description: 'Whether nothing leads out of it.' }),
  }),
});

const LifecycleTransitionRef = builder.objectRef<LifecycleTransition>('LifecycleTransition').implement({
  description: 'What can happen to an object in a status.',
  fields: (t) => ({
    event: t.exposeString('event', { description: 'What happens.' }),
    from: t.exposeString('from', { description: 'In which status.' }),
    to: t.exposeString('to', { description: 'The status after it.' }),
    by: t.field({
      type: [LifecycleActorRef],
      description: 'Who can bring it about; empty where that is not one of these alone.',
      resolve: ({ by }) => [...by],
    }),
    methods: t.field({
      type: [PaymentMethodTypeRef],
      description: 'By which methods it happens; empty: by all.',
      resolve: ({ methods }) => [...methods],
    }),
    effect: t.exposeString('effect', { description: 'What else must hold, and what follows.', nullable: true }),
  }),
});

const LifecycleRef = builder.objectRef<Lifecycle>('Lifecycle').implement({
  description: 'The life of an object, from the tables by which it moves. What no row says cannot happen.',
  fields: (t) => ({
    type: t.expose('type', { description: 'Of what.', type: LifecycleTypeRef }),
    states: t.field({ type: [LifecycleStateRef], description: 'Every status.', resolve: ({ states }) => [...states] }),
    events: t.stringList({ description: 'Everything that can happen.', resolve: ({ events }) => [...events] }),
    transitions: t.field({
      type: [LifecycleTransitionRef],
      description: 'Every row.',
      resolve: ({ transitions }) => [...transitions],
    }),
  }),
});

builder.queryField('lifecycle', (t) =>
  t.field({
    type: LifecycleRef,
    description: 'States, events and transitions as data, so that nobody copies them.',
    args: { type: t.arg({ type: LifecycleTypeRef, required: true, description: 'Of what.' }) },
    ...scoped('read'),
    resolve: (_root, { type }) => lifecycleOf(type),
  }),
);
