import { renewCursors } from '../services/maintenance/renew-cursors.ts';
import type { Command } from './command.ts';

/** What is to be done after a database was restored. */
export const renewCursorsCommand: Command = {
  usage: 'renew-cursors',
  about: 'after a restore: makes every stream cursor void (CURSOR_RESET), for the log may have gone back',
  async run(app, args, print) {
    if (args.length > 0) return false;
    print(`${await renewCursors(app)} logs begun anew`);
    return true;
  },
};
