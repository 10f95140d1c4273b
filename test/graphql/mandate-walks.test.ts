import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MANDATE_TRANSITIONS } from '../../src/domain/mandate/state-machine.ts';
import { SubmitPayments } from '../support/documents.ts';
import { methodIds } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import {
  CancelMandates,
  ConvertMandates,
  ResubmitMandates,
  SetMandateStatus,
  UpdateMandates,
  WithdrawAmendments,
} from '../support/mandate-documents.ts';
import { advance, askForMandate, type MethodName, makeDebtor, paymentUnder } from '../support/mandates.ts';
import { moneyFaultsOf } from '../support/money-faults.ts';

// Whatever callers, debtors, banks and the clock do, in any order: what must hold of mandates and their payments holds. Short
// by default; `npm run torture -- walks` has 500 walks.
const WALKS = Number(process.env['MANDATE_WALKS'] ?? 12);

/** Accounts: one that approves, and those that stand for something else (DOMAIN §7.4). */
const ACCOUNTS = ['1000000018', '9910120007', '9910130002', '9910140008', '9910160009', '9910170004'];
const METHODS = ['eft', 'debicheck', 'debicheckNedbank', 'registeredAbsa'] as const satisfies readonly MethodName[];
/** So few that walks try to use one twice. */
const REFERENCES = ['CTC1', 'CTC2', 'CTC3', 'CTC4', 'CTC5', 'CTC6'];
const SECONDS = [1, 6, 60, 200, 86_400, 3 * 86_400, 20 * 86_400, 45 * 86_400];
const ACTIONS = [
  'PAY',
  'PAY',
  'PAY_ONCE',
  'CANCEL',
  'RESUBMIT',
  'CONVERT',
  'AMEND',
  'TELL',
  'WITHDRAW',
  'DISABLED',
  'ACTIVE',
  'ARCHIVED',
] as const;

const create = fc.record({
  kind: fc.constant('CREATE' as const),
  method: fc.constantFrom(...METHODS),
  account: fc.nat(ACCOUNTS.length - 1),
  contractReference: fc.constantFrom(...REFERENCES, null, null, null, null),
  isPaid: fc.constantFrom(true, true, false),
  timing: fc.constantFrom('OPEN', 'RELEASED', 'ONCE'),
});
const wait = fc.record({ kind: fc.constant('WAIT' as const), seconds: fc.constantFrom(...SECONDS) });
const act = fc.record({
  kind: fc.constant('ACT' as const),
  action: fc.constantFrom(...ACTIONS),
  mandate: fc.nat(),
  cents: fc.integer({ min: 4_001, max: 5_999 }),
});
const step = fc.oneof({ weight: 2, arbitrary: create }, { weight: 3, arbitrary: wait }, { weight: 6, arbitrary: act });
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
type Act = Extract<Step, { kind: 'ACT' }>;

interface Made {
  readonly mandateId: string;
  readonly customerId: string;
  readonly bankAccountId: string;
  readonly method: MethodName;
  /** The day of a one-time mandate. */
  readonly processDate: string | null;
}

/** A merchant of the walk's own on a gateway that all walks share. */
async function startWalk(gateway: TestGateway) {
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
  const parties = [];
  for (const [index, accountNumber] of ACCOUNTS.entries()) {
    parties.push(await makeDebtor(own, `W${index}`, { accountNumber }));
  }
  return { gateway: own, parties, methods: await methodIds(own), made: [] as Made[], now: DOCUMENTS_CLOCK.getTime() };
}
type Walk = Awaited<ReturnType<typeof startWalk>>;

async function take(walk: Walk, what: Step): Promise<unknown> {
  const { gateway, made } = walk;
  if (what.kind === 'WAIT') {
    walk.now += (what.seconds + 5) * 1_000; // the clock ticks while the walk goes
    return advance(gateway, new Date(walk.now).toISOString());
  }
  if (what.kind === 'ACT') {
    const mandate = made[what.mandate % Math.max(1, made.length)];
    return mandate && actOn(walk, mandate, what);
  }
  return makeOne(walk, what);
}

async function makeOne(walk: Walk, what: Extract<Step, { kind: 'CREATE' }>): Promise<void> {
  const { gateway, parties, made } = walk;
  const owner = parties[what.account];
  if (!owner) return;
  const { method, contractReference } = what;
  const debicheck = { maximumCollectionAmount: '60.00', allowVariableAmount: true };
  const terms = method === 'eft' ? {} : { debicheck };
  const later = (days: number) => new Date(walk.now + days * 86_400_000).toISOString().slice(0, 10);
  const processDate = what.timing === 'ONCE' ? later(20) : null;
  const recurring = { processDay: 1, ...(what.timing === 'RELEASED' ? { dateRelease: later(50) } : {}) };
  const timing = processDate === null ? { recurring } : { recurring: null, oneTime: { processDate } };
  const { mandate } = await askForMandate(gateway, method, owner, {
    contractReference,
    generateContractReference: contractReference === null,
    ...terms,
    ...timing,
  });
  if (!mandate) return;
  const one = { mandateId: mandate.id, method, processDate, ...owner };
  made.push(one);
  const action = processDate === null ? 'PAY' : 'PAY_ONCE';
  if (what.isPaid) await actOn(walk, one, { kind: 'ACT', action, mandate: 0, cents: 4_500 });
}

async function actOn({ gateway, methods, now }: Walk, mandate: Made, { action, cents }: Act): Promise<unknown> {
  const { mandateId: id, method } = mandate;
  const ids = [id];
  const amount = (cents / 100).toFixed(2);
  switch (action) {
    case 'PAY':
    case 'PAY_ONCE': {
      const day = new Date(now + 30 * 86_400_000).toISOString().slice(0, 10);
      const when =
        action === 'PAY'
          ? { recurring: { dateStart: day } }
          : { oneTime: { processDate: mandate.processDate ?? `${day.slice(0, 7)}-01` } };
      const record = paymentUnder(mandate, methods[method], { ...when, ...(cents % 2 ? { amount } : {}) });
      return gateway.data(SubmitPayments, { input: { records: [record] } });
    }
    case 'CANCEL':
      return gateway.data(CancelMandates, { input: { ids } });
    case 'RESUBMIT':
      return gateway.data(ResubmitMandates, { input: { ids } });
    case 'CONVERT':
      return gateway.data(ConvertMandates, { input: { records: [{ id, paymentMethodId: methods.registeredAbsa }] } });
    case 'AMEND':
      return gateway.data(UpdateMandates, { input: { records: [{ id, amount }] } });
    case 'TELL': {
      const debicheck = { maximumCollectionAmount: amount };
      return gateway.data(UpdateMandates, { input: { records: [{ id, debicheck }] } });
    }
    case 'WITHDRAW':
      return gateway.data(WithdrawAmendments, { input: { ids } });
    default:
      return gateway.data(SetMandateStatus, { input: { ids, status: action } });
  }
}

/** Statuses of a mandate, and those that no payment under it may be in then. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  PENDING: ['RUNNING', 'PAUSED'],
  ACTIVE: ['PENDING', 'PAUSED'],
  REJECTED: ['PENDING', 'RUNNING', 'PAUSED'],
  EXPIRED: ['PENDING', 'RUNNING', 'PAUSED'],
  SUSPENDED: ['PENDING', 'RUNNING'],
  DISABLED: ['PENDING', 'RUNNING'],
  CANCELLED: ['PENDING', 'RUNNING', 'PAUSED'],
  COMPLETED: ['PENDING', 'RUNNING', 'PAUSED'],
  ARCHIVED: ['PENDING', 'RUNNING', 'PAUSED'],
};
const ROWS = new Set(
  MANDATE_TRANSITIONS.flatMap(({ from, to, types }) =>
    from.flatMap((status) => types.map((type) => `${type} ${status} ${to}`)),
  ),
);

/** What must hold, read from the database; what does not, in words. */
async function faultsOf({ gateway }: Walk): Promise<string[]> {
  const own = [gateway.merchantId];
  const faults: string[] = [];
  const pairs = await gateway.sql<{ id: string; mandate: string; payment: string; over: boolean }>(
    `SELECT payment.id, mandate.status AS mandate, payment.status AS payment,
            payment.status IN ('PENDING', 'RUNNING', 'PAUSED') AND payment.amount_cents > mandate.maximum_amount_cents AS over
       FROM payment JOIN mandate ON mandate.id = payment.mandate_id WHERE payment.merchant_id = $1`,
    own,
  );
  for (const { id, mandate, payment, over } of pairs) {
    if (FORBIDDEN[mandate]?.includes(payment)) faults.push(`${id} is ${payment} under a mandate that is ${mandate}`);
    if (over) faults.push(`${id} collects more than the maximum`);
  }
  const moves = await gateway.sql<{ aggregateId: string; type: string; from: string; to: string }>(
    `SELECT aggregate_id, method.type, from_status AS from, to_status AS to FROM event
       JOIN mandate ON mandate.id = aggregate_id JOIN payment_method AS method ON method.id = mandate.payment_method_id
      WHERE event.merchant_id = $1 AND aggregate_type = 'MANDATE' AND from_status <> to_status`,
    own,
  );
  for (const { aggregateId, type, from, to } of moves) {
    if (!ROWS.has(`${type} ${from} ${to}`)) faults.push(`${aggregateId} went from ${from} to ${to} by no row`);
  }
  const broken = await gateway.sql<{ id: string; fault: string }>(
    `SELECT id, 'approved without a snapshot' AS fault FROM mandate
      WHERE merchant_id = $1 AND status IN ('ACTIVE', 'SUSPENDED') AND maximum_amount_cents IS NOT NULL AND debtor_snapshot IS NULL
     UNION ALL
     SELECT mandate.id, 'versions without events' FROM mandate
      WHERE merchant_id = $1 AND version <> (SELECT count(*) FROM event WHERE aggregate_id = mandate.id)
     UNION ALL
     SELECT id, 'more than three attempts' FROM mandate WHERE merchant_id = $1 AND attempts > 3
     UNION ALL
     SELECT min(id), 'a contract reference of two mandates' FROM mandate WHERE merchant_id = $1 AND contract_reference IS NOT NULL
      GROUP BY contract_reference HAVING count(*) > 1
     UNION ALL
     SELECT min(id), 'two collections of one day' FROM transaction WHERE merchant_id = $1
      GROUP BY payment_id, kind, nominal_date, attempt HAVING count(*) > 1
     UNION ALL
     SELECT payment.id, 'runs, and nothing will collect it' FROM payment
      WHERE merchant_id = $1 AND status = 'RUNNING'
        AND NOT EXISTS (SELECT FROM due_work WHERE kind IN ('CREATE_TRANSACTION', 'END_PAYMENT') AND subject_id = payment.id)
        AND NOT EXISTS (SELECT FROM transaction WHERE payment_id = payment.id AND status IN ('PENDING', 'SENT_TO_BANK', 'ACCEPTED_BY_BANK'))
     UNION ALL
     SELECT mandate.id, 'waits for an answer that nobody was asked for' FROM mandate
      WHERE merchant_id = $1 AND status = 'PENDING'
        AND NOT EXISTS (SELECT FROM mandate_request WHERE mandate_id = mandate.id AND kind = 'INITIATE')`,
    own,
  );
  return [...faults, ...broken.map(({ id, fault }) => `${id}: ${fault}`), ...(await moneyFaultsOf(gateway))];
}

it(`keeps mandates and payments in agreement in ${WALKS} walks of callers, debtors, banks and the clock`, {
  timeout: WALKS * 10_000 + 900_000,
}, async () => {
  const gateway = await startGateway();
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 40, size: 'max' }), async (steps) => {
      const walk = await startWalk(gateway);
      for (const what of steps) {
        await take(walk, what);
        const faults = await faultsOf(walk);
        if (faults.length > 0) throw new Error(`after ${JSON.stringify(what)}: ${faults.join('; ')}`);
      }
      const statuses = await gateway.sql<{ status: string }>(
        "SELECT DISTINCT to_status AS status FROM event WHERE merchant_id = $1 AND aggregate_type = 'MANDATE'",
        [walk.gateway.merchantId],
      );
      for (const { status } of statuses) seen.add(status);
    }),
    { numRuns: WALKS, endOnFailure: true },
  );
  console.log([...seen].sort().join(' '));
  expect(seen.size).toBeGreaterThan(5); // the walks go somewhere
  const [row] = await gateway.sql<{ payments: number; transactions: number }>(
    'SELECT (SELECT count(*) FROM payment) AS payments, (SELECT count(*) FROM transaction) AS transactions',
  );
  console.log(row);
  expect(row?.payments).toBeGreaterThan(WALKS);
  expect(gateway.logged.filter((entry) => 'err' in (entry as object))).toEqual([]);
});

it('would notice a payment that runs under a mandate that is over', async () => {
  const walk = await startWalk(await startGateway());
  await take(walk, {
    kind: 'CREATE',
    method: 'eft',
    account: 0,
    contractReference: 'CTC1',
    timing: 'OPEN',
    isPaid: false,
  });
  await take(walk, { kind: 'ACT', action: 'PAY', mandate: 0, cents: 4_500 });
  expect(await faultsOf(walk)).toEqual([]);
  await walk.gateway.sql("UPDATE mandate SET status = 'CANCELLED'");
  expect(await faultsOf(walk)).toMatchObject([expect.stringContaining('is RUNNING under a mandate that is CANCELLED')]);
});
