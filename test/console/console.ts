import { loadConsole } from '../../src/server/http/console.ts';
import type { ListenerOptions } from '../../src/server/listener.ts';
import { DOCUMENTS_CLOCK, startGateway } from '../support/harness.ts';
import { openPage, type WatchedPage } from './browser.ts';

/** Starts a gateway with the console, and opens a page in a browser. */
export async function startConsole(listener: Partial<ListenerOptions> = {}) {
  const gateway = await startGateway({
    clockStart: DOCUMENTS_CLOCK,
    listener: { console: loadConsole({ demoKey: null, host: '127.0.0.1' }), ...listener },
  });
  const origin = new URL(gateway.url).origin;
  return { gateway, origin, watched: await openPage(origin) };
}

/** Signs in, and waits until the page follows the log. */
export async function signIn(page: WatchedPage['page'], origin: string, key: string): Promise<void> {
  await enterKey(page, origin, key);
  await page.getByText('Live', { exact: true }).waitFor();
}

/** Signs in with a key, whatever becomes of it. */
export async function enterKey(page: WatchedPage['page'], origin: string, key: string): Promise<void> {
  await page.goto(`${origin}/`);
  await page.getByLabel('API key or token').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Goes to a screen by the navigation. */
export async function open(page: WatchedPage['page'], title: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: title }).click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

/** Goes to an address within the page. */
export async function goTo(page: WatchedPage['page'], address: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, address);
}
