import { type Connection, type Dialect, graphqlExchange, HELLO, pageOf, pointExchange } from '../dialect.ts';
import type { BroughtPayment, FilterInput, Inputs, KnownPayment, SubmissionInput } from '../inputs.ts';

const POINT = `query ($id: ID!) {
  payment(id: $id) {
    id amount status createdAt
    mandate { id reference status amount }
    bankAccount { id accountHolderName bank }
    customer { id reference personName personSurname }
  }
}`;

const LIST = `query ($first: Int!, $after: ID) {
  customers(first: $first, after: $after) {
    nodes {
      id reference personName
      bankAccounts(first: 10) { id bank status }
      mandates(first: 10) { id status amount }
      payments(first: 5) { id amount status }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

const pageQuery = (totalCount: string): string => `query ($first: Int!, $after: String, $filter: PaymentFilter) {
  payments(first: $first, after: $after, filter: $filter) {
    ${totalCount}
    edges { cursor node { id amount status createdAt customer { personName } } }
    pageInfo { hasNextPage startCursor endCursor }
  }
}`;

const SUBMIT = `mutation ($records: [SubmitPayment!]!, $batchReference: String, $key: String) {
  submitPayments(records: $records, batchReference: $batchReference, key: $key) { id status transactionReference }
}`;

interface Customers {
  readonly customers: { readonly nodes: unknown; readonly pageInfo: { readonly hasNextPage: boolean } };
}

interface Payments {
  readonly payments: Connection;
}

const payments = ({ payments: page }: Payments): unknown => pageOf(page);

const filterVariables = ({ first, statuses, from, to, name }: FilterInput) => ({
  first,
  filter: { statusIn: statuses, createdFrom: from, createdTo: to, customerName: name },
});

function recordOf(payment: KnownPayment | BroughtPayment) {
  if (!('account' in payment)) return payment;
  const { customer, account, mandate, ...terms } = payment;
  return { customerId: customer, bankAccountId: account, mandateId: mandate, ...terms };
}

const submit = graphqlExchange(
  SUBMIT,
  ({ payments: records, ...rest }: SubmissionInput) => ({ ...rest, records: records.map(recordOf) }),
  ({ submitPayments }: { submitPayments: unknown }) => submitPayments,
);

/** The schema of peers/mercurius.mjs. */
export const mercuriusDialect: Dialect = {
  headers: {},
  exchanges: {
    hello: HELLO,
    point: pointExchange(POINT),
    list: graphqlExchange(
      LIST,
      (input: Inputs['list']) => input,
      ({ customers: { nodes, pageInfo } }: Customers) => ({ nodes, next: pageInfo.hasNextPage }),
    ),
    first: graphqlExchange(pageQuery(''), ({ first }: Inputs['first']) => ({ first }), payments),
    filter: graphqlExchange(pageQuery(''), filterVariables, payments),
    count: graphqlExchange(pageQuery('totalCount'), filterVariables, payments),
    deep: graphqlExchange(
      pageQuery(''),
      ({ first, after, createdAt }: Inputs['deep']) => ({
        first,
        after: Buffer.from(`${createdAt}|${after}`).toString('base64url'),
      }),
      payments,
    ),
    single: submit,
    batch: submit,
    inline: submit,
  },
};
