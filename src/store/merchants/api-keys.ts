import type { Queryable } from '../connection/database.ts';
import { newId } from '../ids.ts';

/** An API key that is not revoked. */
export interface KnownApiKey {
  readonly id: string;
  readonly merchantId: string;
  readonly scopes: readonly string[];
}

/** Returns the API keys with these HMACs, in the same order; null for each that is unknown or revoked. */
export async function findApiKeys(database: Queryable, hashes: readonly Buffer[]): Promise<Array<KnownApiKey | null>> {
  const rows = await database.query<KnownApiKey & { nth: number }>(
    `SELECT api_key.id, merchant_id, scopes, asked.nth::int FROM unnest($1::bytea[]) WITH ORDINALITY AS asked(hash, nth)
       JOIN api_key ON api_key.hash = asked.hash WHERE revoked_at IS NULL`,
    [hashes],
  );
  const byPlace = new Map(rows.map(({ nth, ...key }) => [nth - 1, key]));
  return hashes.map((_, at) => byPlace.get(at) ?? null);
}

/** Returns which of these API keys are revoked or do not exist. */
export async function listRevokedKeys(database: Queryable, ids: readonly string[]): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `SELECT known.id FROM unnest($1::text[]) AS known(id)
      WHERE NOT EXISTS (SELECT FROM api_key WHERE api_key.id = known.id AND revoked_at IS NULL)`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** Inserts API keys by HMAC; returns the ids in the order of `keys`. Throws when one exists, for any merchant. */
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

/** An API key as listed; `revokedAt` is null while it is valid. */
export interface ListedApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly revokedAt: Date | null;
}

/** Returns all API keys of a merchant, oldest first. */
export function listApiKeys(database: Queryable, merchantId: string): Promise<ListedApiKey[]> {
  return database.query('SELECT id, name, scopes, revoked_at FROM api_key WHERE merchant_id = $1 ORDER BY id', [
    merchantId,
  ]);
}

/** Returns API keys by id, locked for update until the transaction ends. The version is always 1: they change once. */
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

/** Revokes those of these API keys that are valid; returns how many. */
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
