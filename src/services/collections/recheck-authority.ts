import { deleteDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { lockMandates } from '../../store/mandates/mandates.ts';
import { lockPayments } from '../../store/payments/known.ts';
import { findRunningPaymentIds } from '../../store/payments/running-payments.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { settlePayments } from './settle-payments.ts';

/**
 * Due job: marks mandates whose authority was withdrawn by returns that predate the stored mark, as found by its
 * migration, and stops their payments.
 */
export async function recheckAuthority(context: WriteContext, work: readonly DueWork[]): Promise<void> {
  const { tx, merchantId } = context;
  const ids = work.map(({ subjectId }) => subjectId);
  const mandates = await lockMandates(tx, merchantId, ids);
  const paymentIds = await findRunningPaymentIds(tx, merchantId, 'mandate_id', ids);
  const payments = await lockPayments(tx, merchantId, paymentIds);
  await settlePayments(context, payments, [], mandates);
  deleteDueWork(tx, merchantId, 'JUDGE_AUTHORITY', ids);
}
