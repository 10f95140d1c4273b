import type { Payer } from '../../admission/allowances.ts';
import { encodeCursor } from '../../event-log/cursor.ts';
import type { ControlItem } from '../../event-log/item.ts';
import type { LiveLog } from '../../event-log/live-log.ts';
import type { Stream } from '../../graphql/events/subscription.ts';
import { matcherOf } from '../../store/events/event-conditions.ts';
import type { SequencedEvent } from '../../store/events/sequenced-event.ts';
import type { Frame } from './frame.ts';
import type { Chunk, GroupMember, Source } from './member.ts';
import type { StreamsOptions } from './options.ts';
import { payersOf, type Unpaid } from './rendering-points.ts';
import { whenAvailable } from './when-available.ts';

/** Minimum time between two renderings of a state, in milliseconds: of all events in between, the last counts. */
const STATE_MS = 1_000;

/** Delay before the log is looked at again that a reader has seen further on another node, in milliseconds. */
const BEHIND_MS = 100;

/** A rendered state: its frame, the position of the log when it was rendered, and the time of that. */
interface Shown {
  readonly frame: Frame;
  readonly position: number;
  readonly atMs: number;
}

/** The live readers of a group. */
class LiveReaders extends Set<GroupMember> {
  private readonly onAdd: () => void;
  constructor(onAdd: () => void) {
    super();
    this.onAdd = onAdd;
  }
  override add(member: GroupMember): this {
    super.add(member);
    this.onAdd();
    return this;
  }
}

/**
 * Readers of the same state. It is rendered once for all of them: when the first joins, and after events that may have
 * changed it, at most every STATE_MS. A reader that was away needs no events, only the state. A reader is live once it
 * has a state; if events have changed it meanwhile, the next one follows.
 */
export class StateGroup implements Source {
  readonly stream: Stream;
  readonly log: LiveLog;
  readonly members = new Set<GroupMember>();
  readonly live: Set<GroupMember> = new LiveReaders(() => this.showIfOld());
  readonly hasControl = false;
  private readonly options: StreamsOptions;
  private readonly matches: (event: SequencedEvent) => boolean;
  /** Position of the last event that may have changed the state. */
  private changedAt = 0;
  private last: Shown | null = null;
  private rendering: Promise<void> | null = null;
  private isShowing = false;

  constructor(stream: Stream, log: LiveLog, options: StreamsOptions) {
    this.stream = stream;
    this.log = log;
    this.options = options;
    this.matches = matcherOf(stream.conditions);
  }

  get shortMsMax(): number {
    return this.options.shortMsMax;
  }

  get end(): number {
    return this.log.position;
  }

  /** Position of the state that the live readers have; a reader that has it, or a later one, is live. */
  get position(): number {
    return Math.min(this.changedAt, this.last?.position ?? this.changedAt);
  }

  lagMs(): number {
    const { behindSince } = this.log;
    return Math.max(this.options.blindMs(), behindSince === null ? 0 : Date.now() - behindSince);
  }

  /** Shows the live readers a new state soon, if the event may have changed it. */
  offer(event: SequencedEvent): void {
    if (!this.matches(event)) return;
    this.changedAt = event.position;
    this.showIfOld();
  }

  private isOld(): boolean {
    return this.last === null || this.last.position < this.changedAt;
  }

  private showIfOld(): void {
    if (this.live.size > 0 && this.isOld() && !this.isShowing) void this.show();
  }

  private async show(): Promise<void> {
    this.isShowing = true;
    while (this.live.size > 0 && this.isOld()) {
      try {
        const next = await this.stateAt(
          this.changedAt,
          () => payersOf(this.live),
          () => this.live.size > 0,
        );
        if (next === null) continue;
        if ('payers' in next) this.sendBehind(next);
        else for (const member of [...this.live]) member.take([next.frame]);
      } catch (error) {
        for (const member of [...this.live]) member.fail(error);
      }
    }
    this.isShowing = false;
  }

  /** Makes readers that cannot pay wait; they are shown the next state once they can pay. */
  private sendBehind({ payers, retryAfterMs }: Unpaid): void {
    const ids = new Set(payers.map(({ id }) => id));
    for (const member of [...this.live]) {
      if (ids.has(member.payer.id)) member.fallBehind(0, { retryAfterMs });
    }
  }

  /**
   * Returns a state of a position or later that no event before this call has changed: the last one, or the next once it
   * may be rendered, which the payers are charged for. Null when it is no longer wanted.
   */
  private async stateAt(
    position: number,
    payers: () => readonly Payer[],
    isWanted: () => boolean,
  ): Promise<Shown | Unpaid | null> {
    const needed = Math.max(position, this.changedAt);
    while (isWanted()) {
      const { last } = this;
      if (last && last.position >= needed) return last;
      const waitMs = last ? last.atMs + STATE_MS - performance.now() : 0;
      if (this.log.position < needed) {
        await pause(BEHIND_MS);
      } else if (waitMs > 0) {
        await pause(waitMs);
      } else if (this.rendering) {
        await this.rendering;
      } else {
        const { merchantId } = this.stream.place;
        const unpaid = this.options.points.pay(merchantId, this.stream.points, payers());
        if (unpaid) return unpaid;
        this.rendering = this.render(isWanted).finally(() => {
          this.rendering = null;
        });
        await this.rendering;
      }
    }
    return null;
  }

  /** Renders the state at the end of the log. */
  private async render(isWanted: () => boolean): Promise<void> {
    const position = this.log.position;
    const cursor = this.cursorAt(position);
    const render = () =>
      this.options.rendering.run(this.stream.place.merchantId, () => this.stream.render({ kind: 'STATE', cursor }));
    const text = await whenAvailable(render, isWanted);
    if (text === null) return;
    this.last = { frame: { position, cursor, payload: Buffer.from(text) }, position, atMs: performance.now() };
  }

  /** A stream of states carries no control messages. */
  controlFrame(item: ControlItem): Promise<Frame> {
    throw new Error(`a stream of states has no ${item.kind}`);
  }

  cursorAt(position: number): string {
    return encodeCursor(this.options.secrets, { ...this.stream.place, position });
  }

  async framesAfter(position: number, _upTo: number, payer: Payer, isWanted: () => boolean): Promise<Chunk | null> {
    const next = await this.stateAt(position, () => [payer], isWanted);
    if (next === null) return null;
    if ('payers' in next) return { frames: [], reached: position, newest: null, short: next };
    return { frames: [next.frame], reached: next.position, newest: null, short: null };
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
