import { checkMutable, namesChanged } from '../../domain/bank-account/change-rules.ts';
import { type BankAccountRecord, type ChangedBankAccount, changeBankAccount } from '../../domain/bank-account/parse.ts';
import { checkSameAccounts, identityOf } from '../../domain/bank-account/uniqueness.ts';
import { type BatchItem, NAMED_IDS_MAX } from '../../domain/batch.ts';
import { affectedByChange } from '../../domain/customer/change-rules.ts';
import { decideEach, type Target } from '../../domain/decide-each.ts';
import { stateConflict } from '../../domain/errors.ts';
import { Findings } from '../../domain/findings.ts';
import { findTaken } from '../../domain/uniqueness.ts';
import { findSameAccounts } from '../../store/bank-accounts/bank-account-context.ts';
import {
  type KnownBankAccount,
  lockBankAccounts,
  updateBankAccountProfiles,
} from '../../store/bank-accounts/bank-accounts.ts';
import { findAccountsWithMandates, findOpenMandates } from '../../store/mandates/mandates.ts';
import { findMerchantSettings } from '../../store/merchants/settings.ts';
import { findRunningPayments } from '../../store/payments/running-payments.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';

/** A record of `updateBankAccounts`. */
export type UpdateBankAccountRecord = BankAccountRecord & Target;
/** Input of `updateBankAccounts`. */
export interface UpdateBankAccounts extends BatchOptions {
  readonly records: readonly UpdateBankAccountRecord[];
}

type Update = ChangedBankAccount & { readonly account: KnownBankAccount };

/**
 * Updates bank accounts; fields that a mandate authorises cannot change. Atomicity follows `mode`; one result per
 * record, in input order. Warns of CDV_FAILED, POSSIBLE_DUPLICATE and mandates that keep the old data
 * (MANDATES_NOT_UPDATED).
 */
export function updateBankAccounts(
  app: App,
  caller: Caller,
  input: UpdateBankAccounts,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'updateBankAccounts', field: 'records', args: {}, ...input } as const;
  return runBatch<UpdateBankAccountRecord, Update>(app, caller, request, async (context, items) => {
    const loaded = await findAround(app, context, items);
    const decisions = decideEach(items, loaded.accounts, 'bank account', (account, record, findings) => {
      if (account.status === 'ARCHIVED') {
        const conflict = { currentStatus: account.status, blockedBy: [], code: 'NOT_MUTABLE' } as const;
        findings.errors.push(
          stateConflict(findings.path, { ...conflict, message: 'The bank account is archived and cannot be changed.' }),
        );
        return null;
      }
      const read = loaded.changes.get(record);
      findings.errors.push(...(read?.findings.errors ?? []));
      findings.warnings.push(...(read?.findings.warnings ?? []));
      const changed = read?.changed;
      if (!changed) return null;
      const mandates = loaded.mandates.get(account.id) ?? [];
      const names = namesChanged(account.profile, changed.profile);
      checkMutable(account.status, names, loaded.mandated.has(account.id), mandates, findings);
      if (changed.cdv) {
        checkSameAccounts(loaded.same.get(record), findings);
        findings.errors.push(...(loaded.twice.get(record) ?? []));
      }
      const payments = loaded.payments.get(account.id) ?? [];
      const affected = affectedByChange(names, payments, mandates, findings);
      return { plan: { account, ...changed }, outcome: names.length > 0 ? 'UPDATED' : 'UNCHANGED', affected };
    });
    return {
      decisions,
      write: async (updates) => {
        await updateBankAccountProfiles(context, app.secrets, updates);
        return updates.map(({ account }) => account.id);
      },
    };
  });
}

/** Locks the accounts and reads what their changes depend on, in a fixed number of statements. */
async function findAround(
  app: App,
  { tx, merchantId }: WriteContext,
  items: ReadonlyArray<BatchItem<UpdateBankAccountRecord>>,
) {
  const { cdvMode } = await findMerchantSettings(tx, merchantId);
  const ids = items.map(({ record }) => record.id);
  const accounts = await lockBankAccounts(tx, app.secrets, merchantId, ids);
  const mandates = await findOpenMandates(tx, merchantId, 'bank_account_id', ids, NAMED_IDS_MAX + 1);
  const mandated = await findAccountsWithMandates(tx, merchantId, ids);
  const payments = await findRunningPayments(tx, merchantId, 'bank_account_id', ids, NAMED_IDS_MAX + 1);
  const changes = items.map(({ record, path }) => {
    const findings = new Findings(path);
    const account = accounts.get(record.id);
    const changed = account && changeBankAccount(account.profile, record, cdvMode, findings);
    return { record, path, account, findings, changed: changed ?? null };
  });
  const moved = changes.flatMap(({ record, account, changed }) =>
    account && changed?.cdv ? [{ record, ...changed.profile, ownId: account.id, customerId: account.customerId }] : [],
  );
  const found = await findSameAccounts(tx, app.secrets, merchantId, moved);
  const same = new Map(moved.map(({ record }, index) => [record, found[index]]));
  const twice = findTaken(
    changes.map(({ path, account, changed }) => ({
      value: account && changed ? identityOf(account.customerId, changed.profile) : null,
      path: [...path, 'accountNumber'],
    })),
    new Map(),
  );
  return {
    accounts,
    mandates,
    mandated,
    payments,
    same,
    changes: new Map(changes.map(({ record, ...found }) => [record, found])),
    twice: new Map(items.map(({ record }, index) => [record, twice[index] ?? []])),
  };
}
