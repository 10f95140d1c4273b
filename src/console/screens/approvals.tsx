import { day, span, time } from '../format.ts';
import type { ApprovalsQuery, ApprovalsQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { amountColumn, customerColumn } from '../parts/columns.tsx';
import { MethodFilter, methodCondition } from '../parts/filters.tsx';
import { ListPart } from '../parts/list-part.tsx';
import { addressOf } from '../place.ts';
import type { ScreenProps } from '../screen-props.ts';
import { useNow } from '../use-now.ts';
import { usePages } from '../use-pages.ts';

const PendingMandates = operation<ApprovalsQuery, ApprovalsQueryVariables>(/* GraphQL */ `
  query Approvals($filter: MandateFilter!, $after: String) {
    mandates(first: 200, after: $after, filter: $filter, orderBy: { field: APPROVAL_EXPIRES_AT, direction: ASC }) {
      totalCount
      totalCountIsExact
      pageInfo { endCursor hasNextPage }
      nodes {
        id reference contractReference amount requestedAt approvalExpiresAt attemptCount
        customer { reference personName personSurname companyName }
      }
    }
  }
`);

/** Mandates that wait for the debtor's approval, by time left. */
export function Approvals({ session, now, isFrozen }: ScreenProps) {
  const filter = { status: { eq: 'PENDING' as const }, ...methodCondition() };
  const pages = usePages(session, PendingMandates, { filter }, ({ mandates }) => mandates);
  const current = useNow(now, isFrozen);
  return (
    <>
      <h1>Approvals</h1>
      <div class="actions">
        <MethodFilter session={session} />
      </div>
      <ListPart
        title="Awaiting approval, by time left"
        field="mandates"
        pages={pages}
        empty="No mandate awaits approval."
        keyOf={({ id }) => id}
        addressOf={({ id }) => addressOf('mandate', id)}
        columns={[
          { title: 'Mandate', cell: ({ reference, contractReference, id }) => contractReference ?? reference ?? id },
          customerColumn(),
          { title: 'Requested', cell: ({ requestedAt: at }) => (at ? `${day(at)} ${time(at)}` : '') },
          { title: 'Attempt', isNumber: true, cell: ({ attemptCount }) => attemptCount },
          {
            title: 'Time left',
            isNumber: true,
            cell: ({ approvalExpiresAt: at }) => (at ? span(Date.parse(at) - current) : 'no limit'),
          },
          amountColumn(),
        ]}
      />
    </>
  );
}
