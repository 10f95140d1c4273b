import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../src/server/embedded-postgres/start.ts';
import { diffMigrations, writeMigration } from './diff.ts';

// `npm run db:diff`: prints the SQL that the migrations still lack; `npm run db:diff -- <name>` writes it as a migration.
// Read what it writes: COLLATE "C" on ids, partial indexes, CHECKs and functions are yours to add.

const [name] = process.argv.slice(2);
if (name !== undefined && !/^[a-z0-9_]+$/.test(name)) throw new Error('a name is lower-case letters, digits and _');

const directory = mkdtempSync(join(tmpdir(), 'gateway-diff-'));
chmodSync(directory, 0o755);
const server = await startEmbeddedPostgres(directory, { warn: console.error });
try {
  if (name === undefined) console.log((await diffMigrations(server.url)) || 'in sync');
  else console.log((await writeMigration(server.url, name, new Date())) ?? 'in sync: nothing written');
} finally {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
