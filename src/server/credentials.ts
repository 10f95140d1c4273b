import type { App } from '../services/app.ts';
import { authenticate, type Identity } from '../services/authenticate.ts';

/** Whose credentials an authorization header holds: null when there is none; INVALID when it names nobody. */
export async function identify(app: App, authorization: string | undefined): Promise<Identity | null | 'INVALID'> {
  if (authorization === undefined || authorization === '') return null;
  const apiKey = keyOf(authorization);
  return (apiKey && (await authenticate(app, apiKey))) || 'INVALID';
}

/** Bearer with the key; Basic with the key as the password, for those whose clients know nothing else. */
function keyOf(authorization: string): string | null {
  const [, scheme = '', credentials = ''] = /^(\S+)\s+(\S+)$/.exec(authorization.trim()) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return credentials;
    case 'basic':
      return Buffer.from(credentials, 'base64').toString('utf8').split(':').slice(1).join(':') || null;
    default:
      return null;
  }
}
