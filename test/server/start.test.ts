import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import { makeDataDirectory } from '../support/data-directory.ts';
import { administer, databaseUrl } from '../support/database-server.ts';
import { freePort, processesOn, spawnGateway, startGatewayProcess, until } from '../support/gateway-process.ts';
import { createDatabase } from '../support/harness.ts';

/** What a start that must fail says on its error output, and its exit code. */
async function refusal(env: NodeJS.ProcessEnv): Promise<string> {
  const gateway = spawnGateway({ LOG_LEVEL: 'silent', ...env });
  const code = await gateway.exited;
  return `${code}: ${gateway.output().trim()}`;
}

it('starts in a directory with spaces, says what a person needs, and leaves no process behind', async () => {
  const directory = makeDataDirectory();
  const env = { PORT: String(await freePort()), DATA_DIR: directory };
  const gateway = await startGatewayProcess(env);
  const key = readFileSync(join(directory, 'demo-key'), 'utf8').trim();
  for (const text of [
    gateway.url,
    gateway.url.replace('http', 'ws'),
    `${gateway.url}/stream`,
    key,
    directory,
    'query FirstLook',
  ]) {
    expect(gateway.output()).toContain(text);
  }
  const page = await graphiqlUnder(gateway.url, new URL(gateway.url).host);
  expect(page).toContain('GraphiQL');
  expect(page).toContain(key);
  // A page whose name was made to lead here must not read the key.
  expect(await graphiqlUnder(gateway.url, `evil.example:${env.PORT}`)).not.toContain(key);
  expect(await gateway.kill('SIGINT')).toBe(0);
  await until(() => processesOn(directory).length === 0);
});

function graphiqlUnder(url: string, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { headers: { accept: 'text/html', host } }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () => resolve(text));
    });
    asked.on('error', reject);
  });
}

it('keeps its data over a kill of everything, and stops the server it left behind', async () => {
  const directory = makeDataDirectory();
  const first = await startGatewayProcess({ PORT: String(await freePort()), DATA_DIR: directory });
  // The watchdog would stop PostgreSQL when the gateway dies: without it, an orphan is left.
  const watchdogs = processesOn('read -r word').filter((pid) => pid !== first.child.pid);
  for (const pid of watchdogs) if (parentOf(pid) === first.child.pid) process.kill(pid, 'SIGKILL');
  await first.kill('SIGKILL');
  expect(processesOn(`${directory}/postgres`).length).toBeGreaterThan(0);
  const second = await startGatewayProcess({ PORT: String(await freePort()), DATA_DIR: directory });
  expect(second.output()).toContain('had left running');
  await second.kill('SIGTERM');
  await until(() => processesOn(directory).length === 0);
});

it('refuses a data directory that another gateway uses', async () => {
  const directory = makeDataDirectory();
  const gateway = await startGatewayProcess({ PORT: String(await freePort()), DATA_DIR: directory });
  expect(await refusal({ PORT: String(await freePort()), DATA_DIR: directory })).toMatch(
    /^1: collections-gateway: the data directory .* is in use by the gateway with process id \d+; stop it, or set DATA_DIR to another directory$/,
  );
  await gateway.kill('SIGTERM');
});

it('lets one of several starts at once have a data directory whose owner is gone', async () => {
  const directory = makeDataDirectory();
  writeFileSync(join(directory, 'gateway.lock'), '999999999 1');
  const starts = await Promise.all(
    [0, 1, 2].map(async () =>
      startGatewayProcess({ PORT: String(await freePort()), DATA_DIR: directory }).catch(
        (error: Error) => error.message,
      ),
    ),
  );
  const owners = starts.filter((start) => typeof start !== 'string');
  expect(owners).toHaveLength(1);
  for (const start of starts)
    if (typeof start === 'string') expect(start).toContain('is in use by the gateway with process id');
  await owners[0]?.kill('SIGTERM');
});

it('names a wrong variable without its value', async () => {
  expect(await refusal({ PORT: 'x', SECRET: 'hunter2hunter2' })).toMatch(
    /^1: collections-gateway: invalid configuration: PORT .*; SECRET must be 32 bytes in base64, as printed by "openssl rand -base64 32"$/,
  );
});

it('names a taken port, and undoes the start', async () => {
  const directory = makeDataDirectory();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  expect(await refusal({ PORT: String(port), DATA_DIR: directory })).toBe(
    `1: collections-gateway: port ${port} of 127.0.0.1 is already in use; stop the process that uses it, or set PORT to another port`,
  );
  expect(processesOn(directory)).toEqual([]);
});

it('names a database that is down', async () => {
  const port = await freePort();
  const answer = await refusal({
    DATA_DIR: makeDataDirectory(),
    DATABASE_URL: `postgresql://gateway:hunter2@127.0.0.1:${port}/x`,
  });
  expect(answer).toMatch(
    /^1: collections-gateway: cannot connect to the database at DATABASE_URL \(127\.0\.0\.1:\d+\/x\): .*; start it, or correct DATABASE_URL$/,
  );
  expect(answer).not.toContain('hunter2');
});

it('names a data directory of another major version', async () => {
  const directory = makeDataDirectory();
  mkdirSync(join(directory, 'postgres'));
  writeFileSync(join(directory, 'postgres/PG_VERSION'), '14\n');
  expect(await refusal({ DATA_DIR: directory })).toMatch(
    /^1: collections-gateway: .* contains a database of PostgreSQL 14, but PostgreSQL 18 is embedded; .*$/,
  );
});

it('names a migration that fails and says that it was rolled back', async () => {
  const { url, drop } = await createDatabase();
  await administer(url, 'UPDATE _prisma_migrations SET finished_at = NULL');
  expect(await refusal({ DATA_DIR: makeDataDirectory(), DATABASE_URL: url })).toMatch(
    /^1: collections-gateway: migration \d+_\w+ failed and was rolled back: .* already exists; /,
  );
  await drop();
});

it('refuses to make a secret of its own for a database in production', async () => {
  const env = { DATA_DIR: makeDataDirectory(), DATABASE_URL: 'postgresql://x@127.0.0.1:1/x', NODE_ENV: 'production' };
  expect(await refusal(env)).toMatch(
    /^1: collections-gateway: invalid configuration: SECRET is required in production/,
  );
});

it('stops in order when everything of its process group is told to stop at once', async () => {
  const { npm, directory, output } = await startByNpm('1');
  process.kill(-(npm.pid ?? 0), 'SIGTERM');
  await until(() => processesOn(directory).length === 0);
  expect(output().match(/"signal":"SIGTERM"/g)).toHaveLength(1);
  expect(existsSync(join(directory, 'postgres/postmaster.pid'))).toBe(false);
});

it('stops in order when npm, which hands no signal on, is told to stop', async () => {
  const { npm, directory, output } = await startByNpm('0');
  npm.kill('SIGTERM');
  await until(() => processesOn(directory).length === 0);
  expect(output()).toContain('"signal":"SIGTERM"');
  expect(existsSync(join(directory, 'postgres/postmaster.pid'))).toBe(false);
});

it('refuses a database of another secret', async () => {
  const { url, drop } = await createDatabase();
  const env = { DATABASE_URL: url, PORT: String(await freePort()) };
  const gateway = await startGatewayProcess({ ...env, DATA_DIR: makeDataDirectory() });
  await gateway.kill('SIGTERM');
  expect(await refusal({ ...env, DATA_DIR: makeDataDirectory() })).toBe(
    '1: collections-gateway: this database was created with another secret; set SECRET to the secret of its first node',
  );
  await drop();
});

it('serves a database of your own with two nodes started at once, one secret and one demo key', async () => {
  const serverUrl = inject('serverUrl');
  const name = `gateway_empty_${Math.random().toString(36).slice(2)}`;
  await administer(serverUrl, `CREATE DATABASE ${name}`);
  const shared = {
    DATABASE_URL: databaseUrl(serverUrl, name),
    SECRET: Buffer.alloc(32, 7).toString('base64'),
    DEMO_API_KEY: 'k'.repeat(40),
  };
  const nodes = await Promise.all(
    [0, 1].map(async () =>
      startGatewayProcess({ ...shared, DATA_DIR: makeDataDirectory(), PORT: String(await freePort()) }),
    ),
  );
  const answers = await Promise.all(nodes.map((node) => merchantOf(node.url, shared.DEMO_API_KEY)));
  expect(answers[0]).toMatch(/^mer_/);
  expect(answers[1]).toBe(answers[0]);
  await Promise.all(nodes.map((node) => node.kill('SIGTERM')));
  await administer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
});

/** The gateway as `npm start` runs it, in a process group of its own, once it is ready. */
async function startByNpm(stopNoticeSeconds: string) {
  const directory = makeDataDirectory();
  const env = {
    ...process.env,
    DATA_DIR: directory,
    PORT: String(await freePort()),
    DEMO_HISTORY: 'false',
    STOP_NOTICE_SECONDS: stopNoticeSeconds,
  };
  const npm = spawn('npm', ['start'], { cwd: join(import.meta.dirname, '../..'), env, detached: true });
  onTestFinished(() => void npm.kill('SIGKILL'));
  let output = '';
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  await until(() => output.includes('The collections gateway is ready.'));
  return { npm, directory, output: () => output };
}

async function merchantOf(url: string, apiKey: string): Promise<string | undefined> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` };
  const response = await fetch(url, { method: 'POST', headers, body: '{"query":"{ merchant { id } }"}' });
  return ((await response.json()) as { data?: { merchant: { id: string } } }).data?.merchant.id;
}

function parentOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()?.split(' ')[1]);
}
