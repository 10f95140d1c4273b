import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { administer } from '../support/database-server.ts';
import { pause } from './random.ts';
import { startTwoNodes } from './two-nodes.ts';

// The next version, whose migrations add columns, takes the place of this one, node by node, under load; for a while both are at work.
const SECONDS = Number(process.env['DEPLOY_SECONDS'] ?? 3);
const ROOT = join(import.meta.dirname, '../..');

it(`replaces this version by the next, which adds columns, without a failed request or a gap (${SECONDS} s beside each other)`, {
  timeout: SECONDS * 5_000 + 900_000,
}, async () => {
  const next = makeNextVersion();
  const house = await startTwoNodes();
  await pause(1_000);
  expect(await house.nodes[0]?.kill('SIGTERM')).toBe(0);
  await house.restart(0, next);
  await pause(SECONDS * 1_000); // both versions are at work
  await house.nodes[1]?.kill('SIGKILL');
  await house.restart(1); // this version comes up again beside the next
  await pause(SECONDS * 1_000);
  expect(await house.nodes[1]?.kill('SIGTERM')).toBe(0);
  await house.restart(1, next);
  await pause(1_000);
  // The columns are there and filled, also in rows that this version wrote.
  await administer(
    house.databaseUrl,
    'ALTER TABLE payment ADD CHECK (next_note = $$made$$), ADD CHECK (next_plan IS NULL)',
  );
  const { log, seen, lost } = await house.end();
  const { acknowledged, refused, wrong } = house.writes;
  console.log({ acknowledged: acknowledged.length, refused, unanswered: wrong.length, lost: lost.length });
  expect(lost).toEqual([]);
  for (const ids of seen) expect(ids).toEqual(log);
  // What is under way when a process is killed is not answered; nothing else.
  for (const failure of wrong) expect(failure).toMatch(/fetch failed|terminated/);
  // The migration waits for writers and they for it: on a loaded machine a write may be told to come again, nothing else.
  expect(Object.keys(refused).filter((code) => code !== 'UNAVAILABLE')).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(0);
});

/** Our sources with two columns more in the table that everything writes. */
function makeNextVersion(): string {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-next-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  chmodSync(directory, 0o755);
  const parts = ['src', 'prisma', 'package.json', 'package-lock.json', 'tsconfig.json'];
  for (const part of parts) cpSync(join(ROOT, part), join(directory, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  const migration = join(directory, 'prisma/migrations/29991231000000_next');
  mkdirSync(migration);
  writeFileSync(
    join(migration, 'migration.sql'),
    `ALTER TABLE payment ADD COLUMN next_note TEXT NOT NULL DEFAULT 'made', ADD COLUMN next_plan JSONB;\n`,
  );
  const schema = join(directory, 'prisma/schema.prisma');
  const model = 'model Payment {\n';
  const columns = '  nextNote String @default("made") @map("next_note")\n  nextPlan Json? @map("next_plan")\n';
  const text = readFileSync(schema, 'utf8');
  if (!text.includes(model)) throw new Error('the data model has no Payment');
  writeFileSync(schema, text.replace(model, model + columns));
  return directory;
}
