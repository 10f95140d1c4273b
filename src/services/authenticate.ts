import { findApiKey, listRevokedKeys } from '../store/api-keys.ts';
import { queryable } from '../store/database.ts';
import { existsMerchant } from '../store/merchants.ts';
import { canBeApiKey } from './api-key.ts';
import { type App, type Identity, SCOPES, type Scope } from './app.ts';

/** The key's owner, or null when it is unknown or revoked. Reads, never writes. */
export async function authenticate(app: App, apiKey: string): Promise<Identity | null> {
  if (!canBeApiKey(apiKey)) return null;
  const key = await findApiKey(queryable(app.database), app.secrets.hmac('api-keys', apiKey));
  return key && { clientId: key.id, merchantId: key.merchantId, scopes: scopesOf(key.scopes), expiresAt: null };
}

const USER_PREFIX = 'user:';

/** A token could not be judged: worth the same call again. */
export class IssuerUnavailable extends Error {}

/** What a token says, its signature, times, issuer and audience being verified. */
export interface TokenClaims {
  readonly subject: string;
  readonly merchantId: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date;
}

/** The user of a verified token, or null when there is no such merchant. */
export async function authenticateUser(app: App, claims: TokenClaims): Promise<Identity | null> {
  const { subject, merchantId, scopes, expiresAt } = claims;
  if (!(await existsMerchant(queryable(app.database), merchantId))) return null;
  return { clientId: `${USER_PREFIX}${subject}`, merchantId, scopes: scopesOf(scopes), expiresAt };
}

/** Whether it comes with a token of a frontend, not with an API key. */
export function isUser({ clientId }: Identity): boolean {
  return clientId.startsWith(USER_PREFIX);
}

/** Which of these API keys are not valid any more. */
export function findRevokedKeys(app: App, keyIds: readonly string[]): Promise<string[]> {
  return listRevokedKeys(queryable(app.database), keyIds);
}

/** Those we know: an unknown scope allows nothing. */
function scopesOf(names: readonly string[]): ReadonlySet<Scope> {
  return new Set(SCOPES.filter((scope) => names.includes(scope)));
}
