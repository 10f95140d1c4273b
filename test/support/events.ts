import type { TestGateway } from './harness.ts';

/** Events of payments that nobody made, written as they are written by whoever knows nothing of numbering them. */
export async function writeEvents(
  gateway: Pick<TestGateway, 'sql' | 'merchantId'>,
  count: number,
  { name = 'pay', reason = null }: { name?: string; reason?: string | null } = {},
): Promise<void> {
  await gateway.sql(
    `INSERT INTO event (id, merchant_id, aggregate_type, aggregate_id, version, type, to_status, actor, reason, payment_id, occurred_at)
     SELECT 'evt_' || $3 || '_' || n, $1, 'PAYMENT', $3 || '_' || n, 1, 'payment.created', 'RUNNING', 'API', $4, $3 || '_' || n, now()
       FROM generate_series(1, $2::int) AS n`,
    [gateway.merchantId, count, name, reason],
  );
}

/** Waits until every event has its place in the log. */
export async function untilSequenced(gateway: Pick<TestGateway, 'sql'>): Promise<void> {
  for (;;) {
    const [row] = await gateway.sql<{ count: number }>('SELECT count(*) AS count FROM event WHERE position IS NULL');
    if (row?.count === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
