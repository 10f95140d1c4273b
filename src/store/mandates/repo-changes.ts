import type { CivilDate } from '../../domain/dates.ts';
import type { Queryable } from '../connection/database.ts';
import { insertRows } from '../connection/insert-rows.ts';
import { wallTime } from '../connection/wall-time.ts';
import type { WriteContext } from '../write-context.ts';

/** Until this transaction ends nobody else posts a change. */
export async function lockRepoChanges(tx: Queryable, merchantId: string): Promise<void> {
  await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('repo ' || $1, 0))", [merchantId]);
}

/** Records a change of the repo rate: by how much, in hundred-thousandths of a percent, and from which day. Its id. */
export async function insertRepoChange(context: WriteContext, rate: number, date: CivilDate): Promise<string> {
  const id = context.tx.ids.newId('repoChange');
  const { merchantId, clientId } = context;
  await insertRows(context.tx, 'repo_change', [
    { merchantId, id, date, rate, createdBy: clientId, createdAt: wallTime() },
  ]);
  return id;
}

export interface RepoChange {
  readonly id: string;
  readonly date: CivilDate;
  readonly rate: number;
}

/** Changes by id, in the order of their days. */
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

/** The change of a day, if there is one. */
export async function findRepoChangeOn(tx: Queryable, merchantId: string, date: CivilDate): Promise<RepoChange | null> {
  const [row] = await tx.query<RepoChange>(
    'SELECT id, date, rate FROM repo_change WHERE merchant_id = $1 AND date = $2',
    [merchantId, date],
  );
  return row ?? null;
}
