import { conclude } from '../domain/targets.ts';
import { noFindings } from '../domain/warnings.ts';
import { type MerchantSettings, takeMerchantSettings, writeMerchantSettings } from '../store/merchants.ts';
import type { App, Caller } from './app.ts';
import type { BatchAnswer, KeyReused } from './batch.ts';
import { runBatch } from './run-batch.ts';

export interface UpdateMerchantSettings {
  readonly settings: Partial<MerchantSettings>;
  readonly idempotencyKey: string | null;
}

/** Changes what a merchant has settled for itself; absent settings keep. One record of one merchant: its own. */
export function updateMerchantSettings(
  app: App,
  caller: Caller,
  { settings, idempotencyKey }: UpdateMerchantSettings,
): Promise<BatchAnswer | KeyReused> {
  const request = {
    operation: 'updateMerchantSettings',
    field: 'records',
    records: [{ ...settings, clientKey: null }],
    args: {},
    mode: 'ATOMIC',
    dryRun: false,
    idempotencyKey,
  } as const;
  return runBatch<(typeof request.records)[number], MerchantSettings>(app, caller, request, async (change) => {
    const current = await takeMerchantSettings(change.tx, change.merchantId);
    const plan = { ...current, ...settings };
    const isSame = JSON.stringify(plan) === JSON.stringify(current);
    const decision = conclude({ plan, outcome: isSame ? 'UNCHANGED' : 'UPDATED' }, change.merchantId, noFindings());
    return {
      decisions: [decision],
      write: async () => {
        await writeMerchantSettings(change, plan);
        return [change.merchantId];
      },
    };
  });
}
