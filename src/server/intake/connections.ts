import type { EndingReason } from '../../event-log/item.ts';
import { findRevokedKeys, isUser } from '../../services/access/authenticate.ts';
import type { App, Identity } from '../../services/app.ts';
import { type BackgroundLoop, type LoopReport, startBackgroundLoop } from '../../services/background-loop.ts';

/** How late a revoked key is found. */
const REVOCATION_POLL_MS = 400;
/** Timers count no further. */
const TIMER_MS_MAX = 2 ** 31 - 1;
/** Who was told that it is over has so long to go; then it is cut. */
export const GRACE_MS = 400;

/** Why a connection ends; what ends a stream alone leaves its connection. */
export type ConnectionEnding = Exclude<EndingReason, 'TOO_COSTLY'>;

/** A connection that lives on: a socket, or a stream over SSE. */
export interface Connection {
  /** Null: nobody's. */
  readonly identity: Identity | null;
  /** Says why on its streams, if they asked for it, and then ends it. */
  end(reason: ConnectionEnding, retryAfterMs: number): Promise<void>;
}

export interface ConnectionLimits {
  /** Of one key, or one user of a frontend of a merchant; of nobody, together. */
  readonly perClientMax: number;
  readonly perNodeMax: number;
}

/** The connections of a node that live on: so many and no more, none longer than its credentials. */
export interface Connections {
  /** Takes a connection in, and lets it go again by calling what is returned; null when there are too many. */
  add(connection: Connection): (() => void) | null;
  /** How many there are. */
  count(): number;
  /** Ends all, spread over so long, so that their clients do not come back to the others at once. */
  drain(windowMs: number): Promise<void>;
  stop(): Promise<void>;
}

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
      if (revoked.has(connection.identity?.clientId ?? '')) void connection.end('CREDENTIALS_REVOKED', 0);
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
      // It came in while the others were being ended.
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

/** Calls at an instant, however far it is; what is returned takes it back. */
function callAt(instant: Date, call: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const ms = instant.getTime() - Date.now();
    timer = ms > TIMER_MS_MAX ? setTimeout(wait, TIMER_MS_MAX) : setTimeout(call, ms);
  };
  wait();
  return () => clearTimeout(timer);
}
