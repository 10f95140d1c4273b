import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase, queryable } from '../../src/store/connection/database.ts';
import { makeDataDirectory } from '../support/data-directory.ts';
import { freePort, type GatewayProcess, spawnGateway, startGatewayProcess } from '../support/gateway-process.ts';
import { createDatabase } from '../support/harness.ts';
import { pause } from './random.ts';

// Nodes whose clocks are wrong, by libfaketime: nothing is made, forgotten or expired by them. `npm run torture -- clocks`;
// the library is in Debian's package faketime.
const LIBRARY = findLibrary();
const SECONDS = Number(process.env['CLOCK_SECONDS'] ?? 5);
const KEY = 'clock_test_key_clock_test_key_clock';

const SUBMIT = `mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { replayed results { outcome errors { code message } payment { id createdAt } } } }`;

interface FakedNode {
  readonly process: GatewayProcess;
  /** Sets its clock this far from the true one, as libfaketime writes it: "+40d", "-10m", "+0". */
  jump(offset: string): void;
}

it('makes, forgets and expires nothing by a clock that is wrong, and says why it is not ready', {
  timeout: 900_000 + SECONDS * 4_000,
}, async () => {
  expect(existsSync(LIBRARY), `${LIBRARY} is needed: install the Debian package faketime`).toBe(true);
  const { url: databaseUrl, drop } = await createDatabase();
  const database = openDatabase(databaseUrl, { connectionsMax: 2, onError: () => {} });
  onTestFinished(async () => {
    await database.close();
    await drop();
  });
  const env = {
    DATABASE_URL: databaseUrl,
    DEMO_API_KEY: KEY,
    SECRET: randomBytes(32).toString('base64'),
    STOP_NOTICE_SECONDS: '0',
  };
  const right = await startGatewayProcess({ ...env, PORT: String(await freePort()), DATA_DIR: makeDataDirectory() });

  for (const [offset, words] of [
    ['+40d', 'ahead of'],
    ['-10m', 'behind'],
  ] as const) {
    const refused = spawnGateway({
      ...env,
      PORT: String(await freePort()),
      DATA_DIR: makeDataDirectory(),
      ...faking(clockFile(offset)),
    });
    expect(await refused.exited).toBe(1);
    expect(refused.output()).toMatch(
      new RegExp(
        `the clock of this machine is \\d+ s ${words} the database clock; synchronise it \\(NTP\\), then start again`,
      ),
    );
  }

  const wrong = await startFaked(env);
  const methods = await ask(right, '{ paymentMethods { nodes { id type } } merchant { now } }');
  const { nodes } = (methods.data as { paymentMethods: { nodes: Array<{ id: string; type: string }> } }).paymentMethods;
  const eft = nodes.find(({ type }) => type === 'DEBIT_ORDER')?.id ?? '';
  const input = (key: string) => ({ idempotencyKey: key, records: [recurring(eft, key)] });
  const first = await submit(right, input('one'));
  expect(first.results[0]?.errors).toEqual([]);
  const { data } = await ask(right, '{ payments(first: 1) { streamCursor } }');
  const cursor = (data as { payments: { streamCursor: string } }).payments.streamCursor;
  const before = await state();
  await right.kill('SIGTERM'); // from here on the wrong node is alone

  let made = 1;
  for (const [offset, skewSeconds] of [
    ['+40d', 40 * 86_400],
    ['-10m', -600],
    ['+0', 0],
    ['+40d', 40 * 86_400],
  ] as const) {
    wrong.jump(offset);
    await expect
      .poll(async () => Math.abs((await skewOf(wrong.process)) - skewSeconds), { timeout: 15_000 })
      .toBeLessThan(60);
    const ready = await (await fetch(wrong.process.url.replace('/graphql', '/readyz'))).text();
    expect(ready).toContain(skewSeconds === 0 ? 'ok' : 'not ready: the clock of this machine differs');
    await pause(SECONDS * 1_000);
    expect((await submit(wrong.process, input('one'))).replayed).toBe(true);
    const resumed = await ask(
      wrong.process,
      'query ($after: String) { events(first: 1, after: $after) { nodes { id } } }',
      { after: cursor },
    );
    expect(resumed.errors).toBeUndefined();
    const fresh = await submit(wrong.process, input(`at ${offset} ${made}`));
    made += 1;
    const createdAt = Date.parse(fresh.results[0]?.payment?.createdAt ?? '');
    expect(Math.abs(createdAt - Date.now())).toBeLessThan(5_000);
    expect(await state()).toEqual({ ...before, payments: made, keys: made });
  }
  expect(wrong.process.output()).toMatch(
    /the clock of this machine is \d+ s ahead of the database clock; this node is not ready until it is synchronised/,
  );
  expect(wrong.process.output()).toMatch(/the clock of this machine is \d+ s behind the database clock/);
  expect(wrong.process.output()).toContain('the clock of this machine agrees with the database clock again');
  await wrong.process.kill('SIGTERM');

  async function state() {
    const [row] = await queryable(database).query<Record<string, number>>(
      `SELECT (SELECT count(*) FROM payment) AS payments, (SELECT count(*) FROM transaction) AS transactions,
              (SELECT count(*) FROM idempotency_record) AS keys, (SELECT max(floor_position) FROM event_head) AS floor`,
    );
    return row;
  }
});

/** Debian keeps libraries in a folder of the machine's kind. */
function findLibrary(): string {
  const name = 'faketime/libfaketimeMT.so.1';
  const folders = readdirSync('/usr/lib').map((folder) => join('/usr/lib', folder, name));
  return folders.find((file) => existsSync(file)) ?? name;
}

function clockFile(offset: string): string {
  const file = join(makeDataDirectory(), 'clock');
  writeFileSync(file, offset);
  return file;
}

function faking(file: string): NodeJS.ProcessEnv {
  return {
    LD_PRELOAD: LIBRARY,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
}

async function startFaked(env: NodeJS.ProcessEnv): Promise<FakedNode> {
  const file = clockFile('+0');
  const process = await startGatewayProcess({
    ...env,
    PORT: String(await freePort()),
    DATA_DIR: makeDataDirectory(),
    ...faking(file),
  });
  return { process, jump: (offset) => writeFileSync(file, offset) };
}

function recurring(paymentMethodId: string, key: string) {
  const reference = key.replaceAll(/[^a-z0-9]/g, '');
  const soon = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  return {
    paymentMethodId,
    customer: { reference: `C${reference}`, personName: 'A', personSurname: 'B', email: 'a@example.com' },
    bankAccount: { accountHolderName: 'A B', accountNumber: '62001872440', accountType: 'SAVINGS', bank: 'FNB' },
    mandate: {
      amount: '45.00',
      recurring: { processDay: 1, interval: 'MONTHLY' },
      paymentIndustry: 'ACCOUNT_REPAYMENT',
    },
    amount: '45.00',
    transactionReference: `T${reference}`,
    recurring: { dateStart: soon(10), dateEnd: soon(300) },
  };
}

async function ask(node: GatewayProcess, query: string, variables: object = {}) {
  const response = await fetch(node.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as { data?: unknown; errors?: Array<{ message: string }> };
}

interface Submitted {
  readonly replayed: boolean;
  readonly results: ReadonlyArray<{ errors: unknown[]; payment: { id: string; createdAt: string } | null }>;
}

async function submit(node: GatewayProcess, input: object): Promise<Submitted> {
  const { data, errors } = await ask(node, SUBMIT, { input });
  if (!data) throw new Error(JSON.stringify(errors));
  return (data as { submitPayments: Submitted }).submitPayments;
}

async function skewOf(node: GatewayProcess): Promise<number> {
  const text = await (await fetch(node.url.replace('/graphql', '/metrics'))).text();
  return Number(/^gateway_clock_skew_seconds (\S+)$/m.exec(text)?.[1]);
}
