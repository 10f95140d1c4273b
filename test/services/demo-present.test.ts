import { expect, it } from 'vitest';
import { makeDemoPresent } from '../../src/services/sandbox/make-demo-present.ts';
import { startGateway } from '../support/harness.ts';

it('gives the demo merchant a present: payments to come, paused ones, approvals to wait for, unknown deposits, by every method', async () => {
  const gateway = await startGateway();
  await makeDemoPresent(gateway.node.app, gateway.merchantId);
  await makeDemoPresent(gateway.node.app, gateway.merchantId);
  const [counted] = await gateway.sql<Record<string, number>>(
    `SELECT count(*) FILTER (WHERE status = 'RUNNING') AS running,
            count(*) FILTER (WHERE status = 'PAUSED') AS paused,
            count(*) FILTER (WHERE status = 'WAITING_FOR_PAYMENT') AS waiting,
            (SELECT count(*) FROM mandate WHERE status = 'PENDING' AND approval_due IS NOT NULL) AS awaiting,
            (SELECT count(DISTINCT type) FROM payment_method AS method WHERE EXISTS (SELECT 1 FROM payment AS made WHERE made.payment_method_id = method.id)) AS methods,
            (SELECT count(*) FROM webhook_delivery) AS tests,
            (SELECT count(*) FROM deposit WHERE payment_id IS NULL) AS unknown
       FROM payment`,
  );
  expect(counted).toMatchObject({ paused: 3, waiting: 6, unknown: 4, methods: 5, tests: 1 });
  expect(counted?.['running']).toBeGreaterThanOrEqual(21);
  expect(counted?.['awaiting']).toBeGreaterThanOrEqual(8);
});

it('sends the test of its webhook once, which fails', async () => {
  const gateway = await startGateway();
  await makeDemoPresent(gateway.node.app, gateway.merchantId);
  await expect
    .poll(async () => (await gateway.sql<{ status: string }>('SELECT status FROM webhook_delivery'))[0]?.status)
    .toBe('FAILED');
});
