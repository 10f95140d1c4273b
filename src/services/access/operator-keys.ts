import { itemAt } from '../../domain/invariants.ts';
import { OPERATOR } from '../../store/audit.ts';
import { queryable, type Tx, withTransaction } from '../../store/connection/database.ts';
import { withMerchant } from '../../store/connection/merchant-transaction.ts';
import { insertApiKeys, type ListedApiKey, listApiKeys, markApiKeysRevoked } from '../../store/merchants/api-keys.ts';
import type { App, Scope } from '../app.ts';
import { contextOf } from '../context-of.ts';
import { accountForKeys, disableEndpointsOf } from './api-keys.ts';

/** An API key to store; only its HMAC is stored. */
export interface NewApiKey {
  readonly name: string;
  readonly apiKey: string;
  readonly scopes: readonly Scope[];
}

/** Stores an API key of a merchant with its audit entry, in its own transaction. Returns the id of the key. */
export function addApiKey(app: App, { merchantId, ...key }: NewApiKey & { merchantId: string }): Promise<string> {
  return withTransaction(app.database, (tx) => insertApiKey(app, tx, merchantId, key));
}

/**
 * Stores an API key of a merchant with its audit entry, in the transaction of the caller. Returns the id of the key.
 */
export async function insertApiKey(
  { secrets }: App,
  tx: Tx,
  merchantId: string,
  { apiKey, ...key }: NewApiKey,
): Promise<string> {
  const ids = await insertApiKeys(tx, merchantId, [{ ...key, hash: secrets.hmac('api-keys', apiKey) }]);
  accountForKeys(tx, merchantId, OPERATOR, 'API_KEY_CREATED', ids);
  return itemAt(ids, 0);
}

/** Returns the API keys of a merchant, oldest first. */
export function listKeys(app: App, merchantId: string): Promise<ListedApiKey[]> {
  return listApiKeys(queryable(app.database), merchantId);
}

/**
 * Revokes an API key with its audit entry, in one transaction. Returns false if the merchant has no such active key.
 */
export function revokeKey(app: App, merchantId: string, keyId: string): Promise<boolean> {
  return withMerchant(app.database, merchantId, async (tx) => {
    if ((await markApiKeysRevoked(tx, merchantId, [keyId])) === 0) return false;
    accountForKeys(tx, merchantId, OPERATOR, 'API_KEY_REVOKED', [keyId]);
    const occurredAt = await app.clock.now(tx, merchantId);
    const cause = { actor: 'API', requestId: OPERATOR.requestId, reasonCode: null, reason: null } as const;
    await disableEndpointsOf(contextOf(app, tx, { merchantId, occurredAt, cause, clientId: null }), [keyId]);
    tx.onCommit(app.onEvents);
    return true;
  });
}
