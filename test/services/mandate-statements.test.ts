import { expect, it } from 'vitest';
import type { App, Caller } from '../../src/services/app.ts';
import type { BatchAnswer, KeyReused } from '../../src/services/batch/batch.ts';
import { runDueWork } from '../../src/services/due-work/run-due-work.ts';
import { cancelMandates } from '../../src/services/mandates/cancel-mandates.ts';
import { convertMandates } from '../../src/services/mandates/convert-mandates.ts';
import { createMandates } from '../../src/services/mandates/create-mandates.ts';
import { resubmitMandates } from '../../src/services/mandates/resubmit-mandates.ts';
import { setMandateStatus } from '../../src/services/mandates/set-mandate-status.ts';
import { updateMandates } from '../../src/services/mandates/update-mandates.ts';
import { withdrawAmendments } from '../../src/services/mandates/withdraw-amendments.ts';
import { submitPayments } from '../../src/services/payments/submit-payments.ts';
import { methodIds } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, startGateway } from '../support/harness.ts';
import { DEBICHECK, makeDebtor } from '../support/mandates.ts';
import { captureStatements } from '../support/statements.ts';

// On a timeline of the test's own, so that no scheduler's statements are counted with those of a call.

const NO_OPTIONS = { mode: 'ATOMIC', dryRun: false, idempotencyKey: null } as const;
// Below a step of the clock, in which two questions for each mandate are sent.
const SIZES = [2, 400];

it('takes as many statements for hundreds of mandates as for two, in every batch and every step of the clock', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const ids = await methodIds(gateway);
  const funded = await makeDebtor(gateway, 'A');
  const silent = await makeDebtor(gateway, 'B', { accountNumber: '9910140008' }, { idNumber: '9001015009086' });
  let now = DOCUMENTS_CLOCK;
  const app: App = gateway.node.withClock({ clockName: 'history', now: async () => now });
  const caller: Caller = {
    merchantId: gateway.merchantId,
    clientId: '',
    scopes: new Set(),
    expiresAt: null,
    requestId: 'req',
  };
  const counts: Record<string, number[]> = {};

  /** One call that must succeed as a whole; the ids of its objects. */
  async function measure(name: string, work: () => Promise<BatchAnswer | KeyReused>): Promise<string[]> {
    let objects: string[] = [];
    const statements = await captureStatements(async () => {
      const answer = await work();
      if (!('results' in answer)) throw new Error('the key was used');
      expect(answer.results.flatMap(({ errors }) => errors)).toEqual([]);
      objects = answer.results.map(({ objectId }) => objectId ?? '');
    });
    counts[name] = [...(counts[name] ?? []), statements.length];
    return objects;
  }
  /** Does what is due, a step at a time, until nothing is. */
  async function runUntil(name: string, time: Date): Promise<void> {
    const statements = await captureStatements(async () => {
      while ((await runDueWork(app, gateway.merchantId, async () => now)) > 0);
      now = time; // what was sent is answered by then
      while ((await runDueWork(app, gateway.merchantId, async () => now)) > 0);
    });
    counts[name] = [...(counts[name] ?? []), statements.length];
  }
  const later = (seconds: number) => new Date(now.getTime() + seconds * 1_000);
  const selection = (mandates: readonly string[]) =>
    ({ ...NO_OPTIONS, field: 'ids', records: mandates.map((id) => ({ id })) }) as const;
  const create = (name: string, parties: typeof funded, size: number) => {
    const records = Array.from({ length: size }, () => ({ ...DEBICHECK, ...parties, paymentMethodId: ids.debicheck }));
    return measure(name, () => createMandates(app, caller, { ...NO_OPTIONS, records: records as never }));
  };

  for (const size of SIZES) {
    const mandates = await create('createMandates', funded, size);
    await measure('submitPayments', () => {
      const records = mandates.map((mandateId) => ({
        ...funded,
        mandateId,
        paymentMethodId: ids.debicheck,
        recurring: { dateStart: '2024-11-01' },
      }));
      return submitPayments(app, caller, { ...NO_OPTIONS, batchReference: null, records });
    });
    await runUntil('approval', later(10));
    const update = (name: string, change: object) =>
      measure(name, () =>
        updateMandates(app, caller, { ...NO_OPTIONS, records: mandates.map((id) => ({ id, ...change })) }),
      );
    await update('updateMandates, told', { debicheck: { maximumCollectionAmount: '61.00' } });
    await update('updateMandates, asked', { amount: '50.00' });
    await measure('withdrawAmendments', () =>
      withdrawAmendments(app, caller, { ...selection(mandates), reason: null }),
    );
    await update('updateMandates, asked again', { amount: '51.00', recurring: { processDay: 2 } });
    await runUntil('amendment', later(10));
    await measure('cancelMandates', () => cancelMandates(app, caller, { ...selection(mandates), reason: 'FRAUD' }));
    await runUntil('cancellation', later(10));
    await measure('setMandateStatus', () =>
      setMandateStatus(app, caller, { ...selection(mandates), status: 'ARCHIVED', reason: null }),
    );
    const unanswered = await create('createMandates, unanswered', silent, size);
    await runUntil('expiry', later(6 * 86_400));
    await measure('convertMandates', () => {
      const records = unanswered.map((id) => ({ id, paymentMethodId: ids.registeredAbsa }));
      return convertMandates(app, caller, { ...NO_OPTIONS, records });
    });
    await measure('resubmitMandates', () =>
      resubmitMandates(app, caller, {
        ...selection(unanswered),
        approvalWindow: 'REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE',
      }),
    );
    await runUntil('second expiry', later(200));
    const left = await gateway.sql<{ status: string; count: number }>(
      'SELECT status, count(*) AS count FROM mandate GROUP BY status ORDER BY status',
    );
    const total = SIZES.slice(0, SIZES.indexOf(size) + 1).reduce((sum, each) => sum + each, 0);
    expect(left).toEqual(['PENDING', 'EXPIRED', 'ARCHIVED'].map((status) => ({ status, count: total })));
  }
  for (const [name, [few, many]] of Object.entries(counts)) expect([name, many]).toEqual([name, few]);
});
