import { findApiKey, type KnownApiKey } from '../store/api-keys.ts';
import { queryable } from '../store/database.ts';
import { type App, SCOPES, type Scope } from './app.ts';

/** Who a key belongs to. */
export interface Identity {
  readonly keyId: string;
  readonly merchantId: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** The key's owner, or null when it is unknown or revoked. Reads, never writes. */
export async function authenticate(app: App, apiKey: string): Promise<Identity | null> {
  const key = await findApiKey(queryable(app.database), app.secrets.hmac('api-keys', apiKey));
  return key && { keyId: key.id, merchantId: key.merchantId, scopes: scopesOf(key) };
}

function scopesOf(key: KnownApiKey): ReadonlySet<Scope> {
  return new Set(SCOPES.filter((scope) => key.scopes.includes(scope)));
}
