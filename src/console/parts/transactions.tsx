import type { ComponentChildren } from 'preact';
import type {
  TransactionFilter,
  TransactionOrder,
  TransactionsQuery,
  TransactionsQueryVariables,
} from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { addressOf } from '../place.ts';
import type { Session } from '../session.ts';
import { usePages } from '../use-pages.ts';
import { ListPart } from './list-part.tsx';
import type { Column } from './table.tsx';

const Transactions = operation<TransactionsQuery, TransactionsQueryVariables>(/* GraphQL */ `
  query Transactions($filter: TransactionFilter!, $orderBy: TransactionOrder!, $after: String) {
    transactions(first: 200, after: $after, filter: $filter, orderBy: $orderBy) {
      totalCount
      totalCountIsExact
      pageInfo { endCursor hasNextPage }
      nodes {
        id transactionReference status actionDate amount attempt
        unpaidCode unpaidReason disputeDeadline isDisputeLate
        payment { id status }
        customer { reference personName personSurname companyName }
      }
    }
  }
`);

/** A debit as lists show it. */
export type Transaction = TransactionsQuery['transactions']['nodes'][number];

/** A list of debits, each of which opens its payment. */
export function TransactionList({
  session,
  title,
  filter,
  orderBy,
  empty,
  columns,
  children,
}: {
  session: Session;
  title: string;
  filter: TransactionFilter;
  orderBy: TransactionOrder;
  empty: string;
  columns: ReadonlyArray<Column<Transaction>>;
  children?: ((rows: readonly Transaction[]) => ComponentChildren) | undefined;
}) {
  const pages = usePages(session, Transactions, { filter, orderBy }, ({ transactions }) => transactions);
  return (
    <ListPart
      title={title}
      field="transactions"
      pages={pages}
      empty={empty}
      keyOf={({ id }) => id}
      addressOf={({ payment }) => addressOf('payment', payment.id)}
      columns={columns}
    >
      {children}
    </ListPart>
  );
}
