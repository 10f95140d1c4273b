import type { Tx } from './connection/database.ts';
import { insertRows } from './connection/insert-rows.ts';
import { wallTime } from './connection/wall-time.ts';
import { newId } from './ids.ts';

/** An action that is recorded in the audit log. */
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
  | 'SANDBOX_RESET'
  | 'EXPORTED';

/** The API client responsible for an action, and the request in which it acted. */
export interface Author {
  readonly clientId: string;
  readonly requestId: string;
}

/** The author of what the operator does through the command line, and of what the first start sets up. */
export const OPERATOR: Author = { clientId: 'operator', requestId: 'operator' };

/** An audited action. Values are human-readable and never contain personal numbers or API keys. */
export interface AuditEntry {
  readonly action: AuditAction;
  readonly objectId: string;
  readonly field: string;
  readonly fromValue?: string | null;
  readonly toValue?: string | null;
}

/** Inserts audit entries in one statement. Must run in the transaction of the audited action. */
export function insertAuditEntries(
  tx: Tx,
  merchantId: string,
  { clientId, requestId }: Author,
  entries: readonly AuditEntry[],
): void {
  const createdAt = wallTime();
  insertRows(
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
