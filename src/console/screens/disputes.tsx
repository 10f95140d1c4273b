import { day } from '../format.ts';
import type { TransactionStatus } from '../generated/graphql.ts';
import { actionDateColumn, amountColumn, customerColumn, referenceColumn, statusColumn } from '../parts/columns.tsx';
import { Choose, MethodFilter, methodCondition } from '../parts/filters.tsx';
import { TransactionList } from '../parts/transactions.tsx';
import { place } from '../place.ts';
import type { ScreenProps } from '../screen-props.ts';
import { TAKEN_BACK } from '../statuses.ts';

/** Debits that were disputed or reversed, by deadline. */
export function Disputes({ session }: ScreenProps) {
  const { status } = place.value.filters;
  return (
    <>
      <h1>Disputes</h1>
      <div class="actions">
        <Choose name="status" label="Status" options={TAKEN_BACK} />
        <MethodFilter session={session} />
      </div>
      <TransactionList
        session={session}
        title="Disputed debits, by deadline"
        filter={{ status: status ? { eq: status as TransactionStatus } : { in: TAKEN_BACK }, ...methodCondition() }}
        orderBy={{ field: 'DISPUTE_DEADLINE', direction: 'ASC' }}
        empty="No debit is disputed."
        columns={[
          referenceColumn(),
          customerColumn(),
          statusColumn(),
          actionDateColumn(),
          {
            title: 'Deadline',
            cell: ({ disputeDeadline: on, isDisputeLate }) =>
              `${on ? day(on) : 'none'}${isDisputeLate ? ', disputed late' : ''}`,
          },
          { title: 'Reason', cell: ({ unpaidReason }) => unpaidReason ?? '' },
          amountColumn(),
        ]}
      />
    </>
  );
}
