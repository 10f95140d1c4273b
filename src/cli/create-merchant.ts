import { newApiKey } from '../services/access/api-key.ts';
import { addApiKey } from '../services/access/operator-keys.ts';
import { SCOPES } from '../services/app.ts';
import { createMerchant } from '../services/merchants/create-merchant.ts';
import type { Command } from './command.ts';

/** Creates a sandbox merchant with the default payment methods and a key that has every scope. */
export const createMerchantCommand: Command = {
  usage: 'create-merchant <name>',
  about:
    'creates a sandbox merchant with the default payment methods, and prints an API key with every scope, this once only',
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
