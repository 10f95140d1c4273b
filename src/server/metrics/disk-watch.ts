import type { Database } from '../../store/connection/database.ts';
import { isDiskFull, probeWrite } from '../../store/connection/write-probe.ts';

/** Knows whether the database has room for writes: from the statements that failed, and from a probe since. */
export interface DiskWatch {
  /** Hears of a statement that failed. */
  note(error: unknown): void;
  /** Whether writes are known to fail. After a failure for lack of room a probe must succeed first. */
  isFull(database: Database): Promise<boolean>;
}

export function createDiskWatch(): DiskWatch {
  let isMarked = false;
  return {
    note(error) {
      if (isDiskFull(error)) isMarked = true;
    },
    async isFull(database) {
      if (!isMarked) return false;
      try {
        isMarked = false;
        await probeWrite(database);
      } catch {
        isMarked = true;
      }
      return isMarked;
    },
  };
}
