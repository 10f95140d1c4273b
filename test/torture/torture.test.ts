import { expect, it } from 'vitest';
import { createDatabase } from '../support/harness.ts';
import { tortureSequencer } from './sequencer.ts';

// Short by default; `npm run torture` runs it at full length.
const SECONDS = Number(process.env['TORTURE_SECONDS'] ?? 10);
const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);

it(`numbers events so that a reader misses none, where a naive one loses some (seed ${seed}, ${SECONDS} s)`, {
  timeout: SECONDS * 1_000 + 60_000,
}, async () => {
  const { url, drop } = await createDatabase();
  const result = await tortureSequencer({ url, seconds: SECONDS, seed });
  console.log(result);
  await drop();
  expect(result).toMatchObject({ missed: 0, duplicates: 0, outOfOrder: 0, gaps: 0, versionsOutOfOrder: 0 });
  expect(result.missedByNaiveReader).toBeGreaterThan(0);
  expect(result.committed).toBeGreaterThan(100);
});
