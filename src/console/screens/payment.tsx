import { day, money, nameOf } from '../format.ts';
import type { PaymentPageQuery, PaymentPageQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Actions } from '../parts/actions.tsx';
import { Facts } from '../parts/facts.tsx';
import { ObjectTools } from '../parts/object-tools.tsx';
import { Part } from '../parts/part.tsx';
import { Simulate, TRANSACTION_SCENARIOS } from '../parts/simulate.tsx';
import { Status } from '../parts/status.tsx';
import { Table } from '../parts/table.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { addressOf, follow } from '../place.ts';
import type { ScreenProps } from '../screen-props.ts';
import { useQuery } from '../use-query.ts';
import { actionsOf } from './payment-actions.tsx';

const PaymentById = operation<PaymentPageQuery, PaymentPageQueryVariables>(/* GraphQL */ `
  query PaymentPage($id: ID!) {
    payment(id: $id) {
      id transactionReference status amount failedReason
      customer { id reference personName personSurname companyName }
      mandate { id }
      paymentMethod { name }
      nextCollection { actionDate amount notes }
      totals { collected outstanding }
      availableActions { action allowed reason }
      transactions(first: 50, orderBy: { field: ACTION_DATE, direction: DESC }) {
        nodes { id transactionReference status actionDate attempt amount unpaidReason }
      }
      timeline(first: 100) {
        id type about objectId from to amount occurredAt
        cause { actor reason reasonCode requestId }
      }
    }
  }
`);

type PaymentData = NonNullable<PaymentPageQuery['payment']>;

/** One payment: its facts, what can be done, its transactions and what happened to it. */
export function Payment({ session, id }: ScreenProps) {
  const result = useQuery(session, PaymentById, { id });
  return (
    <>
      <h1>Payment</h1>
      <Part
        title={id}
        field="payment"
        result={result}
        isEmpty={({ payment }) => !payment}
        empty="There is no such payment."
      >
        {({ payment }) =>
          payment && (
            <>
              <Facts facts={factsOf(payment)} />
              <ObjectTools id={payment.id} object={payment} />
              <Actions session={session} actions={actionsOf(session, payment)} />
              <Simulate session={session} id={payment.transactions.nodes[0]?.id} scenarios={TRANSACTION_SCENARIOS} />
              <Transactions payment={payment} />
              <Timeline steps={payment.timeline} />
            </>
          )
        }
      </Part>
    </>
  );
}

function factsOf(payment: PaymentData) {
  const { customer, mandate, nextCollection: next, totals } = payment;
  return [
    { name: 'Reference', value: payment.transactionReference },
    { name: 'Status', value: <Status value={payment.status} /> },
    { name: 'Why it failed', value: payment.failedReason ?? null },
    {
      name: 'Customer',
      value: (
        <a href={addressOf('customer', customer.id)} onClick={follow}>
          {nameOf(customer)}
        </a>
      ),
    },
    {
      name: 'Mandate',
      value: mandate ? (
        <a href={addressOf('mandate', mandate.id)} onClick={follow}>
          {mandate.id}
        </a>
      ) : null,
    },
    { name: 'Method', value: payment.paymentMethod.name },
    { name: 'Amount', value: money(payment.amount) },
    { name: 'Collected', value: money(totals.collected) },
    { name: 'Outstanding', value: money(totals.outstanding) },
    {
      name: 'Next collection',
      value: next ? `${money(next.amount)} on ${day(next.actionDate)}. ${next.notes.join(' ')}` : null,
    },
  ];
}

function Transactions({ payment }: { payment: PaymentData }) {
  if (payment.transactions.nodes.length === 0) return <p class="quiet">Nothing was collected yet.</p>;
  return (
    <Table
      label="Transactions, latest first"
      rows={payment.transactions.nodes}
      keyOf={({ id }) => id}
      columns={[
        { title: 'Transaction', cell: ({ transactionReference }) => transactionReference },
        { title: 'Status', cell: ({ status }) => <Status value={status} /> },
        { title: 'Action date', cell: ({ actionDate }) => day(actionDate) },
        { title: 'Attempt', isNumber: true, cell: ({ attempt }) => attempt },
        { title: 'Reason', cell: ({ unpaidReason }) => unpaidReason ?? '' },
        { title: 'Amount', isNumber: true, cell: ({ amount }) => money(amount) },
      ]}
    />
  );
}
