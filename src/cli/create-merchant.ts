import { randomBytes } from 'node:crypto';
import type { App } from '../services/app.ts';
import { createMerchant } from '../services/create-merchant.ts';

/** `cli create-merchant <name>`: makes a sandbox merchant with its methods, and prints its key, which is shown only now. */
export async function createMerchantCommand(app: App, name: string, print: (line: string) => void): Promise<void> {
  const apiKey = `key_${randomBytes(32).toString('base64url')}`;
  const id = await createMerchant(app, { name, apiKey, clockStart: null });
  print(`merchant ${id}`);
  print(`api key  ${apiKey}`);
}
