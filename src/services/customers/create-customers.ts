import type { NewCustomer } from '../../domain/customer/customer.ts';
import type { CustomerRecord } from '../../domain/customer/record.ts';
import { conclude } from '../../domain/decide-each.ts';
import { Findings } from '../../domain/findings.ts';
import { insertCustomers } from '../../store/customers/customers.ts';
import { findMerchantSettings } from '../../store/merchants/settings.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { validateNewCustomers } from './validate-new-customers.ts';

/** Input of `createCustomers`. */
export interface CreateCustomers extends BatchOptions {
  readonly records: ReadonlyArray<CustomerRecord & { readonly clientKey?: string | null | undefined }>;
}

/**
 * Creates customers. Atomicity follows `mode`; one result per record, in input order. Warns of possible duplicates and
 * of unusual id and tax numbers.
 */
export function createCustomers(app: App, caller: Caller, input: CreateCustomers): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'createCustomers', field: 'records', args: {}, ...input } as const;
  return runBatch<CreateCustomers['records'][number], NewCustomer>(app, caller, request, async (context, items) => {
    const settings = await findMerchantSettings(context.tx, context.merchantId);
    const judged = items.map(({ record, path }) => ({ record, findings: new Findings(path) }));
    const customers = await validateNewCustomers(context, app.secrets, settings, judged);
    return {
      decisions: judged.map(({ findings }, index) => {
        const plan = customers[index] ?? null;
        return conclude(plan && { plan, outcome: 'CREATED' }, null, findings);
      }),
      write: (plans) => insertCustomers(context, app.secrets, plans),
    };
  });
}
