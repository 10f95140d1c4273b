import type { TransactionStatus } from '../../domain/transaction.ts';
import type { KnownTransaction } from '../../store/transactions/known.ts';

/** What a transaction has come to, by all that was said of it. */
export interface SettledTransaction {
  readonly transaction: KnownTransaction;
  readonly status: TransactionStatus;
  readonly code: string | null;
  /** Whether it was paid at some time, whatever followed. */
  readonly wasPaid: boolean;
  /** Whether it came to its status just now. */
  readonly isNew: boolean;
}
