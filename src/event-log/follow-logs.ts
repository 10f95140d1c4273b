import { type LoopReport, startBackgroundLoop } from '../services/background-loop.ts';
import { type Database, queryable } from '../store/connection/database.ts';
import { findLogHead, findMovedHeads, type LogHead, listNextEvents } from '../store/events/event-log.ts';
import type { SequencedEvent } from '../store/events/sequenced-event.ts';
import { LiveLog, type LogChunk, type LogListener } from './live-log.ts';

/** Poll interval in milliseconds: the maximum delay of an event whose wake-up was lost. */
const POLL_MS = 100;
/** Maximum age of the last successful poll of a healthy follower, in milliseconds. */
const LOOK_MS_MAX = 1_000;
/** Maximum number of events read from each log in one poll. */
const CHUNK_SIZE = 500;

/** Follows the logs that this node has listeners for. Each log is read once for all its listeners. */
export interface LogFollower {
  /** Adds a listener to a merchant's log. It receives the events after the current end. */
  open(merchantId: string, listener: LogListener): Promise<LiveLog>;
  /** Checks with the database whether a log was reset, and notifies its listeners if so. */
  isReset(log: LiveLog): Promise<boolean>;
  /** Removes a listener. A log without listeners is no longer followed. */
  close(log: LiveLog, listener: LogListener): void;
  /** Returns the milliseconds since the last successful poll; 0 while polling is healthy. */
  blindMs(): number;
  /** Polls now. */
  wake(): void;
  /** Stops polling. Resolves when the current poll has ended. */
  stop(): Promise<void>;
}

/**
 * Starts to follow logs: polls at once when woken, otherwise every POLL_MS. An idle poll is one small statement for all
 * logs.
 */
export function followLogs(database: Database, report: LoopReport): LogFollower {
  const logs = new Map<string, Promise<LiveLog>>();
  const live = new Map<string, LiveLog>();
  let lookedAt = performance.now();

  async function look(): Promise<'MORE' | 'DONE'> {
    const begunAt = performance.now();
    for (const log of live.values()) log.forgetOld();
    const moved = live.size > 0 ? await findMovedHeads(queryable(database), [...live.values()].map(headOf)) : [];
    const isMore = await readOn(moved.filter((head) => !forgetIfReset(head)));
    lookedAt = begunAt;
    return isMore ? 'MORE' : 'DONE';
  }

  function forgetIfReset(head: LogHead): boolean {
    const log = live.get(head.merchantId);
    if (!log || log.epoch === head.epoch) return false;
    forget(log);
    for (const listener of log.listeners) listener.onReset();
    return true;
  }

  function forget(log: LiveLog): void {
    if (live.get(log.merchantId) !== log) return;
    live.delete(log.merchantId);
    logs.delete(log.merchantId);
  }

  async function readOn(moved: readonly LogHead[]): Promise<boolean> {
    const behind = moved.flatMap((head) => {
      const log = live.get(head.merchantId);
      return log?.epoch === head.epoch && log.position < head.lastPosition ? [{ log, upTo: head.lastPosition }] : [];
    });
    if (behind.length === 0) return false;
    for (const { log } of behind) log.behindSince ??= Date.now();
    for (const { log, upTo, chunk } of await readNext(database, behind)) {
      log.push(chunk, live.size);
      if (chunk.reached === upTo) log.behindSince = null;
    }
    return behind.some(({ log }) => log.behindSince !== null);
  }

  const loop = startBackgroundLoop(look, POLL_MS, report);
  return {
    async open(merchantId, listener) {
      for (;;) {
        const log = await (logs.get(merchantId) ?? begin(merchantId));
        // The last listener may have left, and closed the log, during the wait.
        if (live.get(merchantId) !== log) continue;
        log.listeners.add(listener);
        return log;
      }
    },
    async isReset(log) {
      forgetIfReset(await findLogHead(queryable(database), log.merchantId));
      return live.get(log.merchantId) !== log;
    },
    close(log, listener) {
      log.listeners.delete(listener);
      if (log.listeners.size === 0) forget(log);
    },
    blindMs() {
      const ms = performance.now() - lookedAt;
      return ms > LOOK_MS_MAX ? ms : 0;
    },
    wake: loop.wake,
    stop: loop.stop,
  };

  function begin(merchantId: string): Promise<LiveLog> {
    const beginning = findLogHead(queryable(database), merchantId).then((head) => {
      const log = new LiveLog(database, head);
      live.set(merchantId, log);
      return log;
    });
    beginning.catch(() => logs.delete(merchantId));
    logs.set(merchantId, beginning);
    return beginning;
  }
}

function headOf({ merchantId, epoch, position }: LiveLog) {
  return { merchantId, epoch, lastPosition: position };
}

interface Behind {
  readonly log: LiveLog;
  readonly upTo: number;
}

/** Reads the next chunk of each log that is behind. */
async function readNext(database: Database, behind: readonly Behind[]): Promise<Array<Behind & { chunk: LogChunk }>> {
  const ranges = behind.map(({ log: { merchantId, epoch, position }, upTo }) => ({
    merchantId,
    epoch,
    after: position,
    upTo,
  }));
  const found = await listNextEvents(queryable(database), ranges, CHUNK_SIZE);
  const chunks = new Map<string, SequencedEvent[]>(behind.map(({ log }) => [log.merchantId, []]));
  for (const event of found) chunks.get(event.merchantId)?.push(event);
  return behind.map(({ log, upTo }) => {
    const events = chunks.get(log.merchantId) ?? [];
    const reached = events.length < CHUNK_SIZE ? upTo : (events.at(-1)?.position ?? upTo);
    return { log, upTo, chunk: { events, reached } };
  });
}
