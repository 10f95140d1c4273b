import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadDocuments } from '../../src/server/documents.ts';
import { startOneTimePayment } from '../support/customers.ts';
import { makeDataDirectory } from '../support/data-directory.ts';
import { AdvanceClock } from '../support/documents.ts';
import { graphql } from '../support/generated/index.ts';
import { enterKey, goTo, open, signIn, startConsole } from './console.ts';

// What the console does when something breaks, or changes while people act.

const SimulateFault = graphql(`
  mutation SimulateFault($input: SimulateInput!) { simulate(input: $input) { outcome } }
`);

it('has a socket of its own when the shared worker cannot be loaded, and another worker when it has died', async () => {
  const { gateway, origin, watched } = await startConsole();
  const { page } = watched;
  await page.context().route('**/worker-*.js', (route) => route.fulfill({ status: 404 }), { times: 1 });
  await signIn(page, origin, gateway.apiKey);
  await startOneTimePayment(gateway, 'A', '2024-09-20');
  await page.getByText('CUS-A').first().waitFor();
  await page.context().unroute('**/worker-*.js');
  const tab = await watched.openTab();
  await signIn(tab, origin, gateway.apiKey);
  const session = await page.context().browser()?.newBrowserCDPSession();
  const { targetInfos = [] } = (await session?.send('Target.getTargets')) ?? {};
  const worker = targetInfos.find(({ type }) => type === 'shared_worker');
  await session?.send('Target.closeTarget', { targetId: worker?.targetId ?? '' });
  await tab.getByText(/^Stale since/).waitFor();
  await tab.getByText('Live', { exact: true }).waitFor();
  await startOneTimePayment(gateway, 'B', '2024-09-20');
  await tab.getByText('CUS-B').first().waitFor();
});

it('leaves a user signed in when a late answer refuses the key of the one before', async () => {
  const { gateway, origin, watched } = await startConsole();
  const { page } = watched;
  await signIn(page, origin, gateway.apiKey);
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const refusal = { errors: [{ message: 'The old key was revoked.', extensions: { code: 'UNAUTHENTICATED' } }] };
  await page.route(
    '**/graphql',
    async (route) => {
      await held;
      await route.fulfill({ json: refusal });
    },
    { times: 1 },
  );
  await open(page, 'Runs');
  await page.getByRole('button', { name: 'Sign out' }).click();
  const { apiKey } = await gateway.addMerchant();
  await page.getByLabel('API key or token').fill(apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  release();
  await page.waitForTimeout(500);
  expect(await page.getByText('Live', { exact: true }).count()).toBe(1);
});

it('retries on the day that was previewed or not at all, and keeps what was selected while the list changes', async () => {
  const { gateway, origin, watched } = await startConsole();
  const { page } = watched;
  await startOneTimePayment(gateway, 'A', '2024-09-20');
  await gateway.data(AdvanceClock, { to: '2024-09-25T12:00:00+02:00' });
  const [{ id = '' } = {}] = await gateway.sql<{ id: string }>('SELECT id FROM transaction');
  await gateway.data(SimulateFault, { input: { scenario: 'TRANSACTION_LATE_UNPAID', id, code: '02' } });
  await signIn(page, origin, gateway.apiKey);
  await open(page, 'Unpaids');
  await page.getByRole('checkbox', { name: 'Select INV-A' }).check();
  // Filtered out, it stays selected.
  await goTo(page, '/console/unpaids?code=04');
  await page.getByRole('button', { name: 'Preview retry of 1' }).click();
  await page.getByText(/^R 45.00 on \d+ Sep 2024$/).waitFor();
  await page.getByRole('row', { name: /INV-A/ }).waitFor();
  // The cut-off of that day passes before it is confirmed.
  await gateway.data(AdvanceClock, { to: '2024-09-30T12:00:00+02:00' });
  await page.getByRole('button', { name: 'Retry 1 now' }).click();
  await page.getByRole('button', { name: 'Close' }).waitFor();
  expect(await gateway.sql('SELECT 1 FROM transaction WHERE attempt = 2')).toEqual([]);
  expect(watched.faults).toEqual([]);
});

it('keeps a dialog open that acts on a row which has left the list', async () => {
  const { gateway, origin, watched } = await startConsole();
  const { page } = watched;
  await gateway.data(SimulateFault, {
    input: { scenario: 'PAY_IN_RECEIVED', amount: '12.30', eftReference: 'nobody knows' },
  });
  await signIn(page, origin, gateway.apiKey);
  await open(page, 'Unknown money');
  await page.getByRole('button', { name: 'Resolve' }).click();
  await page.getByRole('button', { name: 'Refund R 12.30' }).click();
  await page.getByRole('button', { name: 'Yes' }).click();
  await page.getByText('Every deposit has its payment.').waitFor();
  expect(await page.getByRole('dialog').getByText('Done.').count()).toBe(1);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  expect(watched.faults).toEqual([]);
});

it('finds numbers of any length, and forgets the error of a search', async () => {
  const { gateway, origin, watched } = await startConsole();
  const { page } = watched;
  await signIn(page, origin, gateway.apiKey);
  const search = page.getByRole('searchbox');
  await search.fill('8001015009087');
  await search.press('Enter');
  await page.getByText('Nothing found.').waitFor();
  await startOneTimePayment(gateway, 'A', '2024-09-20');
  for (const text of ['45', '45.00', '1601', 'nv-a']) {
    await search.fill(text);
    await search.press('Enter');
    await page
      .getByRole('search')
      .getByRole('link', { name: text === '1601' ? /John Doe/ : 'INV-A' })
      .waitFor();
  }
  expect(watched.faults).toEqual([]);
});

it('signs in once when two ask at the same time', async () => {
  const { gateway, origin, watched } = await startConsole();
  const { page } = watched;
  await page.route('**/graphql', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  await page.addInitScript((key) => sessionStorage.setItem('collections-key', key), gateway.apiKey);
  await enterKey(page, origin, gateway.apiKey);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect
    .poll(async () => {
      const metrics = await (await fetch(gateway.url.replace('/graphql', '/metrics'))).text();
      return Number(/^gateway_connections (\d+)/m.exec(metrics)?.[1]);
    })
    .toBe(0);
});

it('shows every screen where only trusted documents run: its own are trusted', async () => {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const directory = makeDataDirectory();
  const file = join(directory, 'documents.json');
  writeFileSync(file, '{}');
  const documents = loadDocuments({ file, mode: 'ENFORCE', hasConsole: true }, log);
  const { gateway, origin, watched } = await startConsole({ documents });
  const { page } = watched;
  await signIn(page, origin, gateway.apiKey);
  for (const title of ['Today', 'Runs', 'Debits', 'Unpaids', 'Approvals', 'Disputes', 'Unknown money', 'Forecast']) {
    await open(page, title);
    await expect.poll(() => page.getByText('Loading …').count()).toBe(0);
    expect(await page.getByRole('alert').allTextContents()).toEqual([]);
  }
  await page.getByRole('button', { name: '+1 day' }).click();
  await page.getByText('2 Sep 2024').first().waitFor();
  expect(watched.faults).toEqual([]);
});
