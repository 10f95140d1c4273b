// Builds the gateway when a source has changed since the last build, then runs it in this same process.
//
//   node src/launch.mjs build                       only builds Prisma's client and dist/
//   node src/launch.mjs start | demo | webhooks | bank | cli [...]    builds, then runs dist/server/main.js
//
// It is plain JavaScript because it runs before anything is compiled. The npm scripts call it directly and not by pre-
// and post-hooks, which npm does not run where install scripts are switched off.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, join, relative } from 'node:path';

/** The process that started this one, read before the build takes time: npm may be told to stop meanwhile. */
const parent = process.ppid;
const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const lock = join(root, 'node_modules', '.build-lock');
const generated = join('src', 'store', 'generated');
/** What is generated is not read by the build of itself. */
const outputs = new Set([
  generated,
  ...['bank/http', 'client', 'console'].map((folder) => join('src', folder, 'generated')),
]);
const require = createRequire(import.meta.url);

/** Hash of everything that the build reads. */
function sourceHash() {
  const hash = createHash('sha256').update(process.version);
  const add = (path) => {
    if (outputs.has(relative(root, path))) return;
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else hash.update(relative(root, path)).update(readFileSync(path));
  };
  for (const name of ['src', 'prisma', 'package-lock.json', 'tsconfig.json']) add(join(root, name));
  return hash.digest('hex');
}

function isBuilt(hash) {
  const stamp = join(dist, '.stamp');
  return existsSync(join(root, generated)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
}

function run(script, args, env = {}) {
  const result = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    env: { ...process.env, ...env, PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}` },
    encoding: 'utf8',
  });
  if (result.status === 0) return;
  throw new Error(
    `the build failed in ${relative(root, script)}; correct the errors and start again:\n${result.stdout}${result.stderr}`,
  );
}

function build(hash) {
  const next = `${dist}.next`;
  rmSync(next, { recursive: true, force: true });
  run(require.resolve('prisma/build/index.js'), ['generate'], {
    PRISMA_SCHEMA_ENGINE_BINARY: join(root, 'prisma', 'no-engine'),
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  });
  bundle(next);
  bundleClient(join(next, 'client'));
  bundleConsole(join(next, 'console'));
  writeFileSync(join(next, '.stamp'), hash);
  rmSync(dist, { recursive: true, force: true });
  renameSync(next, dist);
}

/**
 * Bundles the gateway with its packages: a start loads a few files instead of a thousand, which takes less than half of the processor time.
 * `npm run check` verifies the types.
 */
function bundle(directory) {
  const { buildSync } = require('esbuild');
  buildSync({
    absWorkingDir: root,
    entryPoints: ['src/server/main.ts', 'src/server/bin.ts', 'src/server/workers/worker.ts'],
    outbase: 'src',
    outdir: directory,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    external: ['pg-native'], // It is not used.
    // Packages written as CommonJS call `require` for modules of Node.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    logLevel: 'error',
  });
}

/** Bundles the client of the package for Node, browsers and other bundlers; graphql and graphql-ws are those of its user. */
function bundleClient(directory) {
  const { buildSync } = require('esbuild');
  buildSync({
    absWorkingDir: root,
    entryPoints: ['src/client/index.ts', 'src/client/documents/index.ts'],
    outbase: 'src/client',
    outdir: directory,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    external: ['graphql', 'graphql-ws'],
    logLevel: 'error',
  });
}

/** The documents of the console by their hashes: trusted ones, where the gateway lets only those run. */
function consoleDocuments() {
  const folder = join(root, 'src', 'console');
  const files = readdirSync(folder, { recursive: true }).filter((name) => /^(?!generated).*\.tsx?$/.test(name));
  const texts = files.flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/\/\* GraphQL \*\/ `([^`]*)`/g)].map(([, text]) => text),
  );
  return Object.fromEntries(texts.map((text) => [createHash('sha256').update(text).digest('hex'), text]));
}

/** Bundles the console: scripts and a style sheet with hashes in their names, and the page that loads them. */
function bundleConsole(directory) {
  const { buildSync } = require('esbuild');
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: ['src/console/main.tsx', 'src/console/socket/worker.ts', 'src/console/console.css'],
    outdir: directory,
    entryNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.iife.min.js': 'file' },
    assetNames: '[name]-[hash]',
    publicPath: '/console',
    logLevel: 'error',
  });
  const outputs = Object.entries(metafile.outputs);
  const nameOf = (entryPoint) => basename(outputs.find(([, output]) => output.entryPoint === entryPoint)[0]);
  const page = readFileSync(join(root, 'src', 'console', 'index.html'), 'utf8')
    .replace('%SCRIPT%', nameOf('src/console/main.tsx'))
    .replace('%WORKER%', nameOf('src/console/socket/worker.ts'))
    .replace('%STYLE%', nameOf('src/console/console.css'));
  writeFileSync(join(directory, 'index.html'), page);
  writeFileSync(join(directory, 'documents.json'), JSON.stringify(consoleDocuments()));
}

/**
 * Runs `action` under the build lock: of two concurrent starts the second waits for the first. A lock whose owner is
 * gone is taken over.
 */
async function withLock(action) {
  const mine = `${lock}.${process.pid}`;
  const token = tokenOf(process.pid);
  writeFileSync(mine, token);
  try {
    while (!takesLock(mine)) await new Promise((resolve) => setTimeout(resolve, 100));
    action();
  } finally {
    if (readLock() === token) rmSync(lock, { force: true });
    rmSync(mine, { force: true });
  }
}

/** Whether the lock is now ours. It is created atomically, with its owner as content. */
function takesLock(mine) {
  try {
    linkSync(mine, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const owner = readLock();
  if (owner !== null && owner !== tokenOf(Number(owner.split(' ')[0]))) discardStale(owner);
  return false;
}

/** Removes a stale lock; a lock that was created meanwhile is put back. */
function discardStale(owner) {
  const taken = `${lock}.stale-${process.pid}`;
  try {
    renameSync(lock, taken);
    if (readFileSync(taken, 'utf8') !== owner) linkSync(taken, lock);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(taken, { force: true });
  }
}

function readLock() {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return null; // The lock was released meanwhile.
  }
}

/**
 * Process id and, where /proc has it, start time, because process ids are reused. Empty when there is no such process.
 */
function tokenOf(pid) {
  if (!isAlive(pid)) return '';
  try {
    return `${pid} ${readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ')[19]}`;
  } catch {
    return `${pid} `;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const [command, ...args] = process.argv.slice(2);
if (!existsSync(join(root, 'node_modules'))) {
  console.error('collections-gateway: the npm packages are not installed; run "npm ci" first');
  process.exit(1);
}
try {
  if (!isBuilt(sourceHash())) {
    if (command !== 'build')
      console.error('Building the gateway, as on the first start and after each change of its sources …');
    await withLock(() => {
      const hash = sourceHash();
      if (!isBuilt(hash)) build(hash);
    });
  }
} catch (error) {
  console.error(`collections-gateway: ${error.message}`);
  process.exit(1);
}
if (command !== 'build') {
  const { main } = await import('../dist/server/main.js');
  await main(command, args, parent);
}
