import { lookUp } from '../../domain/invariants.ts';
import { eftReferenceKey } from '../../domain/payment/state-machine.ts';
import { findPayInsByReference, findReceived, insertDeposits } from '../../store/deposits.ts';
import { lockPayments } from '../../store/payments/known.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { creditPayIns, creditsOf } from './credit-pay-ins.ts';

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
 * Records deposits with an event each and matches them, in their order, to the pay-ins of the same method by reference, ignoring case,
 * spaces and punctuation. Pay-ins whose amount is covered are completed. Returns, in the order of the deposits, the id of the pay-in,
 * or of the deposit if no pay-in matches. The number of statements does not grow with the deposits.
 */
export async function receiveDeposits(context: WriteContext, received: readonly Deposit[]): Promise<string[]> {
  const { tx, merchantId, occurredAt } = context;
  const keys = received.map(({ paymentMethodId, eftReference }) => ({
    paymentMethodId,
    key: eftReferenceKey(eftReference),
  }));
  const found = await findPayInsByReference(tx, merchantId, keys);
  const paymentIds = [...new Set(found.flatMap((id) => id ?? []))];
  // Read again under the lock: a pay-in may have been paid or cancelled in the meantime.
  const payments = await lockPayments(tx, merchantId, paymentIds);
  const totals = await findReceived(tx, merchantId, paymentIds);
  const deposits = received.map(({ receivedAt = occurredAt, bankId = null, ...deposit }, at) => {
    const id = tx.ids.newId('deposit');
    return { ...deposit, id, receivedAt, bankId, payment: lookUp(payments, found[at]) };
  });
  const credits = creditsOf(
    deposits.flatMap(({ id, amountCents, payment }) => (payment ? [{ depositId: id, amountCents, payment }] : [])),
    totals,
  );
  const matches = new Map(credits.map(({ depositId, match }) => [depositId, match]));
  insertDeposits(
    context,
    deposits.map(({ payment, ...deposit }) => {
      const keysOf = payment ? { customerId: payment.customerId, batchReference: payment.batchReference } : {};
      const match = matches.get(deposit.id) ?? 'UNKNOWN';
      return { deposit: { ...deposit, paymentId: payment?.id ?? null, match }, keys: keysOf };
    }),
  );
  if (credits.length > 0) await creditPayIns(context, credits);
  return deposits.map(({ payment, id }) => payment?.id ?? id);
}
