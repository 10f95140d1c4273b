import { expect, it } from 'vitest';
import { REQUEST_ERRORS } from '../../src/graphql/pipeline/request-error.ts';
import { startOneTimePayment } from '../support/customers.ts';
import { DOCUMENTS_CLOCK, LISTENER, startGateway } from '../support/harness.ts';
import { documentOf, pick } from '../support/schema-documents.ts';
import { byPost, bySse, byWebSocket } from '../support/transports.ts';
import { createRandom } from '../torture/random.ts';

// Documents of any shape that the schema allows, and some that it does not, with values of every kind: never a 5xx, never a
// hang, always a code of the list. Short by default; `npm run torture -- fuzz` sends 50,000.
const DOCUMENTS = Number(process.env['FUZZ_DOCUMENTS'] ?? 600);
const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);
const AT_ONCE = 2;
/** The slowest is printed; on a machine that does other things besides, nothing that is well takes so long. */
const HANG_MS = 5_000;

it(`answers ${DOCUMENTS} documents of any shape with a code or data, and never hangs (seed ${seed})`, {
  timeout: 900_000 + DOCUMENTS * 100,
}, async () => {
  const random = createRandom(seed);
  const gateway = await startGateway({
    clockStart: DOCUMENTS_CLOCK,
    listener: { limits: { ...LISTENER.limits, bucketPoints: 1_000_000_000 } },
  });
  const made = await startOneTimePayment(gateway, 'FUZZ', '2024-09-16');
  const ids = [
    made.customerId,
    made.bankAccountId,
    made.mandateId,
    made.paymentId,
    'pay_0000000000000000000A1',
    'x',
    '',
  ];
  const codes: Record<string, number> = {};
  const faults: unknown[] = [];
  const slowest = { ms: 0, query: '' };
  let sent = 0;
  const run = async (): Promise<void> => {
    while (sent < DOCUMENTS) {
      sent += 1;
      const { query, variables } = documentOf(random, { ids, mutations: 0.4, damaged: 0.1, odd: 0.05 });
      const ask = random.chance(0.8) ? byPost : pick(random, [bySse, byWebSocket]);
      const begunAt = Date.now();
      const { code, status = 200 } = await ask(gateway, query, variables);
      const ms = Date.now() - begunAt;
      if (ms > slowest.ms) Object.assign(slowest, { ms, query });
      codes[code] = (codes[code] ?? 0) + 1;
      const isKnown = code === 'OK' || (code in REQUEST_ERRORS && code !== 'INTERNAL');
      if (!isKnown || status >= 500) faults.push({ status, code, query, variables });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, run));
  console.log(codes, slowest.ms);
  expect(faults.slice(0, 3)).toEqual([]);
  expect(gateway.logged.slice(0, 3)).toEqual([]);
  expect(slowest.ms).toBeLessThan(HANG_MS);
  expect(codes['OK']).toBeGreaterThan(DOCUMENTS / 20);
});
