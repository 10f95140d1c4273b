import { listKeys, revokeKey } from '../services/access/operator-keys.ts';
import { type Command, CommandError } from './command.ts';

/** Ends a key of a merchant. */
export const revokeKeyCommand: Command = {
  usage: 'revoke-key <merchant id> <key id>',
  about: 'revokes a key for good; what lives by it ends within a second',
  async run(app, [merchantId, keyId, ...rest], print) {
    if (!merchantId || !keyId || rest.length > 0) return false;
    if (!(await revokeKey(app, merchantId, keyId))) throw new CommandError(`no such key that is good: ${keyId}`);
    print(`revoked ${keyId}`);
    return true;
  },
};

/** Shows the keys of a merchant. */
export const listKeysCommand: Command = {
  usage: 'list-keys <merchant id>',
  about: 'shows the keys of a merchant: id, scopes, name, and since when they are revoked',
  async run(app, [merchantId, ...rest], print) {
    if (!merchantId || rest.length > 0) return false;
    for (const { id, name, scopes, revokedAt } of await listKeys(app, merchantId)) {
      print(`${id}  ${scopes.join(',')}  ${name}${revokedAt ? `  revoked ${revokedAt.toISOString()}` : ''}`);
    }
    return true;
  },
};
