import { type DueWork, deleteDueWork } from '../../store/due-work.ts';
import { findMandates } from '../../store/mandates/mandates.ts';
import { findPaymentsForUpdate } from '../../store/payments/known.ts';
import { findRunningPaymentIds } from '../../store/payments/running-payments.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { settlePayments } from './settle-payments.ts';

/**
 * Marks mandates whose debits came back before the rule was kept by a mark, as the migration to it has found them, and stops their payments.
 */
export async function judgeMandates(change: WriteContext, work: readonly DueWork[]): Promise<void> {
  const { tx, merchantId } = change;
  const ids = work.map(({ subjectId }) => subjectId);
  const mandates = await findMandates(tx, merchantId, ids, 'FOR NO KEY UPDATE');
  const paymentIds = await findRunningPaymentIds(tx, merchantId, 'mandate_id', ids);
  const payments = await findPaymentsForUpdate(tx, merchantId, paymentIds);
  await settlePayments(change, payments, [], mandates);
  await deleteDueWork(tx, merchantId, 'JUDGE_AUTHORITY', ids);
}
