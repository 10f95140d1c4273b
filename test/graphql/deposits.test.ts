import { expect, it } from 'vitest';
import { methodIds } from '../support/examples.ts';
import type { DepositFilter, DepositOrder } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { advance, paymentState, recurring, SetPaymentStatus, submitAll } from '../support/payments.ts';
import { captureStatements } from '../support/statements.ts';
import { AllEvents } from '../support/webhooks.ts';

graphql(`
  fragment DepositParts on DepositResult {
    outcome
    errors {
      __typename
      code
      rule
      message
      path
    }
    deposit {
      id
      match
      amount
      refundedAmount
      version
      payment {
        id
        status
        payIn {
          received
          outstanding
        }
      }
    }
  }
`);
const Pay = graphql(`
  mutation PayForDeposits($amount: Money, $eftReference: String) {
    simulate(input: { scenario: PAY_IN_RECEIVED, amount: $amount, eftReference: $eftReference }) {
      outcome
    }
  }
`);
const ListDeposits = graphql(`
  query ListDeposits($filter: DepositFilter, $orderBy: DepositOrder) {
    deposits(filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        eftReference
        amount
        match
        refundedAt
      }
    }
  }
`);
const Assign = graphql(`
  mutation Assign($input: AssignDepositsInput!) {
    assignDeposits(input: $input) {
      results {
        ...DepositParts
      }
    }
  }
`);
const Refund = graphql(`
  mutation Refund($input: RefundDepositsInput!) {
    refundDeposits(input: $input) {
      results {
        ...DepositParts
      }
    }
  }
`);

async function start() {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { payIn } = await methodIds(gateway);
  return {
    gateway,
    payIn: (key: string, amount = '100.00', change: object = {}) => {
      const { bankAccount: _account, mandate: _mandate, recurring: _dates, ...base } = recurring(payIn, key);
      return { ...base, amount, payIn: { eftReference: `My Ref ${key}`, ...change } };
    },
    /** Receives a deposit; its id. */
    async receive(amount: string, eftReference: string): Promise<string> {
      const before = new Set((await list(gateway)).map(({ id }) => id));
      await gateway.data(Pay, { amount, eftReference });
      const made = (await list(gateway)).find(({ id }) => !before.has(id));
      if (!made) throw new Error('no deposit was made');
      return made.id;
    },
    assign: async (records: Array<{ id: string; paymentId: string; expectedVersion?: number }>) =>
      (await gateway.data(Assign, { input: { records, mode: 'PARTIAL' } })).assignDeposits.results,
    refund: async (records: Array<{ id: string; amount?: string; reason?: string; expectedVersion?: number }>) =>
      (await gateway.data(Refund, { input: { records, mode: 'PARTIAL' } })).refundDeposits.results,
  };
}

async function list(gateway: TestGateway, filter?: DepositFilter, orderBy?: DepositOrder) {
  return (await gateway.data(ListDeposits, { filter, orderBy })).deposits.nodes;
}

it('an unknown deposit is assigned to a pay-in, which completes when it is covered', async () => {
  const { gateway, payIn, receive, assign } = await start();
  const [id = ''] = await submitAll(gateway, [payIn('1')]);
  const [first, second] = [await receive('40.00', 'typo'), await receive('60.00', 'another typo')];
  expect(await assign([{ id: first, paymentId: id }])).toMatchObject([
    {
      outcome: 'UPDATED',
      deposit: {
        match: 'PARTIAL',
        version: 2,
        payment: { status: 'WAITING_FOR_PAYMENT', payIn: { received: '40.00', outstanding: '60.00' } },
      },
    },
  ]);
  expect(await assign([{ id: second, paymentId: id }])).toMatchObject([
    {
      outcome: 'UPDATED',
      deposit: { match: 'EXACT', payment: { status: 'COMPLETED', payIn: { outstanding: '0.00' } } },
    },
  ]);
  const state = await paymentState(gateway, id);
  expect(state.transactions.nodes.map(({ status }) => status)).toEqual(['PAID']);
  const { events } = await gateway.data(AllEvents, { filter: { objectIds: [first] } });
  expect(events.nodes.map(({ type, version }) => [type, version])).toEqual([
    ['deposit.received', 1],
    ['deposit.assigned', 2],
  ]);
});

it('the deposits of one pay-in in one call are matched one after the other', async () => {
  const { gateway, payIn, receive, assign } = await start();
  const [id = ''] = await submitAll(gateway, [payIn('1')]);
  const deposits = [await receive('40.00', 'a'), await receive('60.00', 'b'), await receive('5.00', 'c')];
  const results = await assign(deposits.map((deposit) => ({ id: deposit, paymentId: id })));
  expect(results.map(({ deposit }) => deposit?.match)).toEqual(['PARTIAL', 'EXACT', 'OVER']);
  expect(results[2]?.deposit?.payment).toMatchObject({ status: 'COMPLETED', payIn: { received: '105.00' } });
});

it('a deposit is assigned once, to a pay-in of its own method', async () => {
  const { gateway, payIn, receive, assign, refund } = await start();
  const { eft } = await methodIds(gateway);
  const [id = '', debit = ''] = await submitAll(gateway, [payIn('1'), recurring(eft, '2')]);
  const [known, unknown, refunded] = [
    await receive('10.00', 'My Ref 1'),
    await receive('10.00', 'x'),
    await receive('10.00', 'y'),
  ];
  await refund([{ id: refunded }]);
  const codes = (
    await assign([
      { id: known, paymentId: id },
      { id: unknown, paymentId: debit },
      { id: refunded, paymentId: id },
      { id: 'dep_nothing', paymentId: id },
    ])
  ).map(({ errors }) => errors.map(({ code, path }) => `${code} ${path.join('.')}`));
  expect(codes).toEqual([
    ['STATE_CONFLICT records.0'],
    ['METHOD_FORBIDS records.1.paymentId'],
    ['STATE_CONFLICT records.2'],
    ['NOT_FOUND records.3.id'],
  ]);
  expect((await assign([{ id: unknown, paymentId: 'pay_nothing' }]))[0]?.errors).toMatchObject([{ code: 'NOT_FOUND' }]);
  expect((await assign([{ id: unknown, paymentId: id, expectedVersion: 7 }]))[0]?.errors).toMatchObject([
    { code: 'VERSION_CONFLICT' },
  ]);
});

it('what exceeds a completed pay-in can be refunded, in parts, and no more', async () => {
  const { gateway, payIn, receive, refund } = await start();
  await submitAll(gateway, [payIn('1')]);
  const id = await receive('150.00', 'My Ref 1');
  expect(await refund([{ id, amount: '50.01' }])).toMatchObject([
    {
      outcome: 'FAILED',
      errors: [
        {
          rule: 'refundable',
          message: 'At most 50.00 of this deposit can be refunded.',
          path: ['records', '0', 'amount'],
        },
      ],
    },
  ]);
  expect(await refund([{ id, amount: '20.00', reason: 'asked for it' }])).toMatchObject([
    {
      outcome: 'UPDATED',
      deposit: { match: 'OVER', refundedAmount: '20.00', payment: { payIn: { received: '130.00' } } },
    },
  ]);
  expect(await refund([{ id }])).toMatchObject([
    { deposit: { refundedAmount: '50.00', payment: { payIn: { received: '100.00', outstanding: '0.00' } } } },
  ]);
  expect(await refund([{ id }])).toMatchObject([
    { errors: [{ code: 'STATE_CONFLICT', message: 'Nothing of this deposit is left to refund.' }] },
  ]);
  const { events } = await gateway.data(AllEvents, { filter: { objectIds: [id] } });
  expect(events.nodes.map(({ type }) => type)).toEqual(['deposit.received', 'deposit.refunded', 'deposit.refunded']);
});

it('the money of a pay-in that waits cannot be refunded, that of one that ended unpaid can', async () => {
  const { gateway, payIn, receive, refund } = await start();
  const [id = ''] = await submitAll(gateway, [payIn('1')]);
  const deposit = await receive('40.00', 'My Ref 1');
  expect(await refund([{ id: deposit }])).toMatchObject([
    { errors: [{ __typename: 'StateConflict', message: expect.stringMatching(/Cancel the pay-in/) }] },
  ]);
  await gateway.data(SetPaymentStatus, { input: { ids: [id], status: 'CANCELLED' } });
  expect(await refund([{ id: deposit }])).toMatchObject([
    { outcome: 'UPDATED', deposit: { refundedAmount: '40.00', payment: { payIn: { received: '0.00' } } } },
  ]);
});

it('two refunds of one pay-in in one call share what exceeds it', async () => {
  const { gateway, payIn, receive, refund } = await start();
  await submitAll(gateway, [payIn('1')]);
  const [first, second] = [await receive('130.00', 'My Ref 1'), await receive('20.00', 'My Ref 1')];
  const results = await refund([{ id: first }, { id: second }]);
  expect(results.map(({ deposit }) => deposit?.refundedAmount)).toEqual(['50.00', undefined]);
});

it('a refund that fails for its version takes nothing from the others', async () => {
  const { gateway, payIn, receive, refund } = await start();
  await submitAll(gateway, [payIn('1')]);
  const [first, second] = [await receive('130.00', 'My Ref 1'), await receive('20.00', 'My Ref 1')];
  const results = await refund([{ id: first, expectedVersion: 7 }, { id: second }]);
  expect(results).toMatchObject([
    { outcome: 'FAILED', errors: [{ code: 'VERSION_CONFLICT' }] },
    { outcome: 'UPDATED', deposit: { refundedAmount: '20.00' } },
  ]);
});

it('deposits are filtered and sorted by amount, reference and time', async () => {
  const { gateway, receive, refund } = await start();
  const [b, a] = [await receive('20.00', 'bbb'), await receive('10.00', 'aaa')];
  await advance(gateway, '2024-09-03T08:00:00+02:00');
  const c = await receive('30.00', 'ccc');
  const ids = async (filter?: DepositFilter, orderBy?: DepositOrder) =>
    (await list(gateway, filter, orderBy)).map(({ id }) => id);
  expect(await ids({}, { field: 'AMOUNT', direction: 'ASC' })).toEqual([a, b, c]);
  expect(await ids({}, { field: 'EFT_REFERENCE', direction: 'DESC' })).toEqual([c, b, a]);
  expect(await ids({}, { field: 'RECEIVED_AT', direction: 'DESC' })).toEqual([c, a, b]);
  expect(await ids({ amount: { gte: '20.00' } })).toEqual([c, b]);
  expect(await ids({ eftReference: { eq: 'aaa' } })).toEqual([a]);
  expect(await ids({ receivedAt: { lte: '2024-09-02' } })).toEqual([a, b]);
  await refund([{ id: b }]);
  expect(await ids({ isRefunded: { eq: false }, match: { eq: 'UNKNOWN' } })).toEqual([c, a]);
});

it('assigning eleven deposits takes as many statements as assigning one', async () => {
  const { gateway, payIn, receive, assign } = await start();
  const keys = Array.from({ length: 12 }, (_, nth) => String(nth));
  const payments = await submitAll(
    gateway,
    keys.map((key) => payIn(key)),
  );
  const deposits: string[] = [];
  for (const key of keys) deposits.push(await receive('100.00', `nobody ${key}`));
  const records = deposits.map((id, nth) => ({ id, paymentId: payments[nth] ?? '' }));
  const one = await captureStatements(() => assign(records.slice(0, 1)));
  const many = await captureStatements(() => assign(records.slice(1)));
  expect(many.length).toBe(one.length);
});
