import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../support/gateway-process.ts';
import { installPacked, run, start } from './installed.ts';

// The examples of the documentation, with the packed client, against a started gateway.

const EXAMPLES = join(import.meta.dirname, '../../docs/examples');

it("runs the partner's program to its end: submitted, paid and exported", async () => {
  const user = installPacked();
  const { port, apiKey } = await start(user);
  cpSync(join(EXAMPLES, 'partner/partner.mjs'), join(user, 'partner.mjs'));
  const env = { GATEWAY_URL: `http://127.0.0.1:${port}/graphql`, API_KEY: apiKey, RUN: 'RUN-1' };
  const printed = run(process.execPath, ['partner.mjs'], user, env);
  expect(printed.match(/^CREATED RUN-1-\d/gm)).toHaveLength(3);
  expect(printed.match(/^RUN-1-\d PAID$/gm)).toHaveLength(3);
  const csv = printed.slice(printed.indexOf('id,paymentId'));
  expect(csv.trim().split('\r\n')).toHaveLength(4);
  expect(csv.match(/,PAID,/g)).toHaveLength(3);
});

it('builds the page with Vite, which shows a payment as it arrives', async () => {
  const user = installPacked();
  const pagePort = await freePort();
  const origin = `http://127.0.0.1:${pagePort}`;
  const { port, apiKey } = await start(user, { CORS_ORIGINS: origin });
  const page = join(user, 'page');
  mkdirSync(page);
  cpSync(join(EXAMPLES, 'react'), page, { recursive: true });
  const tarball = `file:${join(user, 'node_modules/collections-gateway')}`;
  run('npm', ['install', '--ignore-scripts', '--install-links', tarball], page);
  run('npx', ['vite', 'build'], page, { VITE_GATEWAY_URL: `http://127.0.0.1:${port}/graphql` });
  serve(join(page, 'dist'), pagePort);
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  onTestFinished(() => browser.close());
  const tab = await browser.newPage();
  await tab.goto(origin);
  await tab.getByLabel('API key').fill(apiKey);
  await tab.getByRole('button', { name: 'Show' }).click();
  await tab.getByRole('heading', { name: 'Payments' }).waitFor();
  const demo = spawn(join(user, 'node_modules/.bin/collections-gateway'), ['demo'], {
    cwd: user,
    env: { PATH: process.env['PATH'], PORT: String(port) },
  });
  onTestFinished(() => void demo.kill('SIGKILL'));
  await tab
    .getByText(/COMPLETED R/)
    .first()
    .waitFor();
  expect(await tab.getByRole('alert').count()).toBe(0);
});

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

/** Serves the files of a built page. */
function serve(directory: string, port: number): void {
  const server = createServer((request, response) => {
    const path = join(directory, request.url === '/' ? 'index.html' : (request.url ?? ''));
    if (!existsSync(path)) return response.writeHead(404).end();
    response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
    return response.end(readFileSync(path));
  });
  server.listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
}
