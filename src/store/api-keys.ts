import type { Queryable } from './database.ts';
import { newId } from './ids.ts';

export interface KnownApiKey {
  readonly id: string;
  readonly merchantId: string;
  readonly scopes: readonly string[];
}

/** The key with this HMAC that is not revoked. */
export async function findApiKey(database: Queryable, hash: Buffer): Promise<KnownApiKey | null> {
  const [key] = await database.query<KnownApiKey>(
    'SELECT id, merchant_id, scopes FROM api_key WHERE hash = $1 AND revoked_at IS NULL',
    [hash],
  );
  return key ?? null;
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

/** Stores a key by its HMAC; its id. Throws when the same key is there already, whosever it is. */
export async function insertApiKey(
  tx: Queryable,
  merchantId: string,
  key: { name: string; hash: Buffer; scopes: readonly string[] },
): Promise<string> {
  const id = newId('apiKey');
  await tx.query(`INSERT INTO api_key (id, merchant_id, name, hash, scopes) VALUES ($1, $2, $3, $4, $5)`, [
    id,
    merchantId,
    key.name,
    key.hash,
    key.scopes,
  ]);
  return id;
}
