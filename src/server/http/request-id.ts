import { randomFillSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Log } from '../../services/app.ts';

const ID_BYTES = 12;
/** Random bytes for the next ids; one call makes many, as it costs more than the bytes. */
const random = Buffer.alloc(ID_BYTES * 256);
let used = random.length;

/** A new request id, unguessable, that is logged and returned with every response. */
export function newRequestId(): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  used += ID_BYTES;
  return `req_${random.toString('base64url', used - ID_BYTES, used)}`;
}

/**
 * The id in `x-request-id` that the client or a proxy gave to the request; null unless it is visible ASCII of at most
 * 128 characters.
 */
export function clientIdOf({ headers }: IncomingMessage): string | null {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\x21-\x7e]{1,128}$/.test(given) ? given : null;
}

/** Returns a log that adds the client's request id to every line. */
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
