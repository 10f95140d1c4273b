import { rotateNumberKey } from '../services/maintenance/rotate-number-key.ts';
import type { Command } from './command.ts';

/** Encrypts every personal number with a new key. */
export const rotateNumberKeyCommand: Command = {
  usage: 'rotate-number-key',
  about:
    'encrypts account, id and tax numbers with the next key; nodes may run meanwhile, and learn of it by themselves',
  async run(app, args, print) {
    if (args.length > 0) return false;
    print('every node learns of the new key; then the numbers are written anew ...');
    print(`${await rotateNumberKey(app)} numbers written with key ${app.secrets.numberKeyId}`);
    return true;
  },
};
