import { createSandboxBank } from '../bank/sandbox/sandbox-bank.ts';
import { followLogs } from '../event-log/follow-logs.ts';
import { startRetention } from '../event-log/retention.ts';
import { startSequencer } from '../event-log/sequencer.ts';
import { startScheduler } from '../scheduler/runner.ts';
import type { App, Clock, Log } from '../services/app.ts';
import { type LoopReport, startBackgroundLoop } from '../services/background-loop.ts';
import { startForgettingKeys } from '../services/batch/idempotency-records.ts';
import { createBanks, rememberConnectors } from '../services/connectors/banks.ts';
import { startExchange } from '../services/connectors/exchange-files.ts';
import { KEY_REFRESH_MS, refreshNumberKey } from '../services/maintenance/rotate-number-key.ts';
import { putAllLookups } from '../services/merchants/put-lookups.ts';
import { merchantClock } from '../services/sandbox/merchant-clock.ts';
import { type Database, isUnavailable, openDatabase } from '../store/connection/database.ts';
import { listen } from '../store/connection/listen.ts';
import { createSandboxLedger } from '../store/sandbox-ledger.ts';
import type { Secrets } from '../store/secrets.ts';
import type { ClockName } from '../store/write-context.ts';
import { createHealth } from './http/health.ts';
import type { TokenVerifier } from './identity/token-verifier.ts';
import { type Listener, type ListenerOptions, openListener } from './listener.ts';
import { type ClockWatch, SKEW_MS_MAX, startClockWatch } from './metrics/clock-watch.ts';
import { createDiskWatch } from './metrics/disk-watch.ts';
import { createMetrics, type Gather, type Metrics, type ProcessMetrics } from './metrics/metrics.ts';

/** Minimum interval between log lines about an unavailable database. */
const OUTAGE_QUIET_MS = 10_000;
/**
 * Database connections reserved for the sequencer, due work, health and metrics, so that callers cannot exhaust them.
 */
const BACKGROUND_CONNECTIONS_MAX = 5;

/** A running node: it sequences events and runs due work. It listens for requests only after `serve`. */
export interface Node {
  readonly app: App;
  /** The same app with another clock. Due work of that clock is run only through this app, never by the scheduler. */
  withClock(clock: Clock): App;
  /** Listens on a port. Rejects with the error of `listen`, for example EADDRINUSE. */
  serve(options: ListenerOptions): Promise<{ port: number }>;
  /** Returns the metrics of this process. */
  collectMetrics(): Promise<ProcessMetrics>;
  /** From now on `/readyz` answers 503; everything else is still served. */
  announceStop(): void;
  /** Stops the node in order. Repeated calls return the same promise. */
  stop(): Promise<void>;
}

/** Options of a node. */
export interface NodeOptions {
  readonly url: string;
  /** The server itself, where `url` is a pooler that gives each transaction another connection; by default `url`. */
  readonly listenUrl?: string | null;
  readonly secrets: (database: Database) => Promise<Secrets>;
  readonly connectionsMax: number;
  /** Whether statements are prepared by name; defaults to true. A pooler that changes connections between transactions forbids it. */
  readonly hasNamedStatements?: boolean;
  /** Days for which stream cursors stay valid and events without a timeline are kept. */
  readonly retentionDays: number;
  readonly log: Log;
  /** Verifies the JWTs of frontends; null when they are not accepted. */
  readonly tokens?: TokenVerifier | null;
  /** Whether webhook endpoints may use http and this machine; false by default. */
  readonly allowsLocalWebhooks?: boolean;
  /** Returns the metrics of all processes, where several serve one port. */
  readonly gather?: Gather | undefined;
}

/**
 * Opens the database and starts the background loops. Rejects with a StartError when the secret or the clock of the
 * machine is wrong.
 */
export async function startNode(options: NodeOptions): Promise<Node> {
  const { url, log, allowsLocalWebhooks = false } = options;
  const onError = reportOutages(log);
  const backgroundMax = Math.min(BACKGROUND_CONNECTIONS_MAX, Math.ceil(options.connectionsMax / 4) + 1);
  const disk = createDiskWatch();
  const shared = { onError, onFailure: disk.note, hasNamedStatements: options.hasNamedStatements };
  const database = openDatabase(url, { ...shared, connectionsMax: options.connectionsMax - backgroundMax });
  const background = openDatabase(url, { ...shared, connectionsMax: backgroundMax });
  const metrics = createMetrics(database, background, log, options.gather);
  const reportOf = metrics.loops(onError);
  const { secrets, clockWatch } = await prepare([database, background], options.secrets, log, reportOf('clock'));
  const sequencer = startSequencer(background, reportOf('sequencer'), reportTimeline(log));
  const retention = startRetention(background, options.retentionDays, reportOf('retention'));
  const forgetting = startForgettingKeys(background, reportOf('idempotency'));
  const follower = followLogs(background, reportOf('follower'));
  const health = createHealth(background, { clockWatch, disk, log });
  addClockGauge(metrics, clockWatch);
  let listener: Listener | null = null;
  const notifications = listen(options.listenUrl ?? url, 'events', () => {
    follower.wake();
    listener?.wakeWebhooks();
  });
  const connectors = rememberConnectors(background, secrets);
  const banksOf = (name: ClockName) => {
    const sandbox = createSandboxBank(createSandboxLedger(background, name));
    return createBanks(connectors, sandbox, metrics.meterBank, { database: background, secrets });
  };
  const withClock = (clock: Clock): App => ({
    database,
    secrets,
    banks: banksOf(clock.clockName),
    clock,
    log,
    meter: metrics.meter,
    allowsLocalWebhooks,
    onEvents: sequencer.wake,
  });
  const app = withClock(merchantClock);
  const backgroundApp = { ...app, database: background };
  const scheduler = startScheduler(backgroundApp, reportOf('scheduler'));
  const keyRefresh = startBackgroundLoop(() => refreshNumberKey(app), KEY_REFRESH_MS, reportOf('number-key'));
  const exchange = startExchange(backgroundApp, reportOf('bank-files'));
  let stopping: Promise<void> | undefined;
  return {
    app,
    withClock,
    async serve(listenerOptions) {
      const { tokens = null } = options;
      addIssuerGauge(metrics, tokens);
      listener = await openListener(
        { app, background: backgroundApp, connectors, follower, metrics, health, tokens, onError, reportOf },
        listenerOptions,
      );
      return listener;
    },
    collectMetrics: metrics.collect,
    announceStop: health.beginStopping,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };

  /**
   * Stops from the outside in: the listener and its in-flight requests, then due work, then the sequencer, then the
   * database.
   */
  async function stop(): Promise<void> {
    health.beginStopping();
    await listener?.close();
    await scheduler.stop();
    await exchange.stop();
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

function reportTimeline(log: Log): (logs: number) => void {
  return (logs) =>
    log.warn({ logs }, 'the database has a new timeline: all event logs begin anew, and older cursors are refused');
}

function addClockGauge(metrics: Metrics, clockWatch: ClockWatch): void {
  metrics.gauge(
    'gateway_clock_skew_seconds',
    `Seconds by which this machine's clock is ahead of the database clock, negative when behind; the node is not ready beyond ${SKEW_MS_MAX / 1_000} s.`,
    () => clockWatch.skewMs() / 1_000,
    'max',
  );
}

function addIssuerGauge(metrics: Metrics, tokens: TokenVerifier | null): void {
  metrics.gauge(
    'gateway_token_issuer_reachable',
    '1 while the signing keys of the JWT issuer can be fetched, else 0; NaN when JWT_JWKS_URL is not set.',
    () => Number(tokens?.isIssuerReachable() ?? Number.NaN),
    'min',
  );
}

/**
 * Verifies the secret and the clock and writes the lookups before anything else runs. Closes the databases on failure.
 */
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

/**
 * Logs failures of background loops. An unavailable database, on which they fail several times a second, is logged at
 * most once per OUTAGE_QUIET_MS.
 */
function reportOutages(log: Log): (error: unknown) => void {
  let quietUntil = 0;
  return (error) => {
    if (!isUnavailable(error)) return log.error({ err: error }, 'background work failed; it will be retried');
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + OUTAGE_QUIET_MS;
    log.warn(
      { reason: error instanceof Error ? error.message : String(error) },
      'the database is unavailable; background work resumes when it answers',
    );
  };
}
