import { addDays } from '../domain/dates.ts';
import { ACCOUNT_DAYS, CARD_DAYS, disputeDeadline } from '../domain/dispute.ts';
import { adviceOn, meaningOf, unpaidCode } from '../domain/unpaid-codes.ts';
import { builder } from './builder.ts';
import { UnpaidCategoryRef } from './enums/payment.ts';
import { TransactionRef } from './transaction.ts';

/** A day of the database, which reads them as the midnight of UTC. */
function dateOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** Why it was not paid, and what may still come. */
builder.prismaObjectFields(TransactionRef, (t) => ({
  unpaidCode: t.exposeString('unpaidCode', { nullable: true, description: "The bank's return code." }),
  unpaidReason: t.string({
    nullable: true,
    description: 'What the return code means.',
    select: { unpaidCode: true },
    resolve: ({ unpaidCode }) => meaningOf(unpaidCode),
  }),
  unpaidCategory: t.field({
    type: UnpaidCategoryRef,
    nullable: true,
    description: 'What kind of reason that is.',
    select: { unpaidCode: true },
    resolve: (transaction) => unpaidCode(transaction.unpaidCode)?.category ?? null,
  }),
  unpaidAdvice: t.string({
    nullable: true,
    description: 'What to do about it, for people.',
    select: { unpaidCode: true },
    resolve: ({ unpaidCode }) => adviceOn(unpaidCode),
  }),
  disputeDeadline: t.field({
    type: 'Date',
    nullable: true,
    description: `The last day, in Johannesburg, on which the debtor can dispute the debit: ${ACCOUNT_DAYS} days after the action date, ${CARD_DAYS} for a card. null until the debit is PAID, and where it cannot be disputed: a pay-in, and DebiCheck of the amount and day that the debtor approved, unless it was tracked.`,
    select: {
      actionDate: true,
      nominalDate: true,
      amountCents: true,
      wasTracked: true,
      chargedAt: true,
      paymentMethod: { select: { type: true } },
      mandate: { select: { amountCents: true, processDay: true, interval: true, processDate: true } },
    },
    resolve: ({ actionDate, nominalDate, amountCents, wasTracked, chargedAt, paymentMethod, mandate }) =>
      disputeDeadline({
        methodType: paymentMethod.type,
        nominalDate: dateOf(nominalDate),
        actionDate: dateOf(actionDate),
        amountCents: Number(amountCents),
        wasTracked,
        wasPaid: chargedAt !== null,
        mandate: mandate && {
          ...mandate,
          amountCents: Number(mandate.amountCents),
          processDate: mandate.processDate && dateOf(mandate.processDate),
        },
      }),
  }),
  isDisputeLate: t.exposeBoolean('isDisputeLate', {
    description:
      'Whether the debit was disputed or charged back after the last day for it; the bank decides what follows.',
  }),
  trackingUntil: t.field({
    type: 'Date',
    nullable: true,
    description: 'The last day on which the bank watches the account for funds; null unless it is IN_TRACKING.',
    select: { status: true, actionDate: true, mandate: { select: { paymentTrackingMaxDays: true } } },
    resolve: ({ status, actionDate, mandate }) =>
      status === 'IN_TRACKING' ? addDays(dateOf(actionDate), mandate?.paymentTrackingMaxDays ?? 0) : null,
  }),
}));
