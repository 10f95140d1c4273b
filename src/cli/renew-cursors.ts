import { renewCursors } from '../services/maintenance/renew-cursors.ts';
import type { Command } from './command.ts';

/** Invalidates every stream cursor after a database was restored. */
export const renewCursorsCommand: Command = {
  usage: 'renew-cursors',
  about:
    'invalidates every stream cursor (CURSOR_RESET); run it after a restore, when the event log may have gone back in time',
  async run(app, args, print) {
    if (args.length > 0) return false;
    print(`event logs whose cursors are now invalid: ${await renewCursors(app)}`);
    return true;
  },
};
