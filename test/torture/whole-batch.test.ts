import { expect, it } from 'vitest';
import { makeDataDirectory } from '../support/data-directory.ts';
import { freePort, processesOn, startGatewayProcess, until } from '../support/gateway-process.ts';
import { createRandom, pause } from './random.ts';

// A thousand customers in one call, and the gateway killed at a random moment of it: all of them or none.
// Short by default; `npm run torture -- batch` kills it 30 times.
const KILLS = Number(process.env['BATCH_KILLS'] ?? 2);
const SIZE = 1_000;
const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);
const KEY = 'batch_test_key_batch_test_key_batch';

const CREATE =
  'mutation ($input: CreateCustomersInput!) { createCustomers(input: $input) { succeededCount replayed } }';
const COUNT =
  'query ($text: String!) { customers(filter: { reference: { contains: $text } }, first: 0) { totalCount } }';

async function send<Data>(url: string, query: string, variables: object): Promise<Data | null> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return ((await response.json()) as { data?: Data | null }).data ?? null;
}

it(`writes all of a thousand records or none, over ${KILLS} kills (seed ${seed})`, {
  timeout: KILLS * 20_000 + 900_000,
}, async () => {
  const random = createRandom(seed);
  const directory = makeDataDirectory();
  const start = async () =>
    startGatewayProcess({ PORT: String(await freePort()), DATA_DIR: directory, DEMO_API_KEY: KEY, LOG_LEVEL: 'warn' });
  const seen: Record<string, number> = {};
  for (let kill = 0; kill < KILLS; kill += 1) {
    const prefix = `W${seed}-${kill}-`;
    const records = Array.from({ length: SIZE }, (_, index) => ({
      reference: `${prefix}${index}`,
      personName: 'A',
      personSurname: 'B',
      email: 'a@b.co',
    }));
    const input = { records, idempotencyKey: prefix };
    const first = await start();
    const sending = send<{ createCustomers: { succeededCount: number } }>(first.url, CREATE, { input }).catch(
      () => null,
    );
    await pause(random.below(400));
    await first.kill('SIGKILL');
    const acknowledged = (await sending)?.createCustomers.succeededCount ?? 0;
    await until(() => processesOn(directory).length === 0);

    const second = await start();
    const count = async () =>
      (await send<{ customers: { totalCount: number } }>(second.url, COUNT, { text: prefix }))?.customers.totalCount;
    const found = await count();
    expect([0, SIZE]).toContain(found);
    expect(found).toBeGreaterThanOrEqual(acknowledged);
    // "Did it run or not?" The same call with the same key does not ask.
    const repeat = await send<{ createCustomers: { succeededCount: number; replayed: boolean } }>(second.url, CREATE, {
      input,
    });
    expect(repeat?.createCustomers).toEqual({ succeededCount: SIZE, replayed: found === SIZE });
    expect(await count()).toBe(SIZE);
    await second.kill('SIGTERM');
    const outcome = `${found === SIZE ? 'written' : 'not written'}, ${acknowledged > 0 ? 'answered' : 'not answered'}`;
    seen[outcome] = (seen[outcome] ?? 0) + 1;
    await until(() => processesOn(directory).length === 0);
  }
  console.log(seen);
});

it('would find a part of them, were each written by itself', async () => {
  const directory = makeDataDirectory();
  const env = { DATA_DIR: directory, DEMO_API_KEY: KEY, LOG_LEVEL: 'warn' };
  const gateway = await startGatewayProcess({ ...env, PORT: String(await freePort()) });
  const record = { personName: 'A', personSurname: 'B', email: 'a@b.co' };
  let answered = 0;
  const sending = (async () => {
    for (let index = 0; index < SIZE; index += 1) {
      await send(gateway.url, CREATE, { input: { records: [{ ...record, reference: `T${seed}-${index}` }] } });
      answered += 1;
    }
  })().catch(() => {});
  await until(() => answered >= 5);
  await gateway.kill('SIGKILL');
  await sending;
  await until(() => processesOn(directory).length === 0);
  const second = await startGatewayProcess({ ...env, PORT: String(await freePort()) });
  const found = await send<{ customers: { totalCount: number } }>(second.url, COUNT, { text: `T${seed}-` });
  await second.kill('SIGTERM');
  expect([0, SIZE]).not.toContain(found?.customers.totalCount);
});
