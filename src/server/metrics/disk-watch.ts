import type { Database } from '../../store/connection/database.ts';
import { isDiskFull, probeWrite } from '../../store/connection/write-probe.ts';

/** Detects a full disk of the database, first by a failed statement, then by test writes. */
export interface DiskWatch {
  /** Records a failed statement. */
  note(error: unknown): void;
  /** Whether writes are known to fail. After a failure for lack of disk space a test write must succeed first. */
  isFull(database: Database): Promise<boolean>;
}

/** Creates a watch that assumes free space until a statement fails for lack of it. */
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
