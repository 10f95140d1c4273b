import type { Cause } from '../../domain/event.ts';
import { present } from '../../domain/invariants.ts';
import { type PauseCause, transitionPayment } from '../../domain/payment/state-machine.ts';
import { type KnownPayment, lockPayments } from '../../store/payments/known.ts';
import { findRunningPaymentIds, type PaymentOwner } from '../../store/payments/running-payments.ts';
import { movePayments, type PaymentMove } from '../../store/payments/write.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { type Explanation, haltPayments } from './halt-payments.ts';
import { resumeCollections } from './resume-collections.ts';

/** Pauses or stops all running payments of customers, bank accounts or mandates, with the reason of each owner. */
export async function pausePayments(
  context: WriteContext,
  owner: PaymentOwner,
  ownerIds: readonly string[],
  cause: PauseCause,
  how: 'PAUSE' | 'STOP',
  explain: (ownerId: string) => Explanation,
): Promise<void> {
  const payments = await findPaymentsOf(context, owner, ownerIds);
  await haltPayments(context, payments, how, cause, (payment) => explain(ownerOf(payment, owner)));
}

/**
 * Removes one pause cause from the payments of customers, bank accounts or mandates. Payments without another cause
 * resume: held collections are made if their cut-off has not passed.
 */
export async function resumePayments(
  context: WriteContext,
  owner: PaymentOwner,
  ownerIds: readonly string[],
  cause: PauseCause,
  causeOf: (ownerId: string) => Cause | undefined = () => undefined,
): Promise<void> {
  const payments = await findPaymentsOf(context, owner, ownerIds);
  const moves = payments.flatMap((payment): PaymentMove[] => {
    if (!payment.pauseCauses.includes(cause)) return [];
    const pauseCauses = payment.pauseCauses.filter((item) => item !== cause);
    const by = causeOf(ownerOf(payment, owner));
    if (pauseCauses.length > 0) return [{ payment, to: payment.status, failedReason: null, pauseCauses, cause: by }];
    const to = transitionPayment(payment.status, 'RUN');
    return to ? [{ payment, to, failedReason: null, cause: by }] : [];
  });
  movePayments(context, moves);
  await resumeCollections(
    context,
    moves.filter(({ to }) => to === 'RUNNING').map(({ payment }) => payment),
  );
}

async function findPaymentsOf(
  { tx, merchantId }: WriteContext,
  owner: PaymentOwner,
  ownerIds: readonly string[],
): Promise<KnownPayment[]> {
  const ids = await findRunningPaymentIds(tx, merchantId, owner, ownerIds);
  return [...(await lockPayments(tx, merchantId, ids)).values()];
}

const OWNERS = {
  customer_id: 'customerId',
  mandate_id: 'mandateId',
  bank_account_id: 'bankAccountId',
} as const satisfies Record<PaymentOwner, keyof KnownPayment>;

function ownerOf(payment: KnownPayment, owner: PaymentOwner): string {
  return present(payment[OWNERS[owner]], `the ${owner} of a payment`);
}
