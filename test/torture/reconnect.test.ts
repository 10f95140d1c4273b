import { expect, it } from 'vitest';
import { PaymentStatusChanged, SubmitPayments } from '../support/documents.ts';
import { headCursor, methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import { startGateway } from '../support/harness.ts';
import { follow } from '../support/subscription.ts';
import { pause } from './random.ts';

// A subscriber that drops its socket every half second and comes back with its last cursor, while 32 writers submit.
// Short by default; `npm run torture -- reconnect` goes on for two minutes.
const SECONDS = Number(process.env['RECONNECT_SECONDS'] ?? 8);
const WRITERS = 32;
const RECONNECT_MS = 500;

it(`shows a subscriber that reconnects each event once, in order (${SECONDS} s)`, {
  timeout: SECONDS * 1_000 + 900_000,
}, async () => {
  const gateway = await startGateway();
  const { eft } = await methodIds(gateway);
  const start = await headCursor(gateway);
  const processDate = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  const deadline = Date.now() + SECONDS * 1_000;

  let reconnects = 0;
  // As long as it takes a loaded machine to reconnect so often.
  const isOver = () => Date.now() >= deadline && reconnects > SECONDS;

  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let turn = 0; !isOver(); turn += 1) {
      const records = [0, 1].map((index) => oneTimeDebitOrder(eft, `${writer}-${turn}-${index}`, processDate));
      // On a loaded machine a writer may be told to come again.
      const { errors = [] } = await gateway.execute(SubmitPayments, { input: { records } });
      expect(errors.filter(({ extensions }) => extensions?.['code'] !== 'UNAVAILABLE')).toEqual([]);
    }
  });
  const seen: string[] = [];
  let cursor = start;
  const readOnce = async (): Promise<void> => {
    const client = gateway.socket();
    const following = follow(client, PaymentStatusChanged, { after: cursor });
    await pause(RECONNECT_MS);
    following.stop();
    await client.dispose();
    for (const { paymentStatusChanged } of following.results) {
      seen.push(paymentStatusChanged.payment.id);
      cursor = paymentStatusChanged.cursor;
    }
    reconnects += 1;
  };
  const reader = (async () => {
    while (!isOver()) await readOnce();
  })();
  await Promise.all([...writers, reader]);
  const rows = await gateway.sql<{ id: string }>(
    "SELECT aggregate_id AS id FROM event WHERE aggregate_type = 'PAYMENT' AND merchant_id = $1 ORDER BY ordinal",
    [gateway.merchantId],
  );
  for (let turn = 0; seen.length < rows.length && turn < 600; turn += 1) await readOnce();
  const inOrder = await gateway.sql<{ id: string }>(
    "SELECT aggregate_id AS id FROM event WHERE aggregate_type = 'PAYMENT' AND merchant_id = $1 ORDER BY position",
    [gateway.merchantId],
  );
  console.log({ events: rows.length, seen: seen.length, reconnects });
  expect(reconnects).toBeGreaterThan(SECONDS);
  expect(seen).toEqual(inOrder.map((row) => row.id));
});
