import type { CreateWebhookEndpointInput } from './generated/graphql.ts';
import { graphql } from './generated/index.ts';
import type { TestGateway } from './harness.ts';

graphql(`
  fragment EndpointParts on WebhookEndpointResult {
    index
    outcome
    secret
    errors {
      code
      rule
      message
      path
    }
    webhookEndpoint {
      id
      name
      url
      status
      selection
      scopes
      clientId
      version
      filter {
        types
        about
        paymentIds
      }
    }
  }
`);

export const CreateEndpoints = graphql(`
  mutation CreateEndpoints($input: CreateWebhookEndpointsInput!) {
    createWebhookEndpoints(input: $input) {
      replayed
      streamCursor
      results {
        ...EndpointParts
      }
    }
  }
`);

export const UpdateEndpoints = graphql(`
  mutation UpdateEndpoints($input: UpdateWebhookEndpointsInput!) {
    updateWebhookEndpoints(input: $input) {
      results {
        ...EndpointParts
      }
    }
  }
`);

export const RotateSecret = graphql(`
  mutation RotateSecret($input: RotateWebhookSecretInput!) {
    rotateWebhookSecret(input: $input) {
      results {
        ...EndpointParts
      }
    }
  }
`);

export const TestEndpoints = graphql(`
  mutation TestEndpoints($input: TestWebhookEndpointsInput!) {
    testWebhookEndpoints(input: $input) {
      results {
        ...EndpointParts
      }
    }
  }
`);

export const Redeliver = graphql(`
  mutation Redeliver($input: RedeliverEventsInput!) {
    redeliverEvents(input: $input) {
      outcome
      queuedCount
      nextAfter
      replayed
      errors {
        code
        path
      }
    }
  }
`);

export const Endpoints = graphql(`
  query Endpoints {
    webhookEndpoints {
      nodes {
        id
        status
        url
        selection
      }
    }
  }
`);

export const Deliveries = graphql(`
  query Deliveries($filter: WebhookDeliveryFilter, $first: Int = 200, $after: String) {
    webhookDeliveries(
      filter: $filter
      first: $first
      after: $after
      orderBy: { field: CREATED_AT, direction: ASC }
    ) {
      totalCount
      nodes {
        id
        eventId
        status
        nextAttemptAt
        endpoint {
          id
        }
        event {
          id
          cursor
          type
          objectId
          version
        }
        attempts {
          at
          requestId
          status
          ms
          body
          error
        }
      }
    }
  }
`);

export const PreviewWebhook = graphql(`
  query PreviewWebhook($id: ID, $filter: EventFilter, $selection: String, $last: Int! = 5) {
    previewWebhook(id: $id, filter: $filter, selection: $selection, last: $last) {
      eventId
      cursor
      body
    }
  }
`);

export const AllEvents = graphql(`
  query AllEvents($after: String, $filter: EventFilter) {
    events(first: 200, after: $after, filter: $filter) {
      nodes {
        id
        cursor
        type
        objectId
        version
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

/** Creates an endpoint, which must succeed; returns it with its secret. */
export async function createEndpoint(gateway: TestGateway, record: CreateWebhookEndpointInput) {
  const { createWebhookEndpoints } = await gateway.data(CreateEndpoints, {
    input: { records: [{ name: 'an endpoint', ...record }] },
  });
  const [result] = createWebhookEndpoints.results;
  if (!result?.webhookEndpoint || !result.secret) throw new Error(JSON.stringify(result));
  return { ...result.webhookEndpoint, secret: result.secret };
}

/** Makes all deliveries that wait for a retry due now, as if their time had come. */
export async function endWaits(gateway: Pick<TestGateway, 'sql'>): Promise<void> {
  await gateway.sql(
    `UPDATE webhook_delivery SET next_attempt_at = now() WHERE status = 'PENDING' AND next_attempt_at > now()`,
  );
  await gateway.sql(`UPDATE webhook_queue SET paused_until = NULL, next_at = now() WHERE next_at IS NOT NULL`);
}
