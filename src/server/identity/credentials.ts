import { authenticate, authenticateUser } from '../../services/access/authenticate.ts';
import { readStreamTicket } from '../../services/access/stream-ticket.ts';
import type { App, Identity } from '../../services/app.ts';
import { createFailureLimit } from './failure-limit.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** What credentials came to: whose they are, or that they are not valid, or not any more. */
export type Identified = Identity | 'INVALID' | 'EXPIRED';

/** Finds out who calls: null when nobody says so. Throws RATE_LIMITED for wrong credentials of an address that sent too many. */
export interface Identify {
  byHeader(authorization: string | undefined, address: string): Promise<Identified | null>;
  /** By a ticket for a document, from the URL of those who can send no header. */
  byTicket(ticket: string, query: string, address: string): Promise<Identified>;
}

/** Three parts in base64url: no API key has a dot. */
const TOKEN_PATTERN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Reads API keys (Bearer, or Basic with the key's id and the key), stream tickets and, where they are configured, the tokens of
 * frontends. `failuresPerMinute`: so many wrong ones of an address are looked at.
 */
export function createIdentify(app: App, tokens: TokenVerifier | null, failuresPerMinute: number): Identify {
  // A client whose token has run out is told, not counted: it may be one of many behind an address.
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
