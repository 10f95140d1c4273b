import { newApiKey } from '../services/access/api-key.ts';
import { addApiKey } from '../services/access/operator-keys.ts';
import { SCOPES } from '../services/app.ts';
import { createMerchant } from '../services/merchants/create-merchant.ts';
import type { Command } from './command.ts';
import { readOptions } from './read-options.ts';

/** Creates a merchant and a key that has every scope. */
export const createMerchantCommand: Command = {
  usage: 'create-merchant <name> [--live]',
  about:
    'creates a merchant and prints an API key with every scope, this once only: a sandbox with the default payment methods, or a live merchant, which collects money and first needs a connector (allow-connector) and payment methods',
  async run(app, args, print) {
    const read = readOptions(args, { live: { type: 'boolean' } });
    const [name, ...rest] = read?.positionals ?? [];
    if (!name || rest.length > 0) return false;
    const mode = read?.values.live ? 'LIVE' : 'SANDBOX';
    const id = await createMerchant(app, { name, mode });
    const apiKey = newApiKey(mode);
    const keyId = await addApiKey(app, { merchantId: id, name: 'first key', apiKey, scopes: SCOPES });
    print(`merchant ${id}`);
    print(`mode     ${mode}`);
    print(`key id   ${keyId}`);
    print(`api key  ${apiKey}`);
    return true;
  },
};
