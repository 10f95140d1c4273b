import type { Cause } from '../domain/event.ts';
import { instantOfId } from '../domain/ids.ts';
import type { Transaction } from './database.ts';

/** The transaction a change is written in, whose data it is, when it happens on the merchant's clock, and who caused it. */
export interface Change {
  readonly tx: Transaction;
  readonly merchantId: string;
  readonly occurredAt: Date;
  readonly cause: Cause;
  /** The API client behind it; null when the bank or the clock is. */
  readonly clientId: string | null;
}

/**
 * Columns every new row has. `createdAt` is wall time, whatever the merchant's clock says, and the very instant that its id
 * tells: in the order of ids rows are in the order of their creation.
 */
export function newRow(merchantId: string, id: string) {
  const createdAt = instantOfId(id);
  return { merchantId, id, createdAt, updatedAt: createdAt, version: 1 };
}
