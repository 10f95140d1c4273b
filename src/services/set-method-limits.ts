import { queryable } from '../store/database.ts';
import { type MethodLimits, writeMethodLimits } from '../store/payment-methods.ts';
import type { App } from './app.ts';

/** Sets the most that a method collects at a time and in a calendar month; false when there is no such method. */
export function setMethodLimits(
  app: App,
  merchantId: string,
  methodId: string,
  limits: MethodLimits,
): Promise<boolean> {
  return writeMethodLimits(queryable(app.database), merchantId, methodId, limits);
}
