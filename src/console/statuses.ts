import type { TransactionStatus } from './generated/graphql.ts';

/** Transactions that the bank, the scheme or the gateway did not pay. */
export const FAILED: TransactionStatus[] = ['UNPAID', 'DECLINED', 'REJECTED_BY_BANK', 'REJECTED_BY_API'];
/** Transactions that were paid and whose money was taken back, or is asked back. */
export const TAKEN_BACK: TransactionStatus[] = ['DISPUTED', 'CHARGEBACK', 'REVERSED'];
/** Transactions that are at the bank. */
export const AT_BANK: TransactionStatus[] = ['SENT_TO_BANK', 'ACCEPTED_BY_BANK', 'IN_TRACKING', 'NO_RESPONSE'];
