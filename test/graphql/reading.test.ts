import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { expect, it } from 'vitest';
import { SubmitPayments } from '../support/documents.ts';
import { methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway } from '../support/harness.ts';
import { captureStatements } from '../support/statements.ts';

const Payments = graphql(`
  query Payments($first: Int, $after: String, $last: Int, $before: String, $filter: PaymentFilter, $orderBy: PaymentOrder) {
    payments(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      totalCount
      nodes {
        transactionReference
      }
      edges {
        cursor
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`);

const FourLevels = graphql(`
  query FourLevels {
    customers(first: 3) {
      nodes {
        reference
        bankAccounts(first: 2) {
          edges {
            node {
              accountNumberMasked
              mandates(first: 2) {
                nodes {
                  amount
                  payments(first: 5, filter: { status: { eq: RUNNING } }) {
                    nodes {
                      transactionReference
                      customer {
                        reference
                      }
                    }
                    pageInfo {
                      hasNextPage
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
`);

type VariablesOf<Document> = Document extends TypedDocumentNode<unknown, infer Variables> ? Variables : never;

/** Ten payments, A to J, of 45.00, with dates from the 16th on. */
async function startWithTen() {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const records = [...'ABCDEFGHIJ'].map((key, index) => {
    const processDate = `2024-09-${16 + (index % 3)}`;
    const amount = `${10 + (index % 4)}.00`;
    return {
      ...oneTimeDebitOrder(eft, key, processDate),
      amount,
      mandate: { amount, oneTime: { processDate } },
    };
  });
  await gateway.data(SubmitPayments, { input: { records } });
  const page = async (variables: VariablesOf<typeof Payments>) => {
    const { payments } = await gateway.data(Payments, variables);
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = payments.pageInfo;
    const keys = payments.nodes.map((node) => node.transactionReference.slice(4)).join('');
    return { keys, more: [hasPreviousPage, hasNextPage], startCursor, endCursor, totalCount: payments.totalCount };
  };
  return { gateway, page };
}

it('pages forward and backward through every order, with flags that are true', async () => {
  const { page } = await startWithTen();
  const orders = [
    undefined,
    { field: 'CREATED_AT', direction: 'ASC' },
    { field: 'AMOUNT', direction: 'DESC' },
    { field: 'FIRST_NOMINAL_DATE', direction: 'ASC' },
  ] as const;
  for (const orderBy of orders) {
    const order = orderBy ? { orderBy } : {};
    const all = await page({ first: 200, ...order });
    expect(all).toMatchObject({ more: [false, false], totalCount: 10 });
    expect([...all.keys].sort().join('')).toBe('ABCDEFGHIJ');
    let forward = '';
    let after: string | null = null;
    for (let turn = 0; turn < 4; turn += 1) {
      const next = await page({ first: 3, after, ...order });
      expect(next.more).toEqual([turn > 0, turn < 3]);
      forward += next.keys;
      after = next.endCursor ?? null;
    }
    expect(forward).toBe(all.keys);
    let backward = '';
    let before: string | null = null;
    for (let turn = 0; turn < 4; turn += 1) {
      const next = await page({ last: 3, before, ...order });
      expect(next.more).toEqual([turn < 3, turn > 0]);
      backward = next.keys + backward;
      before = next.startCursor ?? null;
    }
    expect(backward).toBe(all.keys);
  }
});

it('filters by each kind of field, by relations, and by and, or, not', async () => {
  const { page } = await startWithTen();
  const keys = async (filter: object) => [...(await page({ filter })).keys].sort().join('');
  expect(await keys({ transactionReference: { in: ['INV-A', 'INV-C'] } })).toBe('AC');
  expect(await keys({ amount: { gte: '12.00', lte: '12.00' } })).toBe('CG');
  expect(await keys({ firstNominalDate: { gte: '2024-09-18' } })).toBe('CFI');
  expect(await keys({ customer: { reference: { eq: 'CUS-D' } } })).toBe('D');
  expect(await keys({ bankAccount: { accountNumber: { eq: '10004291601' } }, amount: { eq: '10.00' } })).toBe('AEI');
  expect(
    await keys({ or: [{ customer: { reference: { eq: 'CUS-D' } } }, { not: { amount: { lte: '12.00' } } }] }),
  ).toBe('DH');
  expect(await keys({ status: { in: [] } })).toBe('');
  expect(await keys({ not: { status: { in: [] } } })).toBe('ABCDEFGHIJ');
  expect(await keys({})).toBe('ABCDEFGHIJ');
  const today = new Date(Date.now() + 7_200_000).toISOString().slice(0, 10);
  expect(await keys({ createdAt: { gte: today, lte: today } })).toBe('ABCDEFGHIJ');
});

it('refuses conditions and pages that cannot be understood, and ignores none', async () => {
  const { gateway } = await startWithTen();
  const codeOf = async (variables: object) => {
    const { errors } = await gateway.execute(Payments, variables);
    return [
      errors?.[0]?.extensions['code'],
      ...((errors?.[0]?.extensions['paths'] as string[][] | undefined)?.map((path) => path.join('.')) ?? []),
    ].join(' ');
  };
  expect(await codeOf({ filter: { status: null } })).toBe('BAD_REQUEST filter.status');
  expect(await codeOf({ filter: { status: { eq: null } } })).toBe('BAD_REQUEST filter.status.eq');
  expect(await codeOf({ filter: { amount: { eq: '1e3' } } })).toBe('BAD_REQUEST filter.amount.eq');
  expect(await codeOf({ filter: { firstNominalDate: { gte: '2024-02-30' } } })).toBe(
    'BAD_REQUEST filter.firstNominalDate.gte',
  );
  expect(await codeOf({ filter: { nonsense: 1 } })).toBe('BAD_REQUEST nonsense');
  expect(await codeOf({ first: -1 })).toBe('PAGE_OUT_OF_RANGE');
  expect(await codeOf({ first: 201 })).toBe('PAGE_OUT_OF_RANGE');
  expect(await codeOf({ first: 1, last: 1 })).toBe('PAGE_OUT_OF_RANGE');
  expect(await codeOf({ first: 1, before: 'x' })).toBe('PAGE_OUT_OF_RANGE');
  expect(await codeOf({ after: 'nonsense' })).toBe('CURSOR_INVALID after');
});

it('reads four levels of connections by one statement', async () => {
  const { gateway } = await startWithTen();
  let customers: unknown;
  const statements = await captureStatements(async () => {
    customers = (await gateway.data(FourLevels)).customers.nodes;
  });
  expect(customers).toHaveLength(3);
  expect(customers).toMatchObject([
    {
      bankAccounts: {
        edges: [{ node: { mandates: { nodes: [{ payments: { nodes: [{ customer: { reference: 'CUS-J' } }] } }] } } }],
      },
    },
    {},
    {},
  ]);
  expect(statements.filter((statement) => !statement.text.includes('JOIN api_key'))).toHaveLength(1);
});

it('counts a nested connection once for all its parents', async () => {
  const { gateway } = await startWithTen();
  const Counts = graphql(`
    query Counts {
      customers {
        nodes {
          all: payments(first: 0) {
            totalCount
          }
          paid: payments(first: 0, filter: { status: { eq: COMPLETED } }) {
            totalCount
          }
        }
      }
    }
  `);
  let nodes: ReadonlyArray<object> = [];
  const statements = await captureStatements(async () => {
    nodes = (await gateway.data(Counts)).customers.nodes;
  });
  expect(nodes).toEqual(Array(10).fill({ all: { totalCount: 1 }, paid: { totalCount: 0 } }));
  expect(statements).toHaveLength(1);
});

it('finds any object by its id, and nothing by ids that are unknown, foreign or malformed', async () => {
  const { gateway } = await startWithTen();
  const Nodes = graphql(`
    query Nodes($ids: [ID!]!) {
      nodes(ids: $ids) {
        __typename
        id
        ... on Payment {
          transactionReference
        }
        ... on Customer {
          reference
        }
      }
    }
  `);
  const [row] = await gateway.sql<{ id: string; customerId: string }>(
    "SELECT id, customer_id FROM payment WHERE transaction_reference = 'INV-A'",
  );
  const ids = [
    row?.customerId ?? '',
    row?.id ?? '',
    'pay_0000000000000000000A1',
    'nonsense',
    'evt_0000000000000000000A1',
  ];
  const { nodes } = await gateway.data(Nodes, { ids });
  expect(nodes).toEqual([
    { __typename: 'Customer', id: ids[0], reference: 'CUS-A' },
    { __typename: 'Payment', id: ids[1], transactionReference: 'INV-A' },
    null,
    null,
    null,
  ]);
  const stranger = await gateway.addMerchant();
  expect((await gateway.execute(Nodes, { ids }, stranger)).data?.nodes).toEqual([null, null, null, null, null]);
});
