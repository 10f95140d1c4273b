import { useState } from 'preact/hooks';
import { day, time, words } from '../format.ts';
import type { AggregateType, RecentEventsQuery, RecentEventsQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { TextModal } from '../parts/copy.tsx';
import { Choose, Typed } from '../parts/filters.tsx';
import { Part } from '../parts/part.tsx';
import { Table } from '../parts/table.tsx';
import { place } from '../place.ts';
import type { Session } from '../session.ts';
import { useQuery } from '../use-query.ts';

const RecentEvents = operation<RecentEventsQuery, RecentEventsQueryVariables>(/* GraphQL */ `
  query RecentEvents($filter: EventFilter!) {
    events(last: 100, filter: $filter) {
      nodes {
        id cursor type about objectId version from to amount batchReference occurredAt sequencedAt
        cause { actor reason reasonCode requestId }
      }
    }
  }
`);

const TYPES: readonly AggregateType[] = [
  'CUSTOMER',
  'BANK_ACCOUNT',
  'CARD',
  'MANDATE',
  'PAYMENT',
  'TRANSACTION',
  'DEPOSIT',
  'MERCHANT',
  'WEBHOOK_ENDPOINT',
];

/** The latest events, by type and object, each as the API returns it. */
export function Events({ session }: { session: Session }) {
  const { about, type, object } = place.value.filters;
  const [raw, setRaw] = useState<RecentEventsQuery['events']['nodes'][number] | null>(null);
  const filter = {
    ...(about ? { about: [about as AggregateType] } : {}),
    ...(type ? { types: [type] } : {}),
    ...(object ? { objectIds: [object] } : {}),
  };
  const result = useQuery(session, RecentEvents, { filter });
  return (
    <>
      <div class="actions">
        <Choose name="about" label="About" options={TYPES} />
        <Typed name="type" label="Event type" placeholder="payment.created" />
        <Typed name="object" label="Object id" />
      </div>
      <Part
        title="Events"
        field="events"
        result={result}
        isEmpty={({ events }) => events.nodes.length === 0}
        empty="There is no such event."
      >
        {({ events }) => (
          <Table
            label="Latest events"
            rows={events.nodes.toReversed()}
            keyOf={({ id }) => id}
            columns={[
              { title: 'Occurred', cell: ({ occurredAt }) => `${day(occurredAt)} ${time(occurredAt)}` },
              { title: 'Type', cell: (event) => event.type },
              { title: 'Object', cell: ({ objectId }) => objectId },
              { title: 'Change', cell: ({ from, to }) => (from ? `${words(from)} → ${words(to)}` : words(to)) },
              {
                title: 'Cause',
                cell: ({ cause }) => [words(cause.actor), cause.reasonCode, cause.requestId].filter(Boolean).join(' '),
              },
              {
                title: 'Event',
                cell: (event) => (
                  <button type="button" onClick={() => setRaw(event)}>
                    Raw
                  </button>
                ),
              },
            ]}
          />
        )}
      </Part>
      {raw && <TextModal title={`Event ${raw.id}`} text={JSON.stringify(raw, null, 2)} onClose={() => setRaw(null)} />}
    </>
  );
}
