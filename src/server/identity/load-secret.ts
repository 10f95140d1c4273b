import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, queryable } from '../../store/connection/database.ts';
import { deriveSecrets, newSecret, SECRET_BYTES, type Secrets } from '../../store/secrets.ts';
import { findOrSetSetting } from '../../store/settings.ts';
import type { Config } from '../config.ts';
import { StartError } from '../start-error.ts';

/**
 * Derives all keys from SECRET, else from the secret in the data directory, which the first start creates. Throws a
 * StartError when that file is damaged.
 */
export function loadSecret(config: Config): Secrets {
  if (config.secret) return deriveSecrets(config.secret);
  const file = join(config.dataDir, 'secret');
  if (!existsSync(file)) createSecret(config.dataDir, file);
  const secret = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (secret.length === SECRET_BYTES) return deriveSecrets(secret);
  throw new StartError(
    `${file} does not contain ${SECRET_BYTES} bytes in base64; restore the secret of this database there`,
  );
}

/**
 * Throws a StartError when the database was created with another secret, which makes its numbers and API keys unusable.
 */
export async function checkSecret(database: Database, secrets: Secrets): Promise<void> {
  const mine = secrets.hmac('check', 'this database').toString('base64');
  if ((await findOrSetSetting(queryable(database), 'secret_check', mine)) === mine) return;
  throw new StartError('this database was created with another secret; set SECRET to the secret of its first node');
}

/** Creates the secret file atomically; of two concurrent starts only one creates it. */
function createSecret(dataDir: string, file: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  const next = `${file}.${process.pid}`;
  writeFileSync(next, `${newSecret().toString('base64')}\n`, { mode: 0o600 });
  try {
    linkSync(next, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(next, { force: true });
  }
}
