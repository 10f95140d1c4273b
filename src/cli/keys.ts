import { listKeys, revokeKey } from '../services/access/operator-keys.ts';
import { type Command, CommandError } from './command.ts';

/** Revokes an API key of a merchant. */
export const revokeKeyCommand: Command = {
  usage: 'revoke-key <merchant id> <key id>',
  about: 'revokes an API key permanently; its open connections are closed within a second',
  async run(app, [merchantId, keyId, ...rest], print) {
    if (!merchantId || !keyId || rest.length > 0) return false;
    if (!(await revokeKey(app, merchantId, keyId)))
      throw new CommandError(
        `no such key, or it is already revoked: ${keyId}; list the keys with list-keys ${merchantId}`,
      );
    print(`revoked ${keyId}`);
    return true;
  },
};

/** Lists the API keys of a merchant. */
export const listKeysCommand: Command = {
  usage: 'list-keys <merchant id>',
  about: 'lists the API keys of a merchant, oldest first: id, scopes, name and, when revoked, the time (UTC)',
  async run(app, [merchantId, ...rest], print) {
    if (!merchantId || rest.length > 0) return false;
    for (const { id, name, scopes, revokedAt } of await listKeys(app, merchantId)) {
      print(`${id}  ${scopes.join(',')}  ${name}${revokedAt ? `  revoked ${revokedAt.toISOString()}` : ''}`);
    }
    return true;
  },
};
