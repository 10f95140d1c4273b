import { expect, it } from 'vitest';
import { makeDemoHistory } from '../../src/services/sandbox/make-demo-history.ts';
import { startGateway } from '../support/harness.ts';

it('gives the demo merchant a settled past, in which customers who took their authority back are not debited again', async () => {
  const gateway = await startGateway();
  // Stopped after a while, and resumed by the next start.
  let asked = 0;
  await makeDemoHistory(gateway.node.withClock, gateway.merchantId, () => {
    asked += 1;
    return asked > 40;
  });
  expect(await gateway.sql("SELECT 1 FROM setting WHERE name LIKE 'demo_history %' AND value = 'done'")).toEqual([]);
  await makeDemoHistory(gateway.node.withClock, gateway.merchantId, () => false);
  const [counted] = await gateway.sql<Record<string, number>>(
    `SELECT count(*) AS payments, count(DISTINCT first_nominal_date) AS dates,
            count(*) FILTER (WHERE status = 'COMPLETED') AS completed,
            (SELECT count(*) FROM transaction WHERE status = 'PAID') AS paid,
            (SELECT count(*) FROM transaction WHERE status = 'DISPUTED') AS disputed,
            (SELECT count(*) FROM transaction WHERE status = 'UNPAID') AS unpaid,
            (SELECT count(*) FROM mandate WHERE authority_withdrawn_at IS NOT NULL) AS withdrawn,
            (SELECT count(*) FROM due_work WHERE timeline = 'history') AS due
       FROM payment`,
  );
  expect(counted).toMatchObject({ dates: expect.any(Number), due: 0 });
  expect(counted?.['dates']).toBeGreaterThanOrEqual(9);
  for (const name of ['completed', 'paid', 'disputed', 'unpaid', 'withdrawn'])
    expect([name, counted?.[name]]).toEqual([name, expect.toSatisfy((count: number) => count > 0)]);
  const again = await gateway.sql(
    `SELECT 1 FROM transaction JOIN mandate ON mandate.id = transaction.mandate_id
      WHERE transaction.action_date > mandate.authority_withdrawn_at`,
  );
  expect(again).toEqual([]);
  const [setting] = await gateway.sql<{ value: string }>("SELECT value FROM setting WHERE name LIKE 'demo_history %'");
  expect(setting?.value).toBe('done');
});
