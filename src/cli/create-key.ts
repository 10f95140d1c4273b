import { newApiKey } from '../services/access/api-key.ts';
import { addApiKey } from '../services/access/operator-keys.ts';
import { SCOPES, type Scope } from '../services/app.ts';
import { modeOf } from '../services/merchants/create-merchant.ts';
import { type Command, CommandError } from './command.ts';

/** Creates another API key for a merchant. */
export const createKeyCommand: Command = {
  usage: 'create-key <merchant id> <name> <scopes>',
  about: `creates an API key and prints it, this once only; scopes is a list without spaces, such as read,write; the scopes are ${SCOPES.join(', ')}`,
  async run(app, [merchantId, name, scopeList, ...rest], print) {
    if (!merchantId || !name || !scopeList || rest.length > 0) return false;
    const unknown = scopeList.split(',').filter((scope) => !(SCOPES as readonly string[]).includes(scope));
    if (unknown.length > 0) throw new CommandError(`no such scope: ${unknown.join(', ')}; use ${SCOPES.join(', ')}`);
    const mode = await modeOf(app, merchantId);
    if (!mode) throw new CommandError(`no such merchant: ${merchantId}; check the merchant id`);
    const apiKey = newApiKey(mode);
    const keyId = await addApiKey(app, { merchantId, name, apiKey, scopes: scopeList.split(',') as Scope[] });
    print(`key id   ${keyId}`);
    print(`api key  ${apiKey}`);
    return true;
  },
};
