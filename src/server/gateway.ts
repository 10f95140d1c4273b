import { createSandboxBank } from '../bank/sandbox/sandbox-bank.ts';
import { followLogs } from '../event-log/follow-logs.ts';
import { startRetention } from '../event-log/retention.ts';
import { startSequencer } from '../event-log/sequencer.ts';
import { startScheduler } from '../scheduler/runner.ts';
import type { App, Clock, Log } from '../services/app.ts';
import { type LoopReport, startBackgroundLoop } from '../services/background-loop.ts';
import { startForgettingKeys } from '../services/batch/idempotency-records.ts';
import { KEY_REFRESH_MS, refreshNumberKey } from '../services/maintenance/rotate-number-key.ts';
import { putAllLookups } from '../services/merchants/put-lookups.ts';
import { merchantClock } from '../services/sandbox/merchant-clock.ts';
import { type Database, isUnavailable, openDatabase } from '../store/connection/database.ts';
import { listen } from '../store/connection/listen.ts';
import { createSandboxLedger } from '../store/sandbox-ledger.ts';
import type { Secrets } from '../store/secrets.ts';
import { createHealth } from './http/health.ts';
import type { TokenVerifier } from './identity/token-verifier.ts';
import { type Listener, type ListenerOptions, openListener } from './listener.ts';
import { type ClockWatch, startClockWatch } from './metrics/clock-watch.ts';
import { createDiskWatch } from './metrics/disk-watch.ts';
import { createMetrics } from './metrics/metrics.ts';

const OUTAGE_QUIET_MS = 10_000;
/** What numbers events, does due work and says how it stands has connections of its own: no crowd of callers stops it. */
const BACKGROUND_CONNECTIONS_MAX = 5;

/** A node that works: events are numbered, due work is done. It has no port yet. */
export interface Node {
  readonly app: App;
  /** The same, for a clock handed in: what is made due by it is done by it, and by nobody else. */
  withClock(clock: Clock): App;
  /** Listens on a port of a host, and answers. Throws what `listen` throws, EADDRINUSE for one. */
  serve(options: ListenerOptions): Promise<{ port: number }>;
  /** From now on `/readyz` says that this node stops; all else is served. */
  announceStop(): void;
  stop(): Promise<void>;
}

export async function startNode(options: {
  readonly url: string;
  readonly secrets: (database: Database) => Promise<Secrets>;
  readonly connectionsMax: number;
  /** How long a cursor is good for, and events of what has no timeline are kept. */
  readonly retentionDays: number;
  readonly log: Log;
  /** Where frontends come with tokens of their own. */
  readonly tokens?: TokenVerifier | null;
}): Promise<Node> {
  const { url, log } = options;
  const onError = reportOutages(log);
  const backgroundMax = Math.min(BACKGROUND_CONNECTIONS_MAX, Math.ceil(options.connectionsMax / 4) + 1);
  const disk = createDiskWatch();
  const onFailure = disk.note;
  const database = openDatabase(url, { connectionsMax: options.connectionsMax - backgroundMax, onError, onFailure });
  const background = openDatabase(url, { connectionsMax: backgroundMax, onError, onFailure });
  const metrics = createMetrics(database, background, log);
  const reportOf = metrics.loops(onError);
  const { secrets, clockWatch } = await prepare([database, background], options.secrets, log, reportOf('clock'));
  const sequencer = startSequencer(background, reportOf('sequencer'));
  const retention = startRetention(background, options.retentionDays, reportOf('retention'));
  const forgetting = startForgettingKeys(background, reportOf('idempotency'));
  const follower = followLogs(background, reportOf('follower'));
  const health = createHealth(background, { clockWatch, disk, log });
  metrics.gauge(
    'gateway_clock_skew_seconds',
    "Seconds by which this machine's clock is ahead of the database's; beyond 5 either way the node is not ready.",
    () => clockWatch.skewMs() / 1_000,
  );
  const notifications = listen(url, 'events', follower.wake);
  const withClock = (clock: Clock): App => ({
    database,
    secrets,
    bank: metrics.meterBank(createSandboxBank(createSandboxLedger(background, clock.clockName))),
    clock,
    log,
    meter: metrics.meter,
    onEvents: sequencer.wake,
  });
  const app = withClock(merchantClock);
  const scheduler = startScheduler({ ...app, database: background }, reportOf('scheduler'));
  const keyRefresh = startBackgroundLoop(() => refreshNumberKey(app), KEY_REFRESH_MS, reportOf('number-key'));
  let listener: Listener | null = null;
  let stopping: Promise<void> | undefined;
  return {
    app,
    withClock,
    async serve(doorOptions) {
      const { tokens = null } = options;
      metrics.gauge(
        'gateway_token_issuer_reachable',
        "1 while the keys of the tokens' issuer can be had, else 0; NaN where none are fetched.",
        () => Number(tokens?.isIssuerReachable() ?? Number.NaN),
      );
      listener = await openListener({ app, follower, metrics, health, tokens, onError, reportOf }, doorOptions);
      return listener;
    },
    announceStop: health.beginStopping,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };

  /** From the door inwards: nothing new comes in, what is under way ends, its events are numbered, the database goes last. */
  async function stop(): Promise<void> {
    health.beginStopping();
    await listener?.close();
    await scheduler.stop();
    await keyRefresh.stop();
    await retention.stop();
    await forgetting.stop();
    await notifications.stop();
    await clockWatch.stop();
    await follower.stop();
    await sequencer.stop();
    metrics.stop();
    await Promise.all([database.close(), background.close()]);
  }
}

/** What must be right before anything runs on the database. When it is not, nothing does. */
async function prepare(
  [database, background]: readonly [Database, Database],
  secrets: (database: Database) => Promise<Secrets>,
  log: Log,
  report: LoopReport,
): Promise<{ secrets: Secrets; clockWatch: ClockWatch }> {
  try {
    const found = await secrets(database);
    await putAllLookups(database);
    await refreshNumberKey({ database, secrets: found });
    return { secrets: found, clockWatch: await startClockWatch(background, log, report) };
  } catch (error) {
    await Promise.all([database.close(), background.close()]);
    throw error;
  }
}

/** Background loops meet a lost database ten times a second: it is said once in a while, anything else each time. */
function reportOutages(log: Log): (error: unknown) => void {
  let quietUntil = 0;
  return (error) => {
    if (!isUnavailable(error)) return log.error({ err: error }, 'background work failed; it goes on');
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + OUTAGE_QUIET_MS;
    log.warn(
      { reason: error instanceof Error ? error.message : String(error) },
      'the database does not answer; background work waits',
    );
  };
}
