import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A data directory of a test's own, with spaces in its name; gone with the test. Others may pass, so the data stays in it. */
export function makeDataDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'gateway data '));
  chmodSync(directory, 0o755);
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
