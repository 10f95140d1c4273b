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
/** Pause before the first restart, in milliseconds; it doubles each time the server ends again soon. */
const RESTART_PAUSE_MS = 100;
const RESTART_PAUSE_MAX_MS = 10_000;

/** A PostgreSQL server of the gateway, on loopback with a random port and password. */
export interface EmbeddedPostgres {
  readonly url: string;
  /** Directory of its files, which may be outside the data directory. */
  readonly home: string;
  stop(): Promise<void>;
}

interface Log {
  warn(message: string): void;
}

/**
 * Starts PostgreSQL on the data directory, initialised on the first start. It is restarted when it dies and does not
 * outlive this process. Throws a StartError when the directory is in use or of another version, or PostgreSQL cannot
 * start.
 */
export async function startEmbeddedPostgres(dataDir: string, log: Log): Promise<EmbeddedPostgres> {
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  const lock = lockDataDir(dataDir);
  try {
    const account = chooseAccount();
    const home = chooseHome(dataDir, account);
    const runtime = prepareRuntime(home);
    const cluster = prepareCluster(home, dataDir, runtime, account);
    if (await stopOrphan(cluster.dataDir))
      log.warn('Stopped a PostgreSQL server that a killed gateway had left running.');
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

/**
 * Starts the server, and tries another port when the chosen one has been taken meanwhile: PostgreSQL then ends at once.
 */
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
  throw new StartError(
    `PostgreSQL does not start; see postgres.log in ${home}, which ends with: ${lastLine(join(home, 'postgres.log'))}`,
  );
}

async function becomesReady(server: ServerProcess, url: string): Promise<boolean> {
  let hasExited = false;
  void server.exited.then(() => {
    hasExited = true;
  });
  const deadline = Date.now() + READY_WAIT_MS;
  while (!hasExited && Date.now() < deadline) {
    // SCRAM authenticates both sides, so that another server on the port is not taken for ours.
    if (await canConnect(url)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** Restarts the server on its port when it dies. Its connections are lost, committed rows are not. */
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
      log.warn(`PostgreSQL ended unexpectedly and is restarted. Last line of its log: ${lastLine(logFile)}`);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (isStopping) return;
      current = start(first.port);
    }
  };
  watch().catch((error: unknown) =>
    log.warn(`PostgreSQL cannot be restarted; restart the gateway. Cause: ${String(error)}`),
  );
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
