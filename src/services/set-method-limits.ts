import { formatAmount } from '../domain/money.ts';
import { insertAuditEntries, OPERATOR } from '../store/audit.ts';
import { withTransaction } from '../store/database.ts';
import { findMethods, type MethodLimits, writeMethodLimits } from '../store/payment-methods.ts';
import type { App } from './app.ts';

/** Sets the most that a method collects at a time and in a calendar month; false when there is no such method. */
export function setMethodLimits(
  { database }: App,
  merchantId: string,
  methodId: string,
  limits: MethodLimits,
): Promise<boolean> {
  return withTransaction(database, async (tx) => {
    const method = (await findMethods(tx, merchantId, [methodId])).get(methodId);
    if (!method) return false;
    await writeMethodLimits(tx, merchantId, methodId, limits);
    const entries = (['itemLimitCents', 'monthlyLimitCents'] as const).map((field) => ({
      action: 'SETTING_CHANGED' as const,
      objectId: methodId,
      field: field.replace('Cents', ''),
      fromValue: describe(method[field]),
      toValue: describe(limits[field]),
    }));
    const changed = entries.filter(({ fromValue, toValue }) => fromValue !== toValue);
    await insertAuditEntries(tx, merchantId, OPERATOR, changed);
    return true;
  });
}

function describe(cents: number | null): string {
  return cents === null ? 'none' : formatAmount(cents);
}
