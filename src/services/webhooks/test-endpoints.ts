import { decideEach, type Target } from '../../domain/decide-each.ts';
import { insertTests } from '../../store/webhooks/deliveries.ts';
import { lockEndpoints, type StoredEndpoint } from '../../store/webhooks/endpoints.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused, Selection } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';

/**
 * Queues one test for each endpoint, enabled or not. It is attempted once and has no influence on later deliveries. Atomicity
 * follows `mode`; one result per record, in input order. No warnings.
 */
export function testWebhookEndpoints(app: App, caller: Caller, selection: Selection): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'testWebhookEndpoints', args: {}, ...selection };
  return runBatch<Target, StoredEndpoint>(app, caller, request, async ({ tx, merchantId }, items) => {
    const ids = items.map(({ record }) => record.id);
    const endpoints = await lockEndpoints(tx, merchantId, ids);
    return {
      decisions: decideEach(items, endpoints, 'webhook endpoint', (plan) => ({ plan, outcome: 'UPDATED' })),
      write: async (plans) => {
        const tested = plans.map(({ id }) => id);
        insertTests(tx, merchantId, tested);
        return tested;
      },
    };
  });
}
