import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const READY = 'The collections gateway is ready.';

/** A gateway in a process of its own, started as `npm start` starts it. */
export interface GatewayProcess {
  readonly child: ChildProcess;
  readonly url: string;
  /** What it printed, on both outputs. */
  output(): string;
  readonly exited: Promise<number | null>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts a gateway and waits until it says it is ready; throws what it printed when it ends before. `root`: whose sources. */
export async function startGatewayProcess(env: NodeJS.ProcessEnv, root = ROOT): Promise<GatewayProcess> {
  const gateway = spawnGateway(env, root);
  await Promise.race([
    until(() => gateway.output().includes(READY)),
    gateway.exited.then((code) => Promise.reject(new Error(`exit ${code}: ${gateway.output()}`))),
  ]);
  return gateway;
}

/** `npm start`, or another of its commands. */
export function spawnGateway(env: NodeJS.ProcessEnv, root = ROOT, command = ['start']): GatewayProcess {
  const child = spawn(process.execPath, [join(root, 'src/launch.mjs'), ...command], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DEMO_HISTORY: 'false', ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    output += String(chunk);
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    child,
    url: `http://127.0.0.1:${env['PORT']}/graphql`,
    output: () => output,
    exited,
    kill(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

export async function until(isTrue: () => boolean, timeoutMs = 300_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A port of the loopback that nobody uses now. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** The processes whose command line names a directory: what a gateway on it has left running. */
export function processesOn(directory: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => commandLine(pid).includes(directory))
    .map(Number);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
