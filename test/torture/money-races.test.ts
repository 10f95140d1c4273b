import { expect, it, onTestFinished } from 'vitest';
import { startNode } from '../../src/server/gateway.ts';
import { AdvanceClock } from '../support/documents.ts';
import { DOCUMENTS_CLOCK, LISTENER, startGateway, type TestGateway } from '../support/harness.ts';
import { partiesOf, setStatus, simulate, submit, warningsOf } from '../support/money.ts';
import { moneyFaultsOf } from '../support/money-faults.ts';
import { advance, eftMethod, oneTime, recurring, SetPaymentStatus, submitAll } from '../support/payments.ts';
import { createRandom, pause } from './random.ts';

// Two nodes, each of which is told something about the same money at once. Who comes first is chance; that money is collected without
// authority, twice, or is lost without a word is not possible. Short by default; `npm run torture -- money` has 300.
const RACES = Number(process.env['MONEY_RACES'] ?? 30);
const TIMEOUT = { timeout: RACES * 1_500 + 900_000 };
const random = createRandom(Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000));

/** A gateway of two nodes on one database. */
async function startTwo(clockStart = DOCUMENTS_CLOCK): Promise<{ first: TestGateway; second: TestGateway }> {
  const first = await startGateway({ clockStart });
  const { secrets, log } = first.node.app;
  const node = await startNode({
    url: first.databaseUrl,
    secrets: async () => secrets,
    connectionsMax: 10,
    retentionDays: 30,
    log,
    tokens: null,
  });
  const { port } = await node.serve({ port: 0, host: '127.0.0.1', graphiql: null, console: null, ...LISTENER });
  onTestFinished(() => node.stop());
  const url = `http://127.0.0.1:${port}/graphql`;
  const execute: TestGateway['execute'] = async (document, variables) => {
    const { print } = await import('graphql');
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${first.apiKey}` },
      body: JSON.stringify({ query: print(document), variables }),
    });
    return (await response.json()) as never;
  };
  const data: TestGateway['data'] = async (document, variables) => {
    const { data: answer, errors } = await execute(document, variables);
    if (!answer || errors) throw new Error(JSON.stringify(errors));
    return answer;
  };
  return { first, second: { ...first, node, url, execute, data } };
}

async function later<Result>(ms: number, work: () => Promise<Result>): Promise<Result> {
  await pause(random.below(ms));
  return work();
}

const keys = Array.from({ length: RACES }, (_, index) => `R${index}`);

// Pause and resume at the cut-off

const ROUND = 15;
type Resume = (gateway: TestGateway, id: string, date: string) => Promise<'TOLD' | 'SILENT'>;

/** Whether who resumes is told that the collection of a day is lost. */
const resume: Resume = async (gateway, id, date) => {
  const result = await setStatus(gateway, id, 'RUNNING');
  if (result.outcome !== 'UPDATED') throw new Error(JSON.stringify(result.errors));
  return warningsOf(result).some((line) => line.startsWith(`CYCLE_SKIPPED ${date}`)) ? 'TOLD' : 'SILENT';
};

/** Weekly payments, paused an hour before each cut-off and resumed by one node while the other comes to it. */
async function raceCutOffs(run: Resume) {
  const { first, second } = await startTwo();
  const eft = await eftMethod(first);
  const mandate = { amount: '45.00', recurring: { processDay: 3, interval: 'WEEKLY' as const } };
  const ids = await submitAll(
    first,
    keys
      .slice(0, ROUND)
      .map((key) => recurring(eft, key, '4000000001', { mandate, recurring: { dateStart: '2024-09-02' } })),
  );
  const verdict = { sent: 0, skipped: 0, faults: [] as string[] };
  for (let round = 0; round * ROUND < RACES; round += 1) {
    const [next] = await first.sql<{ dueAt: Date; date: string }>(
      `SELECT due_at, details ->> 'nominalDate' AS date FROM due_work WHERE kind = 'CREATE_TRANSACTION' ORDER BY due_at LIMIT 1`,
    );
    if (!next) throw new Error('nothing is planned');
    await advance(first, new Date(next.dueAt.getTime() + 14 * 3_600_000).toISOString());
    await first.data(SetPaymentStatus, { input: { ids, status: 'PAUSED' } });
    const cutOff = new Date(next.dueAt.getTime() + 15 * 3_600_000);
    // The clock goes when some have been resumed, and the others are about to be.
    const ready = 1 + random.below(ROUND / 2);
    let resumed = 0;
    let go = (): void => {};
    const isReady = new Promise<void>((resolve) => {
      go = resolve;
    });
    const advanced = isReady.then(() => second.data(AdvanceClock, { to: cutOff.toISOString() }));
    const told = await Promise.all(
      ids.map(async (id) => {
        const answer = await later(1_000, () => run(first, id, next.date));
        resumed += 1;
        if (resumed === ready) go();
        return answer;
      }),
    );
    await advanced;
    await advance(second, new Date(cutOff.getTime() + 60_000).toISOString());
    const rows = await first.sql<{ id: string; status: string; events: number }>(
      `SELECT payment_id AS id, status, (SELECT count(*) FROM event WHERE aggregate_id = transaction.payment_id AND type = 'collection.skipped'
                AND reason LIKE '%' || transaction.nominal_date || '%') AS events
         FROM transaction WHERE nominal_date = $1`,
      [next.date],
    );
    for (const { id, status, events } of rows) {
      const isTold = told[ids.indexOf(id)] === 'TOLD';
      const isSkipped = status === 'CANCELLED';
      verdict[isSkipped ? 'skipped' : 'sent'] += 1;
      if (isSkipped !== isTold || (isSkipped ? 1 : 0) !== events || status === 'PENDING') {
        verdict.faults.push(`${id} ${next.date} ${status}, ${events} events, ${isTold ? 'told' : 'not told'}`);
      }
    }
  }
  verdict.faults.push(...(await moneyFaultsOf(first)));
  return verdict;
}

it(
  `sends at the cut-off what is resumed, or skips it with an event and a warning, in ${RACES} races`,
  TIMEOUT,
  async () => {
    const verdict = await raceCutOffs(resume);
    console.log(verdict);
    expect(verdict.faults).toEqual([]);
    expect(verdict.sent).toBeGreaterThan(0);
    expect(verdict.skipped).toBeGreaterThan(0);
  },
);

it('loses some in silence, were the payment looked at first and then run', TIMEOUT, async () => {
  const verdict = await raceCutOffs(async ({ sql }, id, date) => {
    const [found] = await sql<{ status: string }>(
      'SELECT status FROM transaction WHERE payment_id = $1 AND nominal_date = $2',
      [id, date],
    );
    await pause(100);
    await sql("UPDATE payment SET status = 'RUNNING', pause_causes = '{}' WHERE id = $1", [id]);
    return found?.status === 'CANCELLED' ? 'TOLD' : 'SILENT';
  });
  console.log({ ...verdict, faults: verdict.faults.length });
  expect(verdict.faults.length).toBeGreaterThan(0);
});

// Withdrawal of authority against a submission

type Submission = (gateway: TestGateway, parties: Awaited<ReturnType<typeof partiesOf>>) => Promise<boolean>;

const submitAnother: Submission = async (gateway, parties) => {
  const { outcome, errors } = await submit(gateway, { ...parties, recurring: { dateStart: '2024-11-01' } });
  if (outcome !== 'CREATED' && errors[0]?.code !== 'STATE_CONFLICT') throw new Error(JSON.stringify(errors));
  return outcome === 'CREATED';
};

/** Looks at the mandate, waits, and then writes another payment like the one there is. */
const copyAnother =
  (isFree: string): Submission =>
  async ({ sql }, { mandateId }) => {
    const found = await sql(`SELECT FROM mandate WHERE id = $1 AND ${isFree}`, [mandateId]);
    if (found.length === 0) return false;
    await pause(20);
    await sql(
      `INSERT INTO payment SELECT (jsonb_populate_record(payment, jsonb_build_object('id', 'pay_' || substr(md5(random()::text), 1, 21),
               'transaction_reference', substr(md5(random()::text), 1, 20), 'status', 'RUNNING'))).* FROM payment WHERE mandate_id = $1 LIMIT 1`,
      [mandateId],
    );
    return true;
  };

async function raceWithdrawals(another: Submission) {
  const { first, second } = await startTwo();
  const eft = await eftMethod(first);
  const ids = await submitAll(
    first,
    keys.map((key) => recurring(eft, key)),
  );
  await advance(first, '2024-09-30T12:00:00+02:00'); // each first debit is at the bank
  const verdict = { submitted: 0, refused: 0, faults: [] as string[] };
  for (const id of ids) {
    const parties = await partiesOf(first, id);
    const [isSubmitted, simulated] = await Promise.all([
      later(30, () => another(first, parties)),
      later(10, () => simulate(second, 'TRANSACTION_UNPAID', id, { code: '04' })),
    ]);
    if (simulated.errors.length > 0) throw new Error(JSON.stringify(simulated.errors));
    verdict[isSubmitted ? 'submitted' : 'refused'] += 1;
  }
  await advance(first, '2024-11-05T12:00:00+02:00');
  verdict.faults.push(...(await moneyFaultsOf(first)));
  return verdict;
}

it(
  `collects nothing by a mandate whose authority was withdrawn, in ${RACES} races with a submission`,
  TIMEOUT,
  async () => {
    const verdict = await raceWithdrawals(submitAnother);
    console.log(verdict);
    expect(verdict.faults).toEqual([]);
    expect(verdict.submitted).toBeGreaterThan(0);
    expect(verdict.refused).toBeGreaterThan(0);
  },
);

it(
  'has payments that run without authority, were the mandate looked at first and the payment written then',
  TIMEOUT,
  async () => {
    const verdict = await raceWithdrawals(copyAnother('authority_withdrawn_at IS NULL'));
    console.log({ ...verdict, faults: verdict.faults.length });
    expect(verdict.faults.length).toBeGreaterThan(0);
  },
);

// One-time mandate against two submissions

const submitOnce: Submission = async (gateway, parties) => {
  const { outcome, errors } = await submit(gateway, { ...parties, oneTime: { processDate: '2024-10-15' } });
  if (outcome !== 'CREATED' && errors[0]?.code !== 'STATE_CONFLICT') throw new Error(JSON.stringify(errors));
  return outcome === 'CREATED';
};

/** One-time mandates whose payments were cancelled before they were sent, each submitted for by two nodes at once. */
async function raceSubmissions(run: Submission) {
  const { first, second } = await startTwo();
  const eft = await eftMethod(first);
  const ids = await submitAll(
    first,
    keys.map((key) => oneTime(eft, key, '4000000001', '2024-10-15')),
  );
  await first.data(SetPaymentStatus, { input: { ids, status: 'CANCELLED' } });
  const verdict = { first: 0, second: 0, both: 0, neither: 0 };
  for (const id of ids) {
    const parties = await partiesOf(first, id);
    const [one, two] = await Promise.all([later(6, () => run(first, parties)), later(6, () => run(second, parties))]);
    verdict[one ? (two ? 'both' : 'first') : two ? 'second' : 'neither'] += 1;
  }
  await advance(first, '2024-10-20T12:00:00+02:00');
  const [row] = await first.sql<{ paid: number }>("SELECT count(*) AS paid FROM transaction WHERE status = 'PAID'");
  return { ...verdict, paid: row?.paid, faults: await moneyFaultsOf(first) };
}

it(`collects a one-time mandate once, in ${RACES} races of two submissions`, TIMEOUT, async () => {
  const verdict = await raceSubmissions(submitOnce);
  console.log(verdict);
  expect(verdict).toMatchObject({ both: 0, neither: 0, paid: RACES, faults: [] });
  expect(verdict.first).toBeGreaterThan(0);
  expect(verdict.second).toBeGreaterThan(0);
});

it('lets both win, were the mandate looked at first and the payment written then', TIMEOUT, async () => {
  const isFree = `NOT EXISTS (SELECT FROM payment WHERE mandate_id = mandate.id AND status = 'RUNNING')`;
  expect((await raceSubmissions(copyAnother(isFree))).both).toBeGreaterThan(0);
});
