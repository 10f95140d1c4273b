import type { TransactionStatus } from './transaction.ts';

/** All stages of the transactions of a batch, in their order. */
export const BATCH_STAGES = ['PENDING', 'SENT', 'ACCEPTED', 'PAID', 'UNPAID', 'REJECTED'] as const;
/** Stage of a transaction of a batch. */
export type BatchStage = (typeof BATCH_STAGES)[number];

/** Stage of each status of a transaction. */
export const STAGE_OF: Readonly<Record<TransactionStatus, BatchStage>> = {
  PENDING: 'PENDING',
  SENT_TO_BANK: 'SENT',
  NO_RESPONSE: 'SENT',
  ACCEPTED_BY_BANK: 'ACCEPTED',
  IN_TRACKING: 'ACCEPTED',
  PAID: 'PAID',
  UNPAID: 'UNPAID',
  DISPUTED: 'UNPAID',
  REVERSED: 'UNPAID',
  REFUNDED: 'UNPAID',
  CHARGEBACK: 'UNPAID',
  REJECTED_BY_API: 'REJECTED',
  REJECTED_BY_BANK: 'REJECTED',
  DECLINED: 'REJECTED',
  CANCELLED: 'REJECTED',
};

/** Number and total amount of the objects in one group. */
export interface Total<Key extends string = string> {
  readonly key: Key;
  readonly count: number;
  readonly amountCents: bigint;
}

/** Returns the totals of all stages, in their order, from the totals of statuses. */
export function progressOf(statuses: ReadonlyArray<Total<TransactionStatus>>): Array<Total<BatchStage>> {
  return BATCH_STAGES.map((key) => {
    const own = statuses.filter((total) => STAGE_OF[total.key] === key);
    return {
      key,
      count: own.reduce((sum, { count }) => sum + count, 0),
      amountCents: own.reduce((sum, { amountCents }) => sum + amountCents, 0n),
    };
  });
}
