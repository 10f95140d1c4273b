import type { AggregateType } from '../domain/event.ts';
import { parseAmount } from '../domain/money.ts';
import type { EventConditions, SequencedEvent } from '../store/events.ts';
import { decodeCursor, encodeCursor, type LogPlace } from '../stream/cursor.ts';
import { followEvents } from '../stream/follow.ts';
import { builder } from './builder.ts';
import { type Context, callerOf } from './context.ts';
import { EventActorRef } from './enums/call.ts';
import { requestError } from './request-error.ts';

/** A filter names at most so many of a kind. */
const IDS_MAX = 1_000;

/** An event with the cursor that stands after it. */
export interface StatusChange {
  readonly event: SequencedEvent;
  readonly cursor: string;
}

export const CauseRef = builder
  .objectRef<Pick<SequencedEvent, 'actor' | 'requestId' | 'reasonCode' | 'reason'>>('Cause')
  .implement({
    description: 'Who caused a change, and why.',
    fields: (t) => ({
      actor: t.expose('actor', { description: 'Who.', type: EventActorRef }),
      requestId: t.exposeID('requestId', { nullable: true, description: 'Of the call that caused it.' }),
      reasonCode: t.exposeString('reasonCode', { nullable: true, description: "The bank's code, or the scheme's." }),
      reason: t.exposeString('reason', { description: 'For people; null when there is none.', nullable: true }),
    }),
  });

const AmountRangeInput = builder.inputType('AmountRangeInput', {
  description: 'Both ends inclusive.',
  fields: (t) => ({
    gte: t.field({ description: 'At least.', type: 'Money' }),
    lte: t.field({ description: 'At most.', type: 'Money' }),
  }),
});

type StatusChangeRef = ReturnType<typeof builder.objectRef<StatusChange>>;

/** A type for the changes of an object: what all changes have, beside the object itself. */
export function statusChangeRef(name: string, object: string, statusRef: object): StatusChangeRef {
  const type = statusRef as typeof EventActorRef; // an enum of the object's own
  const ref = builder.objectRef<StatusChange>(name);
  ref.implement({
    description: `A ${object} changed its status, or was created.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'Subscribe with it as `after` to go on behind this change.' }),
      version: t.int({
        description: `The ${object}'s version with this change; 1 is its creation.`,
        resolve: ({ event }) => event.version,
      }),
      occurredAt: t.field({
        type: 'DateTime',
        description: 'On your clock.',
        resolve: ({ event }) => event.occurredAt,
      }),
      sequencedAt: t.field({
        type: 'DateTime',
        description: 'When it got its place in the log: wall time.',
        resolve: ({ event }) => event.sequencedAt,
      }),
      from: t.field({
        type,
        nullable: true,
        description: 'null: created.',
        resolve: ({ event }) => event.fromStatus as typeof type.$inferType | null,
      }),
      to: t.field({
        description: 'The status it reached.',
        type,
        resolve: ({ event }) => event.toStatus as typeof type.$inferType,
      }),
      cause: t.field({ description: 'Who caused it, and why.', type: CauseRef, resolve: ({ event }) => event }),
    }),
  });
  return ref;
}

type InputBuilder = Parameters<NonNullable<Parameters<typeof builder.inputType>[1]['fields']>>[0];

/** The conditions that the changes of every object have. */
export function statusFilterFields(t: InputBuilder, object: string, statusRef: object) {
  const type = statusRef as typeof EventActorRef;
  return {
    customerIds: t.idList({ description: 'Of these customers.' }),
    mandateIds: t.idList({ description: object === 'mandate' ? 'Of these mandates.' : 'Under these mandates.' }),
    paymentMethodIds: t.idList({ description: 'By these methods.' }),
    from: t.field({ type: [type], description: 'The status it left.' }),
    to: t.field({ type: [type], description: 'The status it reached.' }),
    amount: t.field({ type: AmountRangeInput, description: `The amount of the ${object}.` }),
  };
}

/** The filter of a subscription as it comes. */
export interface StatusFilter {
  readonly paymentIds?: readonly string[] | null | undefined;
  readonly customerIds?: readonly string[] | null | undefined;
  readonly mandateIds?: readonly string[] | null | undefined;
  readonly paymentMethodIds?: readonly string[] | null | undefined;
  readonly batchReference?: string | null | undefined;
  readonly from?: readonly string[] | null | undefined;
  readonly to?: readonly string[] | null | undefined;
  readonly amount?: { readonly gte?: unknown; readonly lte?: unknown } | null | undefined;
}

/** Follows the changes of objects of a type: after a cursor, or from now on. */
export async function followStatus(
  aggregateType: AggregateType,
  filter: StatusFilter,
  after: string | null,
  context: Context,
): Promise<AsyncIterableIterator<StatusChange>> {
  const conditions = conditionsOf(aggregateType, filter);
  const from = await placeOf(after, context);
  const { app, tail } = context.gateway;
  return withCursors(followEvents(app.database, tail, from, conditions), from, context);
}

function conditionsOf(aggregateType: AggregateType, filter: StatusFilter): EventConditions {
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
    aggregateType,
    isStatus: true,
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

function cents(amount: unknown, end: string): number | undefined {
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
