import type { DepositMatch, KnownDeposit } from '../domain/deposit.ts';
import { type EventKeys, type EventPart, NO_KEYS } from '../domain/event.ts';
import type { Queryable } from './connection/database.ts';
import { insertRows, rowsJson } from './connection/insert-rows.ts';
import { snakeCase } from './connection/rows.ts';
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
  /** Connector and id of the bank; null for a simulated deposit. */
  readonly bankId: string | null;
}

/** Inserts deposits and the events that they were received. */
export function insertDeposits(
  context: WriteContext,
  deposits: ReadonlyArray<{ readonly deposit: NewDeposit; readonly keys: Partial<EventKeys> }>,
): void {
  const { tx, merchantId, occurredAt, cause } = context;
  const createdAt = wallTime();
  insertRows(
    tx,
    'deposit',
    deposits.map(({ deposit }) => ({ merchantId, ...deposit, createdAt, updatedAt: createdAt })),
  );
  insertEvents(
    tx,
    merchantId,
    deposits.map(({ deposit: { id, match, paymentId, paymentMethodId, amountCents }, keys }) => ({
      aggregateType: 'DEPOSIT',
      aggregateId: id,
      version: 1,
      fromStatus: null,
      toStatus: match,
      occurredAt,
      cause,
      keys: { ...NO_KEYS, ...keys, paymentId, paymentMethodId, amountCents },
    })),
  );
}

/** Returns which deposits of a bank are recorded, by connector and id of the bank. */
export async function findRecordedDeposits(
  tx: Queryable,
  merchantId: string,
  bankIds: readonly string[],
): Promise<string[]> {
  const rows = await tx.query<{ bankId: string }>(
    'SELECT bank_id FROM deposit WHERE merchant_id = $1 AND bank_id = ANY($2)',
    [merchantId, bankIds],
  );
  return rows.map(({ bankId }) => bankId);
}

/**
 * Returns, in the order of `asked`, the id of the pay-in of a method that has an EFT reference: the one waiting for payment, otherwise
 * the latest one; null when there is none.
 */
export async function findPayInsByReference(
  tx: Queryable,
  merchantId: string,
  asked: ReadonlyArray<{ readonly paymentMethodId: string; readonly key: string }>,
): Promise<ReadonlyArray<string | null>> {
  const rows = await tx.query<{ id: string | null }>(
    `SELECT (SELECT id FROM payment
              WHERE merchant_id = $1 AND eft_reference_key = asked.key AND payment_method_id = asked.method
              ORDER BY status = 'WAITING_FOR_PAYMENT' DESC, id DESC LIMIT 1) AS id
       FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS asked(method, key, nth) ORDER BY nth`,
    [merchantId, asked.map(({ paymentMethodId }) => paymentMethodId), asked.map(({ key }) => key)],
  );
  return rows.map(({ id }) => id);
}

/** Returns the total deposited by payment id, less what was sent back, in cents. Payments without deposits are absent. */
export async function findReceived(
  database: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query<{ paymentId: string; cents: number }>(
    `SELECT payment_id, least(sum(amount_cents - coalesce(refunded_cents, 0)), 9e15)::bigint AS cents FROM deposit
      WHERE merchant_id = $1 AND payment_id = ANY($2) GROUP BY payment_id`,
    [merchantId, paymentIds],
  );
  return new Map(rows.map(({ paymentId, cents }) => [paymentId, cents]));
}

/** Returns deposits by id, locked until the transaction ends. Their payments are locked before. */
export async function lockDeposits(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownDeposit>> {
  const rows = await tx.query<KnownDeposit>(
    `SELECT id, version, payment_method_id, payment_id, match, amount_cents, coalesce(refunded_cents, 0) AS refunded_cents
       FROM deposit WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE`,
    [merchantId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Returns the ids of the payments that deposits belong to. */
export async function findDepositPayments(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await tx.query<{ paymentId: string }>(
    'SELECT DISTINCT payment_id FROM deposit WHERE merchant_id = $1 AND id = ANY($2) AND payment_id IS NOT NULL',
    [merchantId, ids],
  );
  return rows.map(({ paymentId }) => paymentId);
}

/** A locked deposit, its new values and what its event says beside them. */
export interface DepositChange {
  readonly deposit: KnownDeposit;
  readonly change: Partial<Pick<KnownDeposit, 'paymentId' | 'match' | 'refundedCents'>> & {
    readonly refundedAt?: Date;
  };
  readonly keys: Partial<EventKeys>;
  readonly reason?: string | null;
}

/** Updates deposits locked by the caller, with their events, in two statements. All set the fields of the first. */
export function updateDeposits(context: WriteContext, changes: readonly DepositChange[], part: EventPart): void {
  const [first] = changes;
  if (!first) return;
  const { tx, merchantId, occurredAt, cause } = context;
  const fields = Object.keys(first.change);
  const set = fields.map((field) => `${snakeCase(field)} = new.${snakeCase(field)}`).join(', ');
  tx.send(
    `UPDATE deposit AS old SET ${set}, version = old.version + 1, updated_at = now()
       FROM json_populate_recordset(NULL::deposit, $2::json) AS new WHERE old.merchant_id = $1 AND old.id = new.id`,
    [
      merchantId,
      rowsJson(
        changes.map(({ deposit, change }) => ({ id: deposit.id, ...change })),
        ['id', ...fields],
      ),
    ],
  );
  insertEvents(
    tx,
    merchantId,
    changes.map(({ deposit, change, keys, reason = null }) => {
      const { id, version, match, paymentMethodId, amountCents } = deposit;
      const { paymentId = deposit.paymentId, match: toStatus = match } = change;
      return {
        aggregateType: 'DEPOSIT' as const,
        aggregateId: id,
        version: version + 1,
        fromStatus: match,
        toStatus,
        occurredAt,
        cause: { ...cause, reason },
        part,
        keys: { ...NO_KEYS, paymentId, paymentMethodId, amountCents, ...keys },
      };
    }),
  );
}
