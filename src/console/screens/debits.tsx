import { actionDateColumn, amountColumn, customerColumn, referenceColumn, statusColumn } from '../parts/columns.tsx';
import { Choose, Day, MethodFilter, methodCondition, Typed } from '../parts/filters.tsx';
import { TransactionList } from '../parts/transactions.tsx';
import { place } from '../place.ts';
import type { ScreenProps } from '../screen-props.ts';
import { DEBIT_METHODS, STAGES } from '../statuses.ts';

/** All debits of accounts and cards, by stage, day, method and batch. */
export function Debits({ session }: ScreenProps) {
  const { stage, date, batch } = place.value.filters;
  const statuses = stage ? STAGES[stage] : undefined;
  const filter = {
    ...(statuses ? { status: { in: statuses } } : {}),
    ...(date ? { actionDate: { eq: date } } : {}),
    ...(batch ? { batchReference: { eq: batch } } : {}),
    paymentMethod: { type: { in: DEBIT_METHODS } },
    ...methodCondition(),
  };
  return (
    <>
      <h1>Debits</h1>
      <div class="actions">
        <Choose name="stage" label="Stage" options={Object.keys(STAGES)} />
        <Day name="date" label="Action date" />
        <Typed name="batch" label="Batch" />
        <MethodFilter session={session} />
      </div>
      <TransactionList
        session={session}
        title="Debits, latest action date first"
        filter={filter}
        orderBy={{ field: 'ACTION_DATE', direction: 'DESC' }}
        empty="There is no such debit."
        columns={[
          referenceColumn(),
          customerColumn(),
          statusColumn(),
          actionDateColumn(),
          { title: 'Attempt', isNumber: true, cell: ({ attempt }) => attempt },
          { title: 'Reason', cell: ({ unpaidReason }) => unpaidReason ?? '' },
          amountColumn(),
        ]}
      />
    </>
  );
}
