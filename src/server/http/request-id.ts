import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Log } from '../../services/app.ts';

/** Under what a request is logged and answered: 16 characters, unguessable. */
export function newRequestId(): string {
  return `req_${randomBytes(12).toString('base64url')}`;
}

/** An id that the client, or a proxy before us, gave to the request; null when there is none of visible ASCII up to 128 characters. */
export function clientIdOf({ headers }: IncomingMessage): string | null {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\x21-\x7e]{1,128}$/.test(given) ? given : null;
}

/** A log whose lines have the client's id of a request beside ours. */
export function withClientId(log: Log, clientRequestId: string | null): Log {
  if (clientRequestId === null) return log;
  const having = (fields: object): object => ({ ...fields, clientRequestId });
  return {
    debug: (fields, message) => log.debug(having(fields), message),
    info: (fields, message) => log.info(having(fields), message),
    warn: (fields, message) => log.warn(having(fields), message),
    error: (fields, message) => log.error(having(fields), message),
  };
}
