import type { BankAccountStatus } from '../../domain/bank-account/bank-account.ts';
import { BANK_ACCOUNT_TRANSITIONS } from '../../domain/bank-account/status.ts';
import { NAMED_IDS_MAX, nameIds } from '../../domain/batch.ts';
import { NOTHING_AFFECTED } from '../../domain/customer/change-rules.ts';
import { decideEach, type Target } from '../../domain/decide-each.ts';
import { stateConflict } from '../../domain/errors.ts';
import { warning } from '../../domain/warnings.ts';
import { type KnownBankAccount, lockBankAccounts, moveBankAccounts } from '../../store/bank-accounts/bank-accounts.ts';
import { findOpenMandates } from '../../store/mandates/mandates.ts';
import { findRunningPayments } from '../../store/payments/running-payments.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused, Selection } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';

/** Input of `setBankAccountStatus`. */
export interface SetBankAccountStatus extends Selection {
  readonly status: BankAccountStatus;
  readonly reason: string | null;
}

/**
 * Disables, enables or archives bank accounts. An account that a running payment uses can be neither disabled nor
 * archived. Atomicity follows `mode`; one result per record, in input order. Warns of mandates that stay open
 * (MANDATES_NOT_CANCELLED).
 */
export function setBankAccountStatus(
  app: App,
  caller: Caller,
  { status, reason, ...input }: SetBankAccountStatus,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'setBankAccountStatus', args: { status, reason }, ...input };
  return runBatch<Target, KnownBankAccount>(app, caller, request, async (context, items) => {
    const { tx, merchantId } = context;
    const ids = items.map(({ record }) => record.id);
    const accounts = await lockBankAccounts(tx, app.secrets, merchantId, ids);
    const running = await findRunningPayments(tx, merchantId, 'bank_account_id', ids, NAMED_IDS_MAX);
    const mandates = await findOpenMandates(tx, merchantId, 'bank_account_id', ids, NAMED_IDS_MAX + 1);
    const decisions = decideEach(items, accounts, 'bank account', (account, _record, findings) => {
      if (account.status === status) return { plan: account, outcome: 'UNCHANGED', affected: NOTHING_AFFECTED };
      const allowedTransitions = BANK_ACCOUNT_TRANSITIONS[account.status];
      const base = { currentStatus: account.status, allowedTransitions };
      if (!allowedTransitions.includes(status)) {
        const message = `A bank account that is ${account.status} cannot become ${status}.`;
        findings.errors.push(stateConflict(findings.path, { ...base, message, blockedBy: [] }));
      }
      const users = status === 'ACTIVE' ? [] : (running.get(account.id) ?? []);
      if (users.length > 0) {
        const message = 'Running payments use the bank account. Stop them first.';
        findings.errors.push(
          stateConflict(findings.path, { ...base, message, blockedBy: nameIds(users.map(({ id }) => id)).ids }),
        );
      }
      const open = nameIds(status === 'ACTIVE' ? [] : (mandates.get(account.id) ?? []).map(({ id }) => id));
      if (open.ids.length > 0) {
        const message = 'The mandates of the bank account are not cancelled.';
        findings.warnings.push(warning('MANDATES_NOT_CANCELLED', findings.path, message, open.ids));
      }
      const affected = { ...NOTHING_AFFECTED, untouchedMandateIds: open.ids, truncated: open.truncated };
      return { plan: account, outcome: 'UPDATED', affected };
    });
    return {
      decisions,
      write: async (plans) => {
        moveBankAccounts({ ...context, cause: { ...context.cause, reason } }, plans, status);
        return plans.map(({ id }) => id);
      },
    };
  });
}
