import type { Payer } from '../../admission/allowances.ts';
import type { ControlItem } from '../../event-log/item.ts';
import { requestError } from '../../graphql/pipeline/request-error.ts';
import { type Frame, type Sink, slicesOf } from './frame.ts';

/** So often a stream that speaks says that it lives. */
export const HEARTBEAT_MS = 15_000;

const TOO_COSTLY =
  'The events that this subscription selects cost more points than its key gets back: select fewer fields, or fewer events.';

/** What a reader needs of its group. */
export interface Source {
  readonly hasControl: boolean;
  /** Everything up to here was written to whoever is live. */
  readonly position: number;
  /** Where the log ends, as far as this node knows. */
  readonly end: number;
  readonly live: Set<GroupMember>;
  /** For how long what is next for whoever is live is waiting, in milliseconds. */
  lagMs(): number;
  cursorAt(position: number): string;
  controlFrame(item: ControlItem): Promise<Frame>;
  /** What comes next after a place, not beyond another; when the database can be had. Null when it is not wanted any more. */
  framesAfter(position: number, upTo: number, payer: Payer, isWanted: () => boolean): Promise<Chunk | null>;
  /** A reader that has fallen further behind for so long, for lack of points, is ended. */
  readonly shortMsMax: number;
}

/** That a reader could not pay for the next event: when it may. */
export interface Short {
  readonly retryAfterMs: number;
}

/** Frames in order, how far the log was read for them, and when the newest of them got its place. */
export interface Chunk {
  readonly frames: readonly Frame[];
  readonly reached: number;
  readonly newest: Date | null;
  /** Null: everything that was read was paid for. */
  readonly short: Short | null;
}

export interface MemberOptions {
  /** It has everything up to here. */
  readonly position: number;
  readonly payer: Payer;
  readonly sink: Sink;
  readonly onLeave: () => void;
}

/** Who has no points waits so long at a time: others may pay for the same event meanwhile. */
const SHORT_WAIT_MS_MAX = 1_000;

/** One reader of a stream: a place in the log, never a queue. */
export class GroupMember {
  /** Everything that it wants up to here was written to it. */
  private position: number;
  private readonly group: Source;
  private readonly sink: Sink;
  private readonly onLeave: () => void;
  private isGone = false;
  /** When the last that it read while behind got its place. */
  private newest: Date | null = null;
  readonly payer: Payer;
  /** Since when it lacks points, and how many places it was behind then. */
  private shortage: { readonly since: number; readonly behind: number } | null = null;

  constructor(group: Source, { position, payer, sink, onLeave }: MemberOptions) {
    this.group = group;
    this.position = position;
    this.payer = payer;
    this.sink = sink;
    this.onLeave = onLeave;
  }

  /** Everything that it wants up to here was written to it, counting what it does not want. */
  get reached(): number {
    return this.group.live.has(this) ? Math.max(this.position, this.group.position) : this.position;
  }

  /** The cursor that stands after everything it has. */
  cursor(): string {
    return this.group.cursorAt(this.reached);
  }

  /** How far behind it is, in milliseconds: 0 when it has everything. */
  lagMs(): number {
    const own = this.group.live.has(this) || !this.newest ? 0 : Date.now() - this.newest.getTime();
    return Math.max(own, this.group.lagMs());
  }

  /** What comes while it is live. */
  take(frames: readonly Frame[]): void {
    this.write(frames);
    if (this.sink.isFull()) this.fallBehind(this.position);
  }

  /**
   * From a place on it reads the log for itself, as fast as it can be written to: it has everything up to there. `short`: it could not
   * pay for what comes next, and waits until it may.
   */
  fallBehind(reached: number, short: Short | null = null): void {
    this.position = Math.max(this.position, reached);
    this.group.live.delete(this);
    this.catchUp(short).catch((error: unknown) => this.fail(error));
  }

  /**
   * A word of the stream on itself, true at a place; whether it was said. Who is too slow for events is not told that all is well,
   * and who has come further meanwhile gets no cursor that leads back.
   */
  tell(frame: Frame, at: number): boolean {
    if (this.isGone || this.sink.isFull() || this.position > at) return false;
    this.position = at;
    this.sink.write([frame]);
    return true;
  }

  /** Tells it why the stream ends here, if it asked. */
  async sayEnding(item: ControlItem): Promise<void> {
    if (!this.group.hasControl) return;
    const frame = await this.group.controlFrame(item);
    if (!this.isGone && !this.sink.isFull()) this.sink.write([frame]);
  }

  /** The stream cannot go on: its reader learns why. */
  fail(error: unknown): void {
    if (this.isGone) return;
    this.leave();
    this.sink.fail(error);
  }

  /** Its reader is gone. */
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
      } else if (this.position < upTo) {
        await this.readOn(upTo);
      } else if (!isReady) {
        const at = this.position;
        isReady = this.tell(await group.controlFrame({ kind: 'READY', cursor: group.cursorAt(at) }), at);
      } else {
        // Nothing can have come since `upTo` was read: it is the same turn.
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

  /** Waits until there may be points for the next event. A reader that only falls further behind is ended: it can never pay. */
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

  /** Frames of events, but for those it has: it may have come with a cursor that was ahead of the group. */
  private write(frames: readonly Frame[]): void {
    const [first] = frames;
    if (this.isGone || !first) return;
    const isNew = (frame: Frame) => (frame.position ?? 0) > this.position;
    const fresh = isNew(first) ? frames : frames.filter(isNew);
    if (fresh.length === 0) return;
    this.sink.write(fresh);
    this.position = fresh.at(-1)?.position ?? this.position;
  }
}
