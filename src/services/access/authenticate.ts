import { hash } from 'node:crypto';
import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import { type Database, queryable } from '../../store/connection/database.ts';
import { findApiKeys, type KnownApiKey, listRevokedKeys } from '../../store/merchants/api-keys.ts';
import { findMode } from '../../store/merchants/merchants.ts';
import { type App, type Identity, SCOPES, type Scope } from '../app.ts';
import { canBeApiKey } from './api-key.ts';

const LOOK_UPS_MAX = 500;
const lookUps = new WeakMap<Database, DataLoader<Buffer, KnownApiKey | null>>();

/**
 * Returns the key loader of a database. It combines the lookups of one event-loop turn, at most `LOOK_UPS_MAX` per
 * statement, so that a flood of invalid keys costs few statements. It caches nothing.
 */
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

/** Milliseconds for which a valid key is not looked up again. A key revoked on another node is refused after this time. */
const KNOWN_MS = 500;
const KNOWN_MAX = 10_000;
const knownKeys = new WeakMap<Database, LRUCache<string, Identity>>();
/** Raised when known keys are forgotten: what was looked up before is not kept. */
let generation = 0;

/** Returns the identities of the keys that were valid within the last `KNOWN_MS`, by the SHA-256 of the key. */
function knownOf(database: Database): LRUCache<string, Identity> {
  const known = knownKeys.get(database) ?? new LRUCache<string, Identity>({ max: KNOWN_MAX, ttl: KNOWN_MS });
  knownKeys.set(database, known);
  return known;
}

/** Makes this node look up every key again; called when it has revoked keys. */
export function forgetKnownKeys({ database }: App): void {
  generation += 1;
  knownOf(database).clear();
}

/** Returns the identity of an API key; null if the key is unknown or revoked. Writes nothing. */
export async function authenticate(app: App, apiKey: string): Promise<Identity | null> {
  if (!canBeApiKey(apiKey)) return null;
  const known = knownOf(app.database);
  const digest = hash('sha256', apiKey);
  const found = known.get(digest);
  if (found) return found;
  const before = generation;
  const key = await lookUpOf(app.database).load(app.secrets.hmac('api-keys', apiKey));
  if (!key) return null;
  const identity = { clientId: key.id, merchantId: key.merchantId, scopes: scopesOf(key.scopes), expiresAt: null };
  if (generation === before) known.set(digest, identity);
  return identity;
}

const USER_PREFIX = 'user:';

/** Thrown when a token could not be verified because the issuer is unavailable; the call can be retried. */
export class IssuerUnavailable extends Error {}

/** Claims of a token whose signature, times, issuer and audience have been verified. */
export interface TokenClaims {
  readonly subject: string;
  readonly merchantId: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date;
}

/** Returns the identity of the user of a verified token; null if the merchant does not exist. */
export async function authenticateUser(app: App, claims: TokenClaims): Promise<Identity | null> {
  const { subject, merchantId, scopes, expiresAt } = claims;
  if ((await findMode(queryable(app.database), merchantId)) === null) return null;
  return { clientId: `${USER_PREFIX}${subject}`, merchantId, scopes: scopesOf(scopes), expiresAt };
}

/** Whether the identity comes from a user token rather than an API key. */
export function isUser({ clientId }: Identity): boolean {
  return clientId.startsWith(USER_PREFIX);
}

/** Returns those of the given API key ids that are no longer valid. */
export function findRevokedKeys(app: App, keyIds: readonly string[]): Promise<string[]> {
  return listRevokedKeys(queryable(app.database), keyIds);
}

/** Returns the known scopes; unknown scopes grant nothing. */
function scopesOf(names: readonly string[]): ReadonlySet<Scope> {
  return new Set(SCOPES.filter((scope) => names.includes(scope)));
}
