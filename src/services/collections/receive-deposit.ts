import { matchOf } from '../../domain/deposit.ts';
import { eftReferenceKey, transitionPayment } from '../../domain/payment/state-machine.ts';
import { findPayInByReference, findReceived, insertDeposit } from '../../store/deposits.ts';
import { lockPayments } from '../../store/payments/known.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { creditPayIns } from './credit-pay-ins.ts';

/** A deposit into the account of a pay-in method. */
export interface Deposit {
  /** Pay-in method whose account received the deposit. */
  readonly paymentMethodId: string;
  readonly eftReference: string;
  readonly amountCents: number;
  /** When the bank received it; now by default. */
  readonly receivedAt?: Date;
  /** Id of the bank, by which a deposit is recorded once; null for a simulated one. */
  readonly bankId?: string | null;
}

/**
 * Records a deposit with an event and matches it to the pay-in of the same method by reference, ignoring case, spaces
 * and punctuation. When the amount due is covered, the pay-in is completed. Returns the id of the pay-in, or of the
 * deposit if no pay-in matches.
 */
export async function receiveDeposit(context: WriteContext, received: Deposit): Promise<string> {
  const { tx, merchantId } = context;
  const { paymentMethodId, eftReference, amountCents, receivedAt = context.occurredAt, bankId = null } = received;
  const found = await findPayInByReference(tx, merchantId, paymentMethodId, eftReferenceKey(eftReference));
  const id = tx.ids.newId('deposit');
  const deposit = { id, paymentMethodId, eftReference, amountCents, receivedAt, bankId };
  // Read again under the lock: the pay-in may have been paid or cancelled in the meantime.
  const payment = found && (await lockPayments(tx, merchantId, [found.id])).get(found.id);
  if (!payment) {
    insertDeposit(context, { ...deposit, paymentId: null, match: 'UNKNOWN' }, {});
    return id;
  }
  const receivedCents = (await findReceived(tx, merchantId, [payment.id])).get(payment.id) ?? 0;
  const isOpen = transitionPayment(payment.status, 'COLLECTED') !== null;
  const match = matchOf({ amountCents: payment.amountCents, receivedCents, isOpen }, amountCents);
  const { customerId, batchReference } = payment;
  insertDeposit(context, { ...deposit, paymentId: payment.id, match }, { customerId, batchReference });
  const totalCents = receivedCents + amountCents;
  await creditPayIns(context, [{ depositId: id, amountCents, payment, match, totalCents }]);
  return payment.id;
}
