import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StartError } from '../start-error.ts';

/** The user that PostgreSQL runs as when the gateway runs as root, because PostgreSQL refuses to run as root. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Users tried in this order when the gateway runs as root. */
const UNPRIVILEGED = ['postgres', 'nobody'];
/** Parent directory of the databases of root whose data directory the account cannot reach. */
const REACHABLE_HOME = '/var/lib/collections-gateway';

/**
 * The account for PostgreSQL when the gateway runs as root; null to run it as the current user. Throws a StartError
 * when root has no such account.
 */
export function chooseAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of UNPRIVILEGED) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid !== null && gid !== null) return { name, uid, gid };
  }
  throw new StartError(
    'the gateway runs as root, which PostgreSQL refuses, and there is no user "postgres" or "nobody" to run it; start the gateway as another user, or set DATABASE_URL',
  );
}

function idOf(flag: string, name: string): number | null {
  try {
    return Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return null;
  }
}

/**
 * The directory for the files of the database: `dataDir` where the account can reach it, else one with a name derived
 * from it. The choice is stored, so that a later change of permissions does not look like an empty database.
 */
export function chooseHome(dataDir: string, account: Account | null): string {
  const memory = join(dataDir, 'postgres-home');
  if (existsSync(memory)) return readFileSync(memory, 'utf8').trim();
  const home = account === null || canReach(dataDir, account) ? dataDir : reachableHome(dataDir);
  mkdirSync(home, { recursive: true, mode: 0o755 });
  writeFileSync(memory, `${home}\n`);
  return home;
}

function reachableHome(dataDir: string): string {
  const name = `${basename(dirname(dataDir)).replaceAll(/[^\w.-]/g, '_')}-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;
  return join(REACHABLE_HOME, name);
}

/** Whether the account may traverse every directory of the path. */
function canReach(path: string, { uid, gid }: Account): boolean {
  for (let at = path; ; at = dirname(at)) {
    const { mode, uid: owner, gid: group } = statSync(at);
    const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** Creates a directory that only the account, or the current user, can read. */
export function makeOwnDirectory(path: string, account: Account | null): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (account) chownSync(path, account.uid, account.gid);
}
