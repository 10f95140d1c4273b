import type { EventConditions } from '../../store/events/event-conditions.ts';
import { WEBHOOK_ENDPOINTS } from '../../store/reading/description.ts';
import { builder } from '../builder.ts';
import { AggregateTypeRef } from '../enums/call.ts';
import { ScopeRef } from '../enums/scope.ts';
import { WebhookStatusRef } from '../enums/webhook.ts';
import { rootConnection } from '../lists/connection.ts';

const listOf = (values: readonly string[] | undefined) => (values ? [...values] : null);

const WebhookFilterRef = builder.objectRef<EventConditions>('WebhookFilter').implement({
  description: 'Conditions that an event must satisfy to be delivered. A condition that is null does not apply.',
  fields: (t) => ({
    about: t.field({
      type: [AggregateTypeRef],
      nullable: true,
      description: 'Types of the objects whose events are delivered.',
      resolve: ({ aggregateTypes }) =>
        (aggregateTypes as Array<typeof AggregateTypeRef.$inferType> | undefined) ?? null,
    }),
    types: t.stringList({
      nullable: true,
      description: 'Types of the events that are delivered, for example "payment.created".',
      resolve: ({ types }) => listOf(types),
    }),
    objectIds: t.idList({
      nullable: true,
      description: 'Objects whose events are delivered.',
      resolve: ({ aggregateIds }) => listOf(aggregateIds),
    }),
    paymentIds: t.idList({
      nullable: true,
      description: 'Payments whose events, and those of their transactions, are delivered.',
      resolve: ({ paymentIds }) => listOf(paymentIds),
    }),
    customerIds: t.idList({
      nullable: true,
      description: 'Customers whose events, and those of their objects, are delivered.',
      resolve: ({ customerIds }) => listOf(customerIds),
    }),
    mandateIds: t.idList({
      nullable: true,
      description: 'Mandates whose events, and those of the payments under them, are delivered.',
      resolve: ({ mandateIds }) => listOf(mandateIds),
    }),
    paymentMethodIds: t.idList({
      nullable: true,
      description: 'Payment methods whose payments, mandates and transactions have their events delivered.',
      resolve: ({ paymentMethodIds }) => listOf(paymentMethodIds),
    }),
    batchReference: t.string({
      nullable: true,
      description: 'Batch reference of the payments whose events, and those of their transactions, are delivered.',
      resolve: ({ batchReference }) => batchReference ?? null,
    }),
  }),
});

export const WebhookEndpointRef = builder.prismaObject('WebhookEndpoint', {
  description:
    'An address to which events are sent by HTTP POST: at least once each, and in order for each object. Messages are signed by Standard Webhooks.',
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the endpoint; starts with `whk_`.' }),
    name: t.exposeString('name', { description: 'Name that you gave the endpoint.' }),
    url: t.exposeString('url', { description: 'Address to which events are sent.' }),
    status: t.expose('status', {
      type: WebhookStatusRef,
      description:
        'Whether events are delivered. The gateway disables an endpoint that answers 410, that has failed for three days, or whose API key was revoked.',
    }),
    filter: t.field({
      type: WebhookFilterRef,
      description: 'Conditions that an event must satisfy to be delivered.',
      select: { conditions: true },
      resolve: ({ conditions }) => conditions as EventConditions,
    }),
    selection: t.exposeString('selection', {
      nullable: true,
      description: 'GraphQL selection on `Event` that is sent as the body; null for the default body.',
    }),
    clientId: t.exposeID('clientId', {
      description: 'API key or user that created the endpoint or updated it last.',
    }),
    scopes: t.field({
      type: [ScopeRef],
      description: 'Scopes with which the selection is resolved: those that the client had then.',
      select: { scopes: true },
      resolve: ({ scopes }) => scopes as Array<typeof ScopeRef.$inferType>,
    }),
    previousSecretUntil: t.expose('previousSecretUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Time until which messages are signed with the previous secret too (UTC); null before a rotation.',
    }),
    createdAt: t.expose('createdAt', { description: 'Time of creation (UTC wall clock).', type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { description: 'Time of the last change (UTC wall clock).', type: 'DateTime' }),
    version: t.exposeInt('version', { description: 'Version number, incremented by one on every change.' }),
  }),
});

rootConnection(
  'webhookEndpoints',
  'WebhookEndpoint',
  WebhookEndpointRef,
  { entity: 'webhookEndpoint', reading: WEBHOOK_ENDPOINTS },
  'Lists the webhook endpoints of the merchant.',
  'admin',
);
