import { type Database, databaseErrorCode, withTransaction } from './database.ts';

const DISK_FULL = '53100';

/** Returns whether a statement failed because the disk of the database is full. */
export function isDiskFull(error: unknown): boolean {
  return databaseErrorCode(error) === DISK_FULL;
}

/** Writes some pages of incompressible data and drops them. Throws the error of a failed write. */
export async function probeWrite(database: Database): Promise<void> {
  await withTransaction(database, async (tx) => {
    await tx.query(
      `CREATE TEMPORARY TABLE write_probe ON COMMIT DROP AS
         SELECT md5(random()::text) AS filler FROM generate_series(1, 5000)`,
    );
  });
}
