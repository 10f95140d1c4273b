import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/server/config.ts';
import { shareOf } from '../../src/server/workers/share.ts';
import { makeDataDirectory } from '../support/data-directory.ts';
import { freePort, processesOn, spawnGateway, startGatewayProcess, until } from '../support/gateway-process.ts';

const KEY = 'workers_test_key_workers_test_key_1';

/** Sends a request on a connection of its own, which the workers take in turn; its status and body. */
function request(url: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: false });
    get(url, { agent, headers: { authorization: `Bearer ${KEY}`, accept: 'application/json' } }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += String(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    }).on('error', reject);
  });
}

/** The processes that a process has started and that run a worker. */
function workersOf(parent: number | undefined): number[] {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ').map(Number);
  return children.filter((pid) => commandOf(pid).includes('workers/worker.js'));
}

/** The command line of a process; empty when it has ended meanwhile. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

it('serves one port by several processes, adds up their metrics, replaces those that end, and stops in order', async () => {
  const directory = makeDataDirectory();
  const env = {
    PORT: '0',
    DATA_DIR: directory,
    DEMO_API_KEY: KEY,
    LOG_LEVEL: 'warn',
    WORKERS: '2',
    STOP_NOTICE_SECONDS: '0',
  };
  const gateway = await startGatewayProcess(env);
  const origin = /GraphQL +(\S+)\/graphql/.exec(gateway.output())?.[1] ?? '';
  const ask = () => request(`${origin}/graphql?query=${encodeURIComponent('{ merchant { id } }')}`);
  const answers = await Promise.all(Array.from({ length: 20 }, ask));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  const { body } = await request(`${origin}/metrics`);
  expect(body).toContain('gateway_operations_total{transport="GET"} 20\n');
  expect(body).toContain('gateway_events_unsequenced 0\n');

  const before = workersOf(gateway.child.pid);
  expect(before).toHaveLength(2);
  for (const pid of before) process.kill(pid, 'SIGKILL');
  const replaced = () => workersOf(gateway.child.pid).filter((pid) => !before.includes(pid));
  await until(() => replaced().length === 2);
  // The port is the same, and what the old processes had counted still counts.
  await expect
    .poll(
      () =>
        ask().then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 60_000 },
    )
    .toBe(200);
  const [counted] =
    /gateway_operations_total\{transport="GET"\} \d+/.exec((await request(`${origin}/metrics`)).body) ?? [];
  expect(counted).toBe('gateway_operations_total{transport="GET"} 21');

  expect(await gateway.kill('SIGTERM')).toBe(0);
  await until(() => processesOn(directory).length === 0);
});

it('says why a worker cannot start', async () => {
  const taken = await startGatewayProcess({
    PORT: String(await freePort()),
    DATA_DIR: makeDataDirectory(),
    DEMO_API_KEY: KEY,
  });
  const { port } = new URL(taken.url);
  const second = spawnGateway({ PORT: port, DATA_DIR: makeDataDirectory(), DEMO_API_KEY: KEY, WORKERS: '2' });
  expect(await second.exited).toBe(1);
  expect(second.output()).toContain(`port ${port} of 127.0.0.1 is already in use`);
  await taken.kill('SIGTERM');
});

it('divides the limits of the node among the workers, and not those of one request', () => {
  const { listener, connectionsMax } = shareOf(readConfig({ WORKERS: '4', DATABASE_CONNECTIONS_MAX: '40' }));
  expect(connectionsMax).toBe(8);
  expect(listener.connections).toEqual({ perClientMax: 250, perNodeMax: 5_000 });
  expect(listener.limits).toMatchObject({ bucketPoints: 25_000, refillPerSecond: 1_250, costMax: 10_000 });
  expect(listener.receiving.bytesMax).toBe(32 * 1_024 * 1_024);
  expect(() => readConfig({ WORKERS: '8' })).toThrow(
    'DATABASE_CONNECTIONS_MAX must be at least 4 for each of the WORKERS',
  );
});
