import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { createPointBuckets } from '../graphql/limits/point-buckets.ts';
import { requestError } from '../graphql/request-error.ts';
import type { App, Identity } from '../services/app.ts';
import { authenticate, authenticateUser } from '../services/authenticate.ts';
import type { TokenVerifier } from './token-verifier.ts';

/**
 * Whose credentials an authorization header holds: null when there is none; INVALID when it names nobody. Throws RATE_LIMITED when
 * too many from an address named nobody, but for credentials that were good before: others may stand behind the same address.
 */
export type Identify = (authorization: string | undefined, address: string) => Promise<Identity | null | 'INVALID'>;

/** Three parts in base64url: no API key has a dot. */
const TOKEN_PATTERN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** So many good credentials are remembered, those used last, by their hashes. */
const REMEMBERED_MAX = 10_000;

/**
 * Reads API keys (Bearer, or Basic with the key's id and the key) and, where they are configured, the tokens of frontends.
 * `failuresPerMinute`: so many wrong ones of an address are looked at.
 */
export function createIdentify(app: App, verifyToken: TokenVerifier | null, failuresPerMinute: number): Identify {
  const failures = createPointBuckets({ bucketPoints: failuresPerMinute, refillPerSecond: failuresPerMinute / 60 });
  const good = new LRUCache<string, true>({ max: REMEMBERED_MAX });
  return async (authorization, address) => {
    if (authorization === undefined || authorization === '') return null;
    const hash = createHash('sha256').update(authorization).digest('base64');
    const room = failures.take(address, 1, 'LOOK');
    if ('retryAfterMs' in room && !good.has(hash)) {
      throw requestError('RATE_LIMITED', 'Too many wrong credentials from this address.', [], room);
    }
    const identity = await identify(authorization);
    if (identity !== null) {
      good.set(hash, true);
      return identity;
    }
    good.delete(hash);
    failures.take(address, 1);
    return 'INVALID';
  };

  async function identify(authorization: string): Promise<Identity | null> {
    const [, scheme = '', credentials = ''] = /^(\S+)\s+(\S+)$/.exec(authorization.trim()) ?? [];
    switch (scheme.toLowerCase()) {
      case 'bearer':
        return TOKEN_PATTERN.test(credentials) ? byToken(credentials) : authenticate(app, credentials);
      case 'basic':
        return byBasic(credentials);
      default:
        return null;
    }
  }

  async function byToken(token: string): Promise<Identity | null> {
    const claims = verifyToken && (await verifyToken(token));
    return claims && authenticateUser(app, claims);
  }

  async function byBasic(credentials: string): Promise<Identity | null> {
    const [keyId, ...rest] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
    const identity = await authenticate(app, rest.join(':'));
    return identity?.clientId === keyId ? identity : null;
  }
}
