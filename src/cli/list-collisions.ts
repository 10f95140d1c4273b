import { listTextCollisions } from '../services/maintenance/text-collisions.ts';
import type { Command } from './command.ts';

/** What is to be looked at after the update that brought text to one Unicode form. */
export const listCollisionsCommand: Command = {
  usage: 'list-collisions',
  about: 'shows references and tokens that two records have in two Unicode spellings; neither is changed or merged',
  async run(app, args, print) {
    if (args.length > 0) return false;
    const collisions = await listTextCollisions(app);
    for (const { merchantId, table, column, id, value } of collisions) {
      print(`${merchantId}  ${table}.${column}  ${id}  ${JSON.stringify(value)}`);
    }
    print(`${collisions.length} found`);
    return true;
  },
};
