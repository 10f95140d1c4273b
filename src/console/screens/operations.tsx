import { totalText } from '../format.ts';
import type { OperationsQuery, OperationsQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Part } from '../parts/part.tsx';
import { addressOf, follow } from '../place.ts';
import type { Session } from '../session.ts';
import { useQuery } from '../use-query.ts';

const OperationsToSee = operation<OperationsQuery, OperationsQueryVariables>(/* GraphQL */ `
  query Operations {
    webhookDeliveries(first: 1, filter: { status: { eq: FAILED } }) { totalCount totalCountIsExact }
    quarantinedAnswers(first: 50) { totalCount nodes { id reference event reason } }
  }
`);

/** Minimum interval between two readings, in milliseconds. */
const EVERY_MS = 5_000;

/** Shows operators the failed webhook deliveries and the quarantined answers of the bank. */
export function Operations({ session }: { session: Session }) {
  const result = useQuery(session, OperationsToSee, {}, EVERY_MS);
  return (
    <Part
      title="Operations"
      field="webhookDeliveries, quarantinedAnswers"
      result={result}
      isEmpty={(data) => data.webhookDeliveries.totalCount + data.quarantinedAnswers.totalCount === 0}
      empty="Every webhook was delivered, and every answer of the bank was taken."
    >
      {({ webhookDeliveries, quarantinedAnswers }) => (
        <ul class="attention">
          {webhookDeliveries.totalCount > 0 && (
            <li>
              <a href={addressOf('developers')} onClick={follow}>
                {totalText(webhookDeliveries)} webhook deliveries failed
              </a>
            </li>
          )}
          {quarantinedAnswers.nodes.map(({ id, reference, event, reason }) => (
            <li key={id}>
              {event} for {reference} was not taken: {reason}
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}
