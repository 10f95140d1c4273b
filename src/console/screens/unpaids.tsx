import { type Signal, useSignal } from '@preact/signals';
import { count, money } from '../format.ts';
import type { UnpaidCodesQuery, UnpaidCodesQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { actionDateColumn, amountColumn, customerColumn, referenceColumn } from '../parts/columns.tsx';
import { MethodFilter, methodCondition, Typed } from '../parts/filters.tsx';
import { Part } from '../parts/part.tsx';
import { Status } from '../parts/status.tsx';
import { Choice, Table } from '../parts/table.tsx';
import { type Transaction, TransactionList } from '../parts/transactions.tsx';
import { addressOf, place } from '../place.ts';
import type { ScreenProps } from '../screen-props.ts';
import { FAILED } from '../statuses.ts';
import { useQuery } from '../use-query.ts';
import { ManyPayments } from './many-payments.tsx';

const UnpaidCodes = operation<UnpaidCodesQuery, UnpaidCodesQueryVariables>(/* GraphQL */ `
  query UnpaidCodes($failed: [TransactionStatus!]!) {
    transactionStats(groupBy: [UNPAID_CODE], filter: { status: { in: $failed } }) {
      keys { value meaning advice }
      count
      amount
    }
  }
`);

/** Maximum number of records of one batch. */
const SELECTED_MAX = 1_000;

/** Unpaid debits, by return code and one by one. */
export function Unpaids({ session }: ScreenProps) {
  const codes = useQuery(session, UnpaidCodes, { failed: FAILED });
  const selected = useSignal<ReadonlyMap<string, string>>(new Map());
  const clear = (): void => {
    selected.value = new Map();
  };
  const canAct = session.can('PAYMENTS_SUBMIT') || session.can('WRITE');
  const { code } = place.value.filters;
  return (
    <>
      <h1>Unpaids</h1>
      <Part
        title="By return code"
        field="transactionStats"
        result={codes}
        isEmpty={({ transactionStats }) => transactionStats.length === 0}
        empty="No debit is unpaid."
      >
        {({ transactionStats }) => <Codes rows={transactionStats} />}
      </Part>
      <div class="actions">
        <Typed name="code" label="Return code" />
        <MethodFilter session={session} />
      </div>
      {canAct && <ManyPayments session={session} selected={selected.value} onDone={clear} />}
      <TransactionList
        session={session}
        title="Unpaid debits, latest first"
        filter={{ status: { in: FAILED }, ...(code ? { unpaidCode: { eq: code } } : {}), ...methodCondition() }}
        orderBy={{ field: 'UPDATED_AT', direction: 'DESC' }}
        empty="No debit is unpaid."
        columns={[
          referenceColumn(),
          {
            title: 'Select',
            cell: ({ payment, transactionReference: name }) => (
              <Choice id={payment.id} name={name} selected={selected} />
            ),
          },
          customerColumn(),
          actionDateColumn(),
          { title: 'Reason', cell: ({ unpaidCode, unpaidReason }) => `${unpaidCode ?? ''} ${unpaidReason ?? ''}` },
          { title: 'Payment', cell: ({ payment }) => <Status value={payment.status} /> },
          amountColumn(),
        ]}
      >
        {(rows) => canAct && <Selection rows={rows} selected={selected} onClear={clear} />}
      </TransactionList>
    </>
  );
}

/** Return codes with what they mean and what to do about them. */
function Codes({ rows }: { rows: UnpaidCodesQuery['transactionStats'] }) {
  return (
    <Table
      label="Unpaid debits by return code"
      rows={rows}
      keyOf={({ keys }) => keys[0]?.value ?? ''}
      addressOf={({ keys }) => (keys[0]?.value ? addressOf('unpaids', undefined, { code: keys[0].value }) : null)}
      columns={[
        { title: 'Code', cell: ({ keys }) => keys[0]?.value ?? 'None' },
        { title: 'Meaning', cell: ({ keys }) => keys[0]?.meaning ?? '' },
        { title: 'Advice', cell: ({ keys }) => keys[0]?.advice ?? '' },
        { title: 'Debits', isNumber: true, cell: (row) => count(row.count) },
        { title: 'Amount', isNumber: true, cell: ({ amount }) => money(amount) },
      ]}
    />
  );
}

/** Selects payments that are listed, or none. What is selected stays so when it is not listed any more. */
function Selection({
  rows,
  selected,
  onClear,
}: {
  rows: readonly Transaction[];
  selected: Signal<ReadonlyMap<string, string>>;
  onClear: () => void;
}) {
  const listed = new Map(
    rows.slice(0, SELECTED_MAX).map(({ payment, transactionReference }) => [payment.id, transactionReference]),
  );
  const select = (): void => {
    selected.value = listed;
  };
  return (
    <div class="actions">
      <button type="button" onClick={select}>
        Select the {count(listed.size)} listed
      </button>
      <button type="button" disabled={selected.value.size === 0} onClick={onClear}>
        Select none
      </button>
    </div>
  );
}
