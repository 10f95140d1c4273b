import type { App, Identity } from '../services/app.ts';
import { authenticate, authenticateUser } from '../services/authenticate.ts';
import { readStreamTicket } from '../services/stream-ticket.ts';
import { createFailureLimit } from './failure-limit.ts';
import type { TokenVerifier } from './token-verifier.ts';

/**
 * Finds out who calls: null when nobody says so; INVALID when it is nobody we know. Throws RATE_LIMITED when too many from an
 * address were nobody, but for credentials that were good before: others may stand behind the same address.
 */
export interface Identify {
  byHeader(authorization: string | undefined, address: string): Promise<Identity | null | 'INVALID'>;
  /** By a ticket for a document, from the URL of those who can send no header. */
  byTicket(ticket: string, query: string, address: string): Promise<Identity | 'INVALID'>;
}

/** Three parts in base64url: no API key has a dot. */
const TOKEN_PATTERN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Reads API keys (Bearer, or Basic with the key's id and the key), stream tickets and, where they are configured, the tokens of
 * frontends. `failuresPerMinute`: so many wrong ones of an address are looked at.
 */
export function createIdentify(app: App, verifyToken: TokenVerifier | null, failuresPerMinute: number): Identify {
  const look = createFailureLimit(failuresPerMinute);
  return {
    async byHeader(authorization, address) {
      if (authorization === undefined || authorization === '') return null;
      return (await look(address, authorization, () => identify(authorization))) ?? 'INVALID';
    },
    async byTicket(ticket, query, address) {
      return (await look(address, `${ticket} ${query}`, () => readStreamTicket(app, ticket, query))) ?? 'INVALID';
    },
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
