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
  const ids = work.map(({ subjectId }) => subjectId);
  await judgeAuthority(context, ids);
  deleteDueWork(context.tx, context.merchantId, 'JUDGE_AUTHORITY', ids);
}

/** Marks mandates whose returned debits withdraw the authority, and stops their payments. */
export async function judgeAuthority(context: WriteContext, ids: readonly string[]): Promise<void> {
  const { tx, merchantId } = context;
  const mandates = await lockMandates(tx, merchantId, ids);
  const paymentIds = await findRunningPaymentIds(tx, merchantId, 'mandate_id', ids);
  const payments = await lockPayments(tx, merchantId, paymentIds);
  await settlePayments(context, payments, [], mandates);
}
