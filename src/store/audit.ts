import type { Queryable } from './connection/database.ts';
import { insertRows } from './connection/insert-rows.ts';
import { wallTime } from './connection/wall-time.ts';
import { newId } from './ids.ts';

export type AuditAction =
  | 'PERSONAL_NUMBER_READ'
  | 'API_KEY_CREATED'
  | 'API_KEY_REVOKED'
  | 'SETTING_CHANGED'
  | 'HOLIDAY_SET'
  | 'HOLIDAY_REMOVED'
  | 'REPO_CHANGE_POSTED'
  | 'PAYMENT_METHOD_CREATED'
  | 'CUSTOMER_ERASED'
  | 'SANDBOX_RESET';

/** Who answers for something: a client, in a request. */
export interface Author {
  readonly clientId: string;
  readonly requestId: string;
}

/** Whoever runs the gateway: by the command line, or by its first start. */
export const OPERATOR: Author = { clientId: 'operator', requestId: 'operator' };

/** Something that is to be accounted for. Values are as people read them; of personal numbers and keys there are none. */
export interface AuditEntry {
  readonly action: AuditAction;
  readonly objectId: string;
  readonly field: string;
  readonly fromValue?: string | null;
  readonly toValue?: string | null;
}

/** Writes audit entries: one statement, whatever their number. It belongs into the transaction that does it. */
export async function insertAuditEntries(
  tx: Queryable,
  merchantId: string,
  { clientId, requestId }: Author,
  entries: readonly AuditEntry[],
): Promise<void> {
  const createdAt = wallTime();
  await insertRows(
    tx,
    'audit_entry',
    entries.map(({ action, objectId, field, fromValue = null, toValue = null }) => ({
      merchantId,
      id: newId('auditEntry'),
      clientId,
      requestId,
      action,
      objectId,
      field,
      fromValue,
      toValue,
      createdAt,
    })),
  );
}
