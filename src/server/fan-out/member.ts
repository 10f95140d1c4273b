import type { Payer } from '../../admission/allowances.ts';
import type { ControlItem } from '../../event-log/item.ts';
import { requestError } from '../../graphql/pipeline/request-error.ts';
import { type Frame, type Sink, slicesOf } from './frame.ts';

const TOO_COSTLY =
  'The results of this subscription cost more points than its API key regains: select fewer fields or fewer events.';

/** What a reader needs from its group. */
export interface Source {
  readonly hasControl: boolean;
  /** Log position up to which everything was written to the live readers. */
  readonly position: number;
  /** End of the log, as known to this node. */
  readonly end: number;
  readonly live: Set<GroupMember>;
  /** Returns how long the next event for the live readers has been waiting, in milliseconds. */
  lagMs(): number;
  cursorAt(position: number): string;
  controlFrame(item: ControlItem): Promise<Frame>;
  /**
   * Returns the next frames after a position up to another, waiting for the database; null when they are no longer
   * wanted.
   */
  framesAfter(position: number, upTo: number, payer: Payer, isWanted: () => boolean): Promise<Chunk | null>;
  /** Milliseconds after which a reader that falls further behind for lack of points is ended. */
  readonly shortMsMax: number;
}

/** A shortage of points: the reader can pay for the next event after `retryAfterMs`. */
export interface Short {
  readonly retryAfterMs: number;
}

/**
 * Frames in order, the position up to which the log was read for them, and the time at which the newest was sequenced.
 */
export interface Chunk {
  readonly frames: readonly Frame[];
  readonly reached: number;
  readonly newest: Date | null;
  /** Null when everything that was read was paid for. */
  readonly short: Short | null;
}

/** Options of a group member. */
export interface MemberOptions {
  /** Log position up to which the reader has everything. */
  readonly position: number;
  /** Whether the reader is shown a state before it is live. */
  readonly needsState?: boolean;
  readonly payer: Payer;
  readonly sink: Sink;
  readonly onLeave: () => void;
}

/** Maximum wait for points at a time, in milliseconds: others may pay for the same event in the meantime. */
const SHORT_WAIT_MS_MAX = 1_000;

/** One reader of a stream: a position in the log, never a queue. */
export class GroupMember {
  /** Log position up to which every matching event was written to the reader. */
  private position: number;
  private readonly group: Source;
  private readonly sink: Sink;
  private readonly onLeave: () => void;
  private isGone = false;
  /** Time at which the last event read while behind was sequenced. */
  private newest: Date | null = null;
  readonly payer: Payer;
  /** Whether the reader of a stream of states has not been shown one yet. */
  private needsState: boolean;
  /** Since when the reader lacks points, and how many positions it was behind then; null while it has points. */
  private shortage: { readonly since: number; readonly behind: number } | null = null;

  constructor(group: Source, { position, needsState = false, payer, sink, onLeave }: MemberOptions) {
    this.group = group;
    this.position = position;
    this.needsState = needsState;
    this.payer = payer;
    this.sink = sink;
    this.onLeave = onLeave;
  }

  /** Log position up to which the reader has every matching event, including positions of events that do not match. */
  get reached(): number {
    return this.group.live.has(this) ? Math.max(this.position, this.group.position) : this.position;
  }

  /** Returns the stream cursor of `reached`. */
  cursor(): string {
    return this.group.cursorAt(this.reached);
  }

  /** Returns the delay of the reader in milliseconds; 0 when it has everything. */
  lagMs(): number {
    const own = this.group.live.has(this) || !this.newest ? 0 : Date.now() - this.newest.getTime();
    return Math.max(own, this.group.lagMs());
  }

  /** Writes frames to the live reader, which falls behind when its sink is full. */
  take(frames: readonly Frame[]): void {
    this.write(frames);
    if (this.sink.isFull()) this.fallBehind(this.position);
  }

  /**
   * Makes the reader read the log itself from `reached` on, as fast as its sink accepts frames. With `short` it waits
   * first until it can pay for the next event.
   */
  fallBehind(reached: number, short: Short | null = null): void {
    this.position = Math.max(this.position, reached);
    this.group.live.delete(this);
    this.catchUp(short).catch((error: unknown) => this.fail(error));
  }

  /**
   * Writes a control message that is true at position `at`; returns whether it was written. It is not when the sink is
   * full, since the stream is then not up to date, or when the reader has passed `at`, since the cursor would lead
   * back.
   */
  tell(frame: Frame, at: number): boolean {
    if (this.isGone || this.sink.isFull() || this.position > at) return false;
    this.position = at;
    this.sink.write([frame]);
    return true;
  }

  /** Writes the reason why the stream ends, if the reader requested control messages. */
  async sayEnding(item: ControlItem): Promise<void> {
    if (!this.group.hasControl) return;
    const frame = await this.group.controlFrame(item);
    if (!this.isGone && !this.sink.isFull()) this.sink.write([frame]);
  }

  /** Ends the stream with an error as its last result. */
  fail(error: unknown): void {
    if (this.isGone) return;
    this.leave();
    this.sink.fail(error);
  }

  /** Leaves the group because the reader is gone. */
  leave(): void {
    if (this.isGone) return;
    this.isGone = true;
    this.onLeave();
  }

  private async catchUp(short: Short | null): Promise<void> {
    const { group, sink } = this;
    if (short) await this.waitForPoints(short);
    let isReady = !group.hasControl;
    while (!this.isGone) {
      if (sink.isClosed()) return this.leave();
      const upTo = group.position;
      if (sink.isFull()) {
        await sink.drained();
      } else if (this.position < upTo || this.needsState) {
        await this.readOn(upTo);
      } else if (!isReady) {
        const at = this.position;
        isReady = this.tell(await group.controlFrame({ kind: 'READY', cursor: group.cursorAt(at) }), at);
      } else {
        // No event can have arrived since `upTo` was read: this is the same turn of the event loop.
        this.shortage = null;
        group.live.add(this);
        return;
      }
    }
  }

  private async readOn(upTo: number): Promise<void> {
    const { group, sink } = this;
    const chunk = await group.framesAfter(this.position, upTo, this.payer, () => !this.isGone);
    if (!chunk) return;
    for (const slice of slicesOf(chunk.frames)) {
      while (sink.isFull() && !this.isGone) await sink.drained();
      if (this.isGone || sink.isClosed()) return;
      this.write(slice);
    }
    this.position = Math.max(this.position, chunk.reached);
    this.newest = chunk.newest ?? this.newest;
    if (chunk.short) await this.waitForPoints(chunk.short);
  }

  /** Waits for points for the next event. A reader that keeps falling further behind is ended: it can never pay. */
  private async waitForPoints({ retryAfterMs }: Short): Promise<void> {
    const behind = this.group.end - this.position;
    const now = performance.now();
    this.shortage ??= { since: now, behind };
    if (now - this.shortage.since >= this.group.shortMsMax) {
      if (behind > this.shortage.behind) return this.endAsTooCostly();
      this.shortage = { since: now, behind };
    }
    const waitMs = Math.min(Math.max(retryAfterMs, 1), SHORT_WAIT_MS_MAX);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }

  private async endAsTooCostly(): Promise<void> {
    await this.sayEnding({ kind: 'ENDING', reason: 'TOO_COSTLY', retryAfterMs: 0 });
    this.fail(requestError('QUERY_TOO_COSTLY', TOO_COSTLY));
  }

  /** Writes frames of events that the reader does not have yet. It may have joined with a cursor ahead of the group. */
  private write(frames: readonly Frame[]): void {
    const [first] = frames;
    if (this.isGone || !first) return;
    const isNew = (frame: Frame) => (frame.position ?? 0) > this.position || this.needsState;
    const fresh = isNew(first) ? frames : frames.filter(isNew);
    if (fresh.length === 0) return;
    this.sink.write(fresh);
    this.needsState = false;
    this.position = fresh.at(-1)?.position ?? this.position;
  }
}
