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

/** A rendered state: its frame, whose position is that of the log when it was rendered, and the time of that. */
interface Shown {
  readonly frame: Frame;
  readonly position: number;
  readonly atMs: number;
}

/**
 * Readers of the same state. It is rendered once for all of them: when the first joins, and after events that may have
 * changed it, at most every STATE_MS. A reader that was away needs no events, only the state.
 */
export class StateGroup implements Source {
  readonly stream: Stream;
  readonly log: LiveLog;
  readonly members = new Set<GroupMember>();
  readonly live = new Set<GroupMember>();
  readonly hasControl = false;
  private readonly options: StreamsOptions;
  private readonly matches: (event: SequencedEvent) => boolean;
  /** Position before the first event that is not part of the state of the live readers; null when there is none. */
  private changedAfter: number | null = null;
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

  get position(): number {
    return this.changedAfter ?? this.log.position;
  }

  lagMs(): number {
    const { behindSince } = this.log;
    return Math.max(this.options.blindMs(), behindSince === null ? 0 : Date.now() - behindSince);
  }

  /** Shows the live readers a new state soon, if the event may have changed it. Other readers read the state themselves. */
  offer(event: SequencedEvent): void {
    if (this.live.size === 0 || !this.matches(event)) return;
    this.changedAfter ??= event.position - 1;
    if (!this.isShowing) void this.show();
  }

  private async show(): Promise<void> {
    this.isShowing = true;
    while (this.changedAfter !== null && this.live.size > 0) {
      const shownAt = this.changedAfter;
      const isWanted = () => this.live.size > 0;
      try {
        const next = await this.stateAfter(shownAt, () => payersOf(this.live), isWanted);
        if (next === null) continue;
        if ('payers' in next) this.sendBehind(next, shownAt);
        else {
          // Events that came while the state was rendered may not be part of it.
          this.changedAfter = this.log.position > next.position ? next.position : null;
          for (const member of [...this.live]) member.take([next.frame]);
        }
      } catch (error) {
        for (const member of [...this.live]) member.fail(error);
      }
    }
    this.changedAfter = null;
    this.isShowing = false;
  }

  /** Makes readers that cannot pay wait; they have the state of `shownAt` and are shown the next once they can pay. */
  private sendBehind({ payers, retryAfterMs }: Unpaid, shownAt: number): void {
    const ids = new Set(payers.map(({ id }) => id));
    for (const member of [...this.live]) {
      if (ids.has(member.payer.id)) member.fallBehind(shownAt, { retryAfterMs });
    }
  }

  /**
   * Returns a state of a later position than `position`: the last one, or the next once it may be rendered, which the
   * payers are charged for. Null when it is no longer wanted.
   */
  private async stateAfter(
    position: number,
    payers: () => readonly Payer[],
    isWanted: () => boolean,
  ): Promise<Shown | Unpaid | null> {
    while (isWanted()) {
      const { last } = this;
      if (last && last.position > position) return last;
      const waitMs = last ? last.atMs + STATE_MS - performance.now() : 0;
      if (waitMs > 0) {
        await new Promise((resolve) => setTimeout(resolve, waitMs));
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
    const frame = { position, cursor, payload: Buffer.from(text) };
    this.last = { frame, position, atMs: performance.now() };
  }

  /** A stream of states carries no control messages. */
  controlFrame(item: ControlItem): Promise<Frame> {
    throw new Error(`a stream of states has no ${item.kind}`);
  }

  cursorAt(position: number): string {
    return encodeCursor(this.options.secrets, { ...this.stream.place, position });
  }

  async framesAfter(position: number, _upTo: number, payer: Payer, isWanted: () => boolean): Promise<Chunk | null> {
    const next = await this.stateAfter(position, () => [payer], isWanted);
    if (next === null) return null;
    if ('payers' in next) return { frames: [], reached: position, newest: null, short: next };
    return { frames: [next.frame], reached: next.position, newest: null, short: null };
  }
}
