import { insertAuditEntries } from '../../store/audit.ts';
import { withTransaction } from '../../store/connection/database.ts';
import type { App, Caller } from '../app.ts';

/** Writes an audit entry for an export that begins. */
export async function recordExport(app: App, caller: Caller, name: string): Promise<void> {
  await withTransaction(app.database, async (tx) => {
    const entry = { action: 'EXPORTED', objectId: caller.merchantId, field: name } as const;
    insertAuditEntries(tx, caller.merchantId, caller, [entry]);
  });
}
