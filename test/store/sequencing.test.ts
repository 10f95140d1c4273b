import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { queryable } from '../../src/store/connection/database.ts';
import { renewEpochsOnNewTimeline } from '../../src/store/events/event-log.ts';
import { writeEvents } from '../support/events.ts';
import { startGateway } from '../support/harness.ts';
import { startReceiver } from '../support/receiver.ts';
import { createEndpoint } from '../support/webhooks.ts';

it('numbers the events of one merchant while the log of another is in use', async () => {
  const gateway = await startGateway();
  const other = await gateway.addMerchant();
  const holder = new pg.Client({ connectionString: gateway.databaseUrl });
  await holder.connect();
  onTestFinished(() => holder.end());
  await holder.query('BEGIN');
  await holder.query('SELECT FROM event_head WHERE merchant_id = $1 FOR UPDATE', [gateway.merchantId]);
  for (const merchantId of [gateway.merchantId, other.merchantId]) {
    await gateway.sql(
      `INSERT INTO event (id, merchant_id, aggregate_type, aggregate_id, version, type, to_status, actor, occurred_at)
       VALUES ('evt_1', $1, 'PAYMENT', 'pay_1', 1, 'payment.created', 'RUNNING', 'API', now())`,
      [merchantId],
    );
  }
  const positionOf = async (merchantId: string) => {
    const sql = "SELECT position FROM event WHERE merchant_id = $1 AND id = 'evt_1'";
    return (await gateway.sql<{ position: number | null }>(sql, [merchantId]))[0]?.position ?? null;
  };
  await expect.poll(() => positionOf(other.merchantId)).not.toBeNull();
  expect(await positionOf(gateway.merchantId)).toBeNull();
  await holder.query('ROLLBACK');
  await expect.poll(() => positionOf(gateway.merchantId)).not.toBeNull();
});

it('begins every log anew on another timeline, before it gives any position on it', async () => {
  const gateway = await startGateway();
  const other = await gateway.addMerchant();
  const heads = () =>
    gateway.sql<{ epoch: string }>('SELECT merchant_id, epoch, last_position FROM event_head ORDER BY merchant_id');
  const before = await heads();
  // What a promoted standby finds: the timeline recorded by the server before it.
  await gateway.sql(`UPDATE setting SET value = '0000000A' WHERE name = 'timeline'`);
  expect(await gateway.sql('SELECT sequence_events($1, 10) AS numbered', [other.merchantId])).toEqual([
    { numbered: -2 },
  ]);
  await expect.poll(async () => (await heads())[0]?.epoch).not.toBe(before[0]?.epoch);
  const after = await heads();
  expect(new Set([...before, ...after].map(({ epoch }) => epoch)).size).toBe(2 * before.length);
  expect(gateway.logged).toEqual([expect.objectContaining({ logs: before.length })]);
  expect(await gateway.sql('SELECT sequence_events($1, 10) AS numbered', [other.merchantId])).toEqual([
    { numbered: 0 },
  ]);
  // A node that looks later finds the new timeline recorded, and changes nothing.
  expect(await renewEpochsOnNewTimeline(queryable(gateway.node.app.database))).toBe(0);
  expect(await heads()).toEqual(after);
});

it('queues no event for a webhook endpoint again when the logs begin anew', async () => {
  const gateway = await startGateway();
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  await createEndpoint(gateway, { url: receiver.url });
  await writeEvents(gateway, 3);
  await expect.poll(() => receiver.messages.length).toBeGreaterThanOrEqual(3);
  const queued = async () => (await gateway.sql('SELECT FROM webhook_delivery')).length;
  // Deliveries that are past their retention.
  await expect.poll(() => gateway.sql("SELECT FROM webhook_delivery WHERE status = 'PENDING'")).toEqual([]);
  await gateway.sql('DELETE FROM webhook_delivery');
  await gateway.sql(`UPDATE setting SET value = '0000000A' WHERE name = 'timeline'`);
  await expect.poll(() => gateway.logged.length).toBe(1);
  const before = receiver.messages.length;
  await writeEvents(gateway, 1, { name: 'after' });
  await expect.poll(() => receiver.messages.length).toBe(before + 1);
  expect(await queued()).toBe(1);
});
