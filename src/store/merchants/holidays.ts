import type { CivilDate } from '../../domain/dates.ts';
import type { Tx } from '../connection/database.ts';
import { insertRows } from '../connection/insert-rows.ts';

/** A holiday of a merchant's banks. */
export interface Holiday {
  readonly date: CivilDate;
  readonly name: string;
}

/** Source of the holidays that callers add. */
const ADDED = 'MERCHANT';

/** Adds holidays to a merchant's calendar, renames those that exist, and then removes others. */
export function changeHolidays(
  tx: Tx,
  merchantId: string,
  add: readonly Holiday[],
  remove: readonly CivilDate[],
): void {
  insertRows(
    tx,
    'holiday',
    add.map((holiday) => ({ merchantId, ...holiday, source: ADDED })),
    'ON CONFLICT (merchant_id, date) DO UPDATE SET name = excluded.name, source = excluded.source',
  );
  tx.send('DELETE FROM holiday WHERE merchant_id = $1 AND date = ANY($2)', [merchantId, remove]);
}
