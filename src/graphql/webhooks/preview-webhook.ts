import type { GraphQLResolveInfo } from 'graphql';
import { present } from '../../domain/invariants.ts';
import { encodeCursor } from '../../event-log/cursor.ts';
import { webhookBody } from '../../services/webhooks/body.ts';
import { queryable } from '../../store/connection/database.ts';
import type { EventConditions } from '../../store/events/event-conditions.ts';
import { findLogHead, listEvents } from '../../store/events/event-log.ts';
import type { SequencedEvent } from '../../store/events/sequenced-event.ts';
import { findEndpoint } from '../../store/webhooks/endpoints.ts';
import { builder, scoped } from '../builder.ts';
import { type Context, callerOf } from '../context.ts';
import { EventFilterInput } from '../events/event.ts';
import { conditionsOf } from '../events/event-filter.ts';
import { openStream, type Stream } from '../events/subscription.ts';
import type { ItemCost } from '../pipeline/limits/cost.ts';
import { requestError } from '../pipeline/request-error.ts';
import { documentOf, faultOf, SELECTION_POINTS_MAX } from './selection.ts';
import { bodyIn, streamOf } from './selection-result.ts';

const PREVIEWS_DEFAULT = 5;
const PREVIEWS_MAX = 10;
/** Points that a preview costs: what a selection costs at most. */
const PREVIEW_POINTS = SELECTION_POINTS_MAX;

/** What would be sent for an event. */
interface Preview {
  readonly eventId: string;
  readonly cursor: string;
  readonly body: string;
}

const WebhookPreviewRef = builder.objectRef<Preview>('WebhookPreview').implement({
  description: 'What would be sent to a webhook endpoint for an event.',
  fields: (t) => ({
    eventId: t.exposeID('eventId', { description: 'Event, whose id is sent in the header `webhook-id`.' }),
    cursor: t.exposeString('cursor', { description: 'Stream cursor of the event.' }),
    body: t.exposeString('body', { description: 'Body of the request: JSON.' }),
  }),
});

builder.queryField('previewWebhook', (t) =>
  t.field({
    type: [WebhookPreviewRef],
    description:
      'Returns what would be sent for the latest events, oldest first, without sending it: to an existing endpoint, or with a filter and a selection.',
    args: {
      id: t.arg.id({
        description:
          'Webhook endpoint whose filter and selection are used. Not allowed together with `filter` or `selection`.',
      }),
      filter: t.arg({ type: EventFilterInput, description: 'Conditions of the events; all events when absent.' }),
      selection: t.arg.string({ description: 'Selection on `Event`; the default body when absent.' }),
      last: t.arg.int({
        required: true,
        defaultValue: PREVIEWS_DEFAULT,
        description: `Number of events: 1 to ${PREVIEWS_MAX}.`,
      }),
    },
    ...scoped('admin', { items: { points: PREVIEW_POINTS, count: PREVIEWS_DEFAULT } satisfies ItemCost }),
    resolve: async (_root, { id, filter, selection = null, last }, context, info) => {
      if (last < 1 || last > PREVIEWS_MAX)
        throw requestError('PAGE_OUT_OF_RANGE', `Pass 1 to ${PREVIEWS_MAX} events.`, [['last']]);
      if (!id) return preview({ conditions: conditionsOf(filter ?? {}), selection }, last, context, info);
      if (filter || selection !== null)
        throw requestError('BAD_REQUEST', 'Pass either `id` or `filter` and `selection`.', [['id']]);
      const endpoint = await findEndpoint(queryable(context.app.database), callerOf(context).merchantId, id);
      return endpoint ? preview(endpoint, last, context, info) : [];
    },
  }),
);

interface Previewed {
  readonly conditions: EventConditions;
  readonly selection: string | null;
}

async function preview(
  { conditions, selection }: Previewed,
  last: number,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Preview[]> {
  const { database, secrets } = context.app;
  const { merchantId } = callerOf(context);
  const stream = selection === null ? null : await openAsCaller(selection, context, info);
  const { epoch, floorPosition, lastPosition } = await findLogHead(queryable(database), merchantId);
  const range = { merchantId, after: floorPosition, upTo: lastPosition, limit: last, from: 'NEWEST' } as const;
  const events = await listEvents(queryable(database), range, conditions);
  const previewOf = async (event: SequencedEvent): Promise<Preview> => {
    const cursor = encodeCursor(secrets, { merchantId, epoch, position: event.position });
    const body = stream ? bodyIn(await stream.render({ kind: 'EVENT', event, cursor })) : webhookBody(event, cursor);
    return { eventId: event.id, cursor, body };
  };
  // One after the other: a selection may read a lot.
  const previews: Preview[] = [];
  for (const event of events) previews.push(await previewOf(event));
  return previews;
}

/** Opens a selection with the scopes of the caller. Throws BAD_REQUEST when it could not be saved. */
async function openAsCaller(selection: string, context: Context, { schema }: GraphQLResolveInfo): Promise<Stream> {
  const fault = faultOf(selection, schema, context);
  if (fault) throw requestError('BAD_REQUEST', fault.message, [['selection']]);
  const { document } = context.prepare(present(documentOf(selection), 'the document of a sound selection'));
  return streamOf(await openStream({ schema, document, contextValue: context }));
}
