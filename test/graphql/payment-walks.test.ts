import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PAYMENT_TRANSITIONS } from '../../src/domain/payment/state-machine.ts';
import { TRANSACTION_TRANSITIONS } from '../../src/domain/transaction.ts';
import { BlacklistCustomers, UnblacklistCustomers, UpdateMerchantSettings } from '../support/customer-documents.ts';
import { SubmitPayments } from '../support/documents.ts';
import { methodIds } from '../support/examples.ts';
import type { PaymentStatus, Scenario, SubmitPaymentInput } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { moneyFaultsOf } from '../support/money-faults.ts';
import { advance, oneTime, RetryPayments, recurring, SetPaymentStatus, UpdatePayments } from '../support/payments.ts';

// Any sequence of commands, clock moves and bank answers, over the API: what must hold of payments and their transactions holds.
// Short by default; `npm run torture -- walks` has 500 walks.
const WALKS = Number(process.env['PAYMENT_WALKS'] ?? 12);

const ACCOUNTS = [
  '4000000001',
  '9900020018',
  '9900040000',
  '9900120004',
  '9900220009',
  '9900300002',
  '9910030008',
  '9910050009',
  '9910100006',
];
const TOKENS = ['tok_sandbox_paid', 'tok_sandbox_declined', 'tok_sandbox_chargeback'];
const DAYS = [0, 1, 2, 5, 14, 31, 62];
const SCENARIOS = [
  'TRANSACTION_SENT',
  'TRANSACTION_ACCEPTED',
  'TRANSACTION_REJECTED',
  'TRANSACTION_PAID',
  'TRANSACTION_UNPAID',
  'TRANSACTION_NO_RESPONSE',
  'TRANSACTION_DISPUTED',
  'TRANSACTION_DISPUTE_WITHDRAWN',
  'TRANSACTION_REVERSED',
  'TRANSACTION_LATE_UNPAID',
  'CARD_DECLINED',
  'CARD_CHARGEBACK',
  'CARD_REFUNDED',
] as const satisfies readonly Scenario[];
const STATUSES = ['RUNNING', 'PAUSED', 'STOPPED', 'CANCELLED'] as const satisfies readonly PaymentStatus[];
const KINDS = ['MONTHLY', 'MONTHLY', 'WEEKLY', 'ONCE', 'ONCE', 'PAY_IN', 'CARD'] as const;

const nth = fc.nat({ max: 50 });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('SUBMIT' as const),
      kind: fc.constantFrom(...KINDS),
      account: fc.nat(ACCOUNTS.length - 1),
      cents: fc.integer({ min: 100, max: 99_999 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('WAIT' as const), days: fc.constantFrom(...DAYS) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('STATUS' as const), nth, status: fc.constantFrom(...STATUSES) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('RETRY' as const), nth }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('AGAIN' as const), nth, days: fc.constantFrom(3, 10), once: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('UPDATE' as const),
      nth,
      cents: fc.integer({ min: 100, max: 99_999 }),
      days: fc.constantFrom(20, 50, 100, null),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('SIMULATE' as const), nth, scenario: fc.constantFrom(...SCENARIOS) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('DEPOSIT' as const), nth, cents: fc.integer({ min: 100, max: 99_999 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('BLACKLIST' as const), nth, on: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('POLICY' as const),
      retriesMax: fc.constantFrom(1, 2, null),
      late: fc.constantFrom('SKIP' as const, 'NEXT_FEASIBLE' as const),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const Simulate = graphql(`
  mutation SimulateStep($input: SimulateInput!) {
    simulate(input: $input) {
      outcome
      errors {
        code
      }
    }
  }
`);
const Totals = graphql(`
  query WalkTotals {
    payments(first: 200) {
      nodes {
        id
        status
        nextCollection {
          nominalDate
        }
        totals {
          collectedCount
          collected
          outstanding
        }
        availableActions {
          action
          allowed
        }
      }
    }
  }
`);

interface Walk {
  readonly gateway: TestGateway;
  readonly methods: Awaited<ReturnType<typeof methodIds>>;
  readonly ids: string[];
  readonly references: string[];
  now: number;
}

async function startWalk(gateway: TestGateway): Promise<Walk> {
  const merchant = await gateway.addMerchant(DOCUMENTS_CLOCK);
  const own: TestGateway = {
    ...gateway,
    ...merchant,
    data: async (document, variables) => {
      const { data, errors } = await gateway.execute(document, variables, merchant);
      if (!data || errors) throw new Error(JSON.stringify(errors));
      return data;
    },
  };
  return { gateway: own, methods: await methodIds(own), ids: [], references: [], now: DOCUMENTS_CLOCK.getTime() };
}

async function take(walk: Walk, what: Step): Promise<unknown> {
  const { gateway, ids } = walk;
  const id = 'nth' in what ? ids[what.nth % Math.max(1, ids.length)] : undefined;
  if ('nth' in what && id === undefined) return;
  const amount = 'cents' in what ? (what.cents / 100).toFixed(2) : '';
  const dayIn = (days: number) => new Date(walk.now + days * 86_400_000).toISOString().slice(0, 10);
  switch (what.do) {
    case 'SUBMIT': {
      const { submitPayments } = await gateway.data(SubmitPayments, {
        input: { records: [recordOf(walk, what, amount, dayIn)] },
      });
      for (const { payment } of submitPayments.results) if (payment) ids.push(payment.id);
      return;
    }
    case 'WAIT':
      walk.now += what.days * 86_400_000 + 5_000; // the clock ticks while the walk goes
      return advance(gateway, new Date(walk.now).toISOString());
    case 'STATUS':
      return gateway.data(SetPaymentStatus, { input: { ids: [id ?? ''], status: what.status } });
    case 'AGAIN': {
      // Another payment under the mandate of one that there is.
      const [parties] = await gateway.sql<{
        mandateId: string | null;
        paymentMethodId: string;
        customerId: string;
        bankAccountId: string;
        amount: string;
      }>(
        `SELECT payment.mandate_id, payment.payment_method_id, payment.customer_id, payment.bank_account_id,
                (mandate.amount_cents / 100.0)::numeric(12, 2)::text AS amount
           FROM payment JOIN mandate ON mandate.id = payment.mandate_id WHERE payment.id = $1`,
        [id],
      );
      if (!parties?.mandateId) return;
      const record = what.once
        ? { ...parties, mandateId: parties.mandateId, oneTime: { processDate: dayIn(what.days) } }
        : { ...parties, mandateId: parties.mandateId, recurring: { dateStart: dayIn(what.days), dateEnd: dayIn(100) } };
      const { submitPayments } = await gateway.data(SubmitPayments, { input: { records: [record] } });
      for (const { payment } of submitPayments.results) if (payment) ids.push(payment.id);
      return;
    }
    case 'RETRY':
      return gateway.data(RetryPayments, { input: { ids: [id ?? ''] } });
    case 'UPDATE': {
      const recurringPart =
        what.cents % 2 ? { recurring: { dateEnd: what.days === null ? null : dayIn(what.days) } } : {};
      return gateway.data(UpdatePayments, { input: { records: [{ id: id ?? '', amount, ...recurringPart }] } });
    }
    case 'SIMULATE':
      return gateway.data(Simulate, { input: { scenario: what.scenario, id: id ?? '' } });
    case 'DEPOSIT': {
      const eftReference = walk.references[what.nth % Math.max(1, walk.references.length)] ?? 'nobody';
      return gateway.data(Simulate, { input: { scenario: 'PAY_IN_RECEIVED', eftReference, amount } });
    }
    case 'BLACKLIST': {
      const [row] = await gateway.sql<{ customerId: string }>('SELECT customer_id FROM payment WHERE id = $1', [id]);
      const input = { ids: [row?.customerId ?? ''] };
      return what.on ? gateway.data(BlacklistCustomers, { input }) : gateway.data(UnblacklistCustomers, { input });
    }
    case 'POLICY': {
      const { retriesMax, late } = what;
      const retryPolicy = retriesMax === null ? null : { retriesMax, daysBetween: 3 };
      return gateway.data(UpdateMerchantSettings, { input: { retryPolicy, lateRunPolicy: late } });
    }
  }
}

function recordOf(
  { methods, ids, references }: Walk,
  { kind, account }: Extract<Step, { do: 'SUBMIT' }>,
  amount: string,
  dayIn: (days: number) => string,
): SubmitPaymentInput {
  const key = String(ids.length);
  const accountNumber = ACCOUNTS[account] ?? '';
  const dates = { dateStart: dayIn(3), dateEnd: dayIn(200) };
  switch (kind) {
    case 'MONTHLY':
      return recurring(methods.eft, key, accountNumber, { recurring: dates, amount });
    case 'WEEKLY':
      return recurring(methods.eft, key, accountNumber, {
        mandate: { amount, recurring: { processDay: 3, interval: 'WEEKLY' } },
        recurring: { dateStart: dayIn(3), dateEnd: dayIn(40) },
      });
    case 'ONCE':
      return oneTime(methods.eft, key, accountNumber, dayIn(10));
    default: {
      const { bankAccount: _account, mandate: _mandate, recurring: _dates, ...base } = recurring(methods.payIn, key);
      if (kind === 'CARD') {
        const token = TOKENS[account % TOKENS.length] ?? '';
        return {
          ...base,
          paymentMethodId: methods.card,
          amount,
          card: { token },
          ...(account % 2 ? { recurring: { ...dates, processDay: 5 } } : {}),
        };
      }
      references.push(`PAYIN ${key}`);
      return {
        ...base,
        amount,
        payIn: { eftReference: `PAYIN ${key}`, ...(account % 2 ? { expiresAt: `${dayIn(20)}T12:00:00Z` } : {}) },
      };
    }
  }
}

/** Every move that some row of a table allows, and the corrections that a late answer brings. */
function movesOf(table: Readonly<Record<string, Readonly<Partial<Record<string, string>>>>>): Set<string> {
  return new Set(Object.entries(table).flatMap(([from, row]) => Object.values(row).map((to) => `${from} ${to}`)));
}
const PAYMENT_MOVES = movesOf(PAYMENT_TRANSITIONS);
const TRANSACTION_MOVES = movesOf(TRANSACTION_TRANSITIONS);

/** The totals of each payment by its transactions and by the API, both of one moment: the background goes on, so a ledger that changed meanwhile is read again. */
async function readTotals(gateway: TestGateway) {
  const readLedger = () =>
    gateway.sql<{ id: string; count: number; paid: number; open: number }>(
      `SELECT payment.id, count(*) FILTER (WHERE transaction.status = 'PAID') AS count,
            coalesce(sum(transaction.amount_cents) FILTER (WHERE transaction.status = 'PAID'), 0)::bigint AS paid,
            coalesce(sum(transaction.amount_cents) FILTER (WHERE transaction.status IN ('PENDING', 'SENT_TO_BANK', 'ACCEPTED_BY_BANK', 'NO_RESPONSE', 'IN_TRACKING')), 0)::bigint AS open
       FROM payment LEFT JOIN transaction ON transaction.payment_id = payment.id WHERE payment.merchant_id = $1 GROUP BY payment.id ORDER BY payment.id`,
      [gateway.merchantId],
    );
  for (;;) {
    const ledger = await readLedger();
    const { payments } = await gateway.data(Totals);
    if (JSON.stringify(await readLedger()) !== JSON.stringify(ledger)) continue;
    const told = new Map(payments.nodes.map((node) => [node.id, node.totals]));
    return ledger.map((row) => ({ ...row, totals: told.get(row.id) }));
  }
}

/** What must hold; what does not, in words. */
async function faultsOf({ gateway }: Walk): Promise<string[]> {
  const own = [gateway.merchantId];
  const faults: string[] = [];
  const moves = await gateway.sql<{ type: string; id: string; from: string; to: string }>(
    `SELECT aggregate_type AS type, aggregate_id AS id, from_status AS from, to_status AS to FROM event
      WHERE merchant_id = $1 AND aggregate_type IN ('PAYMENT', 'TRANSACTION') AND from_status <> to_status`,
    own,
  );
  for (const { type, id, from, to } of moves) {
    const allowed = type === 'PAYMENT' ? PAYMENT_MOVES : TRANSACTION_MOVES;
    if (!allowed.has(`${from} ${to}`)) faults.push(`${id} went from ${from} to ${to} by no row`);
  }
  const broken = await gateway.sql<{ id: string; fault: string }>(
    `SELECT min(id) AS id, 'two transactions of one attempt' AS fault FROM transaction WHERE merchant_id = $1
      GROUP BY payment_id, kind, nominal_date, attempt HAVING count(*) > 1
     UNION ALL
     SELECT min(id), 'two attempts that are both paid' FROM transaction WHERE merchant_id = $1 AND status = 'PAID'
      GROUP BY payment_id, kind, nominal_date HAVING count(*) > 1
     UNION ALL
     SELECT id, 'more than three attempts' FROM transaction WHERE merchant_id = $1 AND attempt > 3
     UNION ALL
     SELECT payment.id, 'versions without events' FROM payment WHERE merchant_id = $1
        AND version <> (SELECT count(*) FROM event WHERE event.merchant_id = $1 AND aggregate_type = 'PAYMENT' AND aggregate_id = payment.id)
     UNION ALL
     SELECT transaction.id, 'versions without events' FROM transaction WHERE merchant_id = $1
        AND version <> (SELECT count(*) FROM event WHERE event.merchant_id = $1 AND aggregate_type = 'TRANSACTION' AND aggregate_id = transaction.id)
     UNION ALL
     SELECT transaction.id, 'is ' || transaction.status || ' of a payment that is ' || payment.status
       FROM transaction JOIN payment ON payment.id = payment_id
      WHERE transaction.merchant_id = $1 AND transaction.status = 'PENDING' AND payment.status NOT IN ('RUNNING', 'PAUSED', 'WAITING_FOR_PAYMENT')
        AND payment.stop_cause IS DISTINCT FROM 'ACCOUNT_DISABLED'
     UNION ALL
     SELECT payment.id, 'is planned and ' || payment.status FROM payment JOIN due_work ON subject_id = payment.id
      WHERE payment.merchant_id = $1 AND due_work.kind = 'CREATE_TRANSACTION' AND payment.status NOT IN ('RUNNING', 'PAUSED')
     UNION ALL
     SELECT payment.id, 'runs, and nothing will collect it' FROM payment
      WHERE merchant_id = $1 AND status = 'RUNNING'
        AND NOT EXISTS (SELECT FROM due_work WHERE due_work.merchant_id = $1 AND kind IN ('CREATE_TRANSACTION', 'END_PAYMENT') AND subject_id = payment.id)
        AND NOT EXISTS (SELECT FROM transaction WHERE payment_id = payment.id
          AND status IN ('PENDING', 'SENT_TO_BANK', 'ACCEPTED_BY_BANK', 'NO_RESPONSE', 'IN_TRACKING'))
     UNION ALL
     SELECT payment.id, 'a pay-in is ' || payment.status || ' with ' || coalesce(sum(deposit.amount_cents), 0)
       FROM payment LEFT JOIN deposit ON deposit.payment_id = payment.id
      WHERE payment.merchant_id = $1 AND payment.kind = 'PAY_IN' GROUP BY payment.id, payment.status, payment.amount_cents
     HAVING (payment.status = 'COMPLETED') <> (coalesce(sum(deposit.amount_cents), 0) >= payment.amount_cents) AND payment.status <> 'CANCELLED'
     UNION ALL
     SELECT payment.id, 'is RUNNING though its customer is blacklisted' FROM payment JOIN customer ON customer.id = payment.customer_id
      WHERE payment.merchant_id = $1 AND customer.is_blacklisted AND payment.status = 'RUNNING' AND payment.kind <> 'PAY_IN'`,
    own,
  );
  faults.push(...broken.map(({ id, fault }) => `${id}: ${fault}`), ...(await moneyFaultsOf(gateway)));
  for (const { id, count, paid, open, totals } of await readTotals(gateway)) {
    const expected = [count, (paid / 100).toFixed(2), (open / 100).toFixed(2)].join();
    const found = [totals?.collectedCount, totals?.collected, totals?.outstanding].join();
    if (expected !== found) faults.push(`${id} tells ${found} where the ledger has ${expected}`);
  }
  return faults;
}

it(`keeps what must hold of payments, whatever happens in any order (${WALKS} walks)`, {
  timeout: WALKS * 20_000,
}, async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
      const walk = await startWalk(gateway);
      for (const what of steps) {
        await take(walk, what);
        taken += 1;
      }
      expect(await faultsOf(walk)).toEqual([]);
    }),
    { numRuns: WALKS, endOnFailure: true },
  );
  expect(gateway.logged.filter((entry) => 'err' in (entry as object))).toEqual([]);
  const [made] = await gateway.sql<{ payments: number; transactions: number }>(
    'SELECT (SELECT count(*) FROM payment) AS payments, (SELECT count(*) FROM transaction) AS transactions',
  );
  console.log({ taken, ...made });
});

it('would notice a debit without authority or after the end, a second one of a one-time mandate, and a cycle lost without a word', async () => {
  const walk = await startWalk(await startGateway({ clockStart: DOCUMENTS_CLOCK }));
  const { sql } = walk.gateway;
  const submitted = { do: 'SUBMIT', account: 0, cents: 4_500 } as const;
  await take(walk, { ...submitted, kind: 'MONTHLY' });
  await take(walk, { ...submitted, kind: 'ONCE' });
  await take(walk, { ...submitted, kind: 'ONCE' });
  await take(walk, { do: 'WAIT', days: 62 });
  expect(await faultsOf(walk)).toEqual([]);
  const noticed = async (harm: string, mend: string) => {
    await sql(harm);
    const faults = await moneyFaultsOf(walk.gateway);
    await sql(mend);
    return faults.map((fault) => fault.replace(/^\S+ /, '').replaceAll(/\d{4}-\d\d-\d\d/g, 'a day'));
  };
  const [monthly = '', once = ''] = walk.ids;
  const mandateOf = (id: string) => `(SELECT mandate_id FROM payment WHERE id = '${id}')`;
  expect(
    await noticed(
      `UPDATE mandate SET authority_withdrawn_at = '2024-09-02' WHERE id = ${mandateOf(once)}`,
      'UPDATE mandate SET authority_withdrawn_at = NULL',
    ),
  ).toEqual(['was sent after the authority of its mandate was withdrawn']);
  expect(
    await noticed(
      `UPDATE mandate SET authority_withdrawn_at = '2025-09-02' WHERE id = ${mandateOf(monthly)}`,
      'UPDATE mandate SET authority_withdrawn_at = NULL',
    ),
  ).toEqual(['is RUNNING without the authority of its mandate']);
  expect(
    await noticed(
      `UPDATE mandate SET date_release = '2024-10-02' WHERE id = ${mandateOf(monthly)}`,
      'UPDATE mandate SET date_release = NULL',
    ),
  ).toEqual(['is made on a day, after the end']);
  expect(
    await noticed(
      `UPDATE transaction SET mandate_id = ${mandateOf(once)} WHERE payment_id = '${walk.ids[2]}'`,
      `UPDATE transaction SET mandate_id = ${mandateOf(walk.ids[2] ?? '')} WHERE payment_id = '${walk.ids[2]}'`,
    ),
  ).toEqual(['is one-time, and collected 2 times']);
  expect(
    await noticed(`UPDATE transaction SET nominal_date = nominal_date + 1 WHERE payment_id = '${monthly}'`, 'SELECT 1'),
  ).toEqual(expect.arrayContaining(['has lost a day without a word']));
});
