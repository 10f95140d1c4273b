import { encodeCursor } from '../../event-log/cursor.ts';
import type { EventItem } from '../../event-log/item.ts';
import { queryable } from '../../store/connection/database.ts';
import { countEvents, findLogHead, type LogHead, listEvents } from '../../store/events/event-log.ts';
import { PAGE_SIZE_MAX, ROOT_PAGE_SIZE } from '../../store/reading/keyset.ts';
import { builder, scoped } from '../builder.ts';
import { type Context, callerOf } from '../context.ts';
import { connectionOf } from '../lists/connection.ts';
import type { Page } from '../lists/page.ts';
import { type PageArgs, pageSizeOf } from '../lists/page-request.ts';
import { EventFilterInput, EventRef, StreamItemRef } from './event.ts';
import { conditionsOf, type EventFilter } from './event-filter.ts';
import { placeOf } from './place-of.ts';
import { AFTER, selectEvents } from './subscription.ts';

builder.queryField('events', (t) =>
  t.field({
    type: connectionOf('Event', EventRef),
    description:
      'Lists the events of the merchant within the configured retention period, oldest first. Cursors of this list are stream cursors.',
    args: {
      first: t.arg.int({
        description: `Number of events to return after \`after\` or from the start of the log: 0 to ${PAGE_SIZE_MAX}, by default ${ROOT_PAGE_SIZE}.`,
      }),
      after: t.arg.string({
        description:
          'Stream cursor: returns events after it. Refused with CURSOR_INVALID, CURSOR_EXPIRED or CURSOR_RESET as for the subscription.',
      }),
      last: t.arg.int({
        description: `Number of events to return before \`before\` or from the end of the log: 0 to ${PAGE_SIZE_MAX}.`,
      }),
      before: t.arg.string({
        description: 'Stream cursor: returns events before it, excluding the event that the cursor belongs to.',
      }),
      filter: t.arg({
        type: EventFilterInput,
        description: 'Conditions that the events must satisfy; all events when absent.',
      }),
    },
    ...scoped('read'),
    resolve: (_root, { filter, ...args }, context) => readLog(args, filter ?? {}, context),
  }),
);

builder.subscriptionField('events', (t) =>
  t.field({
    type: StreamItemRef,
    description: 'Delivers every matching event exactly once and in order, after `after` or, without it, from now on.',
    args: {
      filter: t.arg({
        type: EventFilterInput,
        description: 'Conditions that the events must satisfy; all events when absent.',
      }),
      after: t.arg.string({ description: AFTER }),
      control: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'Whether to deliver the control messages StreamReady, StreamHeartbeat and StreamEnding as well.',
      }),
    },
    ...scoped('read'),
    subscribe: (_root, { filter, after, control }, context) =>
      selectEvents(after, conditionsOf(filter ?? {}), context, { hasControl: control }),
    resolve: (item) => item as EventItem,
  }),
);

/** Returns a page of the log, between its retention floor and its end as read at the start of the call. */
async function readLog(args: PageArgs, filter: EventFilter, context: Context): Promise<Page> {
  const { size, isBackward } = pageSizeOf(args, ROOT_PAGE_SIZE);
  const { database, secrets } = context.app;
  const sql = queryable(database);
  const { merchantId } = callerOf(context);
  const head = await findLogHead(sql, merchantId);
  const conditions = conditionsOf(filter);
  const { floorPosition: floor, lastPosition: end, epoch } = head;
  const after = placeIn(args.after, 'after', head, context) ?? floor;
  // A cursor marks the position after its event, so the events before the cursor exclude that event.
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

function placeIn(cursor: string | null | undefined, argument: string, head: LogHead, context: Context): number | null {
  return cursor === null || cursor === undefined ? null : placeOf(cursor, argument, head, context);
}
