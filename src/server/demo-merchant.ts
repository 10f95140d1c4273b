import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newApiKey } from '../services/access/api-key.ts';
import { authenticate } from '../services/access/authenticate.ts';
import { addApiKey } from '../services/access/operator-keys.ts';
import { type App, SCOPES } from '../services/app.ts';
import { createMerchant } from '../services/merchants/create-merchant.ts';
import type { Config } from './config.ts';

/** The demo merchant and its API key, which has every scope. */
export interface DemoMerchant {
  readonly merchantId: string;
  readonly apiKey: string;
}

/**
 * Returns the demo merchant, created on the first start. Null on an external database, unless DEMO_API_KEY is set. The
 * key is DEMO_API_KEY, else the one in `DATA_DIR/demo-key`, else a new one; it is stored in that file.
 */
export async function ensureDemoMerchant(app: App, config: Config): Promise<DemoMerchant | null> {
  if (config.databaseUrl !== null && config.demoApiKey === null) return null;
  const file = join(config.dataDir, 'demo-key');
  const former = existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
  const apiKey = config.demoApiKey ?? former ?? newApiKey('SANDBOX');
  mkdirSync(config.dataDir, { recursive: true, mode: 0o755 });
  // Write the key before creating the merchant: the next start then completes an interrupted one with the same key,
  // and does not create a second merchant.
  if (former === null) writeWhole(file, apiKey);
  const merchantId = await ensureMerchant(app, apiKey, former);
  if (former !== null && apiKey !== former) writeWhole(file, apiKey);
  return { merchantId, apiKey };
}

/** Replaces the file atomically: it holds the former key or the new one. */
function writeWhole(file: string, apiKey: string): void {
  const next = `${file}.${process.pid}`;
  writeFileSync(next, `${apiKey}\n`, { mode: 0o600 });
  renameSync(next, file);
}

/**
 * Id of the merchant of `apiKey`. A changed key is added to the merchant of the former one; without either key a
 * merchant is created.
 */
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
    return await createMerchant(app, { name: 'Demo merchant', cdvMode: 'WARN', key });
  } catch (error) {
    // Another node has created the merchant with the same key at the same time.
    const made = await authenticate(app, apiKey);
    if (made) return made.merchantId;
    throw error;
  }
}
