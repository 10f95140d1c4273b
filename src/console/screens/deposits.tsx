import { useState } from 'preact/hooks';
import { day, time } from '../format.ts';
import type { UnknownDepositsQuery, UnknownDepositsQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { amountColumn } from '../parts/columns.tsx';
import { MethodFilter, methodCondition } from '../parts/filters.tsx';
import { ListPart } from '../parts/list-part.tsx';
import { Modal } from '../parts/modal.tsx';
import type { ScreenProps } from '../screen-props.ts';
import { usePages } from '../use-pages.ts';
import { DepositActions } from './deposit-actions.tsx';

const UnknownDepositList = operation<UnknownDepositsQuery, UnknownDepositsQueryVariables>(/* GraphQL */ `
  query UnknownDeposits($filter: DepositFilter!, $after: String) {
    deposits(first: 200, after: $after, filter: $filter, orderBy: { field: RECEIVED_AT, direction: DESC }) {
      totalCount
      totalCountIsExact
      pageInfo { endCursor hasNextPage }
      nodes { id eftReference amount receivedAt paymentMethod { name } }
    }
  }
`);

type Deposit = UnknownDepositsQuery['deposits']['nodes'][number];

/** Deposits that match no payment and were not refunded. */
export function Deposits({ session }: ScreenProps) {
  const filter = {
    match: { eq: 'UNKNOWN' as const },
    isRefunded: { eq: false },
    ...methodCondition(),
  };
  const pages = usePages(session, UnknownDepositList, { filter }, ({ deposits }) => deposits);
  const [resolved, setResolved] = useState<Deposit | null>(null);
  const resolving = {
    title: 'Resolve',
    cell: (deposit: Deposit) => (
      <button type="button" onClick={() => setResolved(deposit)}>
        Resolve
      </button>
    ),
  };
  return (
    <>
      <h1>Unknown money</h1>
      <div class="actions">
        <MethodFilter session={session} />
      </div>
      <ListPart
        title="Deposits without a payment, latest first"
        field="deposits"
        pages={pages}
        empty="Every deposit has its payment."
        keyOf={({ id }) => id}
        columns={[
          { title: 'Reference', cell: ({ eftReference }) => eftReference },
          { title: 'Received', cell: ({ receivedAt }) => `${day(receivedAt)} ${time(receivedAt)}` },
          { title: 'Method', cell: ({ paymentMethod }) => paymentMethod.name },
          ...(session.can('WRITE') ? [resolving] : []),
          amountColumn(),
        ]}
      />
      {resolved && (
        <Modal title={`Deposit ${resolved.eftReference}`} onClose={() => setResolved(null)}>
          <DepositActions session={session} deposit={resolved} />
        </Modal>
      )}
    </>
  );
}
