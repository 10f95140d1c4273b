import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { present } from '../../../src/domain/invariants.ts';
import { freePort } from '../../../src/server/embedded-postgres/server-process.ts';
import { GATEWAYS, type ServerName } from './dialects.ts';
import { PEERS } from './peers.ts';
import { makeSpanlessRoot } from './spanless-root.ts';

const ROOT = join(import.meta.dirname, '../../..');
const START_WAIT_MS = 120_000;
const STOP_WAIT_MS = 10_000;
/** The gateway has its background work to catch up with. */
const RESUME_WAIT_MS = 700;
/** The port for discarding, where nobody listens. */
const NO_COLLECTOR = 'http://127.0.0.1:9';

/** What the servers run on. */
export interface Surroundings {
  readonly databaseUrl: string;
  /** Of the gateway. */
  readonly dataDir: string;
  readonly secret: string;
  readonly apiKey: string;
  /** The processor of the measured server; undefined where none can be chosen. */
  readonly processor: string | undefined;
}

/** A running server. */
export interface Server {
  readonly name: ServerName;
  readonly url: string;
  readonly pid: number;
  /** The gateway works in the background, which would be measured as that of others: it is halted meanwhile. */
  pause(): void;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Returns surroundings with a secret and an API key of their own. */
export function newSurroundings(options: Omit<Surroundings, 'secret' | 'apiKey'>): Surroundings {
  return { ...options, secret: randomBytes(32).toString('base64'), apiKey: `bench_${randomBytes(24).toString('hex')}` };
}

/** Starts a server and waits until it is ready. Throws what it printed when it is not. */
export async function startServer(name: ServerName, node: string, surroundings: Surroundings): Promise<Server> {
  const { processor } = surroundings;
  const port = await freePort();
  const { script, env, ready } = recipeOf(name, port, surroundings);
  const command = processor === undefined ? [node] : ['taskset', '-c', processor, node];
  const [program = node, ...args] = [...command, ...script];
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = `${output}${chunk}`.slice(-10_000);
    });
  }
  const exited = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  }).then(() => void process.off('exit', kill));
  let hasExited = false;
  void exited.then(() => {
    hasExited = true;
  });
  const deadline = Date.now() + START_WAIT_MS;
  while (!output.includes(ready)) {
    if (!hasExited && Date.now() < deadline) await sleep(20);
    else {
      kill();
      throw new Error(`${name} does not start: ${output}`);
    }
  }
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    pid: present(child.pid, 'the process id'),
    pause: () => void (GATEWAYS.has(name) && child.kill('SIGSTOP')),
    async resume() {
      if (!GATEWAYS.has(name)) return;
      child.kill('SIGCONT');
      await sleep(RESUME_WAIT_MS);
    },
    async stop() {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const hard = setTimeout(kill, STOP_WAIT_MS);
      await exited;
      clearTimeout(hard);
    },
  };
}

interface Recipe {
  readonly script: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What it prints when it is ready. */
  readonly ready: string;
}

function recipeOf(name: ServerName, port: number, surroundings: Surroundings): Recipe {
  const { databaseUrl, dataDir, secret, apiKey } = surroundings;
  const place = { PORT: String(port), DATABASE_URL: databaseUrl };
  if (!GATEWAYS.has(name)) {
    const env = { ...place, PIPELINE: '1', GRAPHILE_ENV: 'production' };
    return { script: [join(PEERS, `${name}.mjs`)], env, ready: 'ready' };
  }
  const env = {
    ...place,
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    SECRET: secret,
    DEMO_API_KEY: apiKey,
    DEMO_HISTORY: 'false',
    LOG_LEVEL: 'warn',
    EVENT_RETENTION_DAYS: '3650',
    // Limits that would refuse the load.
    COST_BUCKET: '1000000000',
    COST_REFILL_PER_SECOND: '1000000000',
    STOP_NOTICE_SECONDS: '0',
    STOP_SPREAD_SECONDS: '0',
    ...(name === 'traced' ? { OTEL_EXPORTER_OTLP_ENDPOINT: NO_COLLECTOR } : {}),
  };
  const root = name === 'spanless' ? makeSpanlessRoot(join(dataDir, 'spanless')) : ROOT;
  return { script: [join(root, 'src/launch.mjs'), 'start'], env, ready: 'is ready' };
}
