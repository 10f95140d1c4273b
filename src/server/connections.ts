import type { App, Identity } from '../services/app.ts';
import { findRevokedKeys } from '../services/authenticate.ts';
import { type BackgroundLoop, startBackgroundLoop } from '../services/background-loop.ts';
import type { EndingReason } from '../stream/item.ts';

/** How late a revoked key is found. */
const REVOCATION_POLL_MS = 500;
const TIMER_MS_MAX = 2 ** 31 - 1;

/** A connection that lives on: a socket, or a stream over SSE. */
export interface Connection {
  readonly identity: Identity;
  /** Says why on its streams, if they asked for it, and ends it. */
  end(reason: EndingReason, retryAfterMs: number): void;
}

export interface ConnectionLimits {
  /** Of one key, or one user of a frontend. */
  readonly perClientMax: number;
  readonly perNodeMax: number;
}

/** The connections of a node that live on: so many and no more, none longer than its credentials. */
export interface Connections {
  /** Takes a connection in, and lets it go again by calling what is returned; null when there are too many. */
  add(connection: Connection): (() => void) | null;
  /** Ends all, spread over so long, so that their clients do not come back to the others at once. */
  drain(windowMs: number): Promise<void>;
  stop(): Promise<void>;
}

export function createConnections(
  app: App,
  { perClientMax, perNodeMax }: ConnectionLimits,
  onError: (error: unknown) => void,
): Connections {
  const open = new Set<Connection>();
  const byClient = new Map<string, number>();
  let isDraining = false;
  const revocation: BackgroundLoop = startBackgroundLoop(endRevoked, REVOCATION_POLL_MS, onError);

  async function endRevoked(): Promise<'DONE'> {
    const keyIds = [...byClient.keys()].filter((clientId) => !clientId.startsWith('user:'));
    const revoked = new Set(keyIds.length > 0 ? await findRevokedKeys(app, keyIds) : []);
    if (revoked.size === 0) return 'DONE';
    for (const connection of open) {
      if (revoked.has(connection.identity.clientId)) connection.end('CREDENTIALS_REVOKED', 0);
    }
    return 'DONE';
  }

  return {
    add(connection) {
      const { clientId, expiresAt } = connection.identity;
      const count = byClient.get(clientId) ?? 0;
      if (count >= perClientMax || open.size >= perNodeMax) return null;
      open.add(connection);
      byClient.set(clientId, count + 1);
      // It came in while the others were being ended.
      if (isDraining) setImmediate(() => connection.end('SHUTTING_DOWN', 0));
      const expiry = expiresAt && setTimeout(() => connection.end('CREDENTIALS_EXPIRED', 0), untilMs(expiresAt));
      return () => {
        clearTimeout(expiry ?? undefined);
        if (!open.delete(connection)) return;
        const left = (byClient.get(clientId) ?? 1) - 1;
        if (left > 0) byClient.set(clientId, left);
        else byClient.delete(clientId);
      };
    },
    async drain(windowMs) {
      isDraining = true;
      await Promise.all(
        [...open].map(async (connection) => {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * windowMs));
          connection.end('SHUTTING_DOWN', Math.round(Math.random() * windowMs));
        }),
      );
    },
    stop: revocation.stop,
  };
}

function untilMs(instant: Date): number {
  return Math.min(Math.max(instant.getTime() - Date.now(), 0), TIMER_MS_MAX);
}
