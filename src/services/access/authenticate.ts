import DataLoader from 'dataloader';
import { type Database, queryable } from '../../store/connection/database.ts';
import { findApiKeys, type KnownApiKey, listRevokedKeys } from '../../store/merchants/api-keys.ts';
import { existsMerchant } from '../../store/merchants/merchants.ts';
import { type App, type Identity, SCOPES, type Scope } from '../app.ts';
import { canBeApiKey } from './api-key.ts';

const LOOK_UPS_MAX = 500;
const lookUps = new WeakMap<Database, DataLoader<Buffer, KnownApiKey | null>>();

/** Looks keys up together that come in one moment: a flood of wrong ones costs few statements. Nothing is remembered. */
function lookUpOf(database: Database): DataLoader<Buffer, KnownApiKey | null> {
  const known = lookUps.get(database);
  if (known) return known;
  const load = (hashes: readonly Buffer[]) => findApiKeys(queryable(database), hashes);
  const lookUp = new DataLoader(load, {
    cache: false,
    maxBatchSize: LOOK_UPS_MAX,
    batchScheduleFn: (run) => setImmediate(run),
  });
  lookUps.set(database, lookUp);
  return lookUp;
}

/** The key's owner, or null when it is unknown or revoked. Reads, never writes. */
export async function authenticate(app: App, apiKey: string): Promise<Identity | null> {
  if (!canBeApiKey(apiKey)) return null;
  const key = await lookUpOf(app.database).load(app.secrets.hmac('api-keys', apiKey));
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
