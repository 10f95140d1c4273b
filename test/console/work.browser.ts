import { parse } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { CAPITEC_ACCOUNT, startOneTimePayment, startRecurringPayment } from '../support/customers.ts';
import { AdvanceClock, SubmitPayments } from '../support/documents.ts';
import { methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import type { TestGateway } from '../support/harness.ts';
import { startReceiver } from '../support/receiver.ts';
import { createEndpoint } from '../support/webhooks.ts';
import { goTo, open, signIn, startConsole } from './console.ts';

// What people do with the console: long lists, filters, many tabs, amendments, and what developers look at.

/** Submits debits that are all unpaid once the clock is moved. */
async function submitUnpaid(gateway: TestGateway, count: number): Promise<void> {
  const { eft } = await methodIds(gateway);
  const records = Array.from({ length: count }, (_, index) => {
    const record = oneTimeDebitOrder(eft, `U${String(index).padStart(4, '0')}`, '2024-09-20');
    return { ...record, bankAccount: { ...CAPITEC_ACCOUNT, accountNumber: '9900020018' } };
  });
  const { submitPayments } = await gateway.data(SubmitPayments, { input: { records } });
  expect(submitPayments.results.flatMap(({ errors }) => errors)).toEqual([]);
  await gateway.data(AdvanceClock, { to: '2024-09-25T12:00:00+02:00' });
}

it('follows the log by one socket for all tabs, which ends with the last of them', async () => {
  const { gateway, origin, watched } = await startConsole();
  const sockets = async (): Promise<number> => {
    const metrics = await (await fetch(gateway.url.replace('/graphql', '/metrics'))).text();
    return Number(/^gateway_connections (\d+)/m.exec(metrics)?.[1]);
  };
  await signIn(watched.page, origin, gateway.apiKey);
  const tabs = [await watched.openTab(), await watched.openTab()];
  for (const tab of tabs) await signIn(tab, origin, gateway.apiKey);
  expect(await sockets()).toBe(1);
  await startOneTimePayment(gateway, 'A', '2024-09-20');
  for (const tab of [watched.page, ...tabs]) await tab.getByText('CUS-A').first().waitFor();
  // A lost socket is lost for all, and resumed for all.
  await watched.page.getByRole('button', { name: 'Drop my socket' }).click();
  await tabs[0]?.getByText(/^Stale since/).waitFor();
  await tabs[0]?.getByText('Live', { exact: true }).waitFor();
  await watched.page.close();
  await tabs[0]?.getByRole('button', { name: 'Sign out' }).click();
  await startOneTimePayment(gateway, 'B', '2024-09-20');
  await tabs[1]?.getByText('CUS-B').first().waitFor();
  expect(await sockets()).toBe(1);
  await tabs[1]?.close();
  await expect.poll(sockets).toBe(0);
  expect(watched.faults).toEqual([]);
});

it('keeps only the rows that are seen in the page, reads more as it is scrolled, and acts on many', async () => {
  const { gateway, origin, watched } = await startConsole();
  const { page } = watched;
  await submitUnpaid(gateway, 450);
  await signIn(page, origin, gateway.apiKey);
  await open(page, 'Unpaids');
  const list = page.getByRole('region', { name: 'Unpaid debits, latest first' });
  await list.getByRole('link').first().waitFor();
  const rows = () => list.getByRole('row').count();
  expect(await list.getByRole('table').getAttribute('aria-rowcount')).toBe('451');
  expect(await rows()).toBeLessThan(80);
  const seen = new Set<string>();
  for (let top = 0; top <= 450 * 36; top += 300) {
    await list.evaluate((element, to) => element.scrollTo(0, to), top);
    await page.waitForTimeout(30);
    for (const text of await list.getByRole('link').allTextContents()) seen.add(text);
  }
  await expect
    .poll(async () => {
      await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      for (const text of await list.getByRole('link').allTextContents()) seen.add(text);
      return seen.size;
    })
    .toBe(450);
  expect(await rows()).toBeLessThan(80);
  await watched.expectAccessible();
  await page.getByRole('button', { name: 'Select the 450 listed' }).click();
  await page.getByRole('button', { name: 'Preview cancellation of 450' }).click();
  await page.getByRole('button', { name: 'Cancel 450 now' }).click();
  await page.getByRole('button', { name: 'Close' }).click();
  expect(await gateway.sql(`SELECT 1 FROM payment WHERE status = 'CANCELLED'`)).toHaveLength(450);
  expect(watched.faults).toEqual([]);
});

it('keeps filters in the address: a counter and a return code filter, and a reload keeps it', async () => {
  const { gateway, origin, watched } = await startConsole();
  const { page } = watched;
  await submitUnpaid(gateway, 2);
  await signIn(page, origin, gateway.apiKey);
  await open(page, 'Unpaids');
  await page.getByText('Not provided for', { exact: false }).first().waitFor();
  await page.getByRole('region', { name: 'Unpaid debits by return code' }).getByRole('link', { name: '02' }).click();
  await expect.poll(() => new URL(page.url()).search).toBe('?code=02');
  await page.reload();
  await page.getByLabel('API key or token').fill(gateway.apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'INV-U0001' }).waitFor();
  expect(new URL(page.url()).search).toBe('?code=02');
  await page.getByLabel('Return code', { exact: true }).fill('04');
  await page.getByLabel('Return code', { exact: true }).press('Enter');
  await page.getByText('No debit is unpaid.').waitFor();
  expect(new URL(page.url()).search).toBe('?code=04');
  await open(page, 'Today');
  await page
    .getByRole('main')
    .getByRole('link', { name: /^Unpaid/ })
    .click();
  await page.getByRole('heading', { level: 1, name: 'Debits' }).waitFor();
  expect(new URL(page.url()).search).toBe('?stage=UNPAID&date=2024-09-25');
  await page.getByText('There is no such debit.').waitFor();
  await page.getByLabel('Action date').fill('2024-09-20');
  await page.getByRole('link', { name: 'INV-U0001' }).waitFor();
  expect(watched.faults).toEqual([]);
});

it('changes a mandate, shows what happened to it, and each part as GraphQL', async () => {
  const { gateway, origin, watched } = await startConsole();
  const { page } = watched;
  const { mandateId } = await startRecurringPayment(gateway);
  await signIn(page, origin, gateway.apiKey);
  await goTo(page, `/console/mandate/${mandateId}`);
  await page.getByLabel('New amount in rand').fill('77.50');
  await page.getByRole('button', { name: 'Change the amount to R 77.50' }).click();
  await page.getByRole('button', { name: 'Yes' }).click();
  await page.getByText('R 77.50', { exact: true }).first().waitFor();
  expect(await page.getByRole('heading', { name: 'Timeline' }).count()).toBe(1);
  await page.getByRole('button', { name: 'Raw' }).last().click();
  expect(await page.getByRole('dialog').textContent()).toContain(`"objectId": "${mandateId}"`);
  await watched.expectAccessible();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'GraphQL' }).click();
  const text = (await page.getByRole('dialog').locator('pre').textContent()) ?? '';
  expect(parse(text).definitions).toHaveLength(1);
  expect(text).toContain(`# Variables: {"id":"${mandateId}"}`);
  // The keys of the page are not for the dialog.
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  expect(new URL(page.url()).pathname).toBe(`/console/mandate/${mandateId}`);
  expect(watched.faults).toEqual([]);
});

it('says that a part is out of date while its reading fails, and that it is live again afterwards', async () => {
  const { gateway, origin, watched } = await startConsole();
  const { page } = watched;
  await signIn(page, origin, gateway.apiKey);
  await page.route('**/graphql', (route) => route.abort());
  await startOneTimePayment(gateway, 'A', '2024-09-20');
  await page.getByText('A part is out of date', { exact: true }).waitFor();
  await page.unroute('**/graphql');
  await page.getByText('Live', { exact: true }).waitFor();
  expect(watched.faults).toEqual([]);
});

it('shows the deliveries of webhooks and makes one again', async () => {
  const { gateway, origin, watched } = await startConsole();
  const { page } = watched;
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  await createEndpoint(gateway, { url: receiver.url, filter: { types: ['payment.created'] } });
  await startOneTimePayment(gateway, 'A', '2024-09-20');
  await signIn(page, origin, gateway.apiKey);
  await open(page, 'Developers');
  const list = page.getByRole('region', { name: 'Webhook deliveries' });
  await list.getByText('Delivered').first().waitFor();
  const before = receiver.messages.length;
  await list.getByRole('button', { name: 'Deliver again' }).first().click();
  await list.getByText('Queued').waitFor();
  await expect.poll(() => receiver.messages.length).toBe(before + 1);
  await page.getByLabel('Status of deliveries').selectOption('FAILED');
  await page.getByText('There is no such delivery.').waitFor();
  expect(watched.faults).toEqual([]);
});
