import type { Cause } from '../domain/event.ts';
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

/** Columns every new row has. `createdAt` is wall time, whatever the merchant's clock says. */
export function newRow(merchantId: string): { merchantId: string; createdAt: Date; updatedAt: Date; version: number } {
  const now = new Date();
  return { merchantId, createdAt: now, updatedAt: now, version: 1 };
}
