import type { Payer } from '../../admission/allowances.ts';
import { encodeCursor } from '../../event-log/cursor.ts';
import type { ControlItem } from '../../event-log/item.ts';
import type { LiveLog } from '../../event-log/live-log.ts';
import type { Stream } from '../../graphql/events/subscription.ts';
import { matcherOf } from '../../store/events/event-conditions.ts';
import type { SequencedEvent } from '../../store/events/sequenced-event.ts';
import { type Frame, slicesOf } from './frame.ts';
import { FrameCache } from './frame-cache.ts';
import type { Chunk, GroupMember, Short, Source } from './member.ts';
import type { StreamsOptions } from './options.ts';
import { payersOf, type Unpaid } from './rendering-points.ts';
import { whenAvailable } from './when-available.ts';

/** Maximum number of events rendered, or read from the log, at a time. */
const CHUNK_SIZE = 64;
/** Maximum number of events queued in a group; beyond it, its readers read the log at their own pace. */
const TODO_MAX = 1_000;

/**
 * Readers that select and render the same events identically. A new event is resolved once and written to all live
 * readers, those that have everything up to the group's position. Other readers read the log themselves until they
 * reach it and become live within the same turn of the event loop, so that no event is missed or repeated.
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

  get shortMsMax(): number {
    return this.options.shortMsMax;
  }

  get hasControl(): boolean {
    return this.stream.hasControl;
  }

  get end(): number {
    return this.log.position;
  }

  get position(): number {
    const [next] = this.todo;
    return next ? next.position - 1 : this.log.position;
  }

  lagMs(): number {
    const [next] = this.todo;
    const since = next?.sequencedAt.getTime() ?? this.log.behindSince;
    return Math.max(this.options.blindMs(), since === null ? 0 : Date.now() - since);
  }

  /** Queues an event for the live readers when it matches the conditions of the group. */
  offer(event: SequencedEvent): void {
    // Events are queued while others are being resolved, even without live readers: a reader may become live before
    // that ends.
    const isIdle = this.live.size === 0 && this.todo.length === 0;
    if (isIdle || !this.matches(event)) return;
    this.todo.push(event);
    if (this.todo.length > TODO_MAX) this.sendBehind();
    else if (!this.isDelivering) void this.deliver();
  }

  /** Sends all live readers to the log, which buffers the events, because rendering is slower than their arrival. */
  private sendBehind(): void {
    const { position } = this;
    this.todo = [];
    for (const member of [...this.live]) member.fallBehind(position);
  }

  /**
   * Takes the next events that the live readers can pay for, each event in equal parts. Readers that cannot pay for the
   * very next event fall behind and read it from the log once they can.
   */
  private takePaid(): SequencedEvent[] {
    const events: SequencedEvent[] = [];
    for (const event of this.todo.slice(0, CHUNK_SIZE)) {
      const unpaid = this.frames.has(event.position) ? null : this.pay(payersOf(this.live));
      if (unpaid === null) events.push(event);
      else if (events.length > 0) break;
      else {
        this.sendBehindWho(unpaid);
        break;
      }
    }
    return events;
  }

  private pay(payers: readonly Payer[]): Unpaid | null {
    return this.options.points.pay(this.stream.place.merchantId, this.stream.points, payers);
  }

  private sendBehindWho({ payers, retryAfterMs }: Unpaid): void {
    const { position } = this;
    const ids = new Set(payers.map(({ id }) => id));
    for (const member of [...this.live]) {
      if (ids.has(member.payer.id)) member.fallBehind(position, { retryAfterMs });
    }
  }

  private async deliver(): Promise<void> {
    this.isDelivering = true;
    while (this.todo.length > 0 && this.live.size > 0) {
      const events = this.takePaid();
      if (events.length === 0) continue;
      const isWanted = () => this.todo[0] === events[0] && this.live.size > 0;
      try {
        const frames = await whenAvailable(() => this.framesOf(events), isWanted);
        if (frames === null || !isWanted()) continue;
        const delivered = this.todo.splice(0, frames.length);
        for (const slice of slicesOf(frames)) for (const member of [...this.live]) member.take(slice);
        for (const { createdAt } of delivered) this.options.onDelivered(Date.now() - createdAt.getTime());
      } catch (error) {
        if (isWanted()) for (const member of [...this.live]) member.fail(error);
      }
    }
    this.todo = [];
    this.isDelivering = false;
  }

  /** Returns the frames of events, up to the first that fails to render. Throws when the first event fails. */
  private async framesOf(events: readonly SequencedEvent[]): Promise<Frame[]> {
    const framing = events.map((event) => this.frames.get(event.position, () => this.frameOf(event)));
    const frames: Frame[] = [];
    for (const settled of await Promise.allSettled(framing)) {
      if (settled.status === 'fulfilled') frames.push(settled.value);
      else if (frames.length === 0) throw settled.reason;
      else break;
    }
    return frames;
  }

  private async frameOf(event: SequencedEvent): Promise<Frame> {
    const cursor = this.cursorAt(event.position);
    const render = () => this.stream.render({ kind: 'EVENT', event, cursor });
    const payload = Buffer.from(await this.options.rendering.run(this.stream.place.merchantId, render));
    return { position: event.position, cursor, payload };
  }

  async controlFrame(item: ControlItem): Promise<Frame> {
    const payload = Buffer.from(await this.stream.render(item));
    return { position: null, cursor: 'cursor' in item ? item.cursor : null, payload };
  }

  cursorAt(position: number): string {
    return encodeCursor(this.options.secrets, { ...this.stream.place, position });
  }

  framesAfter(position: number, upTo: number, payer: Payer, isWanted: () => boolean): Promise<Chunk | null> {
    const read = async (): Promise<Chunk> => {
      const { events, reached } = await this.log.read(position, upTo, CHUNK_SIZE, this.stream.conditions);
      const { paid, short } = this.payAlone(events, payer);
      const frames = await this.framesOf(paid);
      const newest = events[frames.length - 1]?.sequencedAt ?? null;
      const isWhole = frames.length === events.length;
      return { frames, reached: isWhole ? reached : (frames.at(-1)?.position ?? position), newest, short };
    };
    return whenAvailable(() => this.options.catchingUp.run(this.stream.place.merchantId, read), isWanted);
  }

  /**
   * Charges one payer alone for events that are not cached. Returns the events paid for, and the shortage if points ran
   * out.
   */
  private payAlone(
    events: readonly SequencedEvent[],
    payer: Payer,
  ): { paid: readonly SequencedEvent[]; short: Short | null } {
    for (const [count, event] of events.entries()) {
      const unpaid = this.frames.has(event.position) ? null : this.pay([payer]);
      if (unpaid) return { paid: events.slice(0, count), short: { retryAfterMs: unpaid.retryAfterMs } };
    }
    return { paid: events, short: null };
  }

  /** Sends a heartbeat with its own position and lag to each member. */
  async beat(): Promise<void> {
    const frames = new Map<string, Promise<Frame>>();
    const telling = [...this.members].map(async (member) => {
      const { reached } = member;
      const lagMs = member.lagMs();
      const key = `${reached} ${lagMs}`;
      const item = { kind: 'HEARTBEAT', cursor: this.cursorAt(reached), lagMs } as const;
      const framing = frames.get(key) ?? this.controlFrame(item);
      frames.set(key, framing);
      member.tell(await framing, reached);
    });
    await Promise.all(telling);
  }
}
