import { count, words } from '../format.ts';
import type { LimitsQuery, LimitsQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Facts } from '../parts/facts.tsx';
import { Part } from '../parts/part.tsx';
import type { ScreenProps } from '../screen-props.ts';
import type { Session } from '../session.ts';
import { useQuery } from '../use-query.ts';
import { Deliveries } from './deliveries.tsx';
import { Events } from './events.tsx';
import { RequestById } from './request-by-id.tsx';

const Limits = operation<LimitsQuery, LimitsQueryVariables>(/* GraphQL */ `
  query Limits {
    viewer { actor scopes pointsLeft limits { points pointsPerSecond records } }
  }
`);

/** Minimum interval between two readings, in milliseconds. */
const EVERY_MS = 5_000;

/** Shows API developers the limits of their key, the outcome of a request, webhook deliveries and events. */
export function Developers({ session }: ScreenProps) {
  return (
    <>
      <h1>Developers</h1>
      <p>
        <a href="/graphql">GraphiQL</a>, in development
      </p>
      <KeyLimits session={session} />
      <RequestById session={session} />
      {session.can('ADMIN') && <Deliveries session={session} />}
      <Events session={session} />
    </>
  );
}

function KeyLimits({ session }: { session: Session }) {
  const result = useQuery(session, Limits, {}, EVERY_MS);
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
