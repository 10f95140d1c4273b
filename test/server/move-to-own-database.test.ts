import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeDataDirectory } from '../support/data-directory.ts';
import { administer, databaseUrl } from '../support/database-server.ts';
import { oneTimeDebitOrder } from '../support/examples.ts';
import { freePort, type GatewayProcess, spawnGateway, startGatewayProcess, until } from '../support/gateway-process.ts';

const KEY = 'move_test_key_move_test_key_move_test';
const METHODS = '{ paymentMethods { nodes { id type } } events(first: 0) { streamCursor } }';
const STATE = `{
  merchant { id }
  customers(orderBy: { field: CREATED_AT, direction: ASC }) { nodes { id reference taxNumber } }
  payments { nodes { id status version transactions { nodes { id status } } } }
  events(first: 100) { nodes { id type } }
}`;
const FOLLOW = 'query ($after: String) { events(after: $after) { nodes { id } } }';

interface Answer<Data> {
  readonly data?: Data;
  readonly errors?: Array<{ extensions: { code: string } }>;
}

async function ask<Data>({ url }: GatewayProcess, query: string, variables: object = {}): Promise<Answer<Data>> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return (await response.json()) as Answer<Data>;
}

async function submit(gateway: GatewayProcess, methodId: string, reference: string): Promise<string> {
  const processDate = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  const order = oneTimeDebitOrder(methodId, reference, processDate);
  const customer = { ...order.customer, taxNumber: '9560164031' };
  const { data } = await ask<{ submitPayments: { results: Array<{ outcome: string }> } }>(
    gateway,
    'mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { results { outcome } } }',
    { input: { records: [{ ...order, customer }] } },
  );
  return data?.submitPayments.results[0]?.outcome ?? '';
}

it('moves from the embedded database to another: all is there, keys are good, and older cursors say that the log is another', async () => {
  const home = makeDataDirectory();
  const embedded = await startGatewayProcess({ PORT: String(await freePort()), DATA_DIR: home, DEMO_API_KEY: KEY });
  const { data: before } = await ask<{
    paymentMethods: { nodes: Array<{ id: string; type: string }> };
    events: { streamCursor: string };
  }>(embedded, METHODS);
  const eft = before?.paymentMethods.nodes.find(({ type }) => type === 'DEBIT_ORDER')?.id ?? '';
  const after = before?.events.streamCursor;
  expect(await submit(embedded, eft, 'A')).toBe('CREATED');
  await expect
    .poll(async () => (await ask<{ events: { nodes: unknown[] } }>(embedded, FOLLOW, { after })).data?.events.nodes)
    .not.toEqual([]);
  const state = await ask(embedded, STATE);
  expect(await embedded.kill('SIGINT')).toBe(0);

  const serving = spawnGateway({ DATA_DIR: home }, undefined, ['cli', 'serve-database']);
  await until(() => serving.output().includes('postgresql://'));
  const address = serving.output().trim();
  await administer(databaseUrl(address, 'template1'), 'CREATE DATABASE moved TEMPLATE postgres'); // as restored there
  const env = {
    DATABASE_URL: databaseUrl(address, 'moved'),
    SECRET: readFileSync(join(home, 'secret'), 'utf8').trim(),
    DATA_DIR: makeDataDirectory(),
  };
  const renewing = spawnGateway(env, undefined, ['cli', 'renew-cursors']);
  expect([await renewing.exited, renewing.output()]).toEqual([0, expect.stringContaining('1')]);
  const moved = await startGatewayProcess({ ...env, PORT: String(await freePort()) });
  expect(await ask(moved, STATE)).toEqual({ ...state, extensions: expect.anything() });
  expect((await ask(moved, FOLLOW, { after })).errors?.[0]?.extensions.code).toBe('CURSOR_RESET');
  expect(await submit(moved, eft, 'B')).toBe('CREATED');
  await moved.kill('SIGINT');
  await serving.kill('SIGINT');
  expect(await serving.exited).toBe(0);
});
