import { insertAuditEntries } from '../../store/audit.ts';
import { withTransaction } from '../../store/connection/database.ts';
import type { PersonalNumberField } from '../../store/personal-numbers.ts';
import { findByIndexes, findPersonalNumbers } from '../../store/read-personal-numbers.ts';
import type { App, Caller } from '../app.ts';

/** A personal number to read in full: its field and the id of its row. */
export interface NumberToRead {
  readonly field: PersonalNumberField;
  readonly rowId: string;
}

/**
 * Returns personal numbers in full, in input order; null where none is stored. The audit entries are written in the
 * same transaction, so no number is returned without one. Runs a fixed number of statements per field.
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
    insertAuditEntries(tx, merchantId, caller, entries);
    return numbers;
  });
}

/** A personal number used as a search term: its field and its blind index. */
export interface SearchedNumber {
  readonly field: PersonalNumberField;
  readonly index: Buffer;
}

/**
 * Writes audit entries for rows that were found by a full personal number, in one transaction. Finding a row reveals
 * its number, so it is audited like a read.
 */
export async function accountForSearches(app: App, caller: Caller, searched: readonly SearchedNumber[]): Promise<void> {
  await withTransaction(app.database, async (tx) => {
    for (const field of new Set(searched.map((item) => item.field))) {
      const indexes = searched.filter((item) => item.field === field).map(({ index }) => index);
      const found = await findByIndexes(tx, caller.merchantId, field, indexes);
      const entries = found.map((objectId) => ({ action: 'PERSONAL_NUMBER_READ' as const, objectId, field }));
      insertAuditEntries(tx, caller.merchantId, caller, entries);
    }
  });
}
