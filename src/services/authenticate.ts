import { findApiKey } from '../store/api-keys.ts';
import { queryable } from '../store/database.ts';
import { existsMerchant } from '../store/merchants.ts';
import { canBeApiKey } from './api-key.ts';
import { type App, SCOPES, type Scope } from './app.ts';

/** Who calls: a client of a merchant, by an API key or as a user of a frontend, and what it may do. */
export interface Identity {
  /** The id of the API key; for a token `user:` and its subject. */
  readonly clientId: string;
  readonly merchantId: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** The key's owner, or null when it is unknown or revoked. Reads, never writes. */
export async function authenticate(app: App, apiKey: string): Promise<Identity | null> {
  if (!canBeApiKey(apiKey)) return null;
  const key = await findApiKey(queryable(app.database), app.secrets.hmac('api-keys', apiKey));
  return key && { clientId: key.id, merchantId: key.merchantId, scopes: scopesOf(key.scopes) };
}

/** A token could not be judged: worth the same call again. */
export class IssuerUnavailable extends Error {}

/** What a token says, its signature, times, issuer and audience being verified. */
export interface TokenClaims {
  readonly subject: string;
  readonly merchantId: string;
  readonly scopes: readonly string[];
}

/** The user of a verified token, or null when there is no such merchant. */
export async function authenticateUser(app: App, claims: TokenClaims): Promise<Identity | null> {
  const { subject, merchantId, scopes } = claims;
  if (!(await existsMerchant(queryable(app.database), merchantId))) return null;
  return { clientId: `user:${subject}`, merchantId, scopes: scopesOf(scopes) };
}

/** Those we know: an unknown scope allows nothing. */
function scopesOf(names: readonly string[]): ReadonlySet<Scope> {
  return new Set(SCOPES.filter((scope) => names.includes(scope)));
}
