import { listTextCollisions } from '../services/maintenance/text-collisions.ts';
import type { Command } from './command.ts';

/** Lists the texts to review after the update that normalised text to Unicode form NFC. */
export const listCollisionsCommand: Command = {
  usage: 'list-collisions',
  about:
    'lists references, tokens and metadata that are not in Unicode form NFC because another record or key has that form; changes nothing',
  async run(app, args, print) {
    if (args.length > 0) return false;
    const collisions = await listTextCollisions(app);
    for (const { merchantId, table, column, id, value } of collisions) {
      print(`${merchantId}  ${table}.${column}  ${id}  ${JSON.stringify(value)}`);
    }
    print(`${collisions.length} collisions found`);
    return true;
  },
};
