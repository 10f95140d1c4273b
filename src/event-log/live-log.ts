import { type Database, queryable } from '../store/connection/database.ts';
import { type EventConditions, matcherOf } from '../store/events/event-conditions.ts';
import { findLogHead, type LogHead, listEvents } from '../store/events/event-log.ts';
import type { SequencedEvent } from '../store/events/sequenced-event.ts';

/** Minimum number of recent events kept in memory per log. A log is trimmed when it holds twice its share. */
const RECENT_MIN = 100;
/** Number of recent events kept for all logs together, shared equally; each log keeps at least RECENT_MIN. */
const RECENT_OF_ALL = 4_000;
/** Maximum age of an event kept in memory, in milliseconds. */
const RECENT_MS_MAX = 30_000;
/**
 * Maximum number of positions that one read scans, so that a filter that matches nothing does not scan the whole log.
 */
const SCAN_MAX = 10_000;

/** Thrown to readers of a log that was reset: their positions are no longer valid. */
export class LogReset extends Error {}

/** Thrown to a reader whose position is older than the retention. */
export class LogExpired extends Error {}

/** Events in log order, and the position up to which the log was read for them. */
export interface LogChunk {
  readonly events: readonly SequencedEvent[];
  readonly reached: number;
}

/** A merchant's log as followed by one node: its end and recent events in memory, older events in the database. */
export class LiveLog {
  readonly merchantId: string;
  readonly epoch: string;
  /** Every event up to this position was passed to the listeners. */
  position: number;
  /** Time (epoch milliseconds) since which the node knows of events that it has not read; null when there are none. */
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

  /** Adds the next events and passes them to the listeners. `logCount` logs share the memory for recent events. */
  push({ events, reached }: LogChunk, logCount: number): void {
    const kept = Math.max(RECENT_MIN, Math.floor(RECENT_OF_ALL / logCount));
    this.recent.push(...events);
    if (this.recent.length > 2 * kept) this.recent = this.recent.slice(-kept);
    this.position = reached;
    for (const listener of this.listeners) listener.onEvents(events);
  }

  /** Drops events older than RECENT_MS_MAX: data that was erased since must not be served from memory for long. */
  forgetOld(): void {
    const oldest = Date.now() - RECENT_MS_MAX;
    if ((this.recent[0]?.sequencedAt.getTime() ?? oldest) >= oldest) return;
    this.recent = this.recent.filter((event) => event.sequencedAt.getTime() >= oldest);
  }

  /**
   * Returns the events with `after < position <= upTo` that satisfy the conditions, at most `limit`, from memory or the
   * database. Throws LogReset, or LogExpired when `after` is older than the retention.
   */
  async read(after: number, upTo: number, limit: number, conditions: EventConditions): Promise<LogChunk> {
    const first = this.recent[0]?.position ?? Number.POSITIVE_INFINITY;
    if (after + 1 >= first) return this.readRecent(after - first + 1, upTo, limit, conditions);
    const end = Math.min(upTo, after + SCAN_MAX);
    const database = queryable(this.database);
    const range = { merchantId: this.merchantId, after, upTo: end, limit };
    const events = await listEvents(database, range, conditions);
    // Checked after the read: events that were trimmed in the meantime may be missing from the result.
    const { epoch, floorPosition } = await findLogHead(database, this.merchantId);
    if (epoch !== this.epoch) throw new LogReset('the log was reset');
    if (after < floorPosition) throw new LogExpired('the position is older than the retention');
    return { events, reached: events.length < limit ? end : (events.at(-1)?.position ?? end) };
  }

  /** Reads from memory. Positions are dense, so an index in the list is a difference of positions. */
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

/** Receives the events of a log in order. */
export interface LogListener {
  onEvents(events: readonly SequencedEvent[]): void;
  /** Called when the log was reset. No further events follow. */
  onReset(): void;
}
