import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConsole } from '../../src/server/http/console.ts';
import { makeDemoHistory } from '../../src/services/sandbox/make-demo-history.ts';
import { makeDemoPresent } from '../../src/services/sandbox/make-demo-present.ts';
import { startGateway } from '../support/harness.ts';
import { openPage } from './browser.ts';
import { open, signIn } from './console.ts';

/** Where `npm run pictures` keeps the pictures that the documentation shows. */
const DIRECTORY = join(import.meta.dirname, '..', '..', 'docs', 'images');
const SCREENS = ['Today', 'Runs', 'Unpaids', 'Approvals', 'Disputes', 'Unknown money', 'Forecast', 'Developers'];
/** The bytes of a picture on which there is more than an empty page. */
const BYTES_MIN = 30_000;

it('shows the demo merchant on every screen, as the pictures of the documentation do', async () => {
  const gateway = await startGateway({ listener: { console: loadConsole({ demoKey: null, host: '127.0.0.1' }) } });
  await makeDemoPresent(gateway.node.app, gateway.merchantId);
  await makeDemoHistory(gateway.node.withClock, gateway.merchantId, () => false);
  await gateway.sql(`UPDATE merchant SET name = 'Karoo Fitness'`);
  const origin = new URL(gateway.url).origin;
  const { page, faults, expectAccessible } = await openPage(origin);
  const take = async (name: string): Promise<void> => {
    const picture = await page.screenshot();
    expect(picture.length).toBeGreaterThan(BYTES_MIN);
    if (!process.env['PICTURES']) return;
    mkdirSync(DIRECTORY, { recursive: true });
    writeFileSync(join(DIRECTORY, `console-${name.toLowerCase().replaceAll(' ', '-')}.png`), picture);
  };
  await signIn(page, origin, gateway.apiKey);
  for (const screen of SCREENS) {
    await open(page, screen);
    await expect.poll(() => page.getByText('Loading …').count()).toBe(0);
    expect(await page.getByRole('alert').allTextContents()).toEqual([]);
    // Which charts there are depends on the hour and the day of the month.
    await expect
      .poll(async () => (await page.locator('figure').count()) - (await page.locator('canvas').count()))
      .toBe(0);
    await expectAccessible();
    await take(screen);
  }
  await open(page, 'Unpaids');
  await page.getByRole('region', { name: 'Unpaid debits, latest first' }).getByRole('link').first().click();
  await page.getByRole('heading', { name: 'Timeline' }).waitFor();
  await expectAccessible();
  await take('Payment');
  expect(faults).toEqual([]);
});
