import type { DELIVERY_STATUSES, WEBHOOK_STATUSES } from '../../domain/webhook/endpoint.ts';
import { builder } from '../builder.ts';
import { describe } from './describe.ts';

export const WebhookStatusRef = builder.enumType('WebhookStatus', {
  description: 'Whether events are delivered to a webhook endpoint.',
  values: describe({
    ENABLED: 'Events are delivered to the endpoint.',
    DISABLED:
      'Events are neither delivered nor kept for later; `redeliverEvents` delivers those of a range afterwards.',
  } satisfies Record<(typeof WEBHOOK_STATUSES)[number], string>),
});

export const DeliveryStatusRef = builder.enumType('DeliveryStatus', {
  description: 'Status of the delivery of an event to a webhook endpoint.',
  values: describe({
    PENDING: 'The event is not delivered yet; `nextAttemptAt` says when it is attempted next.',
    DELIVERED: 'The endpoint has answered an attempt with a status from 200 to 299.',
    FAILED: 'No attempt succeeded, and no further one is made: after three days, or because the endpoint is disabled.',
  } satisfies Record<(typeof DELIVERY_STATUSES)[number], string>),
});
