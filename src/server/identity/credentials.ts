import { authenticate, authenticateUser } from '../../services/access/authenticate.ts';
import { readStreamTicket } from '../../services/access/stream-ticket.ts';
import type { App, Identity } from '../../services/app.ts';
import { createFailureLimit } from './failure-limit.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** Result of authentication: the identity, or that the credentials are invalid or expired. */
export type Identified = Identity | 'INVALID' | 'EXPIRED';

/** Authenticates callers. Throws RATE_LIMITED for invalid credentials when their address has sent too many. */
export interface Identify {
  /** Authenticates by the Authorization header; null when there is none. */
  byHeader(authorization: string | undefined, address: string): Promise<Identified | null>;
  /** Authenticates by a stream ticket, valid for one document, that clients unable to send headers pass in the URL. */
  byTicket(ticket: string, query: string, address: string): Promise<Identified>;
}

/** The form of a JWT, three base64url parts: an API key contains no dot. */
const TOKEN_PATTERN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Authenticates API keys (Bearer, or Basic with the id of the key and the key), stream tickets and, where configured,
 * JWTs of frontends. `failuresPerMinute` is the number of failures per address before they are answered with
 * RATE_LIMITED.
 */
export function createIdentify(app: App, tokens: TokenVerifier | null, failuresPerMinute: number): Identify {
  // An expired token is not counted as a failure: its client may share the address with many others.
  const look = createFailureLimit(failuresPerMinute, (found) => found === 'INVALID');
  return {
    async byHeader(authorization, address) {
      if (authorization === undefined || authorization === '') return null;
      return look(address, () => identify(authorization));
    },
    async byTicket(ticket, query, address) {
      return look(address, async () => (await readStreamTicket(app, ticket, query)) ?? 'INVALID');
    },
  };

  async function identify(authorization: string): Promise<Identified> {
    const [, scheme = '', credentials = ''] = /^(\S+)\s+(\S+)$/.exec(authorization.trim()) ?? [];
    switch (scheme.toLowerCase()) {
      case 'bearer':
        return TOKEN_PATTERN.test(credentials)
          ? byToken(credentials)
          : ((await authenticate(app, credentials)) ?? 'INVALID');
      case 'basic':
        return byBasic(credentials);
      default:
        return 'INVALID';
    }
  }

  async function byToken(token: string): Promise<Identified> {
    const claims = tokens && (await tokens.verify(token));
    if (claims === 'EXPIRED') return 'EXPIRED';
    return (claims && (await authenticateUser(app, claims))) ?? 'INVALID';
  }

  async function byBasic(credentials: string): Promise<Identified> {
    const [keyId, ...rest] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
    const identity = await authenticate(app, rest.join(':'));
    return identity !== null && identity.clientId === keyId ? identity : 'INVALID';
  }
}
