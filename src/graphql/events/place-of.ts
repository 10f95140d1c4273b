import { decodeCursor } from '../../event-log/cursor.ts';
import type { LogHead } from '../../store/events/event-log.ts';
import type { Context } from '../context.ts';
import { CURSOR_ERRORS, requestError } from '../pipeline/request-error.ts';

/** Returns the position of a stream cursor in an argument. Throws CURSOR_INVALID, _EXPIRED or _RESET. */
export function placeOf(cursor: string, argument: string, head: LogHead, { app }: Context): number {
  const place = decodeCursor(app.secrets, cursor, head);
  if (typeof place === 'string') throw requestError(place, CURSOR_ERRORS[place], [[argument]]);
  return place.position;
}
