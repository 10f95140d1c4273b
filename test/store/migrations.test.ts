import { expect, inject, it } from 'vitest';
import { diffMigrations } from '../../prisma/diff.ts';
import { MigrationError, migrate, readMigrations } from '../../src/store/migrate.ts';
import { administer, databaseUrl } from '../support/database-server.ts';
import { createDatabase } from '../support/harness.ts';

async function emptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const serverUrl = inject('serverUrl');
  const name = `gateway_empty_${Math.random().toString(36).slice(2)}`;
  await administer(serverUrl, `CREATE DATABASE ${name}`);
  return { url: databaseUrl(serverUrl, name), drop: () => administer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`) };
}

it('are equal to the schema', async () => {
  expect(await diffMigrations(inject('serverUrl'))).toBe('');
});

it('are applied once by any number of nodes at once', async () => {
  const { url, drop } = await emptyDatabase();
  await Promise.all(Array.from({ length: 8 }, () => migrate(url)));
  await migrate(url);
  await drop();
});

it('stop a start when one was changed after it was applied', async () => {
  const { url, drop } = await createDatabase();
  const changed = readMigrations().map((migration) => ({ ...migration, checksum: 'another' }));
  await expect(migrate(url, changed)).rejects.toThrow(/was changed after it was applied/);
  await drop();
});

it('leave nothing half done when one fails, and refuse to go on blindly', async () => {
  const { url, drop } = await emptyDatabase();
  const failing = [{ name: '1_fails', sql: 'CREATE TABLE half (id int); SELECT 1 / 0;', checksum: 'x' }];
  await expect(migrate(url, failing)).rejects.toThrow(MigrationError);
  await expect(migrate(url, failing)).rejects.toThrow(/failed before/);
  await expect(administer(url, 'SELECT * FROM half')).rejects.toThrow(/does not exist/);
  await drop();
});
