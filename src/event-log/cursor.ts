import type { LogHead } from '../store/events/event-log.ts';
import type { Secrets } from '../store/secrets.ts';

/**
 * A position in a merchant's log: every event up to and including `position` has been seen. `epoch` changes when the
 * log is reset.
 */
export interface LogPlace {
  readonly merchantId: string;
  readonly epoch: string;
  readonly position: number;
}

/** Why a stream cursor is refused. */
export type CursorError = 'CURSOR_INVALID' | 'CURSOR_EXPIRED' | 'CURSOR_RESET';

/** Length of the truncated HMAC of a cursor, in bytes. */
const MAC_BYTES = 9;

/** Returns a stream cursor: opaque, identical on every node with the same secret, and valid for one merchant only. */
export function encodeCursor(secrets: Secrets, place: LogPlace): string {
  const body = `${place.epoch}.${place.position}`;
  return `${Buffer.from(body).toString('base64url')}.${macOf(secrets, place.merchantId, body)}`;
}

/**
 * Returns the position of a cursor, or why it is refused: CURSOR_INVALID when it was forged or belongs to another
 * merchant, CURSOR_RESET when the log was reset since or ends before it, CURSOR_EXPIRED when it is older than the
 * retention.
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
