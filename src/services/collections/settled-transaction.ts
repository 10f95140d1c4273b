import type { TransactionStatus } from '../../domain/transaction.ts';
import type { KnownTransaction } from '../../store/transactions/known.ts';

/** The result of a transaction by all its answers. */
export interface SettledTransaction {
  readonly transaction: KnownTransaction;
  readonly status: TransactionStatus;
  readonly code: string | null;
  /** Whether it was PAID at some point, even if it was returned later. */
  readonly wasPaid: boolean;
  /** Whether it reached its status in this change. */
  readonly isNew: boolean;
}
