import { day, money, nameOf, span, time } from '../format.ts';
import type { ApprovalsQuery, ApprovalsQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Part } from '../parts/part.tsx';
import { Table } from '../parts/table.tsx';
import { addressOf } from '../place.ts';
import type { ScreenProps } from '../screen-props.ts';
import { useNow } from '../use-now.ts';
import { useQuery } from '../use-query.ts';

const PendingMandates = operation<ApprovalsQuery, ApprovalsQueryVariables>(/* GraphQL */ `
  query Approvals {
    mandates(
      first: 100
      filter: { status: { eq: PENDING } }
      orderBy: { field: APPROVAL_EXPIRES_AT, direction: ASC }
    ) {
      totalCount
      nodes {
        id reference contractReference amount requestedAt approvalExpiresAt attemptCount
        customer { reference personName personSurname companyName }
      }
    }
  }
`);

/** Mandates that wait for the debtor's approval, by time left. */
export function Approvals({ session, now, isFrozen }: ScreenProps) {
  const result = useQuery(session, PendingMandates, {});
  const current = useNow(now, isFrozen);
  return (
    <>
      <h1>Approvals</h1>
      <Part
        title="Awaiting approval"
        field="mandates"
        result={result}
        isEmpty={({ mandates }) => mandates.nodes.length === 0}
        empty="No mandate awaits approval."
      >
        {({ mandates }) => (
          <Table
            label="Mandates that await approval, by time left"
            rows={mandates.nodes}
            total={mandates.totalCount}
            keyOf={({ id }) => id}
            addressOf={({ id }) => addressOf('mandate', id)}
            columns={[
              {
                title: 'Mandate',
                cell: ({ reference, contractReference, id }) => contractReference ?? reference ?? id,
              },
              { title: 'Customer', cell: ({ customer }) => nameOf(customer) },
              { title: 'Requested', cell: ({ requestedAt: at }) => (at ? `${day(at)} ${time(at)}` : '') },
              { title: 'Attempt', isNumber: true, cell: ({ attemptCount }) => attemptCount },
              {
                title: 'Time left',
                isNumber: true,
                cell: ({ approvalExpiresAt: at }) => (at ? span(Date.parse(at) - current) : 'no limit'),
              },
              { title: 'Amount', isNumber: true, cell: ({ amount }) => money(amount) },
            ]}
          />
        )}
      </Part>
    </>
  );
}
