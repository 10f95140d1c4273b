import { decideEach, type Target } from '../../domain/decide-each.ts';
import { wallTime } from '../../store/connection/wall-time.ts';
import { lockEndpoints, type StoredEndpoint, updateEndpoints } from '../../store/webhooks/endpoints.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused, Selection } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { webhookSecret } from './secret.ts';

const HOUR_MS = 60 * 60 * 1_000;

/** Input of `rotateWebhookSecret`. */
export interface RotateSecret extends Selection {
  /** Hours for which messages are signed with the previous secret too. */
  readonly overlapHours: number;
}

/**
 * Gives webhook endpoints new secrets; `show` receives each once, before the commit. The previous ones sign too for
 * `overlapHours`. Atomicity follows `mode`; one result per record, in input order. No warnings.
 */
export function rotateWebhookSecret(
  app: App,
  caller: Caller,
  { overlapHours, ...selection }: RotateSecret,
  show: (id: string, secret: string) => void,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'rotateWebhookSecret', args: { overlapHours }, ...selection };
  return runBatch<Target, StoredEndpoint>(app, caller, request, async (context, items) => {
    const { tx, merchantId } = context;
    const ids = items.map(({ record }) => record.id);
    const endpoints = await lockEndpoints(tx, merchantId, ids);
    return {
      decisions: decideEach(items, endpoints, 'webhook endpoint', (plan) => ({ plan, outcome: 'UPDATED' })),
      write: async (plans) => {
        const previousSecretUntil = new Date(wallTime().getTime() + overlapHours * HOUR_MS);
        updateEndpoints(
          context,
          plans.map((before) => ({
            before,
            after: { secretGeneration: before.secretGeneration + 1, previousSecretUntil },
          })),
        );
        for (const { id, secretGeneration } of plans)
          show(id, webhookSecret(app.secrets, merchantId, id, secretGeneration + 1));
        return plans.map(({ id }) => id);
      },
    };
  });
}
