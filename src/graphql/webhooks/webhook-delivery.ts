import { WEBHOOK_DELIVERIES } from '../../store/reading/description.ts';
import { DELIVERIES_KEPT_DAYS } from '../../store/webhooks/deliveries.ts';
import { ATTEMPTS_KEPT, type Attempt } from '../../store/webhooks/results.ts';
import { builder } from '../builder.ts';
import { DeliveryStatusRef } from '../enums/webhook.ts';
import { EventRef } from '../events/event.ts';
import { rootConnection } from '../lists/connection.ts';
import { WebhookEndpointRef } from './webhook-endpoint.ts';

const WebhookAttemptRef = builder.objectRef<Attempt>('WebhookAttempt').implement({
  description: 'One attempt to deliver an event to a webhook endpoint.',
  fields: (t) => ({
    at: t.field({
      type: 'DateTime',
      description: 'Time at which the request was sent (UTC wall clock).',
      resolve: ({ at }) => new Date(at),
    }),
    requestId: t.exposeID('requestId', {
      description: 'Unique identifier of the attempt, sent in the header `x-request-id`.',
    }),
    status: t.exposeInt('status', {
      nullable: true,
      description: 'HTTP status of the answer; null when none came.',
    }),
    ms: t.exposeInt('ms', { description: 'Time from the request to the end of the answer, in milliseconds.' }),
    body: t.exposeString('body', {
      nullable: true,
      description: 'First 2 KB of the answer as text; null when none came.',
    }),
    error: t.exposeString('error', {
      nullable: true,
      description: 'Reason why the attempt failed; null when it succeeded.',
    }),
  }),
});

const WebhookDeliveryRef = builder.prismaObject('WebhookDelivery', {
  description: `The delivery of an event to a webhook endpoint, kept for ${DELIVERIES_KEPT_DAYS} days.`,
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the delivery; starts with `whd_`.' }),
    endpoint: t.relation('endpoint', { type: WebhookEndpointRef, description: 'Endpoint that the event is sent to.' }),
    eventId: t.exposeID('eventId', {
      nullable: true,
      description:
        'Event that is delivered, sent in the header `webhook-id` of every attempt; null for a test, whose header has the id of the delivery.',
    }),
    event: t.field({
      type: EventRef,
      nullable: true,
      description: 'Event that is delivered; null for a test, and for an event that is no longer retained.',
      select: { eventId: true },
      resolve: ({ eventId }, _args, { loaders }) => (eventId === null ? null : loaders.events.load(eventId)),
    }),
    status: t.expose('status', { type: DeliveryStatusRef, description: 'Status of the delivery.' }),
    attempts: t.field({
      type: [WebhookAttemptRef],
      description: `The attempts, the first one first: the latest ${ATTEMPTS_KEPT}.`,
      select: { attempts: true },
      resolve: ({ attempts }) => attempts as unknown as Attempt[],
    }),
    nextAttemptAt: t.expose('nextAttemptAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'Earliest time of the next attempt (UTC wall clock); null unless the status is PENDING, and while an earlier event of the object waits.',
    }),
    createdAt: t.expose('createdAt', { description: 'Time of creation (UTC wall clock).', type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { description: 'Time of the last change (UTC wall clock).', type: 'DateTime' }),
  }),
});

rootConnection(
  'webhookDeliveries',
  'WebhookDelivery',
  WebhookDeliveryRef,
  { entity: 'webhookDelivery', reading: WEBHOOK_DELIVERIES },
  'Lists the deliveries to the webhook endpoints of the merchant: filter by `endpointId`, `eventId` or `status`.',
  'admin',
);
