import { expect, it } from 'vitest';
import { AdvanceClock, PaymentStatusChanged, SubmitPayments } from '../support/documents.ts';
import { headCursor, methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { follow } from '../support/subscription.ts';

async function submit(gateway: TestGateway, ...keys: string[]) {
  const { eft } = await methodIds(gateway);
  const records = keys.map((key) => oneTimeDebitOrder(eft, key, '2024-09-16'));
  const { submitPayments } = await gateway.data(SubmitPayments, { input: { batchReference: `B-${keys[0]}`, records } });
  return submitPayments;
}

it('delivers each change as it happens, with the payment as it is then', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const dashboard = follow(gateway.socket(), PaymentStatusChanged, { after: await headCursor(gateway) });
  const before = await submit(gateway, 'A');
  const [created] = await dashboard.take(1);
  await gateway.data(AdvanceClock, { to: '2024-09-30T00:00:00+02:00' });
  const [, completed] = await dashboard.take(2);
  dashboard.stop();
  const id = before.results[0]?.payment?.id;
  expect([created, completed].map((item) => ({ ...item?.paymentStatusChanged, cursor: '' }))).toMatchObject([
    { version: 1, from: null, to: 'RUNNING', cause: { actor: 'API' }, payment: { id, status: 'RUNNING' } },
    // A context for the whole subscription would still show RUNNING here.
    { version: 2, from: 'RUNNING', to: 'COMPLETED', cause: { actor: 'BANK' }, payment: { id, status: 'COMPLETED' } },
  ]);
  expect(completed?.paymentStatusChanged.occurredAt).toBe('2024-09-17T07:00:00.000Z');
});

it('goes on behind a cursor: what was missed first, then what comes, each once', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const first = follow(gateway.socket(), PaymentStatusChanged, { after: await headCursor(gateway) });
  const { streamCursor } = await submit(gateway, 'A', 'B', 'C');
  const seen = await first.take(2);
  first.stop();
  await submit(gateway, 'D');
  const second = follow(gateway.socket(), PaymentStatusChanged, {
    after: seen[1]?.paymentStatusChanged.cursor ?? null,
  });
  await second.take(2);
  await submit(gateway, 'E');
  const rest = await second.take(3);
  second.stop();
  const everything = follow(gateway.socket(), PaymentStatusChanged, { after: streamCursor ?? null });
  const all = await everything.take(5);
  everything.stop();
  const cursors = (items: typeof all) => items.map((item) => item.paymentStatusChanged.cursor);
  expect([...cursors(seen), ...cursors(rest)]).toEqual(cursors(all));
  expect(new Set(cursors(all)).size).toBe(5);
});

it('delivers only what the filter names', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const after = await headCursor(gateway);
  const completed = { to: ['COMPLETED' as const], batchReference: 'B-B' };
  const stopped = follow(gateway.socket(), PaymentStatusChanged, { after, filter: completed });
  const nothing = follow(gateway.socket(), PaymentStatusChanged, { after, filter: { paymentIds: [] } });
  await submit(gateway, 'A');
  await submit(gateway, 'B');
  await gateway.data(AdvanceClock, { to: '2024-09-30T00:00:00+02:00' });
  const [only] = await stopped.take(1);
  expect(only?.paymentStatusChanged).toMatchObject({ to: 'COMPLETED' });
  expect(stopped.results).toHaveLength(1);
  expect(nothing.results).toHaveLength(0);
});

it('refuses a forged cursor, one of another merchant, and one of a log begun anew', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const stranger = await gateway.addMerchant(DOCUMENTS_CLOCK);
  const { streamCursor } = await submit(gateway, 'A');
  const code = async (after: string, apiKey?: string) => {
    const reason = await follow(gateway.socket(apiKey), PaymentStatusChanged, { after }).ended;
    return (reason as Array<{ extensions: { code: string } }>)[0]?.extensions.code;
  };
  expect(await code('bm9uc2Vuc2U.AAAA')).toBe('CURSOR_INVALID');
  expect(await code(streamCursor ?? '', stranger.apiKey)).toBe('CURSOR_INVALID');
  await gateway.sql('UPDATE event_head SET epoch = gen_random_uuid()::text WHERE merchant_id = $1', [
    gateway.merchantId,
  ]);
  expect(await code(streamCursor ?? '')).toBe('CURSOR_RESET');
});

it('keeps merchants apart', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const stranger = await gateway.addMerchant(DOCUMENTS_CLOCK);
  const theirs = follow(gateway.socket(stranger.apiKey), PaymentStatusChanged, {});
  const ours = follow(gateway.socket(), PaymentStatusChanged, { after: await headCursor(gateway) });
  await submit(gateway, 'A');
  await ours.take(1);
  expect(theirs.results).toEqual([]);
});

it('waits within the stream while the database cannot answer', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const following = follow(gateway.socket(), StatusWithCustomer, { after: await headCursor(gateway) });
  const client = await gateway.node.app.database.pool.connect();
  await submit(gateway, 'A');
  await following.take(1);
  await client.query('BEGIN; LOCK TABLE customer');
  await gateway.sql("UPDATE payment SET status = 'STOPPED', version = version + 1");
  await gateway.sql(`INSERT INTO event (id, merchant_id, aggregate_type, aggregate_id, version, type, from_status, to_status, actor,
      payment_id, occurred_at)
    SELECT 'evt_later', merchant_id, 'PAYMENT', id, version, 'payment.updated', 'RUNNING', 'STOPPED', 'API', id, now() FROM payment`);
  const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%customer%'";
  await expect.poll(() => gateway.sql(waiting)).not.toEqual([]);
  // Longer than a statement may wait for a lock: what waits is given up, and begun again.
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  expect(following.results).toHaveLength(1);
  await client.query('ROLLBACK');
  client.release();
  const [, later] = await following.take(2);
  expect(later?.paymentStatusChanged).toMatchObject({ to: 'STOPPED', payment: { customer: {} } });
});

it('ends rather than steps over an event that cannot be resolved, and shows it to who comes back', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const after = await headCursor(gateway);
  await submit(gateway, 'A');
  await gateway.sql('CREATE TABLE lost AS SELECT * FROM payment');
  await gateway.sql('DELETE FROM payment');
  const broken = follow(gateway.socket(), PaymentStatusChanged, { after });
  expect(JSON.stringify(await broken.ended)).toContain('INTERNAL');
  expect(broken.results).toEqual([]);
  await gateway.sql('INSERT INTO payment SELECT * FROM lost');
  const again = follow(gateway.socket(), PaymentStatusChanged, { after });
  expect((await again.take(1))[0]?.paymentStatusChanged.version).toBe(1);
});

const StatusWithCustomer = graphql(`
  subscription StatusWithCustomer($after: String) {
    paymentStatusChanged(after: $after) {
      to
      payment {
        customer {
          reference
        }
      }
    }
  }
`);
