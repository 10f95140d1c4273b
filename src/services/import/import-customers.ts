import type { NewBankAccount } from '../../domain/bank-account/bank-account.ts';
import type { BankAccountRecord } from '../../domain/bank-account/parse.ts';
import type { NewCustomer } from '../../domain/customer/customer.ts';
import type { CustomerRecord } from '../../domain/customer/record.ts';
import { conclude } from '../../domain/decide-each.ts';
import { invalid, refused, required } from '../../domain/errors.ts';
import { readFields } from '../../domain/fields.ts';
import { Findings } from '../../domain/findings.ts';
import { itemAt } from '../../domain/invariants.ts';
import { insertBankAccounts } from '../../store/bank-accounts/bank-accounts.ts';
import { type Blacklisting, insertCustomers } from '../../store/customers/customers.ts';
import { findMerchantSettings } from '../../store/merchants/settings.ts';
import type { App, Caller } from '../app.ts';
import { validateNewBankAccounts } from '../bank-accounts/validate-new-bank-accounts.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { validateNewCustomers } from '../customers/validate-new-customers.ts';

/** Maximum number of bank accounts that are imported with one customer. */
export const BANK_ACCOUNTS_MAX = 20;
/** Maximum length of the reason for a blacklisting, in characters. */
export const BLACKLIST_REASON_LENGTH_MAX = 255;

/** Input of a customer that another system has, with its bank accounts. */
export type ImportCustomerRecord = CustomerRecord & {
  readonly clientKey?: string | null | undefined;
  readonly isBlacklisted?: boolean | null | undefined;
  readonly bankAccounts?: readonly BankAccountRecord[] | null | undefined;
};

/** Input of `importCustomers`. */
export interface ImportCustomers extends BatchOptions {
  readonly records: readonly ImportCustomerRecord[];
}

interface Plan {
  readonly customer: NewCustomer & { readonly blacklisting: Blacklisting | null };
  readonly bankAccounts: readonly NewBankAccount[];
}

/**
 * Imports customers with their bank accounts; customers that are blacklisted stay so. Atomicity follows `mode`; one
 * result per record, in input order, with the warnings of `createCustomers` and `createBankAccounts`.
 */
export function importCustomers(app: App, caller: Caller, input: ImportCustomers): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'importCustomers', field: 'records', args: {}, ...input } as const;
  return runBatch<ImportCustomerRecord, Plan>(app, caller, request, async (context, items) => {
    const settings = await findMerchantSettings(context.tx, context.merchantId);
    const judged = items.map(({ record, path }) => ({ record, findings: new Findings(path) }));
    for (const { record, findings } of judged) checkRecord(record, findings);
    const customers = await validateNewCustomers(context, app.secrets, settings, judged);
    const banked = judged.flatMap(({ record, findings }, ofRecord) =>
      (record.bankAccounts ?? []).slice(0, BANK_ACCOUNTS_MAX).map((account, at) => {
        // The customer has no id yet; its place in the batch tells its accounts from those of the others.
        const customerId = `record ${ofRecord}`;
        return { record: account, customerId, ofRecord, findings: findings.at('bankAccounts', String(at)) };
      }),
    );
    const accounts = await validateNewBankAccounts(context, app.secrets, settings, banked);
    const accountsOf = new Map<number, NewBankAccount[]>(judged.map((_, index) => [index, []]));
    banked.forEach(({ ofRecord }, at) => {
      const account = accounts[at];
      if (account) accountsOf.get(ofRecord)?.push(account);
    });
    const decisions = judged.map(({ record, findings }, index) => {
      const customer = customers[index] ?? null;
      const blacklisting = readBlacklisting(record, findings);
      const bankAccounts = accountsOf.get(index) ?? [];
      const plan = customer && { customer: { ...customer, blacklisting }, bankAccounts };
      return conclude(plan && { plan, outcome: 'CREATED' }, null, findings);
    });
    return {
      decisions,
      write: async (plans) => {
        const ids = await insertCustomers(
          context,
          app.secrets,
          plans.map(({ customer }) => customer),
        );
        const owned = plans.flatMap(({ customer, bankAccounts }, index) =>
          bankAccounts.map((account) => {
            const isBusinessAccount = account.isBusinessAccount ?? customer.kind === 'COMPANY';
            return { ...account, isBusinessAccount, customerId: itemAt(ids, index) };
          }),
        );
        await insertBankAccounts(context, app.secrets, owned);
        return ids;
      },
    };
  });
}

function checkRecord(record: ImportCustomerRecord, { path, errors }: Findings): void {
  if ((record['externalId'] ?? null) === null) errors.push(required([...path, 'externalId']));
  const accounts = record.bankAccounts ?? [];
  if (accounts.length > BANK_ACCOUNTS_MAX) {
    errors.push(refused('TOO_LONG', [...path, 'bankAccounts'], `At most ${BANK_ACCOUNTS_MAX} bank accounts.`));
  }
  accounts.forEach((account, at) => {
    if ((account['externalId'] ?? null) === null)
      errors.push(required([...path, 'bankAccounts', String(at), 'externalId']));
  });
}

function readBlacklisting(record: ImportCustomerRecord, findings: Findings): Blacklisting | null {
  const { path, errors } = findings;
  const reason = readFields(record, findings).text('blacklistReason', { max: BLACKLIST_REASON_LENGTH_MAX });
  if (record.isBlacklisted) return { reason };
  if ((record['blacklistReason'] ?? null) !== null) {
    const message = 'Set isBlacklisted to true, or omit this.';
    errors.push(invalid([...path, 'blacklistReason'], 'reason_of_blacklisted', message));
  }
  return null;
}
