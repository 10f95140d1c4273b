import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { startGateway } from '../support/harness.ts';

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
