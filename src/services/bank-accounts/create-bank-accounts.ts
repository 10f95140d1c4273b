import type { BankAccountRecord } from '../../domain/bank-account/parse.ts';
import type { Decision } from '../../domain/batch.ts';
import { checkOwner } from '../../domain/customer/owner.ts';
import { conclude } from '../../domain/decide-each.ts';
import { Findings } from '../../domain/findings.ts';
import { insertBankAccounts, type OwnedBankAccount } from '../../store/bank-accounts/bank-accounts.ts';
import { lockOwners } from '../../store/customers/customer-context.ts';
import { findMerchantSettings } from '../../store/merchants/settings.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { validateNewBankAccounts } from './validate-new-bank-accounts.ts';

/** A record of `createBankAccounts`. */
export type CreateBankAccountRecord = BankAccountRecord & {
  readonly clientKey?: string | null | undefined;
  readonly customerId: string;
};
/** Input of `createBankAccounts`. */
export interface CreateBankAccounts extends BatchOptions {
  readonly records: readonly CreateBankAccountRecord[];
}

/**
 * Creates bank accounts of customers that are ACTIVE and not blacklisted. Atomicity follows `mode`; one result per
 * record, in input order. Warns of failed CDV checks (CDV_FAILED) and of accounts that other customers have
 * (POSSIBLE_DUPLICATE).
 */
export function createBankAccounts(
  app: App,
  caller: Caller,
  input: CreateBankAccounts,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'createBankAccounts', field: 'records', args: {}, ...input } as const;
  return runBatch<CreateBankAccountRecord, OwnedBankAccount>(app, caller, request, async (context, items) => {
    const { tx, merchantId } = context;
    const settings = await findMerchantSettings(tx, merchantId);
    const customerIds = items.map(({ record }) => record.customerId);
    const owners = await lockOwners(tx, merchantId, customerIds);
    const judged = items.map(({ record, path }) => {
      return { record, customerId: record.customerId, findings: new Findings(path) };
    });
    const accounts = await validateNewBankAccounts(context, app.secrets, settings, judged);
    const decisions = judged.map(({ customerId, findings }, index): Decision<OwnedBankAccount> => {
      const owner = owners.get(customerId);
      checkOwner(owner, findings.at('customerId'));
      const account = accounts[index];
      if (!account) return conclude(null, null, findings);
      const isBusinessAccount = account.isBusinessAccount ?? owner?.kind === 'COMPANY';
      const plan: OwnedBankAccount = { ...account, customerId, isBusinessAccount };
      return conclude({ plan, outcome: 'CREATED' }, null, findings);
    });
    return { decisions, write: (plans) => insertBankAccounts(context, app.secrets, plans) };
  });
}
