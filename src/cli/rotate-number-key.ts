import { rotateNumberKey } from '../services/maintenance/rotate-number-key.ts';
import type { Command } from './command.ts';

/** Encrypts all personal numbers with a new key. */
export const rotateNumberKeyCommand: Command = {
  usage: 'rotate-number-key',
  about:
    'encrypts all account, id and tax numbers with a new key; nodes may keep running and pick up the key by themselves',
  async run(app, args, print) {
    if (args.length > 0) return false;
    print('waiting for every node to pick up the new key, then encrypting all numbers with it ...');
    print(`${await rotateNumberKey(app)} numbers encrypted with key ${app.secrets.numberKeyId}`);
    return true;
  },
};
