import { matchOf } from '../../domain/deposit.ts';
import { formatAmount } from '../../domain/money.ts';
import { eftReferenceKey, transitionPayment } from '../../domain/payment/state-machine.ts';
import { transitionTransaction } from '../../domain/transaction.ts';
import { findPayInByReference, findReceived, insertDeposit } from '../../store/deposits.ts';
import { deleteDueWork } from '../../store/due-work/due-work.ts';
import { type KnownPayment, lockPayments } from '../../store/payments/known.ts';
import { movePayments, noteDeposit } from '../../store/payments/write.ts';
import { findLastTransactions } from '../../store/transactions/collected.ts';
import { lockTransactions } from '../../store/transactions/known.ts';
import { countSubmissions, insertSubmissions } from '../../store/transactions/submissions.ts';
import { moveTransactions } from '../../store/transactions/write.ts';
import type { WriteContext } from '../../store/write-context.ts';

/** A deposit into the account of a pay-in method. */
export interface Deposit {
  /** Pay-in method whose account received the deposit. */
  readonly paymentMethodId: string;
  readonly eftReference: string;
  readonly amountCents: number;
}

/**
 * Records a deposit with an event and matches it to the pay-in of the same method by reference, ignoring case, spaces
 * and punctuation. When the amount due is covered, the pay-in is completed. Returns the id of the pay-in, or of the
 * deposit if no pay-in matches.
 */
export async function receiveDeposit(context: WriteContext, received: Deposit): Promise<string> {
  const { tx, merchantId, occurredAt: receivedAt } = context;
  const { paymentMethodId, eftReference, amountCents } = received;
  const found = await findPayInByReference(tx, merchantId, paymentMethodId, eftReferenceKey(eftReference));
  const id = tx.ids.newId('deposit');
  const deposit = { ...received, id, receivedAt };
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
  await recordSubmission(context, payment, deposit);
  const total = formatAmount(receivedCents + amountCents);
  noteDeposit(context, payment, `${total} of ${formatAmount(payment.amountCents)} received (${match}).`);
  if (isOpen && match !== 'PARTIAL') await complete(context, payment);
  return payment.id;
}

/** Records the deposit as a submission of the transaction of the pay-in (DOMAIN §0.1.4). */
async function recordSubmission(
  { tx, merchantId, occurredAt }: WriteContext,
  payment: KnownPayment,
  { id, amountCents }: Deposit & { readonly id: string },
): Promise<void> {
  const transaction = (await findLastTransactions(tx, merchantId, [payment.id])).get(payment.id);
  if (!transaction) throw new Error(`pay-in ${payment.id} has no transaction`);
  const attempt = (await countSubmissions(tx, merchantId, transaction.id)) + 1;
  insertSubmissions(tx, merchantId, [
    {
      reference: id,
      transactionId: transaction.id,
      attempt,
      amountCents,
      submittedAt: occurredAt,
      acknowledgedAt: occurredAt,
    },
  ]);
}

async function complete(context: WriteContext, { id }: KnownPayment): Promise<void> {
  const { tx, merchantId, occurredAt } = context;
  const ids = [...(await findLastTransactions(tx, merchantId, [id])).values()].map((transaction) => transaction.id);
  const transactions = await lockTransactions(tx, merchantId, ids);
  const moves = transactions.flatMap((transaction) => {
    const to = transitionTransaction(transaction.status, 'COVERED');
    return to ? [{ transaction, to, reasonCode: null, reason: null, chargedAt: occurredAt, occurredAt }] : [];
  });
  moveTransactions(context, moves);
  const payment = (await lockPayments(tx, merchantId, [id])).get(id);
  const to = payment && transitionPayment(payment.status, 'COLLECTED');
  if (payment && to) movePayments(context, [{ payment, to, failedReason: null }]);
  deleteDueWork(tx, merchantId, 'EXPIRE_PAY_IN', [id]);
}
