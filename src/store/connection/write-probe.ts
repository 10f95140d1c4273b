import { type Database, databaseErrorCode, withTransaction } from './database.ts';

const DISK_FULL = '53100';

/** Whether a statement failed because the database has no room on its disk. */
export function isDiskFull(error: unknown): boolean {
  return databaseErrorCode(error) === DISK_FULL;
}

/** Writes some pages that no compression makes smaller, and gives them back. Throws what a write throws. */
export async function probeWrite(database: Database): Promise<void> {
  await withTransaction(database, async (tx) => {
    await tx.query(
      `CREATE TEMPORARY TABLE write_probe ON COMMIT DROP AS
         SELECT md5(random()::text) AS filler FROM generate_series(1, 5000)`,
    );
  });
}
