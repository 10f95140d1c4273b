import { type NewMandate, OPEN_MANDATE_STATUSES, type OpenMandate, transitionMandate } from '../domain/mandate.ts';
import { type AggregateTable, insertAggregates, updateAggregates } from './aggregates.ts';
import type { Change } from './change.ts';
import type { Queryable } from './database.ts';
import { newId } from './ids.ts';

const MANDATE: AggregateTable = { table: 'mandate', type: 'MANDATE' };

/** A new mandate and what it is for. */
export interface LinkedMandate extends NewMandate {
  readonly customerId: string;
  readonly bankAccountId: string;
  readonly paymentMethodId: string;
}

/** Writes EFT mandates, active at once, and their events; their ids, in the same order. */
export async function insertMandates(change: Change, mandates: readonly LinkedMandate[]): Promise<string[]> {
  const rows = mandates.map((mandate) => {
    const { customerId, paymentMethodId, amountCents } = mandate;
    const id = newId('mandate');
    const keys = { mandateId: id, customerId, paymentMethodId, amountCents };
    return { id, status: 'ACTIVE', columns: { ...mandate }, keys };
  });
  await insertAggregates(change, MANDATE, rows);
  return rows.map((row) => row.id);
}

/** Whose open mandates are asked for. */
export type MandateOwner = 'customer_id' | 'bank_account_id';

/**
 * The open mandates of customers or accounts, by owner. Of each owner at most `limit` of a kind of method and its bank: rules
 * ask for kinds, and callers are named no more.
 */
export async function findOpenMandates(
  tx: Queryable,
  merchantId: string,
  owner: MandateOwner,
  ids: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, readonly OpenMandate[]>> {
  const rows = await tx.query<OpenMandate & { ownerId: string; nth: number }>(
    `SELECT owner.id AS owner_id, mandate.*
       FROM unnest($2::text[]) AS owner(id), LATERAL (
         SELECT mandate.id, mandate.status, mandate.version, customer_id, bank_account_id, payment_method_id, amount_cents,
                method.type AS method_type, method.provider_bank,
                row_number() OVER (PARTITION BY method.type, method.provider_bank ORDER BY mandate.id) AS nth
           FROM mandate
           JOIN payment_method AS method ON method.merchant_id = mandate.merchant_id AND method.id = mandate.payment_method_id
          WHERE mandate.merchant_id = $1 AND mandate.${owner} = owner.id AND mandate.status = ANY($3::mandate_status[])) AS mandate
      WHERE nth <= $4 ORDER BY mandate.id`,
    [merchantId, ids, OPEN_MANDATE_STATUSES, limit],
  );
  const groups = new Map<string, OpenMandate[]>(ids.map((id) => [id, []]));
  for (const { ownerId, nth: _nth, ...mandate } of rows) groups.get(ownerId)?.push(mandate);
  return groups;
}

/** Which of these accounts a mandate names, whatever became of it. */
export async function findAccountsWithMandates(
  tx: Queryable,
  merchantId: string,
  bankAccountIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ id: string }>(
    `SELECT account.id FROM unnest($2::text[]) AS account(id)
      WHERE EXISTS (SELECT FROM mandate WHERE merchant_id = $1 AND bank_account_id = account.id)`,
    [merchantId, bankAccountIds],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Cancels every open mandate of these customers. */
export async function cancelMandatesOf(change: Change, customerIds: readonly string[]): Promise<void> {
  const mandates = await change.tx.query<Omit<OpenMandate, 'methodType' | 'providerBank'>>(
    `SELECT id, status, version, customer_id, bank_account_id, payment_method_id, amount_cents FROM mandate
      WHERE merchant_id = $1 AND customer_id = ANY($2) AND status = ANY($3::mandate_status[]) ORDER BY id FOR UPDATE`,
    [change.merchantId, customerIds, OPEN_MANDATE_STATUSES],
  );
  const rows = mandates.flatMap(({ id, version, status, customerId, paymentMethodId, amountCents }) => {
    const to = transitionMandate(status, 'CANCEL');
    const keys = { mandateId: id, customerId, paymentMethodId, amountCents };
    return to ? [{ id, version, fromStatus: status, toStatus: to, columns: {}, keys }] : [];
  });
  await updateAggregates(change, MANDATE, rows);
}
