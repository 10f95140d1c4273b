import type { Frame } from './frame.ts';

/** Maximum payload bytes of the frames in one cache. */
const BYTES_MAX = 1_024 * 1_024;
/** Maximum number of frames in one cache. */
const FRAMES_MAX = 256;
/**
 * Maximum age of a frame in milliseconds. A frame shows objects as they were when it was rendered; later readers get a
 * new one.
 */
const AGE_MAX_MS = 2_000;

interface Entry {
  readonly madeAt: number;
  readonly frame: Promise<Frame>;
  bytes: number;
}

/** The recent frames of a group, shared with readers that are slightly behind or resume after a deployment. */
export class FrameCache {
  /** Frames by log position, in order of insertion. */
  private readonly entries = new Map<number, Entry>();
  private bytes = 0;
  private purging: NodeJS.Timeout | null = null;

  /** Returns the frame at a position, rendering it when it is not cached. Failed frames are not kept. */
  get(position: number, make: () => Promise<Frame>): Promise<Frame> {
    const known = this.entries.get(position);
    if (known && performance.now() - known.madeAt < AGE_MAX_MS) return known.frame;
    this.drop(position);
    const entry: Entry = { madeAt: performance.now(), frame: make(), bytes: 0 };
    this.entries.set(position, entry);
    this.purging ??= setTimeout(() => this.purge(), AGE_MAX_MS).unref();
    entry.frame.then(
      ({ payload }) => {
        if (this.entries.get(position) !== entry) return;
        entry.bytes = payload.length;
        this.bytes += payload.length;
        this.shrink();
      },
      () => this.entries.get(position) === entry && this.drop(position),
    );
    return entry.frame;
  }

  /** Whether the frame at a position is cached or being rendered. */
  has(position: number): boolean {
    const known = this.entries.get(position);
    return known !== undefined && performance.now() - known.madeAt < AGE_MAX_MS;
  }

  private shrink(): void {
    for (const [position] of this.entries) {
      if (this.bytes <= BYTES_MAX && this.entries.size <= FRAMES_MAX) return;
      this.drop(position);
    }
  }

  /** Drops frames that are too old, also when no new ones arrive. */
  private purge(): void {
    const now = performance.now();
    for (const [position, { madeAt }] of this.entries) {
      if (now - madeAt >= AGE_MAX_MS) this.drop(position);
    }
    this.purging = this.entries.size > 0 ? setTimeout(() => this.purge(), AGE_MAX_MS).unref() : null;
  }

  private drop(position: number): void {
    this.bytes -= this.entries.get(position)?.bytes ?? 0;
    this.entries.delete(position);
  }
}
