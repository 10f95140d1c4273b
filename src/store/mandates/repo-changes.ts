import type { CivilDate } from '../../domain/dates.ts';
import type { Queryable, Tx } from '../connection/database.ts';
import { insertRows } from '../connection/insert-rows.ts';
import { wallTime } from '../connection/wall-time.ts';
import type { WriteContext } from '../write-context.ts';

/** Locks the merchant's repo rate changes until the transaction ends; others that post one wait. */
export function lockRepoChanges(tx: Tx, merchantId: string): void {
  tx.send("SELECT pg_advisory_xact_lock(hashtextextended('repo ' || $1, 0))", [merchantId]);
}

/** Records a change of the repo rate by `rate`, in hundred-thousandths of a percent, from `date` on; returns its id. */
export async function insertRepoChange(context: WriteContext, rate: number, date: CivilDate): Promise<string> {
  const id = context.tx.ids.newId('repoChange');
  const { merchantId, clientId } = context;
  insertRows(context.tx, 'repo_change', [{ merchantId, id, date, rate, createdBy: clientId, createdAt: wallTime() }]);
  return id;
}

/** A change of the repo rate, in hundred-thousandths of a percent, from a date on. */
export interface RepoChange {
  readonly id: string;
  readonly date: CivilDate;
  readonly rate: number;
}

/** Returns repo rate changes by id, ordered by date. */
export async function findRepoChanges(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<RepoChange[]> {
  return tx.query('SELECT id, date, rate FROM repo_change WHERE merchant_id = $1 AND id = ANY($2) ORDER BY date', [
    merchantId,
    ids,
  ]);
}

/** Returns the repo rate change of a date; null when there is none. */
export async function findRepoChangeOn(tx: Queryable, merchantId: string, date: CivilDate): Promise<RepoChange | null> {
  const [row] = await tx.query<RepoChange>(
    'SELECT id, date, rate FROM repo_change WHERE merchant_id = $1 AND date = $2',
    [merchantId, date],
  );
  return row ?? null;
}
