import { type Dialect, graphqlExchange, HELLO } from '../dialect.ts';
import { post } from '../http-client.ts';
import type { FilterInput, Inputs, SubmissionInput } from '../inputs.ts';
import type { Sample } from '../sample.ts';
import { listAnswer, pageAnswer, pointAnswer, submitAnswer } from './postgraphile-answers.ts';

const POINT = `query ($m: String!, $id: String!) {
  paymentByMerchantIdAndRowId(merchantId: $m, rowId: $id) {
    rowId amountCents status createdAt
    mandateByMerchantIdAndMandateId { rowId reference status amountCents }
    bankAccountByMerchantIdAndBankAccountId { rowId accountHolderName bank }
    customerByMerchantIdAndCustomerId { rowId reference personName personSurname }
  }
}`;

const LIST = `query ($m: String!, $first: Int!, $after: String) {
  allCustomers(condition: { merchantId: $m }, first: $first, filter: { rowId: { lessThan: $after } }, orderBy: [PRIMARY_KEY_DESC]) {
    nodes {
      rowId reference personName
      bankAccountsByMerchantIdAndCustomerId(first: 10, orderBy: [ROW_ID_DESC]) { nodes { rowId bank status } }
      mandatesByMerchantIdAndCustomerId(first: 10, orderBy: [ROW_ID_DESC]) { nodes { rowId status amountCents } }
      paymentsByMerchantIdAndCustomerId(first: 5, orderBy: [ROW_ID_DESC]) { nodes { rowId amountCents status } }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

const pageQuery = (
  order: string,
  totalCount = '',
): string => `query ($m: String!, $first: Int!, $after: Cursor, $filter: PaymentFilter) {
  allPayments(condition: { merchantId: $m }, first: $first, after: $after, filter: $filter, orderBy: [${order}]) {
    ${totalCount}
    edges { cursor node { rowId amountCents status createdAt customerByMerchantIdAndCustomerId { personName } } }
    pageInfo { hasNextPage startCursor endCursor }
  }
}`;

const BY_KEY = pageQuery('PRIMARY_KEY_DESC');
const BY_TIME = 'CREATED_AT_DESC, PRIMARY_KEY_DESC';

const submitBy = (mutation: string) =>
  graphqlExchange(
    `mutation ($batch: JSON) {
  ${mutation}(input: { batch: $batch }) { result { rowId status transactionReference } }
}`,
    (batch: SubmissionInput) => ({ batch }),
    submitAnswer,
  );

/** The schema that PostGraphile generates. What it calls its order inside of a cursor is read from the server. */
export async function postgraphileDialect(url: string, { merchantId: m }: Sample): Promise<Dialect> {
  const order = await cursorOrder(url, m);
  const filterVariables = ({ first, statuses, from, to, name }: FilterInput) => ({
    m,
    first,
    filter: {
      status: { in: statuses },
      createdAt: { greaterThanOrEqualTo: from, lessThan: to },
      customerByMerchantIdAndCustomerId: { personName: { includesInsensitive: name } },
    },
  });
  return {
    headers: {},
    exchanges: {
      hello: HELLO,
      point: graphqlExchange(POINT, ({ id }: Inputs['point']) => ({ m, id }), pointAnswer),
      list: graphqlExchange(LIST, ({ first, after }: Inputs['list']) => ({ m, first, after }), listAnswer),
      first: graphqlExchange(BY_KEY, ({ first }: Inputs['first']) => ({ m, first }), pageAnswer),
      filter: graphqlExchange(pageQuery(BY_TIME), filterVariables, pageAnswer),
      count: graphqlExchange(pageQuery(BY_TIME, 'totalCount'), filterVariables, pageAnswer),
      deep: graphqlExchange(
        BY_KEY,
        ({ first, after }: Inputs['deep']) => ({ m, first, after: toBase64([order, m, after]) }),
        pageAnswer,
      ),
      single: submitBy('benchSubmitPayments'),
      batch: submitBy('benchSubmitPayments'),
      inline: submitBy('benchSubmitPaymentsInline'),
    },
  };
}

const toBase64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

/** A cursor is a list: the name of its order, then the values of the key. */
async function cursorOrder(url: string, merchantId: string): Promise<unknown> {
  const body = JSON.stringify({ query: BY_KEY, variables: { m: merchantId, first: 1 } });
  const { text } = await post(url, { path: '/graphql', body, headers: {} });
  const cursor = /"cursor":"([^"]+)"/.exec(text)?.[1];
  if (cursor === undefined) throw new Error(`PostGraphile's cursors have another form: ${text}`);
  const [order] = JSON.parse(Buffer.from(cursor, 'base64').toString()) as unknown[];
  return order;
}
