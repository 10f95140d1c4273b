import type { PaymentMethodType, TransactionStatus } from './generated/graphql.ts';

/** Methods that debit an account or a card; by the others customers pay of their own accord. */
export const DEBIT_METHODS: PaymentMethodType[] = ['DEBIT_ORDER', 'DEBICHECK', 'REGISTERED_MANDATE', 'CARD'];

/** Transactions that the bank, the scheme or the gateway did not pay. */
export const FAILED: TransactionStatus[] = ['UNPAID', 'DECLINED', 'REJECTED_BY_BANK', 'REJECTED_BY_API'];
/** Transactions that were paid and whose money was taken back, or is asked back. */
export const TAKEN_BACK: TransactionStatus[] = ['DISPUTED', 'CHARGEBACK', 'REVERSED'];

/** Transactions by how far they are. */
export const STAGES: Readonly<Record<string, TransactionStatus[]>> = {
  DUE: ['PENDING'],
  AT_THE_BANK: ['SENT_TO_BANK', 'ACCEPTED_BY_BANK', 'IN_TRACKING', 'NO_RESPONSE'],
  PAID: ['PAID'],
  UNPAID: FAILED,
  DISPUTED_OR_REVERSED: TAKEN_BACK,
};
