import { randomBytes } from 'node:crypto';
import { createGatewayClient, type GatewayClient } from '../client/gateway-client.ts';
import { findResumePlace } from '../client/resume-place.ts';
import { addDays, civilDateOf, instantAt } from '../domain/dates.ts';
import { groupBy } from '../domain/group-by.ts';
import { ADVANCE, FOLLOW, LOOK, SUBMIT, TOTALS } from './demo-documents.ts';
import { firstBatch, type Submitted, secondBatch } from './demo-records.ts';

/** Days by which the demo advances the clock: a month, and time for the answers of the bank. */
const MONTH_DAYS = 35;

interface Change {
  readonly paymentStatusChanged: {
    readonly from: string | null;
    readonly to: string;
    readonly occurredAt: string;
    readonly cause: { readonly actor: string; readonly reason: string | null };
    readonly payment: { readonly transactionReference: string; readonly amount: string };
  };
}

/** Where the demo connects, and how it prints. */
export interface DemoOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly webSocketImpl: unknown;
  readonly print: (line: string) => void;
}

/**
 * Shows the gateway to a new user: submits two batches, advances the clock by a month while it prints each status
 * change, and prints totals.
 */
export async function runDemo({ url, apiKey, webSocketImpl, print }: DemoOptions): Promise<void> {
  const client = createGatewayClient({ url, apiKey, webSocketImpl, findPlace: findResumePlace });
  const run = randomBytes(4).toString('hex').toUpperCase();
  const batches = [`DEMO-${run}-1`, `DEMO-${run}-2`];
  try {
    const look = await client.request<Look>(LOOK);
    const today = civilDateOf(new Date(look.merchant.now));
    const methods = Object.fromEntries(look.paymentMethods.nodes.map(({ id, type }) => [type, id]));
    print(`Merchant "${look.merchant.name}": its clock shows ${today}; it has ${look.payments.totalCount} payments.\n`);

    print('Subscribing to status changes and submitting two batches of sample payments:\n');
    const leaving = new AbortController();
    const watching = watch(client, look.payments.streamCursor, batches, leaving.signal, print);
    const first = await submit(client, batches[0], firstBatch(methods, today, run), print);
    await submit(client, batches[1], secondBatch(methods, today, run, first), print);
    await settle(client, batches, watching);

    print(`\nAdvancing the clock to ${addDays(today, MONTH_DAYS)}:\n`);
    await advance(client, instantAt(addDays(today, MONTH_DAYS)));
    await settle(client, batches, watching);
    leaving.abort();
    await watching.ended;
    await printTotals(client, batches, print);
  } finally {
    await client.close();
  }
}

interface Look {
  readonly merchant: { readonly name: string; readonly now: string };
  readonly paymentMethods: { readonly nodes: ReadonlyArray<{ readonly id: string; readonly type: string }> };
  readonly payments: { readonly totalCount: number; readonly streamCursor: string };
}

/** Prints each status change of the batches' payments as it arrives, and records the last status by transaction reference. */
function watch(
  client: GatewayClient,
  after: string,
  batches: readonly string[],
  signal: AbortSignal,
  print: (line: string) => void,
) {
  const seen = new Map<string, string>();
  const follow = async (batch: string) => {
    for await (const { paymentStatusChanged: change } of client.follow<Change>(FOLLOW, { after, batch }, signal)) {
      const { transactionReference, amount } = change.payment;
      seen.set(transactionReference, change.to);
      const day = change.occurredAt.slice(0, 10);
      const why = change.cause.reason ? ` (${change.cause.reason})` : '';
      print(
        `  ${day}  ${transactionReference.padEnd(18)} R ${amount.padStart(8)}  ${change.from ?? 'new'} -> ${change.to}${why}`,
      );
    }
  };
  return { seen, ended: Promise.all(batches.map(follow)) };
}

async function submit(
  client: GatewayClient,
  batchReference: string | undefined,
  records: readonly object[],
  print: (line: string) => void,
): Promise<Submitted[]> {
  const input = { batchReference, records, idempotencyKey: batchReference };
  const { submitPayments } = await client.request<{ submitPayments: { results: Submitted[] } }>(SUBMIT, { input });
  for (const { errors } of submitPayments.results) {
    for (const { code, message, path } of errors) print(`  refused: ${code} ${path.join('.')}: ${message}`);
  }
  return submitPayments.results;
}

/** Advances the clock to an instant, in as many calls as it takes. */
async function advance(client: GatewayClient, to: Date): Promise<void> {
  for (;;) {
    const { advanceClock } = await client.request<{ advanceClock: { done: boolean } }>(ADVANCE, { to });
    if (advanceClock.done) return;
  }
}

/** Waits until the status changes received agree with the payments in the database. */
async function settle(
  client: GatewayClient,
  batches: readonly string[],
  watching: { seen: ReadonlyMap<string, string> },
): Promise<void> {
  const { payments } = await client.request<Totals>(TOTALS, { batches });
  const isBehind = () =>
    payments.nodes.some(({ transactionReference, status }) => watching.seen.get(transactionReference) !== status);
  while (isBehind()) await new Promise((resolve) => setTimeout(resolve, 20));
}

interface Totals {
  readonly payments: {
    readonly nodes: ReadonlyArray<{ readonly transactionReference: string; readonly status: string }>;
  };
  readonly transactions: { readonly nodes: ReadonlyArray<{ readonly status: string; readonly amount: string }> };
}

async function printTotals(
  client: GatewayClient,
  batches: readonly string[],
  print: (line: string) => void,
): Promise<void> {
  const { payments, transactions } = await client.request<Totals>(TOTALS, { batches });
  print('\nPayments:');
  for (const [status, of] of byStatus(payments.nodes)) print(`  ${status.padEnd(20)} ${of.length}`);
  print('Transactions:');
  for (const [status, of] of byStatus(transactions.nodes)) {
    const cents = of.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0);
    print(`  ${status.padEnd(20)} ${of.length}  R ${(cents / 100).toFixed(2).padStart(8)}`);
  }
  print('\nInspect the payments in GraphiQL, or run the demo again; each run uses new references.');
}

/** Returns items by status, in the order of the statuses. */
function byStatus<Item extends { readonly status: string }>(items: readonly Item[]): Array<[string, readonly Item[]]> {
  return [...groupBy(items, ({ status }) => status)].sort(([a], [b]) => (a < b ? -1 : 1));
}
