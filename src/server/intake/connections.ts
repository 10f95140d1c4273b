import type { EndingReason } from '../../event-log/item.ts';
import { findRevokedKeys, isUser } from '../../services/access/authenticate.ts';
import type { App, Identity } from '../../services/app.ts';
import { type BackgroundLoop, type LoopReport, startBackgroundLoop } from '../../services/background-loop.ts';

/** Interval of the check for revoked keys. */
const REVOCATION_POLL_MS = 400;
/** Longest delay of a Node timer. */
const TIMER_MS_MAX = 2 ** 31 - 1;
/** Time for a client to close its connection after it was told the reason; then the connection is cut. */
export const GRACE_MS = 400;

/** Why a connection ends. TOO_COSTLY ends a single stream and not its connection. */
export type ConnectionEnding = Exclude<EndingReason, 'TOO_COSTLY'>;

/** A long-lived connection: a WebSocket, an SSE stream or an export. */
export interface Connection {
  /** Null: the connection has no credentials. */
  readonly identity: Identity | null;
  /** Tells the reason on the streams that asked for control events, then ends the connection. */
  end(reason: ConnectionEnding, retryAfterMs: number): Promise<void>;
}

/** Limits of the long-lived connections of a node. */
export interface ConnectionLimits {
  /** Maximum per API key or user of a frontend; connections without credentials count together. */
  readonly perClientMax: number;
  readonly perNodeMax: number;
}

/**
 * The long-lived connections of a node. Their number is limited, and each ends when its credentials expire or are
 * revoked.
 */
export interface Connections {
  /** Adds a connection and returns the function that removes it; null when a limit is reached. */
  add(connection: Connection): (() => void) | null;
  /** Number of open connections. */
  count(): number;
  /**
   * Ends all connections spread at random over `windowMs`, each with a random reconnection delay up to that, so that
   * the clients do not reach other nodes all at once.
   */
  drain(windowMs: number): Promise<void>;
  /** Stops the check for revoked keys. */
  stop(): Promise<void>;
}

/** Creates the registry of the connections of a node and starts its check for revoked keys. */
export function createConnections(
  app: App,
  { perClientMax, perNodeMax }: ConnectionLimits,
  report: LoopReport,
): Connections {
  const open = new Set<Connection>();
  const byClient = new Map<string, number>();
  let isDraining = false;
  const revocation: BackgroundLoop = startBackgroundLoop(endRevoked, REVOCATION_POLL_MS, report);

  async function endRevoked(): Promise<'DONE'> {
    const keyIds = new Set<string>();
    for (const { identity } of open) if (identity && !isUser(identity)) keyIds.add(identity.clientId);
    const revoked = new Set(keyIds.size > 0 ? await findRevokedKeys(app, [...keyIds]) : []);
    for (const connection of open) {
      if (connection.identity && revoked.has(connection.identity.clientId))
        void connection.end('CREDENTIALS_REVOKED', 0);
    }
    return 'DONE';
  }

  return {
    add(connection) {
      const { identity } = connection;
      const client = identity ? `${identity.merchantId} ${identity.clientId}` : 'nobody';
      const count = byClient.get(client) ?? 0;
      if (count >= perClientMax || open.size >= perNodeMax) return null;
      open.add(connection);
      byClient.set(client, count + 1);
      // It was opened while the others are being ended.
      if (isDraining) setImmediate(() => void connection.end('SHUTTING_DOWN', 0));
      const expiresAt = identity?.expiresAt ?? null;
      const forget = expiresAt ? callAt(expiresAt, () => void connection.end('CREDENTIALS_EXPIRED', 0)) : () => {};
      return () => {
        forget();
        if (!open.delete(connection)) return;
        const left = (byClient.get(client) ?? 1) - 1;
        if (left > 0) byClient.set(client, left);
        else byClient.delete(client);
      };
    },
    count: () => open.size,
    async drain(windowMs) {
      isDraining = true;
      await Promise.all(
        [...open].map(async (connection) => {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * windowMs));
          await connection.end('SHUTTING_DOWN', Math.round(Math.random() * windowMs));
        }),
      );
    },
    stop: revocation.stop,
  };
}

/** Calls `call` at an instant, however far away. Returns the function that cancels it. */
function callAt(instant: Date, call: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const ms = instant.getTime() - Date.now();
    timer = ms > TIMER_MS_MAX ? setTimeout(wait, TIMER_MS_MAX) : setTimeout(call, ms);
  };
  wait();
  return () => clearTimeout(timer);
}
