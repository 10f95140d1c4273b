import { addDays, NO_DATE } from '../domain/dates.ts';
import { ACCOUNT_DAYS, CARD_DAYS } from '../domain/dispute.ts';
import { adviceOn, meaningOf, unpaidCode } from '../domain/unpaid-codes.ts';
import { builder } from './builder.ts';
import { UnpaidCategoryRef } from './enums/payment.ts';
import { TransactionRef } from './transaction.ts';

/** Returns the civil date of a database date, which is read as midnight UTC. */
function dateOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** Return code, dispute deadline and tracking of a transaction. */
builder.prismaObjectFields(TransactionRef, (t) => ({
  unpaidCode: t.exposeString('unpaidCode', {
    nullable: true,
    description: 'Return code of the bank, or of the gateway or card provider; null if the transaction has none.',
  }),
  unpaidReason: t.string({
    nullable: true,
    description: 'Meaning of the return code; null without a code, or for an unknown one.',
    select: { unpaidCode: true },
    resolve: ({ unpaidCode }) => meaningOf(unpaidCode),
  }),
  unpaidCategory: t.field({
    type: UnpaidCategoryRef,
    nullable: true,
    description: 'Category of the return code; null without a code, or for an unknown one.',
    select: { unpaidCode: true },
    resolve: (transaction) => unpaidCode(transaction.unpaidCode)?.category ?? null,
  }),
  unpaidAdvice: t.string({
    nullable: true,
    description: 'Human-readable advice on the return code; null without a code, or for an unknown one.',
    select: { unpaidCode: true },
    resolve: ({ unpaidCode }) => adviceOn(unpaidCode),
  }),
  disputeDeadline: t.field({
    type: 'Date',
    nullable: true,
    description: `Last day on which the debtor can dispute the debit (civil date in Johannesburg): ${ACCOUNT_DAYS} days after the action date, ${CARD_DAYS} for a card. null until the debit is PAID, and if it cannot be disputed: a pay-in, or a DebiCheck debit of the amount and day that the debtor approved, unless it was tracked.`,
    select: { disputeBy: true },
    resolve: ({ disputeBy }) => (dateOf(disputeBy) === NO_DATE ? null : disputeBy),
  }),
  isDisputeLate: t.exposeBoolean('isDisputeLate', {
    description:
      'Whether the debit was disputed or charged back after the dispute deadline; the bank decides the outcome.',
  }),
  trackingUntil: t.field({
    type: 'Date',
    nullable: true,
    description:
      'Last day of payment tracking (civil date in Johannesburg); null unless the transaction is IN_TRACKING.',
    select: { status: true, actionDate: true, mandate: { select: { paymentTrackingMaxDays: true } } },
    resolve: ({ status, actionDate, mandate }) =>
      status === 'IN_TRACKING' ? addDays(dateOf(actionDate), mandate?.paymentTrackingMaxDays ?? 0) : null,
  }),
}));
