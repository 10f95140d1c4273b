import { useSignal } from '@preact/signals';
import { count, day, money, nameOf } from '../format.ts';
import type { UnpaidsQuery, UnpaidsQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Part } from '../parts/part.tsx';
import { Status } from '../parts/status.tsx';
import { Choice, Table } from '../parts/table.tsx';
import { addressOf } from '../place.ts';
import type { ScreenProps } from '../screen-props.ts';
import { FAILED } from '../statuses.ts';
import { useQuery } from '../use-query.ts';
import { Retry } from './retry.tsx';

const UnpaidTransactions = operation<UnpaidsQuery, UnpaidsQueryVariables>(/* GraphQL */ `
  query Unpaids($failed: [TransactionStatus!]!) {
    transactionStats(groupBy: [UNPAID_CODE], filter: { status: { in: $failed } }) {
      keys { value }
      count
      amount
    }
    transactions(first: 100, filter: { status: { in: $failed } }, orderBy: { field: UPDATED_AT, direction: DESC }) {
      totalCount
      nodes {
        id transactionReference actionDate amount unpaidCode unpaidReason unpaidAdvice
        payment { id status }
        customer { reference personName personSurname companyName }
      }
    }
  }
`);

/** Unpaid debits, by return code and one by one. */
export function Unpaids({ session }: ScreenProps) {
  const result = useQuery(session, UnpaidTransactions, { failed: FAILED });
  const selected = useSignal<ReadonlySet<string>>(new Set());
  const clear = (): void => {
    selected.value = new Set();
  };
  return (
    <>
      <h1>Unpaids</h1>
      <Part
        title="By return code"
        field="transactionStats"
        result={result}
        isEmpty={({ transactionStats }) => transactionStats.length === 0}
        empty="No debit is unpaid."
      >
        {(data) => (
          <Table
            label="Unpaid debits by return code"
            rows={data.transactionStats}
            keyOf={({ keys }) => keys[0]?.value ?? ''}
            columns={[
              { title: 'Code', cell: ({ keys }) => keys[0]?.value ?? 'None' },
              { title: 'Meaning', cell: ({ keys }) => exampleOf(data, keys[0]?.value)?.unpaidReason ?? '' },
              { title: 'Advice', cell: ({ keys }) => exampleOf(data, keys[0]?.value)?.unpaidAdvice ?? '' },
              { title: 'Debits', isNumber: true, cell: (row) => count(row.count) },
              { title: 'Amount', isNumber: true, cell: ({ amount }) => money(amount) },
            ]}
          />
        )}
      </Part>
      <Part
        title="Debits"
        field="transactions"
        result={result}
        isEmpty={({ transactions }) => transactions.nodes.length === 0}
        empty="No debit is unpaid."
      >
        {({ transactions }) => (
          <>
            {session.can('PAYMENTS_SUBMIT') && (
              <Retry
                session={session}
                ids={transactions.nodes.map(({ payment }) => payment.id).filter((id) => selected.value.has(id))}
                onDone={clear}
              />
            )}
            <Table
              label="Unpaid debits, latest first"
              rows={transactions.nodes}
              total={transactions.totalCount}
              keyOf={({ id }) => id}
              addressOf={({ payment }) => addressOf('payment', payment.id)}
              columns={[
                { title: 'Reference', cell: ({ transactionReference }) => transactionReference },
                {
                  title: 'Retry',
                  cell: ({ payment, transactionReference: of }) => (
                    <Choice id={payment.id} label={`Retry ${of}`} selected={selected} />
                  ),
                },
                { title: 'Customer', cell: ({ customer }) => nameOf(customer) },
                { title: 'Action date', cell: ({ actionDate }) => day(actionDate) },
                {
                  title: 'Reason',
                  cell: ({ unpaidCode, unpaidReason }) => `${unpaidCode ?? ''} ${unpaidReason ?? ''}`,
                },
                { title: 'Payment', cell: ({ payment }) => <Status value={payment.status} /> },
                { title: 'Amount', isNumber: true, cell: ({ amount }) => money(amount) },
              ]}
            />
          </>
        )}
      </Part>
    </>
  );
}

/** A listed debit with a return code, for the meaning of the code. */
function exampleOf({ transactions }: UnpaidsQuery, code: string | null | undefined) {
  return transactions.nodes.find(({ unpaidCode }) => unpaidCode === code);
}
