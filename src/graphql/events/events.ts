import { decodeCursor, encodeCursor } from '../../event-log/cursor.ts';
import type { EventItem } from '../../event-log/item.ts';
import { queryable } from '../../store/connection/database.ts';
import { countEvents, findLogHead, type LogHead, listEvents } from '../../store/events/event-log.ts';
import { PAGE_SIZE_MAX, ROOT_PAGE_SIZE } from '../../store/reading/keyset.ts';
import { builder, scoped } from '../builder.ts';
import { type Context, callerOf } from '../context.ts';
import { connectionOf } from '../lists/connection.ts';
import type { Page } from '../lists/page.ts';
import { type PageArgs, pageSizeOf } from '../lists/page-request.ts';
import { CURSOR_ERRORS, requestError } from '../pipeline/request-error.ts';
import { EventFilterInput, EventRef, StreamItemRef } from './event.ts';
import { conditionsOf, type EventFilter } from './event-filter.ts';
import { AFTER, selectEvents } from './subscription.ts';

builder.queryField('events', (t) =>
  t.field({
    type: connectionOf('Event', EventRef),
    description:
      'The event log, oldest first, as far back as its retention (30 days, unless your gateway is set otherwise). Its cursors are stream cursors.',
    args: {
      first: t.arg.int({ description: `At most so many, from the start or after \`after\`: 0 to ${PAGE_SIZE_MAX}.` }),
      after: t.arg.string({
        description:
          'A stream cursor: what comes after it. CURSOR_INVALID, CURSOR_EXPIRED and CURSOR_RESET as for the subscription.',
      }),
      last: t.arg.int({ description: `At most so many, from the end or before \`before\`: 0 to ${PAGE_SIZE_MAX}.` }),
      before: t.arg.string({
        description: 'A stream cursor: what comes before it, without the event it stands after.',
      }),
      filter: t.arg({ type: EventFilterInput, description: 'Which of them; all, when absent.' }),
    },
    ...scoped('read'),
    resolve: (_root, { filter, ...args }, context) => readLog(args, filter ?? {}, context),
  }),
);

builder.subscriptionField('events', (t) =>
  t.field({
    type: StreamItemRef,
    description: 'Every event, once and in order: after `after`, or from now on.',
    args: {
      filter: t.arg({ type: EventFilterInput, description: 'Which of them; all, when absent.' }),
      after: t.arg.string({ description: AFTER }),
      control: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'Whether to hear of the stream itself too: StreamReady, StreamHeartbeat, StreamEnding.',
      }),
    },
    ...scoped('read'),
    subscribe: (_root, { filter, after, control }, context) =>
      selectEvents(after, conditionsOf(filter ?? {}), context, control),
    resolve: (item) => item as EventItem,
  }),
);

/** A page of the log: of what lies between its retention and its end as they are now. */
async function readLog(args: PageArgs, filter: EventFilter, context: Context): Promise<Page> {
  const { size, isBackward } = pageSizeOf(args, ROOT_PAGE_SIZE);
  const { database, secrets } = context.app;
  const sql = queryable(database);
  const { merchantId } = callerOf(context);
  const head = await findLogHead(sql, merchantId);
  const conditions = conditionsOf(filter);
  const { floorPosition: floor, lastPosition: end, epoch } = head;
  const after = placeIn(args.after, 'after', head, context) ?? floor;
  // A cursor stands after its event: the events before it do not include that one.
  const before = placeIn(args.before, 'before', head, context);
  const upTo = before === null ? end : before - 1;
  const found = await listEvents(
    sql,
    { merchantId, after, upTo, limit: size + 1, from: isBackward ? 'NEWEST' : 'OLDEST' },
    conditions,
  );
  const hasMore = found.length > size;
  const events = isBackward ? found.slice(found.length - Math.min(size, found.length)) : found.slice(0, size);
  const cursorAt = (position: number) => encodeCursor(secrets, { merchantId, epoch, position });
  const exists = async (from: number, to: number) =>
    (await listEvents(sql, { merchantId, after: from, upTo: to, limit: 1 }, conditions)).length > 0;
  return {
    rows: events.map((event) => ({ kind: 'EVENT', event, cursor: cursorAt(event.position), id: event.id })),
    cursorOf: (row) => String(row['cursor']),
    hasNextPage: () => (isBackward ? before !== null && exists(before - 1, end) : hasMore),
    hasPreviousPage: () => (isBackward ? hasMore : after > floor && exists(floor, after)),
    totalCount: () => countEvents(sql, { merchantId, after: floor, upTo: end }, conditions),
    streamCursor: async () => cursorAt(end),
  };
}

function placeIn(cursor: string | null | undefined, argument: string, head: LogHead, { app }: Context): number | null {
  if (cursor === null || cursor === undefined) return null;
  const place = decodeCursor(app.secrets, cursor, head);
  if (typeof place === 'string') throw requestError(place, CURSOR_ERRORS[place], [[argument]]);
  return place.position;
}
