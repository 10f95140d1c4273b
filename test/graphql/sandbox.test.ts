import { expect, it } from 'vitest';
import { methodIds } from '../support/examples.ts';
import type { Scenario } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { makeMandate } from '../support/mandates.ts';
import { advance, oneTime, paymentState, recurring, submitAll } from '../support/payments.ts';

const start = () => startGateway({ clockStart: DOCUMENTS_CLOCK });

const Simulate = graphql(`
  mutation Simulate($input: SimulateInput!) {
    simulate(input: $input) {
      outcome
      replayed
      errors {
        code
        message
        path
        ... on StateConflict {
          currentStatus
          allowedTransitions
        }
      }
      mandate {
        status
        amendmentStatus
      }
      transaction {
        status
        unpaidCode
        unpaidCategory
        unpaidAdvice
        disputeDeadline
      }
      payment {
        status
        payIn {
          received
          outstanding
          account {
            accountNumber
          }
        }
        deposits {
          match
          amount
        }
        transactions {
          nodes {
            status
            submissions {
              attempt
              amount
            }
          }
        }
      }
    }
  }
`);
const Deposits = graphql(`
  query Deposits($filter: DepositFilter) {
    deposits(filter: $filter) {
      nodes {
        match
        amount
        eftReference
        payment {
          id
        }
      }
    }
  }
`);
const Reset = graphql(`
  mutation Reset($input: ResetSandboxInput!) {
    resetSandbox(input: $input) {
      now
      isFrozen
    }
  }
`);
const Freeze = graphql(`
  mutation Freeze($frozen: Boolean!) {
    freezeClock(input: { frozen: $frozen }) {
      now
      isFrozen
    }
  }
`);

async function simulate(gateway: TestGateway, scenario: Scenario, id: string, code?: string) {
  const input = { scenario, id, ...(code ? { code } : {}) };
  const { simulate: answer } = await gateway.data(Simulate, { input });
  const status = answer.mandate?.status ?? answer.transaction?.status;
  return status ?? answer.errors.map(({ code: of, message }) => `${of} ${message}`).join();
}

it('takes a transaction through any life, by the table and no other way, whatever its account stands for', async () => {
  const gateway = await start();
  const { eft } = await methodIds(gateway);
  const [id = ''] = await submitAll(gateway, [oneTime(eft, 'A')]);
  expect(await simulate(gateway, 'TRANSACTION_SENT', id)).toBe('NOT_FOUND No such transaction.');
  await advance(gateway, '2024-09-12T08:00:00+02:00');
  expect(await simulate(gateway, 'TRANSACTION_PAID', id)).toBe(
    'STATE_CONFLICT The scenario is not possible in status PENDING.',
  );
  const lives: ReadonlyArray<readonly [Scenario, string]> = [
    ['TRANSACTION_SENT', 'SENT_TO_BANK'],
    ['TRANSACTION_ACCEPTED', 'ACCEPTED_BY_BANK'],
    ['TRANSACTION_NO_RESPONSE', 'NO_RESPONSE'],
    ['TRANSACTION_PAID', 'PAID'],
    ['TRANSACTION_DISPUTED', 'DISPUTED'],
    ['TRANSACTION_DISPUTE_WITHDRAWN', 'PAID'],
    ['TRANSACTION_LATE_UNPAID', 'UNPAID'],
    ['TRANSACTION_PAID', 'STATE_CONFLICT The scenario is not possible in status UNPAID.'],
  ];
  for (const [scenario, status] of lives)
    expect([scenario, await simulate(gateway, scenario, id)]).toEqual([scenario, status]);
  await advance(gateway, '2024-10-12T08:00:00+02:00');
  const { status, outcome, transactions } = await paymentState(gateway, id);
  expect([status, outcome, transactions.nodes[0]?.status]).toEqual(['COMPLETED', 'REVERSED', 'UNPAID']);
  const actors = await gateway.sql<{ actor: string }>(
    "SELECT DISTINCT actor FROM event WHERE aggregate_type = 'TRANSACTION' AND to_status <> 'PENDING'",
  );
  expect(actors).toEqual([{ actor: 'SIMULATOR' }]);
  expect(await gateway.sql('SELECT FROM bank_message WHERE quarantined_at IS NOT NULL')).toEqual([]);
});

it('lets debtor and bank answer about mandates and their amendments', async () => {
  const gateway = await start();
  const { mandateId } = await makeMandate(gateway, 'debicheck', { accountNumber: '9910140008' });
  expect(await simulate(gateway, 'MANDATE_SUSPENDED', mandateId)).toBe(
    'STATE_CONFLICT The scenario is not possible in status PENDING.',
  );
  expect(await simulate(gateway, 'MANDATE_APPROVED', mandateId)).toBe('ACTIVE');
  expect(await simulate(gateway, 'MANDATE_SUSPENDED', mandateId)).toBe('SUSPENDED');
  expect(await simulate(gateway, 'MANDATE_UNSUSPENDED', mandateId)).toBe('ACTIVE');
  expect(await simulate(gateway, 'MANDATE_CANCELLED_BY_DEBTOR', mandateId)).toBe('CANCELLED');
  const expired = await makeMandate(gateway, 'debicheck', { key: 'E', accountNumber: '9910140008' });
  expect(await simulate(gateway, 'MANDATE_EXPIRED', expired.mandateId)).toBe('EXPIRED');
  const eft = await makeMandate(gateway, 'eft', { key: 'F' });
  expect(await simulate(gateway, 'MANDATE_APPROVED', eft.mandateId)).toContain('STATE_CONFLICT');
});

it('matches deposits to pay-ins, partly, exactly, beyond, and keeps those that nobody knows', async () => {
  const gateway = await start();
  const { payIn } = await methodIds(gateway);
  const record = (key: string, change: object = {}) => {
    const { bankAccount: _account, mandate: _mandate, recurring: _dates, ...base } = recurring(payIn, key);
    return { ...base, amount: '100.00', payIn: { eftReference: `My Ref ${key}`, ...change } };
  };
  const [id = '', expiring = ''] = await submitAll(gateway, [
    record('1'),
    record('2', { expiresAt: '2024-09-05T12:00:00+02:00' }),
  ]);
  const pay = async (amount: string, eftReference: string) =>
    (await gateway.data(Simulate, { input: { scenario: 'PAY_IN_RECEIVED', amount, eftReference } })).simulate;
  expect((await pay('40.00', 'my ref 1')).payment).toMatchObject({
    status: 'WAITING_FOR_PAYMENT',
    payIn: { received: '40.00', outstanding: '60.00', account: { accountNumber: '4047527350' } },
  });
  expect(await pay('60.00', 'MYREF-1')).toMatchObject({
    outcome: 'UPDATED',
    payment: {
      status: 'COMPLETED',
      payIn: { received: '100.00', outstanding: '0.00' },
      deposits: [
        { match: 'PARTIAL', amount: '40.00' },
        { match: 'EXACT', amount: '60.00' },
      ],
      transactions: {
        nodes: [
          {
            status: 'PAID',
            submissions: [
              { attempt: 1, amount: '40.00' },
              { attempt: 2, amount: '60.00' },
            ],
          },
        ],
      },
    },
  });
  await pay('1.00', 'My Ref 1');
  expect((await pay('5.00', 'who knows')).payment).toBeNull();
  const { deposits } = await gateway.data(Deposits, { filter: { match: { in: ['UNKNOWN', 'OVER'] } } });
  expect(deposits.nodes).toEqual([
    { match: 'UNKNOWN', amount: '5.00', eftReference: 'who knows', payment: null },
    { match: 'OVER', amount: '1.00', eftReference: 'My Ref 1', payment: { id } },
  ]);
  expect((await pay('150.00', 'My Ref 2')).payment).toMatchObject({
    status: 'COMPLETED',
    deposits: [{ match: 'OVER' }],
  });
  const [late = ''] = await submitAll(gateway, [record('3', { expiresAt: '2024-09-05T12:00:00+02:00' })]);
  await advance(gateway, '2024-09-05T12:00:00+02:00');
  const expired = await paymentState(gateway, late);
  expect([expired.status, expired.failedReason, expired.transactions.nodes[0]?.status]).toEqual([
    'CANCELLED',
    'The pay-in expired before it was paid.',
    'CANCELLED',
  ]);
  expect((await paymentState(gateway, expiring)).status).toBe('COMPLETED');
});

it('stops the clock, and lets it tick on', async () => {
  const gateway = await start();
  const { freezeClock: stopped } = await gateway.data(Freeze, { frozen: true });
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { freezeClock: still } = await gateway.data(Freeze, { frozen: true });
  expect(still.now).toBe(stopped.now);
  await advance(gateway, '2024-09-02T08:00:00+02:00');
  const { freezeClock: moved } = await gateway.data(Freeze, { frozen: false });
  expect(moved.now).toBe('2024-09-02T06:00:00.000Z');
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { freezeClock: ticking } = await gateway.data(Freeze, { frozen: true });
  expect(ticking.now > moved.now).toBe(true);
});

it('begins anew with the same ids and the same events for the same seed, and with none of its own before', async () => {
  const gateway = await start();
  const { eft, debicheck } = await methodIds(gateway);
  const month = async (seed: string) => {
    const { resetSandbox } = await gateway.data(Reset, { input: { clockStart: '2024-09-01T08:00:00+02:00', seed } });
    expect(resetSandbox).toEqual({ now: '2024-09-01T06:00:00.000Z', isFrozen: true });
    await makeMandate(gateway, 'debicheck', { key: 'M' });
    const ids = await submitAll(gateway, [recurring(eft, 'A'), oneTime(eft, 'B', '9900020018'), oneTime(eft, 'C')]);
    await advance(gateway, '2024-10-05T08:00:00+02:00');
    const events = await gateway.sql(
      'SELECT id, position, aggregate_type, aggregate_id, version, type, from_status, to_status, actor, reason, occurred_at FROM event WHERE merchant_id = $1 ORDER BY position, id',
      [gateway.merchantId],
    );
    return { ids, events: JSON.stringify(events), count: events.length };
  };
  expect(debicheck).not.toBe('');
  const first = await month('one');
  const again = await month('one');
  const other = await month('two');
  expect(first.count).toBeGreaterThan(30);
  expect(again).toEqual(first);
  expect(other.count).toBe(first.count);
  expect(other.ids).not.toEqual(first.ids);
  expect([...first.ids].sort()).toEqual(first.ids);
  await gateway.data(Reset, { input: {} });
  expect(await gateway.sql('SELECT FROM customer WHERE merchant_id = $1', [gateway.merchantId])).toEqual([]);
  const [random = ''] = await submitAll(gateway, [oneTime(eft, 'R', '4000000001', '2027-03-01')]);
  expect(random).not.toBe(first.ids[0]);
});
