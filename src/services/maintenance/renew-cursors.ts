import { queryable } from '../../store/connection/database.ts';
import { renewEpochs } from '../../store/events/event-log.ts';
import type { App } from '../app.ts';

/**
 * Makes every stream cursor void, after a restore: the log may have gone back, and a cursor of the time since would skip what is
 * written in its place. Subscribers get CURSOR_RESET. How many logs there are.
 */
export function renewCursors(app: App): Promise<number> {
  return renewEpochs(queryable(app.database));
}
