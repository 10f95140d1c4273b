import { expect, it } from 'vitest';
import { methodIds } from '../support/examples.ts';
import type { PreviewScheduleInput } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { DEBICHECK, debtor } from '../support/mandates.ts';
import { advance, oneTime, recurring, SetPaymentStatus, submitAll } from '../support/payments.ts';

const start = () => startGateway({ clockStart: DOCUMENTS_CLOCK });

const Preview = graphql(`
  query Preview($input: PreviewScheduleInput!) {
    previewSchedule(input: $input) {
      nominalDate
      actionDate
      submitBy
      kind
      amount
      notes
    }
  }
`);
const Next = graphql(`
  query NextCollections {
    payments(orderBy: { field: CREATED_AT, direction: ASC }) {
      nodes {
        transactionReference
        nextCollection {
          nominalDate
          amount
        }
      }
    }
  }
`);
const Timeline = graphql(`
  query Timeline($id: ID!, $first: Int!, $after: ID) {
    payment(id: $id) {
      timeline(first: $first, after: $after) {
        id
        about
        type
        from
        to
        cause {
          actor
          reasonCode
          reason
        }
      }
    }
  }
`);
const Stats = graphql(`
  query Stats(
    $payments: PaymentFilter
    $transactions: TransactionFilter
    $groups: [StatsGroup!]!
  ) {
    paymentStats(filter: $payments, groupBy: $groups) {
      keys {
        group
        value
      }
      count
      amount
    }
    transactionStats(filter: $transactions, groupBy: $groups) {
      keys {
        value
      }
      count
      amount
    }
  }
`);
const Listed = graphql(`
  query Listed($payments: PaymentFilter, $transactions: TransactionFilter) {
    payments(filter: $payments) {
      totalCount
      nodes {
        transactionReference
      }
    }
    transactions(filter: $transactions, orderBy: { field: ACTION_DATE, direction: ASC }) {
      totalCount
      nodes {
        transactionReference
        unpaidCategory
        unpaidAdvice
        disputeDeadline
      }
    }
  }
`);

async function preview(gateway: TestGateway, input: Omit<PreviewScheduleInput, 'count'> & { count?: number }) {
  const { previewSchedule } = await gateway.data(Preview, { input });
  return previewSchedule.map(({ nominalDate, actionDate, kind, amount, notes }) =>
    [nominalDate, actionDate, kind, amount, ...notes].join(' | '),
  );
}

it('shows what a payment will collect, or would, with the days moved and why', async () => {
  const gateway = await start();
  const { eft, debicheck } = await methodIds(gateway);
  const record = recurring(eft, 'A', '4000000001', {
    mandate: { amount: '45.00', recurring: { processDay: 31 } },
    recurring: { dateStart: '2024-09-20', dateEnd: '2025-03-31' },
  });
  const would = await preview(gateway, { payment: record });
  expect(would).toMatchInlineSnapshot(`
    [
      "2024-09-30 | 2024-09-30 | REGULAR | 45.00 | The month has no day 31: its last day is used.",
      "2024-10-31 | 2024-10-31 | REGULAR | 45.00",
      "2024-11-30 | 2024-11-29 | REGULAR | 45.00 | The month has no day 31: its last day is used. | 2024-11-30 is a Saturday: collected on 2024-11-29.",
      "2024-12-31 | 2024-12-31 | REGULAR | 45.00",
      "2025-01-31 | 2025-01-31 | REGULAR | 45.00",
      "2025-02-28 | 2025-02-28 | REGULAR | 45.00 | The month has no day 31: its last day is used.",
      "2025-03-31 | 2025-03-31 | REGULAR | 45.00",
    ]
  `);
  const [id = ''] = await submitAll(gateway, [record]);
  expect(await preview(gateway, { paymentId: id })).toEqual(would);
  expect(await preview(gateway, { paymentId: id, count: 2 })).toEqual(would.slice(0, 2));
  await gateway.data(SetPaymentStatus, { input: { ids: [id], status: 'PAUSED' } });
  expect((await preview(gateway, { paymentId: id, count: 1 }))[0]).toContain(
    'Skipped if the payment is still paused at the cut-off.',
  );
  await gateway.data(SetPaymentStatus, { input: { ids: [id], status: 'CANCELLED' } });
  expect(await preview(gateway, { paymentId: id })).toEqual([]);
  const adjusted = {
    paymentMethodId: debicheck,
    customer: debtor('D'),
    bankAccount: { accountHolderName: 'D', accountNumber: '4000000001', accountType: 'SAVINGS', bank: 'CAPITEC' },
    mandate: {
      ...DEBICHECK,
      debicheck: {
        maximumCollectionAmount: '60.00',
        allowVariableAmount: true,
        adjustmentCategory: 'QUARTERLY',
        adjustmentAmount: '1.00',
        firstCollectionAmount: '50.45',
        firstCollectionDate: '2024-10-16',
      },
    },
    recurring: { dateStart: '2024-10-01' },
  } as const;
  expect(await preview(gateway, { payment: adjusted, count: 6 })).toMatchInlineSnapshot(`
    [
      "2024-10-16 | 2024-10-16 | FIRST | 50.45 | First collection of the mandate.",
      "2024-11-01 | 2024-11-01 | REGULAR | 45.00",
      "2024-12-01 | 2024-12-01 | REGULAR | 45.00",
      "2025-01-01 | 2025-01-01 | REGULAR | 45.00",
      "2025-02-01 | 2025-02-01 | REGULAR | 46.00 | The amount includes adjustments due by this date.",
      "2025-03-01 | 2025-03-01 | REGULAR | 46.00 | The amount includes adjustments due by this date.",
    ]
  `);
});

it('refuses to show what could not be submitted, and what is not ours', async () => {
  const gateway = await start();
  const stranger = await gateway.addMerchant(DOCUMENTS_CLOCK);
  const { eft } = await methodIds(gateway);
  const [id = ''] = await submitAll(gateway, [oneTime(eft, 'A')]);
  expect(await preview(gateway, { paymentId: id })).toHaveLength(1);
  const foreign = await gateway.execute(Preview, { input: { paymentId: id } }, stranger);
  expect(foreign.data?.previewSchedule).toEqual([]);
  const late = await gateway.execute(Preview, { input: { payment: oneTime(eft, 'B', '4000000001', '2024-09-02') } });
  expect(late.errors?.[0]).toMatchObject({
    message:
      'The cut-off for this date has passed: the clock of the merchant shows 2024-09-01 08:00. The earliest possible date is 2024-09-04.',
    extensions: { code: 'BAD_REQUEST', paths: [['payment', 'oneTime', 'processDate']] },
  });
  const method = await gateway.execute(Preview, { input: { payment: oneTime(eft, 'B') } }, stranger);
  expect(method.errors?.[0]?.message).toBe('No such payment method.');
  const both = await gateway.execute(Preview, { input: { paymentId: id, payment: oneTime(eft, 'B') } });
  expect(both.errors?.[0]?.message).toBe('Set exactly one of paymentId and payment.');
});

it('tells the next collection of each payment of a list', async () => {
  const gateway = await start();
  const { eft, payIn } = await methodIds(gateway);
  const { bankAccount: _account, mandate: _mandate, recurring: _dates, ...waiting } = recurring(payIn, 'W');
  await submitAll(gateway, [recurring(eft, 'R'), oneTime(eft, 'O'), { ...waiting, amount: '9.00' }]);
  await advance(gateway, '2024-10-20T00:00:00+02:00');
  const { payments } = await gateway.data(Next);
  expect(payments.nodes).toEqual([
    { transactionReference: 'REF-R', nextCollection: { nominalDate: '2024-11-01', amount: '45.00' } },
    { transactionReference: 'REF-O', nextCollection: null },
    { transactionReference: 'REF-W', nextCollection: null },
  ]);
});

it('merges the steps of payment, mandate and transactions, with who caused each, page by page', async () => {
  const gateway = await start();
  const { eft } = await methodIds(gateway);
  const [id = ''] = await submitAll(gateway, [oneTime(eft, 'A', '9900020018')]);
  await advance(gateway, '2024-09-20T00:00:00+02:00');
  const read = async (first: number, after?: string) =>
    (await gateway.data(Timeline, { id, first, ...(after ? { after } : {}) })).payment?.timeline ?? [];
  const all = await read(100);
  expect(
    all.map(({ about, type, from, to, cause }) =>
      [about, type, `${from}>${to}`, cause.actor, cause.reasonCode].join(' '),
    ),
  ).toMatchInlineSnapshot(`
    [
      "MANDATE mandate.created null>ACTIVE API ",
      "PAYMENT payment.created null>RUNNING API ",
      "TRANSACTION transaction.created null>PENDING SCHEDULER ",
      "TRANSACTION transaction.updated PENDING>SENT_TO_BANK SCHEDULER ",
      "TRANSACTION transaction.updated SENT_TO_BANK>ACCEPTED_BY_BANK BANK ",
      "TRANSACTION transaction.updated ACCEPTED_BY_BANK>UNPAID BANK 02",
      "PAYMENT payment.updated RUNNING>STOPPED BANK ",
    ]
  `);
  const first = await read(3);
  const rest = await read(100, first.at(-1)?.id);
  expect([...first, ...rest]).toEqual(all);
});

it('counts payments and transactions by groups, and finds them by all that the documents filter by', async () => {
  const gateway = await start();
  const { eft } = await methodIds(gateway);
  const ids = await submitAll(gateway, [
    oneTime(eft, '1'),
    oneTime(eft, '2', '9900020018'),
    oneTime(eft, '3', '9900020018'),
    recurring(eft, '4'),
  ]);
  await advance(gateway, '2024-09-20T00:00:00+02:00');
  const stats = await gateway.data(Stats, { groups: ['STATUS', 'UNPAID_CODE'], payments: {}, transactions: {} });
  expect(stats).toMatchInlineSnapshot(`
    {
      "paymentStats": [
        {
          "amount": "90.00",
          "count": 2,
          "keys": [
            {
              "group": "STATUS",
              "value": "STOPPED",
            },
            {
              "group": "UNPAID_CODE",
              "value": "02",
            },
          ],
        },
        {
          "amount": "45.00",
          "count": 1,
          "keys": [
            {
              "group": "STATUS",
              "value": "COMPLETED",
            },
            {
              "group": "UNPAID_CODE",
              "value": null,
            },
          ],
        },
        {
          "amount": "45.00",
          "count": 1,
          "keys": [
            {
              "group": "STATUS",
              "value": "RUNNING",
            },
            {
              "group": "UNPAID_CODE",
              "value": null,
            },
          ],
        },
      ],
      "transactionStats": [
        {
          "amount": "90.00",
          "count": 2,
          "keys": [
            {
              "value": "UNPAID",
            },
            {
              "value": "02",
            },
          ],
        },
        {
          "amount": "45.00",
          "count": 1,
          "keys": [
            {
              "value": "PAID",
            },
            {
              "value": null,
            },
          ],
        },
      ],
    }
  `);
  const filtered = await gateway.data(Stats, {
    groups: ['BANK', 'METHOD', 'DAY'],
    payments: {
      not: { status: { eq: 'RUNNING' } },
      customer: { reference: { contains: 'CUS-' } },
      mandate: { status: { in: ['ACTIVE', 'COMPLETED'] } },
      amount: { gte: '45.00' },
      createdAt: { gte: '2024-01-01' },
      or: [{ id: { in: ids } }, { batchReference: { eq: 'x' } }],
    },
    transactions: { payment: { bankAccount: { status: { eq: 'ACTIVE' } } }, status: { in: [] } },
  });
  expect(filtered.paymentStats).toEqual([
    {
      keys: [
        { group: 'BANK', value: 'CAPITEC' },
        { group: 'METHOD', value: eft },
        { group: 'DAY', value: '2024-09-16' },
      ],
      count: 3,
      amount: '135.00',
    },
  ]);
  expect(filtered.transactionStats).toEqual([]);
  const found = async (payments: object) =>
    (await gateway.data(Listed, { payments })).payments.nodes
      .map(({ transactionReference }) => transactionReference)
      .sort();
  expect(await found({ status: { eq: 'STOPPED' } })).toEqual(['REF-2', 'REF-3']);
  expect(await found({ mandate: { status: { eq: 'COMPLETED' } } })).toEqual(['REF-1']);
  expect(await found({ bankAccount: { status: { eq: 'DISABLED' } } })).toEqual([]);
  expect(
    await found({ customer: { status: { eq: 'ACTIVE' } }, paymentMethod: { type: { eq: 'DEBIT_ORDER' } } }),
  ).toHaveLength(4);
  const { transactions } = await gateway.data(Listed, {
    transactions: { statusChangedAt: { gte: '2024-09-17', lte: '2024-09-17' }, mandate: { status: { eq: 'ACTIVE' } } },
  });
  expect(transactions).toEqual({
    totalCount: 2,
    nodes: ['REF-2', 'REF-3'].map((transactionReference) => ({
      transactionReference,
      unpaidCategory: 'FUNDS',
      unpaidAdvice:
        'Retry when funds are expected, for example on a payday. Two consecutive returns with code 02 withdraw the authority of the mandate; a new mandate is then needed.',
      disputeDeadline: null,
    })),
  });
});

const ByReference = graphql(`
  query PaymentsByReference($part: String!) {
    payments(filter: { transactionReference: { contains: $part } }) { nodes { transactionReference } }
  }
`);

it('finds payments by a part of their reference in any letter case, and takes wildcards as they are', async () => {
  const gateway = await start();
  const { eft } = await methodIds(gateway);
  await submitAll(gateway, [oneTime(eft, 'Alpha1'), oneTime(eft, 'alpha2'), oneTime(eft, 'Beta')]);
  const find = async (part: string) =>
    (await gateway.data(ByReference, { part })).payments.nodes.map((payment) => payment.transactionReference).length;
  expect([await find('ALPHA'), await find('pha2'), await find('a%a'), await find('gamma')]).toEqual([2, 1, 0, 0]);
  const refused = await gateway.execute(ByReference, { part: 'al' });
  expect(refused.errors?.[0]?.message).toContain('at least 3 characters');
});
