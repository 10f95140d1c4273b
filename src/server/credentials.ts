import type { App, Identity } from '../services/app.ts';
import { authenticate, authenticateUser } from '../services/authenticate.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** Whose credentials an authorization header holds: null when there is none; INVALID when it names nobody. */
export type Identify = (authorization: string | undefined) => Promise<Identity | null | 'INVALID'>;

/** Three parts in base64url: no API key has a dot. */
const TOKEN_PATTERN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Reads API keys (Bearer, or Basic with the key's id and the key) and, where they are configured, the tokens of frontends. */
export function createIdentify(app: App, verifyToken: TokenVerifier | null): Identify {
  return async (authorization) => {
    if (authorization === undefined || authorization === '') return null;
    const [, scheme = '', credentials = ''] = /^(\S+)\s+(\S+)$/.exec(authorization.trim()) ?? [];
    switch (scheme.toLowerCase()) {
      case 'bearer':
        return (
          (await (TOKEN_PATTERN.test(credentials) ? byToken(credentials) : authenticate(app, credentials))) ?? 'INVALID'
        );
      case 'basic':
        return (await byBasic(credentials)) ?? 'INVALID';
      default:
        return 'INVALID';
    }
  };

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
