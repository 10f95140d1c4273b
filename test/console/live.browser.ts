import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeDataDirectory } from '../support/data-directory.ts';
import { freePort, startGatewayProcess } from '../support/gateway-process.ts';
import { openPage } from './browser.ts';

it('shows the state of the database after the gateway was killed and started, without a reload', async () => {
  const directory = makeDataDirectory();
  const env = { PORT: String(await freePort()), DATA_DIR: directory };
  const first = await startGatewayProcess(env);
  expect(first.output()).toContain('/console/');
  const origin = new URL(first.url).origin;
  const { page, faults } = await openPage(origin);
  // The demo key is filled in.
  await page.goto(origin);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.evaluate(() => Object.assign(globalThis, { isStillHere: true }));
  await first.kill('SIGKILL');
  await page.getByText(/^Stale since/).waitFor();
  const second = await startGatewayProcess(env);
  const key = readFileSync(join(directory, 'demo-key'), 'utf8').trim();
  const response = await fetch(second.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({
      query: `mutation { simulate(input: { scenario: PAY_IN_RECEIVED, amount: "77.10", eftReference: "nobody" }) { outcome } }`,
    }),
  });
  expect(await response.json()).toMatchObject({ data: { simulate: { outcome: 'UPDATED' } } });
  await page.getByText('1 deposits match no payment').waitFor({ timeout: 120_000 });
  await page.getByText('Live', { exact: true }).waitFor();
  expect(await page.evaluate(() => 'isStillHere' in globalThis)).toBe(true);
  expect(faults).toEqual([]);
});
