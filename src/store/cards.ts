import type { CardStatus, KnownCardToken, NewCard } from '../domain/card.ts';
import { cardKey } from '../domain/submit/submit-context.ts';
import type { Taken } from '../domain/uniqueness.ts';
import type { Queryable } from './connection/database.ts';
import { type AggregateTable, insertAggregates, updateAggregates } from './events/aggregates.ts';
import type { WriteContext } from './write-context.ts';

const CARD: AggregateTable = { table: 'card', type: 'CARD' };

/** Inserts cards and their events; returns the ids in the order of `cards`. */
export async function insertCards(
  context: WriteContext,
  cards: ReadonlyArray<NewCard & { readonly customerId: string }>,
): Promise<string[]> {
  const rows = cards.map((card) => ({
    id: context.tx.ids.newId('card'),
    status: 'ACTIVE',
    columns: { ...card, createdBy: context.clientId },
    keys: { customerId: card.customerId },
  }));
  insertAggregates(context, CARD, rows);
  return rows.map((row) => row.id);
}

/** A stored card without its token. */
export interface KnownCard {
  readonly id: string;
  readonly customerId: string;
  readonly status: CardStatus;
  readonly version: number;
}

const COLUMNS = 'id, customer_id, status, version';

/** Returns cards by id, locked for update until the transaction ends. */
export async function lockCards(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownCard>> {
  const rows = await tx.query<KnownCard>(
    `SELECT ${COLUMNS} FROM card WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE`,
    [merchantId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Returns cards by id, with the fields that decide whether a card can be charged. The token is null once it was erased.
 */
export async function findCards(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownCardToken & { readonly token: string | null }>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<KnownCardToken & { token: string | null }>(
    'SELECT id, status, expiration_date, keep_until, token FROM card WHERE merchant_id = $1 AND id = ANY($2)',
    [merchantId, [...new Set(ids)]],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Returns the active cards of customers, keyed by customer id and token. */
export async function findCardsByToken(
  tx: Queryable,
  merchantId: string,
  customerIds: readonly string[],
): Promise<Taken> {
  const rows = await tx.query<{ id: string; customerId: string; token: string }>(
    `SELECT id, customer_id, token FROM card WHERE merchant_id = $1 AND customer_id = ANY($2) AND status = 'ACTIVE'`,
    [merchantId, customerIds],
  );
  return new Map(rows.map(({ id, customerId, token }) => [`${customerId} ${token}`, { id }]));
}

/**
 * Returns the cards of customers by `cardKey`, removed cards included and erased ones excluded. Of several cards with
 * one token the active one is returned. All are locked FOR SHARE until the transaction ends.
 */
export async function lockCardTokens(
  tx: Queryable,
  merchantId: string,
  customerIds: readonly string[],
): Promise<ReadonlyMap<string, KnownCardToken>> {
  if (customerIds.length === 0) return new Map();
  const rows = await tx.query<KnownCardToken & { customerId: string; token: string }>(
    `SELECT id, customer_id, token, status, expiration_date, keep_until FROM card
      WHERE merchant_id = $1 AND customer_id = ANY($2) AND token IS NOT NULL ORDER BY status DESC, id FOR SHARE`,
    [merchantId, [...new Set(customerIds)]],
  );
  return new Map(rows.map((row) => [cardKey(row.customerId, row.token), row]));
}

/** Moves cards to REMOVED. They are kept for the payments that used them and cannot be charged again. */
export function markCardsRemoved(context: WriteContext, cards: readonly KnownCard[]): void {
  updateAggregates(
    context,
    CARD,
    cards.map((card) => changed(card, {})),
  );
}

/** Permanently erases the token, masked number and dates of all cards of customers, and moves the cards to REMOVED. */
export async function anonymiseCards(context: WriteContext, customerIds: readonly string[]): Promise<void> {
  const cards = await context.tx.query<KnownCard>(
    `SELECT ${COLUMNS} FROM card WHERE merchant_id = $1 AND customer_id = ANY($2) ORDER BY id FOR UPDATE`,
    [context.merchantId, customerIds],
  );
  const columns = { token: null, maskedPan: null, expirationDate: null, keepUntil: null };
  updateAggregates(
    context,
    CARD,
    cards.map((card) => changed(card, columns)),
  );
}

function changed({ id, version, status, customerId }: KnownCard, columns: Readonly<Record<string, unknown>>) {
  return { id, version, fromStatus: status, toStatus: 'REMOVED', columns, keys: { customerId } };
}
