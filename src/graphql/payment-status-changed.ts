import { parseAmount } from '../domain/money.ts';
import type { EventConditions, SequencedEvent } from '../store/events.ts';
import { decodeCursor, encodeCursor, type LogPlace } from '../stream/cursor.ts';
import { followEvents } from '../stream/follow.ts';
import { builder, scoped } from './builder.ts';
import { type Context, callerOf } from './context.ts';
import { EventActorRef, PaymentStatusRef } from './enums.ts';
import { findById } from './node.ts';
import { PaymentRef } from './payment.ts';
import { requestError } from './request-error.ts';

/** A filter names at most so many of a kind. */
const IDS_MAX = 1_000;

/** An event with the cursor that stands after it. */
interface StatusChange {
  readonly event: SequencedEvent;
  readonly cursor: string;
}

const CauseRef = builder.objectRef<SequencedEvent>('Cause').implement({
  description: 'Who caused a change, and why.',
  fields: (t) => ({
    actor: t.expose('actor', { description: 'Who.', type: EventActorRef }),
    requestId: t.exposeID('requestId', { nullable: true, description: 'Of the call that caused it.' }),
    reasonCode: t.exposeString('reasonCode', { nullable: true, description: "The bank's code." }),
    reason: t.exposeString('reason', { description: 'For people; null when there is none.', nullable: true }),
  }),
});

type PaymentStatus = typeof PaymentStatusRef.$inferType;

const PaymentStatusChangeRef = builder.objectRef<StatusChange>('PaymentStatusChange').implement({
  description: 'A payment changed its status, or was created.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Subscribe with it as `after` to go on behind this change.' }),
    version: t.int({
      description: "The payment's version with this change; 1 is its creation.",
      resolve: ({ event }) => event.version,
    }),
    occurredAt: t.field({ type: 'DateTime', description: 'On your clock.', resolve: ({ event }) => event.occurredAt }),
    sequencedAt: t.field({
      type: 'DateTime',
      description: 'When it got its place in the log: wall time.',
      resolve: ({ event }) => event.sequencedAt,
    }),
    from: t.field({
      type: PaymentStatusRef,
      nullable: true,
      description: 'null: created.',
      resolve: ({ event }) => event.fromStatus as PaymentStatus | null,
    }),
    to: t.field({
      description: 'The status it reached.',
      type: PaymentStatusRef,
      resolve: ({ event }) => event.toStatus as PaymentStatus,
    }),
    cause: t.field({ description: 'Who caused it, and why.', type: CauseRef, resolve: ({ event }) => event }),
    payment: t.field({
      type: PaymentRef,
      description: 'As it is now, which may be further than this change.',
      resolve: ({ event }, _args, context, info) => findById('payment', event.aggregateId, context, info),
    }),
  }),
});

const AmountRangeInput = builder.inputType('AmountRangeInput', {
  description: 'Both ends inclusive.',
  fields: (t) => ({
    gte: t.field({ description: 'At least.', type: 'Money' }),
    lte: t.field({ description: 'At most.', type: 'Money' }),
  }),
});

const FilterInput = builder.inputType('PaymentStatusChangedFilter', {
  description: 'Which changes; all conditions hold. null is an error, an empty list matches nothing.',
  fields: (t) => ({
    paymentIds: t.idList({ description: 'Of these payments.' }),
    customerIds: t.idList({ description: 'Of these customers.' }),
    mandateIds: t.idList({ description: 'Under these mandates.' }),
    batchReference: t.string({ description: 'Of this batch.' }),
    paymentMethodIds: t.idList({ description: 'By these methods.' }),
    from: t.field({ type: [PaymentStatusRef], description: 'The status it left.' }),
    to: t.field({ type: [PaymentStatusRef], description: 'The status it reached.' }),
    amount: t.field({ type: AmountRangeInput, description: 'The amount of the payment.' }),
  }),
});

builder.subscriptionField('paymentStatusChanged', (t) =>
  t.field({
    type: PaymentStatusChangeRef,
    description: 'Each change of a payment, once and in order: after `after`, or from now on.',
    args: {
      filter: t.arg({ type: FilterInput, description: 'Which changes; all, when absent.' }),
      after: t.arg.string({ description: 'A stream cursor; from now on, when absent.' }),
    },
    ...scoped('read'),
    subscribe: async (_root, { filter, after }, context) => {
      const conditions = conditionsOf(filter ?? {});
      const from = await placeOf(after ?? null, context);
      const { app, tail } = context.gateway;
      return withCursors(followEvents(app.database, tail, from, conditions), from, context);
    },
    resolve: (change) => change,
  }),
);

function conditionsOf(filter: typeof FilterInput.$inferInput): EventConditions {
  const nulls = Object.entries(filter).filter(([, value]) => value === null);
  if (nulls.length > 0) {
    throw requestError(
      'BAD_REQUEST',
      'null is no condition; leave the field out.',
      nulls.map(([name]) => ['filter', name]),
    );
  }
  const tooLong = Object.entries(filter).filter(([, value]) => Array.isArray(value) && value.length > IDS_MAX);
  if (tooLong.length > 0) {
    throw requestError(
      'BAD_REQUEST',
      `At most ${IDS_MAX} values.`,
      tooLong.map(([name]) => ['filter', name]),
    );
  }
  const { paymentIds, customerIds, mandateIds, paymentMethodIds, batchReference, from, to, amount } = filter;
  return {
    aggregateType: 'PAYMENT',
    paymentIds: paymentIds ?? undefined,
    customerIds: customerIds ?? undefined,
    mandateIds: mandateIds ?? undefined,
    paymentMethodIds: paymentMethodIds ?? undefined,
    batchReference: batchReference ?? undefined,
    from: from ?? undefined,
    to: to ?? undefined,
    amountCentsMin: cents(amount?.gte, 'gte'),
    amountCentsMax: cents(amount?.lte, 'lte'),
  };
}

function cents(amount: string | number | null | undefined, end: string): number | undefined {
  if (amount === undefined) return undefined;
  const value = typeof amount === 'string' ? parseAmount(amount) : null;
  if (value === null)
    throw requestError('BAD_REQUEST', 'Not a decimal string, as "45.00".', [['filter', 'amount', end]]);
  return value;
}

async function placeOf(after: string | null, context: Context): Promise<LogPlace> {
  const { app, tail } = context.gateway;
  const head = await tail.head(callerOf(context).merchantId);
  if (after === null) return { merchantId: head.merchantId, epoch: head.epoch, position: head.lastPosition };
  const place = decodeCursor(app.secrets, after, head);
  if (place === 'CURSOR_INVALID') throw requestError(place, 'Not a stream cursor of yours.', [['after']]);
  if (place === 'CURSOR_RESET')
    throw requestError(place, 'The log was begun anew since; read again from the start.', [['after']]);
  return place;
}

/** Adds to each event the cursor that stands after it. */
function withCursors(
  events: AsyncIterableIterator<SequencedEvent>,
  from: LogPlace,
  context: Context,
): AsyncIterableIterator<StatusChange> {
  const { secrets } = context.gateway.app;
  const add = ({ done, value }: IteratorResult<SequencedEvent>): IteratorResult<StatusChange> =>
    done
      ? { done, value: undefined }
      : { done: false, value: { event: value, cursor: encodeCursor(secrets, { ...from, position: value.position }) } };
  return {
    next: async () => add(await events.next()),
    return: async () => add((await events.return?.()) ?? { done: true, value: undefined }),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
