import { expect, it } from 'vitest';
import { methodIds } from '../support/examples.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway } from '../support/harness.ts';
import { advance, eftMethod, oneTime, paymentState, recurring, submitAll } from '../support/payments.ts';

const start = () => startGateway({ clockStart: DOCUMENTS_CLOCK });

/** Our account of each return code (DOMAIN §7.3), and what it does to a recurring EFT debit order. */
const REASONS = [
  ['02', '9900020018', 'UNPAID 02', 'RUNNING', 'ACTIVE'],
  ['03', '9900030005', 'UNPAID 03', 'STOPPED', 'DISABLED'],
  ['04', '9900040000', 'UNPAID 04', 'STOPPED', 'ACTIVE'],
  ['05', '9900050006', 'UNPAID 05', 'STOPPED', 'DISABLED'],
  ['06', '9900060001', 'UNPAID 06', 'STOPPED', 'ACTIVE'],
  ['08', '9900080002', 'UNPAID 08', 'STOPPED', 'ACTIVE'],
  ['10', '9900100003', 'UNPAID 10', 'STOPPED', 'ACTIVE'],
  ['12', '9900120004', 'UNPAID 12', 'STOPPED', 'DISABLED'],
  ['14', '9900140005', 'PAID null', 'RUNNING', 'ACTIVE'],
  ['16', '9900160006', 'UNPAID 16', 'STOPPED', 'ACTIVE'],
  ['18', '9900180007', 'UNPAID 18', 'STOPPED', 'ACTIVE'],
  ['22', '9900220009', 'UNPAID 22', 'RUNNING', 'ACTIVE'],
  ['26', '9900260000', 'UNPAID 26', 'STOPPED', 'DISABLED'],
  ['28', '9900280001', 'CANCELLED 28', 'RUNNING', 'ACTIVE'],
  ['30', '9900300002', 'DISPUTED 30', 'STOPPED', 'ACTIVE'],
  ['32', '9900320003', 'DISPUTED 32', 'STOPPED', 'ACTIVE'],
  ['34', '9900340004', 'DISPUTED 34', 'STOPPED', 'ACTIVE'],
  ['36', '9900360005', 'DISPUTED 36', 'STOPPED', 'ACTIVE'],
  ['48', '9900480000', 'REJECTED_BY_BANK 48', 'RUNNING', 'ACTIVE'],
  ['50', '9900500001', 'REJECTED_BY_BANK 50', 'RUNNING', 'ACTIVE'],
  ['56', '9900560004', 'UNPAID 56', 'STOPPED', 'ACTIVE'],
  ['97', '9900970008', 'REJECTED_BY_BANK 97', 'RUNNING', 'ACTIVE'],
  ['E1', '9900910005', 'UNPAID E1', 'STOPPED', 'ACTIVE'],
] as const;

it('does to a recurring debit order what each return code says, and to its account', async () => {
  const gateway = await start();
  const eft = await eftMethod(gateway);
  const ids = await submitAll(
    gateway,
    REASONS.map(([code, number]) => recurring(eft, code, number)),
  );
  await advance(gateway, '2024-10-05T00:00:00+02:00');
  const found = [];
  for (const [index, [code, number]] of REASONS.entries()) {
    const { status, bankAccount, transactions } = await paymentState(gateway, ids[index]);
    const [first] = transactions.nodes;
    found.push([code, number, `${first?.status} ${first?.unpaidCode}`, status, bankAccount?.status]);
  }
  expect(found).toEqual(REASONS);
});

/** Scenario accounts (DOMAIN §7.4) and what their one-time debit of Monday 16 September goes through. */
const SCENARIOS = [
  ['9910010007', 'PENDING SENT_TO_BANK ACCEPTED_BY_BANK PAID@09-16', 'COMPLETED null'],
  ['9910020002', 'PENDING SENT_TO_BANK ACCEPTED_BY_BANK PAID@09-17', 'COMPLETED null'],
  ['9910030008', 'PENDING SENT_TO_BANK ACCEPTED_BY_BANK PAID@09-17 UNPAID@09-19', 'COMPLETED REVERSED'],
  ['9910040003', 'PENDING SENT_TO_BANK ACCEPTED_BY_BANK PAID@09-17 DISPUTED@09-27', 'COMPLETED REVERSED'],
  ['9910050009', 'PENDING SENT_TO_BANK NO_RESPONSE@09-19 PAID@09-21', 'COMPLETED null'],
  [
    '9910080005',
    'PENDING SENT_TO_BANK ACCEPTED_BY_BANK PAID@09-17 DISPUTED@09-18 REVERSED@09-19',
    'COMPLETED REVERSED',
  ],
  ['9910090000', 'PENDING SENT_TO_BANK ACCEPTED_BY_BANK PAID@09-17 DISPUTED@09-18 PAID@09-19', 'COMPLETED null'],
  ['9910100006', 'PENDING SENT_TO_BANK REJECTED_BY_BANK', 'STOPPED null'],
] as const;

it('takes a debit of each scenario account through its statuses, on their days', async () => {
  const gateway = await start();
  const eft = await eftMethod(gateway);
  const ids = await submitAll(
    gateway,
    SCENARIOS.map(([number], index) => oneTime(eft, String(index), number)),
  );
  await advance(gateway, '2024-10-31T00:00:00+02:00');
  const found = [];
  for (const [index, [number]] of SCENARIOS.entries()) {
    const { status, outcome } = await paymentState(gateway, ids[index]);
    const steps = await gateway.sql<{ toStatus: string; day: string }>(
      `SELECT to_status, to_char(occurred_at AT TIME ZONE 'Africa/Johannesburg', 'MM-DD') AS day FROM event
        WHERE aggregate_type = 'TRANSACTION' AND payment_id = $1 ORDER BY ordinal`,
      [ids[index]],
    );
    const said = steps.map(({ toStatus, day }) => (day > '09-13' ? `${toStatus}@${day}` : toStatus));
    found.push([number, said.join(' '), `${status} ${outcome}`]);
  }
  expect(found).toEqual(SCENARIOS);
});

it('stops after no funds on two dates in a row, and needs a new mandate then', async () => {
  const gateway = await start();
  const [id = ''] = await submitAll(gateway, [recurring(await eftMethod(gateway), 'A', '9910110001')]);
  await advance(gateway, '2024-11-10T00:00:00+02:00');
  const { status, failedReason, availableActions, transactions } = await paymentState(gateway, id);
  expect([status, failedReason, transactions.nodes.length]).toEqual([
    'STOPPED',
    'Not provided for: insufficient funds, twice in a row',
    2,
  ]);
  expect(availableActions.find(({ action }) => action === 'RUN')?.reason).toBe(
    "The debtor's authority was withdrawn on 2024-11-04 (return code 02: Not provided for: insufficient funds, twice in a row). A new mandate is needed.",
  );
  await advance(gateway, '2025-01-10T00:00:00+02:00');
  expect((await paymentState(gateway, id)).transactions.nodes).toHaveLength(2);
});

const Card = graphql(`
  query PaidByCard($id: ID!) {
    payment(id: $id) {
      status
      outcome
      failedReason
      card {
        id
        token
        customer {
          id
        }
      }
      transactions {
        nodes {
          status
          unpaidCode
          unpaidReason
          actionDate
        }
      }
    }
  }
`);

it('charges a card once, now or on a day, or repeatedly, by what its token stands for', async () => {
  const gateway = await start();
  const { card } = await methodIds(gateway);
  const tokens = ['paid', 'declined', 'expired', 'chargeback', '3ds_fail'];
  const base = (key: string, token: string) => {
    const { bankAccount: _account, mandate: _mandate, recurring: _dates, ...record } = recurring(card, key);
    return { ...record, amount: '45.00', card: { token } };
  };
  const ids = await submitAll(gateway, [
    ...tokens.map((token) => base(token, `tok_sandbox_${token}`)),
    { ...base('later', 'a-token-of-a-provider'), oneTime: { processDate: '2024-09-10' } },
    { ...base('weekly', 'tok_x'), recurring: { dateStart: '2024-09-02', processDay: 5, interval: 'WEEKLY' } },
  ]);
  await advance(gateway, '2024-09-21T00:00:00+02:00');
  const found = [];
  for (const id of ids) {
    const { payment } = await gateway.data(Card, { id });
    const of = payment?.transactions.nodes.map(
      ({ status, unpaidCode, actionDate }) => `${actionDate} ${status} ${unpaidCode}`,
    );
    found.push([payment?.status, payment?.outcome, ...(of ?? [])].join(', '));
  }
  expect(found).toMatchInlineSnapshot(`
    [
      "COMPLETED, , 2024-09-01 PAID null",
      "STOPPED, , 2024-09-01 DECLINED CARD_DECLINED",
      "STOPPED, , 2024-09-01 DECLINED CARD_EXPIRED",
      "COMPLETED, REVERSED, 2024-09-01 CHARGEBACK null",
      "STOPPED, , 2024-09-01 DECLINED CARD_NOT_AUTHENTICATED",
      "COMPLETED, , 2024-09-10 PAID null",
      "RUNNING, , 2024-09-20 PAID null, 2024-09-13 PAID null, 2024-09-06 PAID null",
    ]
  `);
});
