import type pg from 'pg';
import { answeredWithin, connectClient } from './servers.ts';
import { withTimeout } from './with-timeout.ts';

const RECONNECT_MS = 500;
const ANSWER_MS = 5_000;
const END_MS = 1_000;

/**
 * Calls `onNotify` for each notification on a channel, and reconnects until stopped. What is sent meanwhile is lost.
 */
export function listen(url: string, channel: string, onNotify: () => void): { stop(): Promise<void> } {
  let client: pg.Client | null = null;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    try {
      const next = await connectClient(url, { keepAlive: true });
      if (isStopped) return await next.end();
      client = next;
      next.on('notification', onNotify);
      next.once('end', retry);
      await answeredWithin(next, ANSWER_MS, () => next.query(`LISTEN ${channel}`)).catch(() => next.end());
    } catch {
      retry();
    }
  }

  function retry(): void {
    if (!isStopped) timer = setTimeout(() => void connect(), RECONNECT_MS);
  }

  void connect();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      // Without the limit it would wait forever for a server that does not answer.
      if (client) await withTimeout(client.end(), END_MS, undefined);
    },
  };
}
