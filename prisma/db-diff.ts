import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../src/server/embedded-postgres/start.ts';
import { diffMigrations, writeMigration } from './diff.ts';

// `npm run db:diff` prints the SQL that the migrations lack; `npm run db:diff -- <name>` writes it as a new migration.
// Review the result: COLLATE "C" on ids, partial indexes, CHECK constraints and functions must be added by hand.

const [name] = process.argv.slice(2);
if (name !== undefined && !/^[a-z0-9_]+$/.test(name)) throw new Error('use lower-case letters, digits and _ as name');

const directory = mkdtempSync(join(tmpdir(), 'gateway-diff-'));
chmodSync(directory, 0o755);
const server = await startEmbeddedPostgres(directory, { warn: console.error });
try {
  if (name === undefined) console.log((await diffMigrations(server.url)) || 'the migrations match the schema');
  else console.log((await writeMigration(server.url, name, new Date())) ?? 'the migrations match the schema');
} finally {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
