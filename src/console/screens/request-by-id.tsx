import { words } from '../format.ts';
import type { OutcomeQuery, OutcomeQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Facts } from '../parts/facts.tsx';
import { Typed } from '../parts/filters.tsx';
import { Part } from '../parts/part.tsx';
import { Table } from '../parts/table.tsx';
import { place } from '../place.ts';
import type { Session } from '../session.ts';
import { useQuery } from '../use-query.ts';

const RequestOutcome = operation<OutcomeQuery, OutcomeQueryVariables>(/* GraphQL */ `
  query Outcome($requestId: ID!) {
    operationOutcome(requestId: $requestId) {
      clientRequestId actor outcome
      mutations { name outcome errorCodes objectIds createdAt }
    }
  }
`);

/** What became of a request, found by its id. */
export function RequestById({ session }: { session: Session }) {
  const requestId = place.value.filters['request'];
  return (
    <>
      <div class="actions">
        <Typed name="request" label="Request id" placeholder="req_…" />
      </div>
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
