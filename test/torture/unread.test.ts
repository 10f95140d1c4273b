import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { makeDataDirectory } from '../support/data-directory.ts';
import { freePort, startGatewayProcess } from '../support/gateway-process.ts';
import { createDatabase } from '../support/harness.ts';
import { pause } from './random.ts';

// A client that sends pings of a megabyte and reads nothing, against a process of 256 MB of heap: ours lives, a server of graphql-ws as it
// comes dies. `npm run torture -- unread` goes on for as long as the twin lives.
const MEGABYTES = Number(process.env['UNREAD_MEGABYTES'] ?? 300);
const KEY = 'unread_test_key_unread_test_key_unre';
const HEAP_MB = 128;

it(`outlives ${MEGABYTES} MB of pings that nobody reads the answers to; graphql-ws as it comes does not`, async () => {
  const { url: databaseUrl, drop } = await createDatabase();
  const env = {
    DATABASE_URL: databaseUrl,
    DEMO_API_KEY: KEY,
    PORT: String(await freePort()),
    DATA_DIR: makeDataDirectory(),
  };
  const gateway = await startGatewayProcess({
    ...env,
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
    SOCKET_MESSAGES_PER_SECOND: '100000',
    COST_BUCKET: '1000000',
    BODIES_BYTES_MAX: '268435456',
  });
  const before = memoryMb(gateway.child);
  await flood(gateway.url.replace('http', 'ws'), { authorization: `Bearer ${KEY}` });
  const after = memoryMb(gateway.child);
  expect(gateway.child.exitCode).toBeNull();
  expect((await fetch(gateway.url.replace('/graphql', '/livez'))).status).toBe(200);
  console.log({ before, after });
  await gateway.kill('SIGTERM');
  await drop();

  const twin = await startTwin();
  await flood(twin.url, {});
  await Promise.race([twin.exited, pause(20_000)]);
  expect(await Promise.race([twin.exited, 'lives'])).not.toBe('lives');
});

/** Pings of a megabyte each, as many as the bytes come to, over sockets that are never read. */
async function flood(url: string, params: object): Promise<void> {
  const payload = JSON.stringify({ type: 'ping', payload: { echo: 'x'.repeat(1_000_000) } });
  for (let sent = 0; sent < MEGABYTES; ) {
    const socket = new WebSocket(url, 'graphql-transport-ws');
    socket.on('error', () => {});
    const opened = await new Promise<boolean>((resolve) => {
      socket.once('open', () => resolve(true));
      socket.once('close', () => resolve(false));
    });
    if (!opened) return;
    socket.send(JSON.stringify({ type: 'connection_init', payload: params }));
    await new Promise((resolve) => socket.once('message', resolve));
    socket.pause();
    while (sent < MEGABYTES && socket.readyState === socket.OPEN) {
      sent += 1;
      await Promise.race([new Promise((resolve) => socket.send(payload, resolve)), pause(5_000)]);
    }
    await pause(1_000);
    socket.terminate();
  }
}

/** The resident memory of a process, in megabytes. */
function memoryMb(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024);
}

/** The server that graphql-ws documents, in a process of its own. */
async function startTwin(): Promise<{ url: string; exited: Promise<number | null> }> {
  const port = await freePort();
  const source = `
    import { buildSchema } from 'graphql';
    import { useServer } from 'graphql-ws/use/ws';
    import { WebSocketServer } from 'ws';
    const server = new WebSocketServer({ port: ${port}, host: '127.0.0.1', path: '/graphql' });
    useServer({ schema: buildSchema('type Query { a: Int }') }, server);
    server.on('listening', () => console.log('ready'));`;
  const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MB}`, '--input-type=module', '-e', source], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const exited = new Promise<number | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? (signal ? -1 : 0))),
  );
  return { url: `ws://127.0.0.1:${port}/graphql`, exited };
}
