import type { Writable } from 'node:stream';

/**
 * Pending bytes of a connection beyond which its readers fall behind. A slow client costs at most this and one slice of
 * memory.
 */
const PENDING_BYTES_MAX = 64 * 1_024;

/** The writable side of a connection, shared by all its streams. */
export class Outlet {
  private readonly writable: Writable;
  private draining: Promise<void> | null = null;
  private isCorked = false;

  constructor(writable: Writable) {
    this.writable = writable;
  }

  /** Collects everything written in this turn of the event loop, by all streams, into one write to the kernel. */
  cork(): void {
    if (this.isCorked) return;
    this.isCorked = true;
    this.writable.cork();
    setImmediate(() => {
      this.isCorked = false;
      this.writable.uncork();
    });
  }

  /** Whether more than PENDING_BYTES_MAX are pending on an open connection. */
  isFull(): boolean {
    return !this.isClosed() && this.writable.writableLength > PENDING_BYTES_MAX;
  }

  /** Whether nothing can be written any more. */
  isClosed(): boolean {
    return this.writable.destroyed || this.writable.writableEnded;
  }

  /**
   * Resolves when the connection has drained or closed, never within the same turn of the event loop: a caller that
   * waits in a loop would otherwise block the close event of a broken connection.
   */
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
