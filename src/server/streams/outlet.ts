import type { Writable } from 'node:stream';

/** So much may wait in a connection before its readers fall behind: a slow client costs this, and no more. */
const PENDING_BYTES_MAX = 64 * 1_024;

/** The end of a connection that is written to, shared by all streams on it. */
export class Outlet {
  private readonly writable: Writable;
  private draining: Promise<void> | null = null;

  constructor(writable: Writable) {
    this.writable = writable;
  }

  isFull(): boolean {
    return this.writable.writableLength > PENDING_BYTES_MAX;
  }

  drained(): Promise<void> {
    if (this.writable.destroyed || !this.writable.writableNeedDrain) return Promise.resolve();
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
