import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, it } from 'vitest';
import { makeDataDirectory } from '../support/data-directory.ts';
import { freePort, type GatewayProcess, processesOn, startGatewayProcess, until } from '../support/gateway-process.ts';
import { createRandom, pause } from './random.ts';

// Killed at random moments while it takes submits, the gateway or its PostgreSQL, then started again.
// Short by default; `npm run torture -- crash` kills it 50 times.
const CRASHES = Number(process.env['CRASHES'] ?? 3);
const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);
const SUBMITTERS = 6;
const KEY = 'crash_test_key_crash_test_key_crash';

const SUBMIT = `mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { results { outcome payment { id } } } }`;

it(`loses no acknowledged payment over ${CRASHES} kills (seed ${seed})`, {
  timeout: CRASHES * 15_000 + 900_000,
}, async () => {
  const random = createRandom(seed);
  const directory = makeDataDirectory();
  const acknowledged = new Set<string>();
  const kills = { gateway: 0, postgres: 0 };
  let requests = 0;
  for (let crash = 0; crash < CRASHES; crash += 1) {
    const gateway = await start(directory);
    const methodId = await findMethod(gateway.url);
    const before = acknowledged.size;
    const submitting = Array.from({ length: SUBMITTERS }, (_, index) =>
      submitUntilRefused(gateway, methodId, `${crash}-${index}`, acknowledged),
    );
    await until(() => acknowledged.size > before);
    await pause(random.below(1_300));
    if (crash % 2 === 0) {
      kills.gateway += 1;
      await gateway.kill('SIGKILL');
    } else {
      // The gateway starts PostgreSQL again by itself; we end it only after it has served once more.
      kills.postgres += 1;
      process.kill(postgresPid(directory), 'SIGKILL');
      await until(() => gateway.output().includes('PostgreSQL ended unexpectedly and is restarted'));
      await pause(500);
      await findMethod(gateway.url, 100);
      await gateway.kill('SIGKILL');
    }
    for (const count of await Promise.all(submitting)) requests += count;
    await until(() => processesOn(directory).length === 0);
  }
  const gateway = await start(directory);
  const verdict = await judge(directory, acknowledged);
  await gateway.kill('SIGTERM');
  console.log({ kills, requests, acknowledged: acknowledged.size, ...verdict });
  await until(() => processesOn(directory).length === 0);
  expect(verdict).toMatchObject({ lost: 0, paymentsWithoutEvent: 0, eventsWithoutPayment: 0, unsequenced: 0 });
});

async function start(directory: string): Promise<GatewayProcess> {
  return startGatewayProcess({
    PORT: String(await freePort()),
    DATA_DIR: directory,
    DEMO_API_KEY: KEY,
    LOG_LEVEL: 'warn',
  });
}

async function send(
  url: string,
  query: string,
  variables: object = {},
): Promise<{ data?: Record<string, unknown> | null }> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return (await response.json()) as { data?: Record<string, unknown> | null };
}

async function findMethod(url: string, attempts = 1): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const { data } = await send(url, '{ paymentMethods(filter: { type: { eq: DEBIT_ORDER } }) { nodes { id } } }');
    const page = data?.['paymentMethods'] as { nodes: Array<{ id: string }> } | undefined;
    if (page?.nodes[0]) return page.nodes[0].id;
    if (attempt >= attempts) throw new Error('the gateway does not answer');
    await pause(100);
  }
}

async function submitUntilRefused(
  gateway: GatewayProcess,
  methodId: string,
  name: string,
  acknowledged: Set<string>,
): Promise<number> {
  const processDate = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  let count = 0;
  for (; gateway.child.exitCode === null && gateway.child.signalCode === null; count += 1) {
    const records = Array.from({ length: 10 }, (_, index) => ({
      paymentMethodId: methodId,
      customer: {
        reference: `C-${seed}-${name}-${count}-${index}`,
        personName: 'A',
        personSurname: 'B',
        email: 'a@b.co',
      },
      bankAccount: { accountHolderName: 'A B', accountNumber: '1000000001', accountType: 'SAVINGS', bank: 'NEDBANK' },
      mandate: { amount: '10.00', oneTime: { processDate } },
      oneTime: { processDate },
    }));
    try {
      const { data } = await send(gateway.url, SUBMIT, { input: { records } });
      const answer = data?.['submitPayments'] as { results: Array<{ payment: { id: string } | null }> } | undefined;
      for (const { payment } of answer?.results ?? []) if (payment) acknowledged.add(payment.id);
    } catch {
      break; // the connection is gone: what was not answered was not acknowledged
    }
  }
  return count;
}

function postgresPid(directory: string): number {
  return Number(readFileSync(join(homeOf(directory), 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
}

function homeOf(directory: string): string {
  return readFileSync(join(directory, 'postgres-home'), 'utf8').trim();
}

async function judge(directory: string, acknowledged: ReadonlySet<string>) {
  const port = readFileSync(join(homeOf(directory), 'postgres/postmaster.pid'), 'utf8').split('\n')[3];
  const password = readFileSync(join(directory, 'postgres-password'), 'utf8');
  const client = new pg.Client({ connectionString: `postgresql://gateway:${password}@127.0.0.1:${port}/postgres` });
  await client.connect();
  const one = async (sql: string, values: unknown[] = []): Promise<number> => {
    const { rows } = await client.query<{ count: string }>(sql, values);
    return Number(rows[0]?.count);
  };
  await pause(1_000);
  const verdict = {
    payments: await one('SELECT count(*) FROM payment'),
    lost: acknowledged.size - (await one('SELECT count(*) FROM payment WHERE id = ANY($1)', [[...acknowledged]])),
    paymentsWithoutEvent: await one(
      `SELECT count(*) FROM payment WHERE payment.version <> (SELECT count(*) FROM event
        WHERE event.merchant_id = payment.merchant_id AND aggregate_type = 'PAYMENT' AND aggregate_id = payment.id)`,
    ),
    eventsWithoutPayment: await one(
      `SELECT count(*) FROM event WHERE aggregate_type = 'PAYMENT' AND NOT EXISTS (
        SELECT 1 FROM payment WHERE payment.merchant_id = event.merchant_id AND payment.id = aggregate_id)`,
    ),
    unsequenced: await one('SELECT count(*) FROM event WHERE position IS NULL'),
  };
  await client.end();
  return verdict;
}
