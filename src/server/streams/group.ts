import type { Stream } from '../../graphql/stream.ts';
import { isUnavailable } from '../../store/database.ts';
import { matcherOf } from '../../store/event-conditions.ts';
import type { SequencedEvent } from '../../store/sequenced-event.ts';
import { encodeCursor } from '../../stream/cursor.ts';
import type { ControlItem } from '../../stream/item.ts';
import type { LiveLog } from '../../stream/live-log.ts';
import type { Frame } from './frame.ts';
import { FrameCache } from './frame-cache.ts';
import type { Chunk, GroupMember, Source } from './member.ts';
import type { StreamsOptions } from './options.ts';

const CHUNK_SIZE = 64;
/** More than this waits for no group: its readers take it from the log, at their own pace. */
const TODO_MAX = 1_000;
const RETRY_MS = 500;

/**
 * Those who show the same events the same way. What comes is resolved once and written to all who are live: those that have
 * everything up to the group's place. Whoever is not reads the log for itself until it is there, and is live from that turn of the
 * event loop on, so that there is no seam.
 */
export class Group implements Source {
  readonly stream: Stream;
  readonly log: LiveLog;
  readonly members = new Set<GroupMember>();
  readonly live = new Set<GroupMember>();
  private readonly options: StreamsOptions;
  private readonly frames = new FrameCache();
  private readonly matches: (event: SequencedEvent) => boolean;
  private todo: SequencedEvent[] = [];
  private isDelivering = false;

  constructor(stream: Stream, log: LiveLog, options: StreamsOptions) {
    this.stream = stream;
    this.log = log;
    this.options = options;
    this.matches = matcherOf(stream.conditions);
  }

  get hasControl(): boolean {
    return this.stream.hasControl;
  }

  get position(): number {
    const [next] = this.todo;
    return next ? next.position - 1 : this.log.position;
  }

  /** For how long what is next is waiting, in milliseconds. */
  lagMs(): number {
    const [next] = this.todo;
    const since = next?.sequencedAt.getTime() ?? this.log.behindSince;
    return Math.max(this.options.blindMs(), since === null ? 0 : Date.now() - since);
  }

  /** An event came that may be for this group. */
  offer(event: SequencedEvent): void {
    if (this.live.size === 0 || !this.matches(event)) return;
    this.todo.push(event);
    if (this.todo.length > TODO_MAX) this.sendBehind();
    else if (!this.isDelivering) void this.deliver();
  }

  /** Resolving is slower than what comes: everybody reads the log, where it can wait. */
  private sendBehind(): void {
    const members = [...this.live];
    this.live.clear();
    this.todo = [];
    for (const member of members) member.fallBehind();
  }

  private async deliver(): Promise<void> {
    this.isDelivering = true;
    while (this.todo.length > 0 && this.live.size > 0) {
      const events = this.todo.slice(0, CHUNK_SIZE);
      try {
        const frames = await this.framesOf(events);
        if (this.todo[0] !== events[0]) continue;
        this.todo.splice(0, events.length);
        for (const member of this.live) member.take(frames);
      } catch (error) {
        if (isUnavailable(error)) await pause(RETRY_MS);
        else for (const member of [...this.live]) member.fail(error);
      }
    }
    this.todo = [];
    this.isDelivering = false;
  }

  private framesOf(events: readonly SequencedEvent[]): Promise<Frame[]> {
    return Promise.all(events.map((event) => this.frames.get(event.position, () => this.frameOf(event))));
  }

  private async frameOf(event: SequencedEvent): Promise<Frame> {
    const cursor = this.cursorAt(event.position);
    const payload = Buffer.from(await this.stream.render({ kind: 'EVENT', event, cursor }));
    return { position: event.position, cursor, payload };
  }

  async controlFrame(item: ControlItem): Promise<Frame> {
    const payload = Buffer.from(await this.stream.render(item));
    return { position: null, cursor: 'cursor' in item ? item.cursor : null, payload };
  }

  cursorAt(position: number): string {
    return encodeCursor(this.options.secrets, { ...this.stream.place, position });
  }

  async framesAfter(position: number, upTo: number): Promise<Chunk> {
    const { log, stream, options } = this;
    for (;;) {
      try {
        const read = () => log.read(position, upTo, CHUNK_SIZE, stream.conditions);
        const { events, reached } = await options.catchingUp(read);
        return { frames: await this.framesOf(events), reached, newest: events.at(-1)?.sequencedAt ?? null };
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        await pause(RETRY_MS);
      }
    }
  }

  /** Tells those who are live that the stream is. */
  async beat(): Promise<void> {
    const { position } = this;
    const item = { kind: 'HEARTBEAT', cursor: this.cursorAt(position), lagMs: this.lagMs() } as const;
    const frame = await this.controlFrame(item);
    // Something came meanwhile: a cursor before it would be a step back.
    if (this.position !== position) return;
    for (const member of this.live) member.tell(frame);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
