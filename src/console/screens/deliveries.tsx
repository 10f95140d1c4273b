import { useRef, useState } from 'preact/hooks';
import { count, day, time, words } from '../format.ts';
import type {
  DeliveriesQuery,
  DeliveriesQueryVariables,
  DeliveryStatus,
  RedeliverMutation,
  RedeliverMutationVariables,
} from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { newKey } from '../parts/actions.tsx';
import { Choose } from '../parts/filters.tsx';
import { ListPart } from '../parts/list-part.tsx';
import { place } from '../place.ts';
import type { Session } from '../session.ts';
import { usePages } from '../use-pages.ts';
import { textOf } from '../use-query.ts';

const DeliveryList = operation<DeliveriesQuery, DeliveriesQueryVariables>(/* GraphQL */ `
  query Deliveries($filter: WebhookDeliveryFilter!, $after: String) {
    webhookDeliveries(first: 100, after: $after, filter: $filter, orderBy: { field: CREATED_AT, direction: DESC }) {
      totalCount
      totalCountIsExact
      pageInfo { endCursor hasNextPage }
      nodes {
        id status nextAttemptAt eventId
        endpoint { id url }
        event { type }
        attempts { status error }
      }
    }
  }
`);

const Redeliver = operation<RedeliverMutation, RedeliverMutationVariables>(/* GraphQL */ `
  mutation Redeliver($endpointId: ID!, $eventId: ID!, $key: String!) {
    redeliverEvents(input: { endpointId: $endpointId, eventIds: [$eventId], idempotencyKey: $key }) {
      errors { message }
    }
  }
`);

const STATUSES: readonly DeliveryStatus[] = ['PENDING', 'DELIVERED', 'FAILED'];

type Delivery = DeliveriesQuery['webhookDeliveries']['nodes'][number];

/** Webhook deliveries, which can be made again. */
export function Deliveries({ session }: { session: Session }) {
  const { delivery: status } = place.value.filters;
  // Kept while a row is scrolled out of the page.
  const keys = useRef(new Map<string, string>());
  const filter = status ? { status: { eq: status as DeliveryStatus } } : {};
  const pages = usePages(session, DeliveryList, { filter }, ({ webhookDeliveries }) => webhookDeliveries);
  return (
    <>
      <div class="actions">
        <Choose name="delivery" label="Status of deliveries" options={STATUSES} />
      </div>
      <ListPart
        title="Webhook deliveries"
        field="webhookDeliveries"
        pages={pages}
        empty={status ? 'There is no such delivery.' : 'Nothing was delivered to a webhook endpoint yet.'}
        keyOf={({ id }) => id}
        columns={[
          { title: 'Event', cell: ({ event }) => event?.type ?? 'test' },
          { title: 'Endpoint', cell: ({ endpoint }) => endpoint.url },
          { title: 'Status', cell: (delivery) => words(delivery.status) },
          { title: 'Attempts', isNumber: true, cell: ({ attempts }) => count(attempts.length) },
          {
            title: 'Last answer',
            cell: ({ attempts }) => attempts.at(-1)?.error ?? attempts.at(-1)?.status ?? 'none yet',
          },
          { title: 'Next attempt', cell: ({ nextAttemptAt: at }) => (at ? `${day(at)} ${time(at)}` : '') },
          { title: 'Again', cell: (delivery) => <Again session={session} delivery={delivery} keys={keys.current} /> },
        ]}
      />
    </>
  );
}

/** Delivers an event again. Pressed again after a lost answer, it is delivered once. */
function Again({
  session,
  delivery: { id, status, eventId, endpoint },
  keys,
}: {
  session: Session;
  delivery: Delivery;
  keys: Map<string, string>;
}) {
  const [text, setText] = useState('Deliver again');
  if (status === 'PENDING' || !eventId) return null;
  const deliver = async (): Promise<void> => {
    const key = keys.get(id) ?? newKey();
    keys.set(id, key);
    try {
      const { redeliverEvents } = await session.send(Redeliver, { endpointId: endpoint.id, eventId, key });
      setText(redeliverEvents.errors.map(({ message }) => message).join(' ') || 'Queued');
      keys.delete(id);
      session.live.refresh();
    } catch (error) {
      setText(`${textOf(error)} Try again`);
    }
  };
  return (
    <button type="button" onClick={deliver}>
      {text}
    </button>
  );
}
