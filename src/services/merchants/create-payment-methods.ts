import type { Decision } from '../../domain/batch.ts';
import { conclude } from '../../domain/decide-each.ts';
import { Findings } from '../../domain/findings.ts';
import { type CreateMethodRecord, type NewPaymentMethod, parseMethod } from '../../domain/method/method.ts';
import { insertAuditEntries } from '../../store/audit.ts';
import { findAllowedConnectors } from '../../store/connectors/connectors.ts';
import { insertPaymentMethods } from '../../store/merchants/payment-methods.ts';
import { findMerchantSettings } from '../../store/merchants/settings.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';

/** Input of `createPaymentMethods`. */
export interface CreatePaymentMethods extends BatchOptions {
  readonly records: readonly CreateMethodRecord[];
}

/**
 * Creates payment methods with audit entries; each pay-in method has its own account. Atomicity follows `mode`; one
 * result per record, in input order.
 */
export function createPaymentMethods(
  app: App,
  caller: Caller,
  input: CreatePaymentMethods,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'createPaymentMethods', field: 'records', args: {}, ...input } as const;
  return runBatch<CreateMethodRecord, NewPaymentMethod>(app, caller, request, async (context, items) => {
    const { tx, merchantId, occurredAt: now } = context;
    const { cdvMode } = await findMerchantSettings(tx, merchantId);
    const connectors = await findAllowedConnectors(tx, merchantId);
    const decisions = items.map(({ record, path }): Decision<NewPaymentMethod> => {
      const findings = new Findings(path);
      const plan = parseMethod(record, { now, cdvMode, connectors }, findings);
      return conclude(plan && { plan, outcome: 'CREATED' }, null, findings);
    });
    return {
      decisions,
      write: async (methods) => {
        const ids = await insertPaymentMethods(tx, merchantId, methods);
        const entries = ids.map((objectId, index) => {
          const toValue = methods[index]?.name ?? null;
          return { action: 'PAYMENT_METHOD_CREATED', objectId, field: 'name', toValue } as const;
        });
        insertAuditEntries(tx, merchantId, caller, entries);
        return ids;
      },
    };
  });
}
