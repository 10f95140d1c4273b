import type { Frame } from './frame.ts';

const BYTES_MAX = 1_024 * 1_024;
const FRAMES_MAX = 256;
/** A frame shows objects as they were when it was made: who comes later than this gets it made anew. */
const AGE_MAX_MS = 2_000;

interface Entry {
  readonly madeAt: number;
  readonly frame: Promise<Frame>;
  bytes: number;
}

/** The last frames of a group: readers that are a little behind, or back after a deploy, get what the others got. */
export class FrameCache {
  /** Oldest first. */
  private readonly entries = new Map<number, Entry>();
  private bytes = 0;
  private purging: NodeJS.Timeout | null = null;

  /** The frame at a position, made if it is not there. */
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

  /** Whether the frame at a position is there, or being made. */
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

  /** What is too old is kept by nobody, also where nothing comes any more. */
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
