import { expect, it } from 'vitest';
import type { Caller } from '../../src/services/app.ts';
import { createMerchant } from '../../src/services/merchants/create-merchant.ts';
import { submitPayments } from '../../src/services/payments/submit-payments.ts';
import { advanceClock } from '../../src/services/sandbox/advance-clock.ts';
import { queryable } from '../../src/store/connection/database.ts';
import { findMethodsOfType } from '../../src/store/merchants/payment-methods.ts';
import { oneTimeDebitOrder } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { countStatements } from '../support/statements.ts';

// `npm run bench:collections`: a run of many due payments beside one of a tenth as many, in one run: what a thousand cost must not
// grow with how many there are.
const PAYMENTS = Number(process.env['BENCH_PAYMENTS'] ?? 100_000);
const BATCH = 1_000;
const PROCESS_DATE = '2024-09-16';
/** Until the clock shows this: what begins before it, each time. */
const PHASES = {
  'transactions made': '2024-09-12T12:00:00+02:00',
  'sent, heard of, paid': '2024-09-20T00:00:00+02:00',
} as const;

it('costs a thousand due payments the same, however many there are', { timeout: 3_600_000 }, async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  for (const count of [PAYMENTS / 10, PAYMENTS]) {
    const caller = await submitMany(gateway, count);
    const rows: Record<string, object> = {};
    for (const [phase, to] of Object.entries(PHASES)) {
      const start = performance.now();
      const statements = await countStatements(() => advanceTo(gateway, caller, new Date(to)));
      const seconds = (performance.now() - start) / 1_000;
      rows[`${count} ${phase}`] = {
        seconds: seconds.toFixed(1),
        'ms a thousand': ((seconds * 1_000 * BATCH) / count).toFixed(0),
        'statements a thousand': ((statements * BATCH) / count).toFixed(1),
      };
    }
    console.table(rows);
    const paid = await gateway.sql(
      `SELECT count(*)::int AS count FROM transaction WHERE merchant_id = $1 AND status = 'PAID'`,
      [caller.merchantId],
    );
    expect(paid).toEqual([{ count }]);
  }
});

async function submitMany(gateway: TestGateway, count: number): Promise<Caller> {
  const { app } = gateway.node;
  const merchantId = await createMerchant(app, { name: 'Many', clockStart: DOCUMENTS_CLOCK, cdvMode: 'WARN' });
  const caller: Caller = { merchantId, clientId: '', scopes: new Set(), expiresAt: null, requestId: 'req_bench' };
  const [eft = ''] = await findMethodsOfType(queryable(app.database), merchantId, 'DEBIT_ORDER');
  for (let from = 0; from < count; from += BATCH) {
    const records = Array.from({ length: BATCH }, (_, index) =>
      oneTimeDebitOrder(eft, String(from + index), PROCESS_DATE),
    );
    const input = { records, batchReference: null, mode: 'ATOMIC', dryRun: false, idempotencyKey: null } as const;
    const answer = await submitPayments(app, caller, input as never);
    if (!('results' in answer) || answer.results.some(({ errors }) => errors.length > 0))
      throw new Error('not submitted');
  }
  return caller;
}

async function advanceTo(gateway: TestGateway, caller: Caller, to: Date): Promise<void> {
  for (;;) {
    const answer = await advanceClock(gateway.node.app, caller, to);
    if (typeof answer === 'string') throw new Error(answer);
    if (answer.done) return;
  }
}
