import type { Queryable } from '../connection/database.ts';
import { newId } from '../ids.ts';

export interface KnownApiKey {
  readonly id: string;
  readonly merchantId: string;
  readonly scopes: readonly string[];
}

/** The keys with these HMACs, in the same order; null for each that is unknown or revoked. */
export async function findApiKeys(database: Queryable, hashes: readonly Buffer[]): Promise<Array<KnownApiKey | null>> {
  const rows = await database.query<KnownApiKey & { nth: number }>(
    `SELECT api_key.id, merchant_id, scopes, asked.nth::int FROM unnest($1::bytea[]) WITH ORDINALITY AS asked(hash, nth)
       JOIN api_key ON api_key.hash = asked.hash WHERE revoked_at IS NULL`,
    [hashes],
  );
  const byPlace = new Map(rows.map(({ nth, ...key }) => [nth - 1, key]));
  return hashes.map((_, at) => byPlace.get(at) ?? null);
}

/** Those of some keys that are revoked, or not there. */
export async function listRevokedKeys(database: Queryable, ids: readonly string[]): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `SELECT known.id FROM unnest($1::text[]) AS known(id)
      WHERE NOT EXISTS (SELECT FROM api_key WHERE api_key.id = known.id AND revoked_at IS NULL)`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** Stores keys by their HMACs; their ids, in the same order. Throws when one is there already, whosever it is. */
export async function insertApiKeys(
  tx: Queryable,
  merchantId: string,
  keys: ReadonlyArray<{ name: string; hash: Buffer; scopes: readonly string[] }>,
): Promise<string[]> {
  const ids = keys.map(() => newId('apiKey'));
  await tx.query(
    `INSERT INTO api_key (id, merchant_id, name, hash, scopes)
     SELECT id, $1, name, hash, string_to_array(scopes, ',')
       FROM unnest($2::text[], $3::text[], $4::bytea[], $5::text[]) AS made(id, name, hash, scopes)`,
    [
      merchantId,
      ids,
      keys.map(({ name }) => name),
      keys.map(({ hash }) => hash),
      keys.map(({ scopes }) => scopes.join(',')),
    ],
  );
  return ids;
}

export interface ListedApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly revokedAt: Date | null;
}

/** The keys of a merchant, oldest first. */
export function listApiKeys(database: Queryable, merchantId: string): Promise<ListedApiKey[]> {
  return database.query('SELECT id, name, scopes, revoked_at FROM api_key WHERE merchant_id = $1 ORDER BY id', [
    merchantId,
  ]);
}

/** Keys by id, locked until the transaction ends. They have no versions: a key is revoked once. */
export async function lockApiKeys(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { readonly id: string; readonly isRevoked: boolean; readonly version: number }>> {
  const rows = await tx.query<{ id: string; isRevoked: boolean; version: number }>(
    `SELECT id, revoked_at IS NOT NULL AS is_revoked, 1 AS version FROM api_key
      WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE`,
    [merchantId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Revokes those that are good; how many they were. */
export async function markApiKeysRevoked(
  database: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<number> {
  const rows = await database.query(
    'UPDATE api_key SET revoked_at = now() WHERE merchant_id = $1 AND id = ANY($2) AND revoked_at IS NULL RETURNING id',
    [merchantId, ids],
  );
  return rows.length;
}
