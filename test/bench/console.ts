import type { CDPSession, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { goTo, signIn, startConsole } from '../console/console.ts';
import { CAPITEC_ACCOUNT } from '../support/customers.ts';
import { AdvanceClock, SubmitPayments } from '../support/documents.ts';
import { JOHN, methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import type { TestGateway } from '../support/harness.ts';
import { pause } from '../torture/random.ts';

// `npm run bench:console`: what the page does while much happens, and with a long list. The times are of this machine and of a browser
// beside the gateway and its writer; what to look at is that the heap stays flat, and that the totals are those of the database.
const SECONDS = Number(process.env['CONSOLE_SECONDS'] ?? 600);
const ROWS = Number(process.env['CONSOLE_ROWS'] ?? 50_000);
const EVENTS_PER_SECOND = 200;
/** Events of a pay-in with a new customer: of the customer, the payment and its transaction. */
const EVENTS_PER_PAYMENT = 3;
const SAMPLES = 20;

it('measures the page beside 200 events a second', { timeout: (SECONDS + 300) * 1_000 }, async () => {
  const { gateway, origin, watched } = await startConsole();
  const { page } = watched;
  await signIn(page, origin, gateway.apiKey);
  const session = await page.context().newCDPSession(page);
  await watchInput(page);
  const writing = new AbortController();
  const written = write(gateway, writing.signal);
  const rows: object[] = [];
  for (let sample = 1; sample <= SAMPLES; sample += 1) {
    for (let press = 0; press < 20; press += 1) {
      await page.keyboard.press('j');
      await pause((SECONDS * 1_000) / SAMPLES / 20);
    }
    const row = {
      second: Math.round((sample * SECONDS) / SAMPLES),
      ...(await heapOf(session)),
      ...(await inputOf(page)),
    };
    console.log(row);
    rows.push(row);
  }
  writing.abort();
  await written;
  const [{ events = 0 } = {}] = await gateway.sql<{ events: number }>('SELECT count(*)::int AS events FROM event');
  await page.getByText('Live', { exact: true }).waitFor();
  // What is shown is what the database has: the payments of the batch.
  await goTo(page, '/console/runs');
  await page.getByRole('link', { name: 'CONSOLE' }).waitFor();
  const [{ payments = 0 } = {}] = await gateway.sql<{ payments: number }>(
    `SELECT count(*)::int AS payments FROM payment WHERE batch_reference = 'CONSOLE'`,
  );
  const grouped = String(payments).replace(/\B(?=(\d{3})+$)/g, ' ');
  await page.getByText(`Pending ${grouped}`, { exact: true }).waitFor();
  console.table(rows);
  console.log({ events, perSecond: Math.round(events / SECONDS) });
  expect(watched.faults).toEqual([]);
});

it('measures scrolling a list of many rows', { timeout: 900_000 }, async () => {
  const { gateway, origin, watched } = await startConsole();
  const { page } = watched;
  await makeUnpaid(gateway, ROWS);
  await signIn(page, origin, gateway.apiKey);
  await goTo(page, '/console/unpaids');
  const list = page.getByRole('region', { name: 'Unpaid debits, latest first' });
  await list.getByRole('link').first().waitFor();
  const session = await page.context().newCDPSession(page);
  const before = await heapOf(session);
  await list.hover();
  const frames = await framesWhile(page, async () => {
    for (let turn = 0; turn < 400; turn += 1) {
      await page.mouse.wheel(0, 600);
      await pause(16);
    }
  });
  const scrolled = await list.evaluate((element) => Math.round(element.scrollTop / 36));
  const begun = Date.now();
  const last = list.locator(`tr[aria-rowindex="${ROWS + 1}"]`);
  while ((await last.count()) === 0) {
    await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await pause(50);
  }
  console.table([{ rows: ROWS, scrolled, ...frames, toTheEndMs: Date.now() - begun }]);
  console.table([
    { at: 'the first rows', ...before },
    { at: 'the last row', ...(await heapOf(session)) },
  ]);
  expect(watched.faults).toEqual([]);
});

/** Submits pay-ins once a second until it is stopped. */
async function write(gateway: TestGateway, signal: AbortSignal): Promise<void> {
  const { payIn } = await methodIds(gateway);
  const begun = Date.now();
  for (let second = 0; !signal.aborted; second += 1) {
    await pause(Math.max(begun + second * 1_000 - Date.now(), 0));
    const records = Array.from({ length: Math.ceil(EVENTS_PER_SECOND / EVENTS_PER_PAYMENT) }, (_, index) => ({
      paymentMethodId: payIn,
      customer: { ...JOHN, reference: `CUS-${second}-${index}` },
      transactionReference: `PAY-${second}-${index}`,
      amount: '10.00',
      payIn: { eftReference: `EFT${second * 100 + index}` },
    }));
    const { submitPayments } = await gateway.data(SubmitPayments, { input: { records, batchReference: 'CONSOLE' } });
    const refused = submitPayments.results.find(({ errors }) => errors.length > 0);
    if (refused) throw new Error(JSON.stringify(refused));
  }
}

/** Makes a debit that is unpaid, and copies of it as further attempts. */
async function makeUnpaid(gateway: TestGateway, count: number): Promise<void> {
  const { eft } = await methodIds(gateway);
  const record = oneTimeDebitOrder(eft, 'U', '2024-09-20');
  const bankAccount = { ...CAPITEC_ACCOUNT, accountNumber: '9900020018' };
  await gateway.data(SubmitPayments, { input: { records: [{ ...record, bankAccount }] } });
  await gateway.data(AdvanceClock, { to: '2024-09-25T12:00:00+02:00' });
  const columns = await gateway.sql<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'transaction'::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('id', 'attempt')`,
  );
  const others = columns.map(({ name }) => `"${name}"`).join(', ');
  await gateway.sql(
    `INSERT INTO transaction (id, attempt, ${others}) SELECT id || '_' || n, 1 + n, ${others} FROM transaction, generate_series(1, $1::int) AS n`,
    [count - 1],
  );
}

/** Measures how long the page takes to begin handling each key. */
async function watchInput(page: Page): Promise<void> {
  await page.evaluate(() => {
    const delays: number[] = [];
    Object.assign(globalThis, { delays });
    addEventListener('keydown', (event) => delays.push(performance.now() - event.timeStamp), { capture: true });
  });
}

async function inputOf(page: Page) {
  const delays = await page.evaluate(() => (globalThis as unknown as { delays: number[] }).delays.splice(0));
  return { inputP50Ms: quantile(delays, 0.5), inputP95Ms: quantile(delays, 0.95), inputMaxMs: quantile(delays, 1) };
}

/** The heap after a collection, and the number of nodes. */
async function heapOf(session: CDPSession) {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const { nodes } = await session.send('Memory.getDOMCounters');
  return { heapMb: Math.round(usedSize / 10_000) / 100, nodes };
}

/** Measures the time between frames while something is done. */
async function framesWhile(page: Page, action: () => Promise<void>) {
  await page.evaluate(() => {
    const frames: number[] = [];
    let isOver = false;
    let last = performance.now();
    const frame = (): void => {
      const now = performance.now();
      frames.push(now - last);
      last = now;
      if (!isOver) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const endFrames = (): number[] => {
      isOver = true;
      return frames;
    };
    Object.assign(globalThis, { endFrames });
  });
  await action();
  const frames = await page.evaluate(() => (globalThis as unknown as { endFrames(): number[] }).endFrames());
  return {
    frames: frames.length,
    frameP50Ms: quantile(frames, 0.5),
    frameP95Ms: quantile(frames, 0.95),
    frameMaxMs: quantile(frames, 1),
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0) * 10) / 10;
}
