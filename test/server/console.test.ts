import { get } from 'node:http';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/server/config.ts';
import { loadConsole } from '../../src/server/http/console.ts';
import { startGateway } from '../support/harness.ts';

const BYTES_MAX = 60_000;
const DEMO_KEY = 'a-demo-key-of-thirty-two-letters';

/** A page as a browser asks for it under a name of the host. */
function pageOf(url: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { headers: { accept: 'text/html', ...headers } }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () => resolve(text));
    });
    asked.on('error', reject);
  });
}

it('serves the page under a strict policy, and its files for ever', async () => {
  const console = loadConsole({ demoKey: DEMO_KEY, host: '127.0.0.1' });
  const gateway = await startGateway({ listener: { console } });
  const { origin, port } = new URL(gateway.url);
  expect((await fetch(origin, { redirect: 'manual' })).headers.get('location')).toBe('/console/');
  const page = await fetch(`${origin}/console/payment/pay_1`);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(page.headers.get('cache-control')).toBe('no-store');
  const text = await page.text();
  expect(text).not.toMatch(/<script(?![^>]* src=)|<style| style=| on[a-z]+=/);
  const names = [...text.matchAll(/(?:src|href)="(\/console\/[^"]+)"/g)].map(([, name = '']) => name);
  expect(names.length).toBe(2);
  const worker = /name="socket-worker" content="(\/console\/[^"]+)"/.exec(text)?.[1] ?? '';
  for (const name of [...names, worker]) {
    const file = await fetch(origin + name);
    expect([file.status, file.headers.get('content-encoding')]).toEqual([200, 'gzip']);
    expect(file.headers.get('cache-control')).toContain('immutable');
    // The worker is under the policy of its own file.
    expect(file.headers.get('content-security-policy')).toContain("default-src 'none'");
  }
  const bytes = [...console.assets.values()].reduce((sum, { gzipped }) => sum + gzipped.length, 0);
  expect(bytes).toBeLessThan(BYTES_MAX);
  expect((await fetch(`${origin}/console/`, { method: 'POST' })).status).toBe(404);
  expect((await fetch(`${origin}/console/`, { method: 'HEAD' })).status).toBe(200);
  // A file of another version is no page.
  expect((await fetch(`${origin}/console/main-OLD.js`)).status).toBe(404);
  // The demo key is for this machine alone, addressed by its own name.
  expect(await pageOf(`${origin}/console/`, {})).toContain(DEMO_KEY);
  expect(await pageOf(`${origin}/console/`, { host: `evil.example:${port}` })).not.toContain(DEMO_KEY);
  for (const header of ['x-forwarded-for', 'x-real-ip', 'via'])
    expect(await pageOf(`${origin}/console/`, { [header]: '10.0.0.1' })).not.toContain(DEMO_KEY);
});

it('is off in production unless it is asked for, and answers nothing then', async () => {
  const secret = Buffer.alloc(32, 1).toString('base64');
  const consoleOf = (env: NodeJS.ProcessEnv) => readConfig({ SECRET: secret, ...env }).hasConsole;
  expect([consoleOf({}), consoleOf({ NODE_ENV: 'production' })]).toEqual([true, false]);
  expect([consoleOf({ CONSOLE: 'false' }), consoleOf({ NODE_ENV: 'production', CONSOLE: 'true' })]).toEqual([
    false,
    true,
  ]);
  const gateway = await startGateway();
  const { origin } = new URL(gateway.url);
  expect([(await fetch(origin)).status, (await fetch(`${origin}/console/`)).status]).toEqual([404, 404]);
});
