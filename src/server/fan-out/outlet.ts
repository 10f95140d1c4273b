import type { Writable } from 'node:stream';

/** So much may wait in a connection before its readers fall behind: a slow client costs this and a slice, and no more. */
const PENDING_BYTES_MAX = 64 * 1_024;

/** The end of a connection that is written to, shared by all streams on it. */
export class Outlet {
  private readonly writable: Writable;
  private draining: Promise<void> | null = null;
  private isCorked = false;

  constructor(writable: Writable) {
    this.writable = writable;
  }

  /** What is written in one turn of the event loop, by whichever of its streams, goes to the kernel at once. */
  cork(): void {
    if (this.isCorked) return;
    this.isCorked = true;
    this.writable.cork();
    setImmediate(() => {
      this.isCorked = false;
      this.writable.uncork();
    });
  }

  isFull(): boolean {
    return !this.isClosed() && this.writable.writableLength > PENDING_BYTES_MAX;
  }

  isClosed(): boolean {
    return this.writable.destroyed || this.writable.writableEnded;
  }

  /** Never within the same turn: who waits in a loop would otherwise keep the news of a broken connection from coming. */
  drained(): Promise<void> {
    if (this.isClosed() || !this.writable.writableNeedDrain) return new Promise((resolve) => setImmediate(resolve));
    this.draining ??= new Promise((resolve) => {
      const done = (): void => {
        this.writable.off('drain', done);
        this.writable.off('close', done);
        this.draining = null;
        resolve();
      };
      this.writable.on('drain', done);
      this.writable.on('close', done);
    });
    return this.draining;
  }
}
