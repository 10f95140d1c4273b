import type { ControlItem } from '../../stream/item.ts';
import type { Frame, Sink } from './frame.ts';

/** So often a stream that speaks says that it lives. */
export const HEARTBEAT_MS = 15_000;

/** What a reader needs of its group. */
export interface Source {
  readonly hasControl: boolean;
  /** Everything up to here was written to whoever is live. */
  readonly position: number;
  readonly live: Set<GroupMember>;
  cursorAt(position: number): string;
  controlFrame(item: ControlItem): Promise<Frame>;
  /** What comes next after a place, not beyond another; when the database can be had. */
  framesAfter(position: number, upTo: number): Promise<Chunk>;
}

/** Frames in order, how far the log was read for them, and when the newest of them got its place. */
export interface Chunk {
  readonly frames: readonly Frame[];
  readonly reached: number;
  readonly newest: Date | null;
}

/** One reader of a stream: a place in the log, never a queue. */
export class GroupMember {
  /** Everything that it wants up to here was written to it. */
  private position: number;
  private readonly group: Source;
  private readonly sink: Sink;
  private readonly onLeave: () => void;
  private isGone = false;
  /** When it was last told of the stream itself. */
  private toldAt = Date.now();

  constructor(group: Source, position: number, sink: Sink, onLeave: () => void) {
    this.group = group;
    this.position = position;
    this.sink = sink;
    this.onLeave = onLeave;
  }

  /** What comes while it is live. */
  take(frames: readonly Frame[]): void {
    this.write(frames);
    if (this.sink.isFull()) this.fallBehind();
  }

  /** From now on it reads the log for itself, as fast as it can be written to. */
  fallBehind(): void {
    this.group.live.delete(this);
    this.catchUp().catch((error: unknown) => this.fail(error));
  }

  /** A word of the stream on itself. Who is too slow for events is not told that all is well. */
  tell(frame: Frame): void {
    if (this.isGone || this.sink.isFull()) return;
    this.toldAt = Date.now();
    this.sink.write([frame]);
  }

  /** Tells it why the stream ends here, if it asked. */
  async sayEnding(item: ControlItem): Promise<void> {
    if (this.group.hasControl) this.tell(await this.group.controlFrame(item));
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

  private async catchUp(): Promise<void> {
    const { group, sink } = this;
    let isReady = !group.hasControl;
    while (!this.isGone) {
      if (sink.isFull()) {
        await sink.drained();
        continue;
      }
      const upTo = group.position;
      if (this.position < upTo) {
        await this.readOn(upTo);
      } else if (!isReady) {
        isReady = true;
        this.tell(await group.controlFrame({ kind: 'READY', cursor: group.cursorAt(upTo) }));
      } else {
        // Nothing can have come since `upTo` was read: it is the same turn.
        group.live.add(this);
        return;
      }
    }
  }

  private async readOn(upTo: number): Promise<void> {
    const { group } = this;
    const { frames, reached, newest } = await group.framesAfter(this.position, upTo);
    if (this.isGone) return;
    this.write(frames);
    this.position = Math.max(this.position, reached);
    if (!group.hasControl || !newest || Date.now() - this.toldAt < HEARTBEAT_MS) return;
    const lagMs = Date.now() - newest.getTime();
    this.tell(await group.controlFrame({ kind: 'HEARTBEAT', cursor: group.cursorAt(this.position), lagMs }));
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
