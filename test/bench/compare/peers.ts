import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerName } from './dialects.ts';

/** The folder of the servers that the gateway is compared to; it has packages of its own. */
export const PEERS = join(import.meta.dirname, '../peers');
/** npm writes it when everything is installed. */
const INSTALLED = join(PEERS, 'node_modules', '.package-lock.json');
const INSTALL_WAIT_MS = 600_000;
const NODE_MAJOR_MIN = 22;

/** The Node to run a server with, or why it cannot run. */
export type Runtime = { readonly node: string } | { readonly absent: string };

/** Returns what each server runs with. Installs the packages of the others when they are not there yet. */
export function prepareRuntimes(names: readonly ServerName[]): Map<ServerName, Runtime> {
  const own: Runtime = { node: process.execPath };
  const installing = names.some((name) => name === 'mercurius' || name === 'postgraphile') ? install() : null;
  const others: Runtime = installing === null ? own : { absent: installing };
  const runtimes = { ceiling: own, mercurius: others, postgraphile: others, gateway: own, spanless: own, traced: own };
  return new Map(
    names.map((name) => [name, name === 'postgraphile' && 'node' in others ? newerNode() : runtimes[name]]),
  );
}

/** Installs the packages; null, or why they cannot be installed. */
function install(): string | null {
  if (existsSync(INSTALLED)) return null;
  console.log('Installing the servers to compare with …');
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel', 'error'];
  const { status, stderr, error } = spawnSync('npm', args, {
    cwd: PEERS,
    env: plainEnvironment(),
    encoding: 'utf8',
    timeout: INSTALL_WAIT_MS,
  });
  if (status === 0) return null;
  return `its packages cannot be installed: ${(error?.message ?? stderr).trim().split('\n', 1).join('')}`;
}

/** PostGraphile needs a newer Node than the gateway does. */
function newerNode(): Runtime {
  if (Number(process.versions.node.split('.', 1)[0]) >= NODE_MAJOR_MIN) return { node: process.execPath };
  const { status, stdout } = spawnSync('npx', ['-y', '-p', `node@${NODE_MAJOR_MIN}`, 'which', 'node'], {
    cwd: PEERS,
    env: plainEnvironment(),
    encoding: 'utf8',
    timeout: INSTALL_WAIT_MS,
  });
  const node = (stdout ?? '').trim();
  return status === 0 && node !== ''
    ? { node }
    : { absent: `it needs Node ${NODE_MAJOR_MIN}, which cannot be installed` };
}

/** Without the variables of the npm that runs this script. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
}
