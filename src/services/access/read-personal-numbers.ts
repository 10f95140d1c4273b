import { insertAuditEntries } from '../../store/audit.ts';
import { withTransaction } from '../../store/connection/database.ts';
import type { PersonalNumberField } from '../../store/personal-numbers.ts';
import { findByIndexes, findPersonalNumbers } from '../../store/read-personal-numbers.ts';
import type { App, Caller } from '../app.ts';

/** One whole number to be read: which, and of which row. */
export interface NumberToRead {
  readonly field: PersonalNumberField;
  readonly rowId: string;
}

/**
 * The whole personal numbers, in order; null where there is none. Who read which is written in the same transaction: no
 * number leaves without its audit entry. A fixed number of statements for each field, whatever the number of rows.
 */
export async function readPersonalNumbers(
  app: App,
  caller: Caller,
  wanted: readonly NumberToRead[],
): Promise<Array<string | null>> {
  const { merchantId } = caller;
  const fields = [...new Set(wanted.map(({ field }) => field))];
  return withTransaction(app.database, async (tx) => {
    const found = new Map<PersonalNumberField, ReadonlyMap<string, string | null>>();
    for (const field of fields) {
      const rowIds = wanted.filter((item) => item.field === field).map(({ rowId }) => rowId);
      found.set(field, await findPersonalNumbers(tx, app.secrets, merchantId, field, rowIds));
    }
    const numbers = wanted.map(({ field, rowId }) => found.get(field)?.get(rowId) ?? null);
    const read = wanted.filter((_, index) => numbers[index] !== null);
    const entries = read.map(({ field, rowId }) => ({
      action: 'PERSONAL_NUMBER_READ' as const,
      objectId: rowId,
      field,
    }));
    await insertAuditEntries(tx, merchantId, caller, entries);
    return numbers;
  });
}

/** A number that was compared with: which, as it is stored for comparison. */
export interface SearchedNumber {
  readonly field: PersonalNumberField;
  readonly index: Buffer;
}

/** Notes who found which rows by a whole number, as if the number had been read: whoever finds a row knows its number. */
export async function accountForSearches(app: App, caller: Caller, searched: readonly SearchedNumber[]): Promise<void> {
  await withTransaction(app.database, async (tx) => {
    for (const field of new Set(searched.map((item) => item.field))) {
      const indexes = searched.filter((item) => item.field === field).map(({ index }) => index);
      const found = await findByIndexes(tx, caller.merchantId, field, indexes);
      const entries = found.map((objectId) => ({ action: 'PERSONAL_NUMBER_READ' as const, objectId, field }));
      await insertAuditEntries(tx, caller.merchantId, caller, entries);
    }
  });
}
