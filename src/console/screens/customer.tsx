import { money, nameOf } from '../format.ts';
import type { CustomerPageQuery, CustomerPageQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Facts } from '../parts/facts.tsx';
import { ObjectTools } from '../parts/object-tools.tsx';
import { Part } from '../parts/part.tsx';
import { Status } from '../parts/status.tsx';
import { Table } from '../parts/table.tsx';
import { addressOf } from '../place.ts';
import type { ScreenProps } from '../screen-props.ts';
import { useQuery } from '../use-query.ts';

const CustomerById = operation<CustomerPageQuery, CustomerPageQueryVariables>(/* GraphQL */ `
  query CustomerPage($id: ID!) {
    customer(id: $id) {
      id reference personName personSurname companyName email contactNumber status isBlacklisted blacklistReason
      totals { collected outstanding failed disputed reversed }
      bankAccounts(first: 20) { nodes { id accountNumberMasked accountHolderName status } }
      mandates(first: 50) { nodes { id contractReference reference status amount } }
      payments(first: 50, orderBy: { field: CREATED_AT, direction: DESC }) {
        nodes { id transactionReference status amount }
      }
    }
  }
`);

type CustomerData = NonNullable<CustomerPageQuery['customer']>;

/** One customer: totals, accounts, mandates and payments. */
export function Customer({ session, id }: ScreenProps) {
  const result = useQuery(session, CustomerById, { id });
  return (
    <>
      <h1>Customer</h1>
      <Part
        title={id}
        field="customer"
        result={result}
        isEmpty={({ customer }) => !customer}
        empty="There is no such customer."
      >
        {({ customer }) =>
          customer && (
            <>
              <Facts facts={factsOf(customer)} />
              <ObjectTools id={customer.id} object={customer} />
              <Lists customer={customer} />
            </>
          )
        }
      </Part>
    </>
  );
}

function factsOf(customer: CustomerData) {
  const { totals } = customer;
  return [
    { name: 'Name', value: nameOf(customer) },
    { name: 'Reference', value: customer.reference },
    { name: 'Status', value: <Status value={customer.status} /> },
    { name: 'Blacklisted', value: customer.isBlacklisted ? (customer.blacklistReason ?? 'yes') : null },
    { name: 'E-mail', value: customer.email },
    { name: 'Telephone', value: customer.contactNumber ?? null },
    { name: 'Collected', value: money(totals.collected) },
    { name: 'Outstanding', value: money(totals.outstanding) },
    { name: 'Failed', value: money(totals.failed) },
    { name: 'Disputed', value: money(totals.disputed) },
  ];
}

function Lists({ customer }: { customer: CustomerData }) {
  const status = { title: 'Status', cell: (row: { status: string }) => <Status value={row.status} /> };
  const amount = { title: 'Amount', isNumber: true, cell: (row: { amount: string }) => money(row.amount) };
  return (
    <>
      <Table
        label="Bank accounts"
        rows={customer.bankAccounts.nodes}
        keyOf={({ id }) => id}
        columns={[
          { title: 'Account', cell: ({ accountNumberMasked }) => accountNumberMasked },
          { title: 'Holder', cell: ({ accountHolderName }) => accountHolderName },
          status,
        ]}
      />
      <Table
        label="Mandates"
        rows={customer.mandates.nodes}
        keyOf={({ id }) => id}
        addressOf={({ id }) => addressOf('mandate', id)}
        columns={[
          { title: 'Mandate', cell: ({ contractReference, reference, id }) => contractReference ?? reference ?? id },
          status,
          amount,
        ]}
      />
      <Table
        label="Payments"
        rows={customer.payments.nodes}
        keyOf={({ id }) => id}
        addressOf={({ id }) => addressOf('payment', id)}
        columns={[{ title: 'Payment', cell: ({ transactionReference }) => transactionReference }, status, amount]}
      />
    </>
  );
}
