import { useState } from 'preact/hooks';
import { count, day, time, words } from '../format.ts';
import type {
  DeliveriesQuery,
  DeliveriesQueryVariables,
  LimitsQuery,
  LimitsQueryVariables,
  OutcomeQuery,
  OutcomeQueryVariables,
  RecentEventsQuery,
  RecentEventsQueryVariables,
} from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Facts } from '../parts/facts.tsx';
import { Part } from '../parts/part.tsx';
import { Table } from '../parts/table.tsx';
import type { ScreenProps } from '../screen-props.ts';
import type { Session } from '../session.ts';
import { useQuery } from '../use-query.ts';

const Limits = operation<LimitsQuery, LimitsQueryVariables>(/* GraphQL */ `
  query Limits {
    viewer { actor expiresAt scopes pointsLeft limits { points pointsPerSecond cost records pageSize } }
  }
`);

const RequestOutcome = operation<OutcomeQuery, OutcomeQueryVariables>(/* GraphQL */ `
  query Outcome($requestId: ID!) {
    operationOutcome(requestId: $requestId) {
      requestId clientRequestId actor outcome
      mutations { name outcome errorCodes objectIds createdAt }
    }
  }
`);

const Deliveries = operation<DeliveriesQuery, DeliveriesQueryVariables>(/* GraphQL */ `
  query Deliveries {
    webhookDeliveries(first: 50, orderBy: { field: CREATED_AT, direction: DESC }) {
      nodes { id status createdAt nextAttemptAt endpoint { url } event { type } attempts { at status error } }
    }
  }
`);

const RecentEvents = operation<RecentEventsQuery, RecentEventsQueryVariables>(/* GraphQL */ `
  query RecentEvents($types: [String!]) {
    events(last: 50, filter: { types: $types }) {
      nodes { id cursor type about objectId from to occurredAt cause { actor reasonCode requestId } }
    }
  }
`);

/** Shows API developers the limits of their key, the outcome of a request, webhook deliveries and events. */
export function Developers({ session }: ScreenProps) {
  return (
    <>
      <h1>Developers</h1>
      <KeyLimits session={session} />
      <RequestById session={session} />
      {session.can('ADMIN') && <DeliveryList session={session} />}
      <EventList session={session} />
    </>
  );
}

function KeyLimits({ session }: { session: Session }) {
  const result = useQuery(session, Limits, {});
  return (
    <Part title="This key" field="viewer" result={result} isEmpty={() => false} empty="">
      {({ viewer: { actor, scopes, pointsLeft, limits } }) => (
        <Facts
          facts={[
            { name: 'Client', value: actor },
            { name: 'Scopes', value: scopes.map(words).join(', ') },
            { name: 'Points left', value: `${count(pointsLeft)} of ${count(limits.points)}` },
            { name: 'Points each second', value: count(limits.pointsPerSecond) },
            { name: 'Records of a batch', value: count(limits.records) },
          ]}
        />
      )}
    </Part>
  );
}

function RequestById({ session }: { session: Session }) {
  const [typed, setTyped] = useState('');
  const [requestId, setRequestId] = useState<string | null>(null);
  return (
    <>
      <form
        class="actions"
        onSubmit={(event) => {
          event.preventDefault();
          setRequestId(typed.trim() || null);
        }}
      >
        <label>
          Request id <input value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
        </label>
        <button type="submit">Look up</button>
      </form>
      {requestId && <RequestResult session={session} requestId={requestId} />}
    </>
  );
}

function RequestResult({ session, requestId }: { session: Session; requestId: string }) {
  const result = useQuery(session, RequestOutcome, { requestId });
  return (
    <Part title="Request" field="operationOutcome" result={result} isEmpty={() => false} empty="">
      {({ operationOutcome: { actor, outcome, mutations, clientRequestId } }) => (
        <>
          <Facts
            facts={[
              { name: 'Outcome', value: words(outcome) },
              { name: 'Client', value: actor },
              { name: 'Id of the client', value: clientRequestId },
            ]}
          />
          <Table
            label="Mutations"
            rows={mutations}
            keyOf={({ name, createdAt }) => `${name} ${createdAt}`}
            columns={[
              { title: 'Mutation', cell: ({ name }) => name },
              { title: 'Outcome', cell: (mutation) => words(mutation.outcome) },
              { title: 'Errors', cell: ({ errorCodes }) => errorCodes.join(', ') },
              { title: 'Objects', cell: ({ objectIds }) => objectIds.join(' ') },
            ]}
          />
        </>
      )}
    </Part>
  );
}

function DeliveryList({ session }: { session: Session }) {
  const result = useQuery(session, Deliveries, {});
  return (
    <Part
      title="Webhook deliveries"
      field="webhookDeliveries"
      result={result}
      isEmpty={({ webhookDeliveries }) => webhookDeliveries.nodes.length === 0}
      empty="Nothing was delivered to a webhook endpoint yet."
    >
      {({ webhookDeliveries }) => (
        <Table
          label="Webhook deliveries, newest first"
          rows={webhookDeliveries.nodes}
          keyOf={({ id }) => id}
          columns={[
            { title: 'Event', cell: ({ event }) => event?.type ?? 'test' },
            { title: 'Endpoint', cell: ({ endpoint }) => endpoint.url },
            { title: 'Status', cell: ({ status }) => words(status) },
            { title: 'Attempts', isNumber: true, cell: ({ attempts }) => attempts.length },
            {
              title: 'Last answer',
              cell: ({ attempts }) => attempts.at(-1)?.error ?? attempts.at(-1)?.status ?? 'none yet',
            },
            { title: 'Next attempt', cell: ({ nextAttemptAt: at }) => (at ? `${day(at)} ${time(at)}` : '') },
          ]}
        />
      )}
    </Part>
  );
}

function EventList({ session }: { session: Session }) {
  const [type, setType] = useState('');
  const result = useQuery(session, RecentEvents, type.trim() ? { types: [type.trim()] } : {});
  return (
    <>
      <label class="actions">
        Event type{' '}
        <input value={type} placeholder="payment.created" onChange={(event) => setType(event.currentTarget.value)} />
      </label>
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
            ]}
          />
        )}
      </Part>
    </>
  );
}
