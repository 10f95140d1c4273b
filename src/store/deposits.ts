import type { DepositMatch } from '../domain/deposit.ts';
import { type EventKeys, NO_KEYS } from '../domain/event.ts';
import type { PaymentStatus } from '../domain/payment/state-machine.ts';
import type { Queryable } from './connection/database.ts';
import { insertRows } from './connection/insert-rows.ts';
import { wallTime } from './connection/wall-time.ts';
import { insertEvents } from './events/events.ts';
import type { WriteContext } from './write-context.ts';

/** A deposit into a pay-in account, and the pay-in it was matched with (`paymentId` null when unknown). */
export interface NewDeposit {
  readonly id: string;
  readonly paymentMethodId: string;
  readonly paymentId: string | null;
  readonly eftReference: string;
  readonly amountCents: number;
  readonly match: DepositMatch;
  readonly receivedAt: Date;
}

/** Inserts a deposit and the event that it was received. */
export function insertDeposit(context: WriteContext, deposit: NewDeposit, keys: Partial<EventKeys>): void {
  const { tx, merchantId, occurredAt, cause } = context;
  const createdAt = wallTime();
  insertRows(tx, 'deposit', [{ merchantId, ...deposit, createdAt, updatedAt: createdAt }]);
  const { id, match, paymentId, paymentMethodId, amountCents } = deposit;
  insertEvents(tx, merchantId, [
    {
      aggregateType: 'DEPOSIT',
      aggregateId: id,
      version: 1,
      fromStatus: null,
      toStatus: match,
      occurredAt,
      cause,
      keys: { ...NO_KEYS, ...keys, paymentId, paymentMethodId, amountCents },
    },
  ]);
}

/**
 * Returns the pay-in of a method that has this EFT reference: the one waiting for payment, otherwise the latest one;
 * null when there is none.
 */
export async function findPayInByReference(
  tx: Queryable,
  merchantId: string,
  paymentMethodId: string,
  eftReferenceKey: string,
): Promise<{ readonly id: string; readonly status: PaymentStatus } | null> {
  const [row] = await tx.query<{ id: string; status: PaymentStatus }>(
    `SELECT id, status FROM payment WHERE merchant_id = $1 AND eft_reference_key = $2 AND payment_method_id = $3
      ORDER BY status = 'WAITING_FOR_PAYMENT' DESC, id DESC LIMIT 1`,
    [merchantId, eftReferenceKey, paymentMethodId],
  );
  return row ?? null;
}

/** Returns the total deposited by payment id, in cents. Payments without deposits are absent. */
export async function findReceived(
  database: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query<{ paymentId: string; cents: number }>(
    `SELECT payment_id, least(sum(amount_cents), 9e15)::bigint AS cents FROM deposit
      WHERE merchant_id = $1 AND payment_id = ANY($2) GROUP BY payment_id`,
    [merchantId, paymentIds],
  );
  return new Map(rows.map(({ paymentId, cents }) => [paymentId, cents]));
}
