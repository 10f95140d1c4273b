import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

/** Chromium of Debian, without the requests that it makes of its own accord. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Evaluated by the debugger, which the policy of the page does not concern. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const DESKTOP = { width: 1_280, height: 800 };

/** A page of the console, watched: what it must not do is in `faults`. */
export interface WatchedPage {
  readonly page: Page;
  /** Opens another tab of the same browser, watched as the first. */
  openTab(): Promise<Page>;
  /** Violations of the policy, requests to foreign hosts, and uncaught errors. */
  readonly faults: string[];
  /** Expects no violation of the accessibility rules. */
  expectAccessible(): Promise<void>;
}

/** Opens a page in a browser of its own, whose every request but those to `origin` is a fault. */
export async function openPage(origin: string, viewport = DESKTOP): Promise<WatchedPage> {
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  onTestFinished(() => browser.close());
  const context = await browser.newContext({ viewport });
  const faults: string[] = [];
  const openTab = async (): Promise<Page> => {
    const tab = await context.newPage();
    watch(tab, new URL(origin).host, faults);
    return tab;
  };
  const page = await openTab();
  const expectAccessible = async (): Promise<void> => {
    await page.evaluate(AXE);
    const results = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } };
      return axe.run({});
    });
    expect(results.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  };
  return { page, openTab, faults, expectAccessible };
}

/** Notes what a page must not do. */
function watch(page: Page, host: string, faults: string[]): void {
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^(https?|wss?):$/.test(url.protocol) && url.host !== host) faults.push(`request: ${url.href}`);
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== host) faults.push(`socket: ${socket.url()}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) faults.push(`policy: ${message.text()}`);
  });
}
