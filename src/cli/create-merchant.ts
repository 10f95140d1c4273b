import { newApiKey } from '../services/access/api-key.ts';
import { addApiKey } from '../services/access/operator-keys.ts';
import { SCOPES } from '../services/app.ts';
import { createMerchant } from '../services/merchants/create-merchant.ts';
import type { Command } from './command.ts';

/** Makes a sandbox merchant with the methods every merchant starts with, and a key with every scope. */
export const createMerchantCommand: Command = {
  usage: 'create-merchant <name>',
  about: 'makes a sandbox merchant with its first methods, and prints a key with every scope, which is shown only now',
  async run(app, [name, ...rest], print) {
    if (!name || rest.length > 0) return false;
    const id = await createMerchant(app, { name, clockStart: null });
    const apiKey = newApiKey();
    const keyId = await addApiKey(app, { merchantId: id, name: 'first key', apiKey, scopes: SCOPES });
    print(`merchant ${id}`);
    print(`key id   ${keyId}`);
    print(`api key  ${apiKey}`);
    return true;
  },
};
