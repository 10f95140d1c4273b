import type { UserError } from '../domain/errors.ts';
import type { Unjudged } from '../domain/fields.ts';
import { parseDefaults } from '../domain/mandate/parse-defaults.ts';
import { insertAuditEntries, OPERATOR } from '../store/audit.ts';
import { withTransaction } from '../store/database.ts';
import { findMethods, writeDebicheckDefaults } from '../store/payment-methods.ts';
import type { App } from './app.ts';

/** Gives a method the defaults of its mandates to come. The reasons why not; null when there is no such method for mandates. */
export async function setDebicheckDefaults(
  { database }: App,
  merchantId: string,
  methodId: string,
  record: Unjudged,
): Promise<readonly UserError[] | null> {
  const defaults = parseDefaults(record, new Date());
  if (!('approvalWindow' in defaults)) return defaults;
  return withTransaction(database, async (tx) => {
    const method = (await findMethods(tx, merchantId, [methodId])).get(methodId);
    if (!method || !(await writeDebicheckDefaults(tx, merchantId, methodId, defaults))) return null;
    const entry = {
      action: 'SETTING_CHANGED',
      objectId: methodId,
      field: 'debicheckDefaults',
      fromValue: JSON.stringify(method.debicheckDefaults),
      toValue: JSON.stringify(defaults),
    } as const;
    await insertAuditEntries(tx, merchantId, OPERATOR, [entry]);
    return [];
  });
}
