import { queryable } from '../../store/connection/database.ts';
import { renewEpochs } from '../../store/events/event-log.ts';
import type { App } from '../app.ts';

/**
 * Invalidates all stream cursors after a restore and returns the number of logs. The restored log may be older than
 * some cursors, which would then skip new events. Subscribers get CURSOR_RESET.
 */
export function renewCursors(app: App): Promise<number> {
  return renewEpochs(queryable(app.database));
}
