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
