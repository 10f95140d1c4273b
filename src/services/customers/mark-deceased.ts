import { DECEASED_CODE, meaningOf } from '../../domain/unpaid-codes.ts';
import { lockCustomers, setBlacklisted } from '../../store/customers/customers.ts';
import { deleteDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App } from '../app.ts';
import { pausePayments } from '../collections/pause-payments.ts';

/**
 * Due job: blacklists customers that a bank reported as deceased and stops all their payments, on any account (DOMAIN
 * §2.14, code 18).
 */
export async function markDeceased(app: App, context: WriteContext, work: readonly DueWork[]): Promise<void> {
  const { tx, merchantId } = context;
  const ids = work.map(({ subjectId }) => subjectId);
  const customers = [...(await lockCustomers(tx, app.secrets, merchantId, ids)).values()];
  const reason = meaningOf(DECEASED_CODE);
  const caused: WriteContext = {
    ...context,
    cause: { ...context.cause, actor: 'BANK', reasonCode: DECEASED_CODE, reason },
  };
  const fresh = customers.filter(({ isBlacklisted, erasedAt }) => !isBlacklisted && erasedAt === null);
  setBlacklisted(caused, fresh, { reason });
  const explain = () => ({ reason });
  await pausePayments(caused, 'customer_id', ids, 'CUSTOMER_BLACKLISTED', 'STOP', explain);
  deleteDueWork(tx, merchantId, 'MARK_DECEASED', ids);
}
