import { type Connection, type Dialect, graphqlExchange, HELLO, pageOf, pointExchange } from '../dialect.ts';
import { post } from '../http-client.ts';
import type { BroughtPayment, FilterInput, Inputs, KnownPayment, SubmissionInput } from '../inputs.ts';
import type { Sample } from '../sample.ts';

const POINT = `query Point($id: ID!) {
  payment(id: $id) {
    id amount status createdAt
    mandate { id reference status amount }
    bankAccount { id accountHolderName bank }
    customer { id reference personName personSurname }
  }
}`;

const LIST = `query List($first: Int!, $after: String) {
  customers(first: $first, after: $after) {
    nodes {
      id reference personName
      bankAccounts(first: 10) { nodes { id bank status } }
      mandates(first: 10) { nodes { id status amount } }
      payments(first: 5) { nodes { id amount status } }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

const pageQuery = (totalCount: string): string => `query Page($first: Int!, $after: String, $filter: PaymentFilter) {
  payments(first: $first, after: $after, filter: $filter) {
    ${totalCount}
    edges { cursor node { id amount status createdAt customer { personName } } }
    pageInfo { hasNextPage startCursor endCursor }
  }
}`;

const SUBMIT = `mutation Submit($input: SubmitPaymentsInput!) {
  submitPayments(input: $input) {
    results { outcome errors { code path message } payment { id status transactionReference } }
  }
}`;

interface Nodes {
  readonly nodes: readonly unknown[];
}

interface Customers {
  readonly customers: {
    readonly nodes: ReadonlyArray<{ bankAccounts: Nodes; mandates: Nodes; payments: Nodes }>;
    readonly pageInfo: { readonly hasNextPage: boolean };
  };
}

interface Payments {
  readonly payments: Connection;
}

interface Submitted {
  readonly submitPayments: { readonly results: ReadonlyArray<{ outcome: string; payment: unknown }> };
}

const customers = ({ customers: { nodes, pageInfo } }: Customers): unknown => ({
  nodes: nodes.map(({ bankAccounts, mandates, payments: latest, ...customer }) => {
    return { ...customer, bankAccounts: bankAccounts.nodes, mandates: mandates.nodes, payments: latest.nodes };
  }),
  next: pageInfo.hasNextPage,
});

const payments = ({ payments: page }: Payments): unknown => pageOf(page);

const filterVariables = ({ first, statuses, fromDate, toDate, name }: FilterInput) => ({
  first,
  filter: {
    status: { in: statuses },
    createdAt: { gte: fromDate, lte: toDate },
    customer: { personName: { contains: name } },
  },
});

const submitted = ({ submitPayments }: Submitted): unknown =>
  submitPayments.results.map((result) => {
    if (result.outcome !== 'CREATED') throw new Error(JSON.stringify(result));
    return result.payment;
  });

function recordOf(payment: KnownPayment | BroughtPayment, { paymentMethodId }: Sample) {
  const { amount, reference, processDate } = payment;
  const terms = { paymentMethodId, amount, transactionReference: reference, oneTime: { processDate } };
  if ('account' in payment) {
    const { customer, account, mandate } = payment;
    return { ...terms, customerId: customer, bankAccountId: account, mandateId: mandate };
  }
  const { customer, bankAccount, mandate } = payment;
  const recurring = { processDay: mandate.processDay };
  return { ...terms, customer, bankAccount, mandate: { amount: mandate.amount, recurring } };
}

/** The schema of the gateway. The form of its cursors, `<tag of the list>.<id>`, is read from the server. */
export async function gatewayDialect(url: string, sample: Sample, apiKey: string): Promise<Dialect> {
  const headers = { Authorization: `Bearer ${apiKey}` };
  const tagOf = async (list: string): Promise<string> => {
    const query = `{ ${list}(first: 1) { pageInfo { endCursor } } }`;
    const { text } = await post(url, { path: '/graphql', body: JSON.stringify({ query }), headers });
    const cursor = /"endCursor":"([^".]+)\./.exec(text)?.[1];
    if (cursor === undefined) throw new Error(`the gateway's cursors have another form: ${text}`);
    return cursor;
  };
  const [customersTag, paymentsTag] = [await tagOf('customers'), await tagOf('payments')];
  const submit = graphqlExchange(
    SUBMIT,
    ({ payments: given, batchReference, key }: SubmissionInput) => ({
      input: { batchReference, idempotencyKey: key, records: given.map((payment) => recordOf(payment, sample)) },
    }),
    submitted,
  );
  return {
    headers,
    exchanges: {
      hello: HELLO,
      point: pointExchange(POINT),
      list: graphqlExchange(
        LIST,
        ({ first, after }: Inputs['list']) => ({ first, after: `${customersTag}.${after}` }),
        customers,
      ),
      first: graphqlExchange(pageQuery(''), ({ first }: Inputs['first']) => ({ first }), payments),
      filter: graphqlExchange(pageQuery(''), filterVariables, payments),
      count: graphqlExchange(pageQuery('totalCount'), filterVariables, payments),
      deep: graphqlExchange(
        pageQuery(''),
        ({ first, after }: Inputs['deep']) => ({ first, after: `${paymentsTag}.${after}` }),
        payments,
      ),
      single: submit,
      batch: submit,
      inline: submit,
    },
  };
}
