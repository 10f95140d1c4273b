import { withMerchant } from '../../store/connection/merchant-transaction.ts';
import { lockEndpoints, type StoredEndpoint, updateEndpoints } from '../../store/webhooks/endpoints.ts';
import type { App } from '../app.ts';
import { contextOf } from '../context-of.ts';

/**
 * Disables an endpoint on behalf of the gateway, with an event that says why and a line in the log. Does nothing when its address or
 * its owner has changed in the meantime.
 */
export async function disableWebhookEndpoint(
  app: App,
  {
    merchantId,
    id: endpointId,
    url,
    clientId,
  }: Pick<StoredEndpoint, 'id' | 'url' | 'clientId'> & { readonly merchantId: string },
  reason: string,
): Promise<void> {
  await withMerchant(app.database, merchantId, async (tx) => {
    const before = (await lockEndpoints(tx, merchantId, [endpointId])).get(endpointId);
    if (before?.status !== 'ENABLED' || before.url !== url || before.clientId !== clientId) return;
    const occurredAt = await app.clock.now(tx, merchantId);
    const cause = { actor: 'SCHEDULER', requestId: null, reasonCode: null, reason } as const;
    const context = contextOf(app, tx, { merchantId, occurredAt, cause, clientId: null });
    updateEndpoints(context, [{ before, after: { status: 'DISABLED' }, reason }]);
    tx.onCommit(app.onEvents);
    tx.onCommit(() => app.log.warn({ merchantId, endpointId, reason }, 'webhook endpoint disabled'));
  });
}
