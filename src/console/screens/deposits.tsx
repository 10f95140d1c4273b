import { day, money, time } from '../format.ts';
import type { UnknownDepositsQuery, UnknownDepositsQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Part } from '../parts/part.tsx';
import { Table } from '../parts/table.tsx';
import type { ScreenProps } from '../screen-props.ts';
import { useQuery } from '../use-query.ts';
import { DepositActions } from './deposit-actions.tsx';

const UnknownDepositList = operation<UnknownDepositsQuery, UnknownDepositsQueryVariables>(/* GraphQL */ `
  query UnknownDeposits {
    deposits(
      first: 100
      filter: { match: { eq: UNKNOWN }, isRefunded: { eq: false } }
      orderBy: { field: RECEIVED_AT, direction: DESC }
    ) {
      totalCount
      nodes { id eftReference amount receivedAt paymentMethod { name } }
    }
  }
`);

/** Deposits that match no payment and were not refunded. */
export function Deposits({ session }: ScreenProps) {
  const result = useQuery(session, UnknownDepositList, {});
  return (
    <>
      <h1>Unknown money</h1>
      <Part
        title="Deposits without a payment"
        field="deposits"
        result={result}
        isEmpty={({ deposits }) => deposits.nodes.length === 0}
        empty="Every deposit has its payment."
      >
        {({ deposits }) => (
          <Table
            label="Deposits without a payment, latest first"
            rows={deposits.nodes}
            total={deposits.totalCount}
            keyOf={({ id }) => id}
            columns={[
              { title: 'Reference', cell: ({ eftReference }) => eftReference },
              { title: 'Received', cell: ({ receivedAt }) => `${day(receivedAt)} ${time(receivedAt)}` },
              { title: 'Method', cell: ({ paymentMethod }) => paymentMethod.name },
              { title: 'Resolve', cell: (deposit) => <DepositActions session={session} deposit={deposit} /> },
              { title: 'Amount', isNumber: true, cell: ({ amount }) => money(amount) },
            ]}
          />
        )}
      </Part>
    </>
  );
}
