import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSandboxBank } from '../bank/sandbox/sandbox-bank.ts';
import { createPipeline, type GraphiqlPage } from '../graphql/pipeline.ts';
import { startScheduler } from '../scheduler/runner.ts';
import type { App, Clock, Log } from '../services/app.ts';
import { startBackgroundLoop } from '../services/background-loop.ts';
import { merchantClock } from '../services/merchant-clock.ts';
import { putAllLookups } from '../services/put-lookups.ts';
import { KEY_REFRESH_MS, refreshNumberKey } from '../services/rotate-number-key.ts';
import { type Database, isUnavailable, openDatabase } from '../store/database.ts';
import { listen } from '../store/listen.ts';
import { createSandboxLedger } from '../store/sandbox-ledger.ts';
import type { Secrets } from '../store/secrets.ts';
import { createLogTail } from '../stream/log-tail.ts';
import { startSequencer } from '../stream/sequencer.ts';
import { createIdentify } from './credentials.ts';
import { createHttpServer } from './http.ts';
import { createMetrics } from './metrics.ts';
import type { TokenVerifier } from './token-verifier.ts';
import { attachWebSocket } from './websocket.ts';

/** Open connections get so long to finish what they are at. */
const DRAIN_MS = 5_000;
const OUTAGE_QUIET_MS = 10_000;

/** A node that works: events are numbered, due work is done. It has no port yet. */
export interface Node {
  readonly app: App;
  /** The same, for a clock handed in: what is made due by it is done by it, and by nobody else. */
  withClock(clock: Clock): App;
  /** Listens on a port of a host, and answers. Throws what `listen` throws, EADDRINUSE for one. */
  serve(options: { port: number; host: string; graphiql: GraphiqlPage | null }): Promise<{ port: number }>;
  stop(): Promise<void>;
}

export async function startNode(options: {
  readonly url: string;
  readonly secrets: (database: Database) => Promise<Secrets>;
  readonly connectionsMax: number;
  readonly log: Log;
  /** Where frontends come with tokens of their own. */
  readonly verifyToken?: TokenVerifier | null;
}): Promise<Node> {
  const { url, log } = options;
  const onError = reportOutages(log);
  const database = openDatabase(url, { connectionsMax: options.connectionsMax, onError });
  const secrets = await prepare(database, options.secrets);
  const sequencer = startSequencer(database, onError);
  const tail = createLogTail(database, onError);
  const metrics = createMetrics(database);
  const notifications = listen(url, 'events', () => tail.wake());
  const withClock = (clock: Clock): App => ({
    database,
    secrets,
    bank: createSandboxBank(createSandboxLedger(database, clock.timeline)),
    clock,
    log,
    meter: metrics.meter,
    onEvents: sequencer.wake,
  });
  const app = withClock(merchantClock);
  const scheduler = startScheduler(app, onError);
  const keyRefresh = startBackgroundLoop(() => refreshNumberKey(app), KEY_REFRESH_MS, onError);
  let door: { close(): Promise<void> } | null = null;
  let stopping: Promise<void> | undefined;
  return {
    app,
    withClock,
    async serve({ port, host, graphiql }) {
      const pipeline = createPipeline({ app, tail }, graphiql);
      const identify = createIdentify(app, options.verifyToken ?? null);
      const { server, endStreams } = createHttpServer(app, identify, pipeline, metrics);
      const webSocket = attachWebSocket(server, app, identify, pipeline);
      await listenOn(server, port, host);
      door = {
        async close() {
          const closed = new Promise((resolve) => server.close(resolve));
          const hard = setTimeout(() => {
            webSocket.terminate();
            server.closeAllConnections();
          }, DRAIN_MS);
          endStreams();
          await webSocket.close();
          server.closeIdleConnections();
          await closed;
          clearTimeout(hard);
        },
      };
      return { port: (server.address() as AddressInfo).port };
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };

  /** From the door inwards: nothing new comes in, what is under way ends, its events are numbered, the database goes last. */
  async function stop(): Promise<void> {
    await door?.close();
    await scheduler.stop();
    await keyRefresh.stop();
    tail.stop();
    await notifications.stop();
    await sequencer.stop();
    await database.close();
  }
}

/** What must be right before anything runs on the database. When it is not, nothing does. */
async function prepare(database: Database, secrets: (database: Database) => Promise<Secrets>): Promise<Secrets> {
  try {
    const found = await secrets(database);
    await putAllLookups(database);
    await refreshNumberKey({ database, secrets: found });
    return found;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Background loops meet a lost database ten times a second: it is said once in a while, anything else each time. */
function reportOutages(log: Log): (error: unknown) => void {
  let quietUntil = 0;
  return (error) => {
    if (!isUnavailable(error)) return log.error({ err: error }, 'background work failed; it goes on');
    if (Date.now() < quietUntil) return;
    quietUntil = Date.now() + OUTAGE_QUIET_MS;
    log.warn(
      { reason: error instanceof Error ? error.message : String(error) },
      'the database does not answer; background work waits',
    );
  };
}

function listenOn(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
