import type { Queryable } from './database.ts';
import { newId } from './ids.ts';
import { insertRows } from './insert-rows.ts';

/** Who did something that is to be accounted for. */
export interface AuditEntry {
  readonly clientId: string;
  readonly requestId: string;
  readonly action: 'PERSONAL_NUMBER_READ' | 'API_KEY_CREATED' | 'API_KEY_REVOKED';
  readonly objectId: string;
  readonly field: string;
}

/** Writes audit entries: one statement, whatever their number. */
export async function insertAuditEntries(
  tx: Queryable,
  merchantId: string,
  entries: readonly AuditEntry[],
): Promise<void> {
  const createdAt = new Date();
  await insertRows(
    tx,
    'audit_entry',
    entries.map((entry) => ({ merchantId, id: newId('auditEntry'), ...entry, createdAt })),
  );
}
