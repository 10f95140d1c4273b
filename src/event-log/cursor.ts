import type { LogHead } from '../store/events/event-log.ts';
import type { Secrets } from '../store/secrets.ts';

/** A place in a merchant's log: everything up to and including `position` has been seen. */
export interface LogPlace {
  readonly merchantId: string;
  readonly epoch: string;
  readonly position: number;
}

export type CursorError = 'CURSOR_INVALID' | 'CURSOR_EXPIRED' | 'CURSOR_RESET';

const MAC_BYTES = 9;

/** A stream cursor: opaque, the same on every node with the same secret, and of no use to another merchant. */
export function encodeCursor(secrets: Secrets, place: LogPlace): string {
  const body = `${place.epoch}.${place.position}`;
  return `${Buffer.from(body).toString('base64url')}.${macOf(secrets, place.merchantId, body)}`;
}

/**
 * The place of a cursor, or why it is none: not ours or another merchant's; older than the retention; or of a log that was begun
 * anew since.
 */
export function decodeCursor(secrets: Secrets, cursor: string, head: LogHead): LogPlace | CursorError {
  const [encoded = '', mac, ...rest] = cursor.split('.');
  const body = Buffer.from(encoded, 'base64url').toString('utf8');
  if (rest.length > 0 || mac !== macOf(secrets, head.merchantId, body)) return 'CURSOR_INVALID';
  const [epoch = '', text] = body.split('.');
  const position = Number(text);
  if (epoch !== head.epoch || position > head.lastPosition) return 'CURSOR_RESET';
  return position < head.floorPosition ? 'CURSOR_EXPIRED' : { merchantId: head.merchantId, epoch, position };
}

function macOf(secrets: Secrets, merchantId: string, body: string): string {
  return secrets.hmac('cursors', merchantId, body).subarray(0, MAC_BYTES).toString('base64url');
}
