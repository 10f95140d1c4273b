import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newApiKey } from '../services/access/api-key.ts';
import { authenticate } from '../services/access/authenticate.ts';
import { addApiKey } from '../services/access/operator-keys.ts';
import { type App, SCOPES } from '../services/app.ts';
import { createMerchant } from '../services/merchants/create-merchant.ts';
import type { Config } from './config.ts';

export interface DemoMerchant {
  readonly merchantId: string;
  readonly apiKey: string;
}

/**
 * The sandbox merchant of an embedded database, made on the first start with a key for everything; null on a database of
 * your own, unless DEMO_API_KEY asks for one. The key is in the data directory, and DEMO_API_KEY sets it.
 */
export async function ensureDemoMerchant(app: App, config: Config): Promise<DemoMerchant | null> {
  if (config.databaseUrl !== null && config.demoApiKey === null) return null;
  const file = join(config.dataDir, 'demo-key');
  const former = existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
  const apiKey = config.demoApiKey ?? former ?? newApiKey();
  mkdirSync(config.dataDir, { recursive: true, mode: 0o755 });
  // The key first: cut off here, the next start makes the merchant with it; the other way round it would make a second one.
  if (former === null) writeWhole(file, apiKey);
  const merchantId = await ensureMerchant(app, apiKey, former);
  if (former !== null && apiKey !== former) writeWhole(file, apiKey);
  return { merchantId, apiKey };
}

/** The file has the key, or is as it was. */
function writeWhole(file: string, apiKey: string): void {
  const next = `${file}.${process.pid}`;
  writeFileSync(next, `${apiKey}\n`, { mode: 0o600 });
  renameSync(next, file);
}

async function ensureMerchant(app: App, apiKey: string, former: string | null): Promise<string> {
  const known = await authenticate(app, apiKey);
  if (known) return known.merchantId;
  const owner = former === null ? null : await authenticate(app, former);
  if (owner) {
    await addApiKey(app, { merchantId: owner.merchantId, name: 'demo key', apiKey, scopes: SCOPES });
    return owner.merchantId;
  }
  try {
    const key = { name: 'demo key', apiKey, scopes: SCOPES };
    return await createMerchant(app, { name: 'Demo merchant', clockStart: null, cdvMode: 'WARN', key });
  } catch (error) {
    // Another node was faster with the same key.
    const made = await authenticate(app, apiKey);
    if (made) return made.merchantId;
    throw error;
  }
}
