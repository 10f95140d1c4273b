import { day, money, nameOf } from '../format.ts';
import type { DisputesQuery, DisputesQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Part } from '../parts/part.tsx';
import { Status } from '../parts/status.tsx';
import { Table } from '../parts/table.tsx';
import { addressOf } from '../place.ts';
import type { ScreenProps } from '../screen-props.ts';
import { TAKEN_BACK } from '../statuses.ts';
import { useQuery } from '../use-query.ts';

const DisputedTransactions = operation<DisputesQuery, DisputesQueryVariables>(/* GraphQL */ `
  query Disputes($takenBack: [TransactionStatus!]!) {
    transactions(
      first: 100
      filter: { status: { in: $takenBack } }
      orderBy: { field: DISPUTE_DEADLINE, direction: ASC }
    ) {
      totalCount
      nodes {
        id transactionReference status actionDate amount disputeDeadline isDisputeLate unpaidReason
        payment { id }
        customer { reference personName personSurname companyName }
      }
    }
  }
`);

/** Disputed debits by deadline. */
export function Disputes({ session }: ScreenProps) {
  const result = useQuery(session, DisputedTransactions, { takenBack: TAKEN_BACK });
  return (
    <>
      <h1>Disputes</h1>
      <Part
        title="Disputed debits"
        field="transactions"
        result={result}
        isEmpty={({ transactions }) => transactions.nodes.length === 0}
        empty="No debit is disputed."
      >
        {({ transactions }) => (
          <Table
            label="Disputed debits by deadline"
            rows={transactions.nodes}
            total={transactions.totalCount}
            keyOf={({ id }) => id}
            addressOf={({ payment }) => addressOf('payment', payment.id)}
            columns={[
              { title: 'Reference', cell: ({ transactionReference }) => transactionReference },
              { title: 'Customer', cell: ({ customer }) => nameOf(customer) },
              { title: 'Status', cell: ({ status }) => <Status value={status} /> },
              { title: 'Action date', cell: ({ actionDate }) => day(actionDate) },
              {
                title: 'Deadline',
                cell: ({ disputeDeadline: on, isDisputeLate }) =>
                  `${on ? day(on) : 'none'}${isDisputeLate ? ', disputed late' : ''}`,
              },
              { title: 'Reason', cell: ({ unpaidReason }) => unpaidReason ?? '' },
              { title: 'Amount', isNumber: true, cell: ({ amount }) => money(amount) },
            ]}
          />
        )}
      </Part>
    </>
  );
}
