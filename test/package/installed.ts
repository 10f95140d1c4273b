import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort, until } from '../support/gateway-process.ts';

// The package as a new user has it: packed, and installed from the tarball in an empty directory.

const ROOT = join(import.meta.dirname, '../..');

/** Runs a command to its end; its output. Throws what it printed when it fails. */
export function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): string {
  const { PATH, HOME } = process.env;
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env: { PATH, HOME, ...env }, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

/** Packs the project and installs the tarball in an empty directory. */
export function installPacked(
  options: readonly string[] = [],
  others: readonly string[] = ['graphql', 'graphql-ws', 'ws'],
): string {
  const directory = mkdtempSync(join(tmpdir(), 'package-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  run('npm', ['run', '--silent', 'package', '--', '--pack-destination', directory], ROOT);
  const tarball = readdirSync(directory).find((name) => name.endsWith('.tgz')) ?? '';
  const user = join(directory, 'user');
  mkdirSync(user);
  run('npm', ['init', '-y'], user);
  run('npm', ['install', '--ignore-scripts', ...options, join(directory, tarball), ...others], user);
  return user;
}

/** Size of the files in a directory. */
export function megabytes(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size / 1_000_000, 0);
}

/** Starts the installed gateway; its output goes to `printed`. */
export async function start(
  user: string,
  more: NodeJS.ProcessEnv = {},
): Promise<{ port: number; apiKey: string; printed: () => string }> {
  const port = await freePort();
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, PORT: String(port), DEMO_HISTORY: 'false', ...more };
  const gateway = spawn(join(user, 'node_modules/.bin/collections-gateway'), ['start'], { cwd: user, env });
  onTestFinished(async () => {
    gateway.kill('SIGINT');
    await until(() => gateway.exitCode !== null || gateway.signalCode !== null);
  });
  let output = '';
  for (const stream of [gateway.stdout, gateway.stderr])
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  await until(() => output.includes('The collections gateway is ready.'));
  return { port, apiKey: readFileSync(join(user, '.data/demo-key'), 'utf8').trim(), printed: () => output };
}
