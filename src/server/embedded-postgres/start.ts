import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canConnect } from '../../store/connection/can-connect.ts';
import { StartError } from '../start-error.ts';
import { chooseAccount, chooseHome } from './account.ts';
import { prepareCluster, SUPERUSER, stopOrphan } from './cluster.ts';
import { lockDataDir } from './owner-lock.ts';
import { prepareRuntime } from './runtime.ts';
import { freePort, type ServerProcess, startServerProcess } from './server-process.ts';

const READY_WAIT_MS = 60_000;
const PORT_ATTEMPTS_MAX = 5;
/** At first; twice as long each time it ends soon again. */
const RESTART_PAUSE_MS = 100;
const RESTART_PAUSE_MAX_MS = 10_000;

/** A PostgreSQL of our own, on loopback, with a random port and a random password. */
export interface EmbeddedPostgres {
  readonly url: string;
  /** Where its files are, which may not be under the data directory. */
  readonly home: string;
  stop(): Promise<void>;
}

interface Log {
  warn(message: string): void;
}

/**
 * Starts PostgreSQL on the data directory, made on the first start. It is started again when it dies, and does not outlive
 * this process. Throws a StartError when the directory is in use, of another version, or cannot be served.
 */
export async function startEmbeddedPostgres(dataDir: string, log: Log): Promise<EmbeddedPostgres> {
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  const lock = lockDataDir(dataDir);
  try {
    const account = chooseAccount();
    const home = chooseHome(dataDir, account);
    const runtime = prepareRuntime(home);
    const cluster = prepareCluster(home, dataDir, runtime, account);
    if (await stopOrphan(cluster.dataDir)) log.warn('Stopped a PostgreSQL that a killed gateway had left behind.');
    const urlOf = (port: number): string => `postgresql://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/postgres`;
    const start = (port: number): ServerProcess =>
      startServerProcess({ dataDir: cluster.dataDir, home, port, runtime, account });

    const first = await startOnFreePort(start, urlOf, home);
    const supervisor = supervise(first, start, join(home, 'postgres.log'), log);
    return {
      url: urlOf(first.port),
      home,
      async stop() {
        await supervisor.stop();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** A port that was free a moment ago may be taken now: PostgreSQL then ends at once, and another is tried. */
async function startOnFreePort(
  start: (port: number) => ServerProcess,
  urlOf: (port: number) => string,
  home: string,
): Promise<ServerProcess> {
  for (let attempt = 1; attempt <= PORT_ATTEMPTS_MAX; attempt += 1) {
    const server = start(await freePort());
    if (await becomesReady(server, urlOf(server.port))) return server;
    await server.stop();
  }
  throw new StartError(`PostgreSQL does not start: ${lastLine(join(home, 'postgres.log'))}`);
}

async function becomesReady(server: ServerProcess, url: string): Promise<boolean> {
  let hasExited = false;
  void server.exited.then(() => {
    hasExited = true;
  });
  const deadline = Date.now() + READY_WAIT_MS;
  while (!hasExited && Date.now() < deadline) {
    // The password proves both ways (SCRAM): a stranger on the port is not taken for our server.
    if (await canConnect(url)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** Starts the server again on its port when it dies: connections are lost, committed rows are not. */
function supervise(
  first: ServerProcess,
  start: (port: number) => ServerProcess,
  logFile: string,
  log: Log,
): { stop(): Promise<void> } {
  let current = first;
  let isStopping = false;
  const watch = async (): Promise<void> => {
    let pauseMs = RESTART_PAUSE_MS;
    for (;;) {
      const since = Date.now();
      await current.exited;
      if (isStopping) return;
      pauseMs =
        Date.now() - since > RESTART_PAUSE_MAX_MS ? RESTART_PAUSE_MS : Math.min(pauseMs * 2, RESTART_PAUSE_MAX_MS);
      log.warn(`PostgreSQL ended unexpectedly; starting it again. Its last word: ${lastLine(logFile)}`);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (isStopping) return;
      current = start(first.port);
    }
  };
  watch().catch((error: unknown) => log.warn(`PostgreSQL cannot be started again: ${String(error)}`));
  return {
    async stop() {
      isStopping = true;
      await current.stop();
    },
  };
}

function lastLine(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').pop() ?? 'see its log';
}
