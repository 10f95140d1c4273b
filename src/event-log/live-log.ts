import { type Database, queryable } from '../store/connection/database.ts';
import { type EventConditions, matcherOf } from '../store/events/event-conditions.ts';
import { findLogHead, type LogHead, listEvents } from '../store/events/event-log.ts';
import type { SequencedEvent } from '../store/events/sequenced-event.ts';

/** So many of the last events of a log are kept at hand, at most twice as many. */
const RECENT_MIN = 100;
/** So many of all logs together, as long as each has its least. */
const RECENT_OF_ALL = 4_000;
/** And none for longer. */
const RECENT_MS_MAX = 30_000;
/** One read goes through so many places of the log at most: a filter that matches nothing is no endless query. */
const SCAN_MAX = 10_000;

/** Thrown to readers of a log that was begun anew: their places mean nothing any more. */
export class LogReset extends Error {}

/** Thrown to a reader whose place is out of the retention. */
export class LogExpired extends Error {}

/** Events in order, and how far the log was read for them. */
export interface LogChunk {
  readonly events: readonly SequencedEvent[];
  readonly reached: number;
}

/** A merchant's log as a node follows it: where it ends, its last events at hand, and the others in the database. */
export class LiveLog {
  readonly merchantId: string;
  readonly epoch: string;
  /** Everything up to here was handed to the listeners. */
  position: number;
  /** Since when the node knows that there is more; null when there is not. */
  behindSince: number | null = null;
  readonly listeners = new Set<LogListener>();
  private readonly database: Database;
  private recent: SequencedEvent[] = [];

  constructor(database: Database, head: LogHead) {
    this.database = database;
    this.merchantId = head.merchantId;
    this.epoch = head.epoch;
    this.position = head.lastPosition;
  }

  /** What comes next. `logCount`: so many logs share the memory for what is kept at hand. */
  push({ events, reached }: LogChunk, logCount: number): void {
    const kept = Math.max(RECENT_MIN, Math.floor(RECENT_OF_ALL / logCount));
    this.recent.push(...events);
    if (this.recent.length > 2 * kept) this.recent = this.recent.slice(-kept);
    this.position = reached;
    for (const listener of this.listeners) listener.onEvents(events);
  }

  /** What was erased since must not be shown from memory for long. */
  forgetOld(): void {
    const oldest = Date.now() - RECENT_MS_MAX;
    if ((this.recent[0]?.sequencedAt.getTime() ?? oldest) >= oldest) return;
    this.recent = this.recent.filter((event) => event.sequencedAt.getTime() >= oldest);
  }

  /** The events after a place up to another that fulfil the conditions, at most `limit`. */
  async read(after: number, upTo: number, limit: number, conditions: EventConditions): Promise<LogChunk> {
    const first = this.recent[0]?.position ?? Number.POSITIVE_INFINITY;
    if (after + 1 >= first) return this.readRecent(after - first + 1, upTo, limit, conditions);
    const end = Math.min(upTo, after + SCAN_MAX);
    const database = queryable(this.database);
    const range = { merchantId: this.merchantId, after, upTo: end, limit };
    const events = await listEvents(database, range, conditions);
    // Asked afterwards: what was deleted meanwhile may be missing among them.
    const { epoch, floorPosition } = await findLogHead(database, this.merchantId);
    if (epoch !== this.epoch) throw new LogReset('the log was begun anew');
    if (after < floorPosition) throw new LogExpired('the place is out of the retention');
    return { events, reached: events.length < limit ? end : (events.at(-1)?.position ?? end) };
  }

  /** Positions are dense: the place in the list is a subtraction. */
  private readRecent(index: number, upTo: number, limit: number, conditions: EventConditions): LogChunk {
    const matches = matcherOf(conditions);
    const events: SequencedEvent[] = [];
    for (const event of this.recent.slice(index)) {
      if (event.position > upTo) break;
      if (!matches(event)) continue;
      events.push(event);
      if (events.length === limit) return { events, reached: event.position };
    }
    return { events, reached: upTo };
  }
}

/** Hears of a log, in order. */
export interface LogListener {
  onEvents(events: readonly SequencedEvent[]): void;
  /** The log was begun anew: this one says nothing more. */
  onReset(): void;
}
