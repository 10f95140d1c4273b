import { meaningOf } from '../../domain/unpaid-codes.ts';
import { lockBankAccounts, moveBankAccounts } from '../../store/bank-accounts/bank-accounts.ts';
import { deleteDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App } from '../app.ts';
import { pausePayments } from '../collections/pause-payments.ts';

/**
 * Due job: disables bank accounts that, by the return code of the bank, accept no debits, and stops their payments
 * (DOMAIN §4.2). Accounts that are not ACTIVE are left unchanged.
 */
export async function disableBankAccounts(
  app: App,
  context: WriteContext,
  work: ReadonlyArray<DueWork<'DISABLE_BANK_ACCOUNT'>>,
): Promise<void> {
  const { tx, merchantId } = context;
  const ids = work.map(({ subjectId }) => subjectId);
  const accounts = await lockBankAccounts(tx, app.secrets, merchantId, ids);
  for (const code of new Set(work.map(({ details }) => details.code))) {
    const of = work.filter(({ details }) => details.code === code);
    const active = of.flatMap(({ subjectId }) => accounts.get(subjectId) ?? []).filter(isActive);
    const reason = meaningOf(code);
    const caused: WriteContext = { ...context, cause: { ...context.cause, actor: 'BANK', reasonCode: code, reason } };
    moveBankAccounts(caused, active, 'DISABLED');
    const disabled = active.map(({ id }) => id);
    const explain = () => ({ reason, stopCause: 'ACCOUNT_DISABLED' as const });
    await pausePayments(caused, 'bank_account_id', disabled, 'CALLER', 'STOP', explain);
  }
  deleteDueWork(tx, merchantId, 'DISABLE_BANK_ACCOUNT', ids);
}

function isActive({ status }: { readonly status: string }): boolean {
  return status === 'ACTIVE';
}
