import { transitionPayment } from '../../domain/payment/state-machine.ts';
import { deleteDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { lockPayments } from '../../store/payments/known.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { haltPayments } from './halt-payments.ts';

/** Due job: cancels pay-ins that were not paid before they expired. Partial deposits stay recorded. */
export async function expirePayIns(context: WriteContext, work: readonly DueWork[]): Promise<void> {
  const { tx, merchantId } = context;
  const ids = work.map(({ subjectId }) => subjectId);
  const payments = [...(await lockPayments(tx, merchantId, ids)).values()];
  const waiting = payments.filter(({ status }) => transitionPayment(status, 'EXPIRE') !== null);
  await haltPayments(context, waiting, 'EXPIRE', 'CALLER', () => ({
    reason: 'The pay-in expired before it was paid.',
  }));
  deleteDueWork(tx, merchantId, 'EXPIRE_PAY_IN', ids);
}
