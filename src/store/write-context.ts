import type { Cause } from '../domain/event.ts';
import type { TransactionStatus } from '../domain/transaction.ts';
import type { Tx } from './connection/database.ts';

/** The clock that due work goes by: the merchant's own, or the one that the demonstration history is made with. */
export type ClockName = '' | 'history';

/** The transaction a change is written in, whose data it is, when it happens on the merchant's clock, and who caused it. */
export interface WriteContext {
  readonly tx: Tx;
  readonly merchantId: string;
  readonly occurredAt: Date;
  /** The clock of `occurredAt`; due work that is added goes by it. */
  readonly clockName: ClockName;
  readonly cause: Cause;
  /** The API client behind it; null when the bank or the clock is. */
  readonly clientId: string | null;
  /** Hears of each transaction that reached a status, and by which return code, once that is committed. */
  readonly onTransaction: (status: TransactionStatus, code: string | null) => void;
}
