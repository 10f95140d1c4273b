import type { Cause } from '../domain/event.ts';
import type { TransactionStatus } from '../domain/transaction.ts';
import type { Tx } from './connection/database.ts';

/** The clock of due work: '' is the merchant's own clock, 'history' the clock of the generated demo history. */
export type ClockName = '' | 'history';

/** Context of a write: its transaction, its merchant, the instant on the merchant's clock, and the cause. */
export interface WriteContext {
  readonly tx: Tx;
  readonly merchantId: string;
  readonly occurredAt: Date;
  /** The clock of `occurredAt`, on which added due work is scheduled. */
  readonly clockName: ClockName;
  readonly cause: Cause;
  /** The API client that made the call; null when the bank or the clock caused the change. */
  readonly clientId: string | null;
  /**
   * Called after the commit for each transaction that reached a status, with its return code (null when it has none).
   */
  readonly onTransaction: (status: TransactionStatus, code: string | null) => void;
}
