import { availablePaymentActions, type PaymentAction } from '../../domain/payment/actions.ts';
import { PAUSE_CAUSES, type PauseCause, type StopCause } from '../../domain/payment/state-machine.ts';
import { LOST_STATUSES, OPEN_TRANSACTION_STATUSES } from '../../domain/transaction.ts';
import type { PaymentTotals } from '../../store/payments/payment-totals.ts';
import { builder } from '../builder.ts';
import { PauseCauseRef, PaymentActionRef } from '../enums/payment.ts';
import { PaymentRef } from './payment.ts';

const AvailablePaymentActionRef = builder
  .objectRef<{ action: PaymentAction; allowed: boolean; reason: string | null }>('AvailablePaymentAction')
  .implement({
    description: 'An action on a payment and whether it is currently allowed.',
    fields: (t) => ({
      action: t.expose('action', { description: 'The action on the payment.', type: PaymentActionRef }),
      allowed: t.exposeBoolean('allowed', { description: 'Whether the action is currently allowed.' }),
      reason: t.exposeString('reason', {
        description: 'Human-readable reason why the action is not allowed; null if it is allowed.',
        nullable: true,
      }),
    }),
  });

const PaymentTotalsRef = builder.objectRef<PaymentTotals>('PaymentTotals').implement({
  description: 'Totals of the transactions of a payment.',
  fields: (t) => ({
    collectedCount: t.exposeInt('collectedCount', { description: 'Number of transactions with status PAID.' }),
    collected: t.field({
      type: 'Money',
      description: 'Sum of the PAID transactions, in rand.',
      resolve: ({ collectedCents }) => collectedCents,
    }),
    outstanding: t.field({
      type: 'Money',
      description: `Sum of the transactions without a final result (${OPEN_TRANSACTION_STATUSES.join(', ')}), in rand.`,
      resolve: ({ outstandingCents }) => outstandingCents,
    }),
    lost: t.field({
      type: 'Money',
      description: `Sum of the transactions that were PAID and then lost (${LOST_STATUSES.join(', ')}), in rand.`,
      resolve: ({ lostCents }) => lostCents,
    }),
  }),
});

builder.prismaObjectFields(PaymentRef, (t) => ({
  pauseCauses: t.field({
    type: [PauseCauseRef],
    description: 'Causes for which the payment is PAUSED; empty in any other status. It resumes when no cause is left.',
    select: { pauseCauses: true },
    resolve: ({ pauseCauses }) => PAUSE_CAUSES.filter((cause) => pauseCauses.includes(cause)),
  }),
  totals: t.field({
    type: PaymentTotalsRef,
    description: 'Totals of the transactions of this payment.',
    select: { id: true },
    resolve: ({ id }, _args, { loaders }) => loaders.paymentTotals.load(id),
  }),
  availableActions: t.field({
    type: [AvailablePaymentActionRef],
    description: 'All actions on a payment, each with whether it is currently allowed and, if not, the reason.',
    select: {
      id: true,
      kind: true,
      status: true,
      pauseCauses: true,
      stopCause: true,
      paymentMethod: { select: { type: true } },
    },
    resolve: async ({ id, pauseCauses, stopCause, paymentMethod, ...payment }, _args, { loaders }) =>
      availablePaymentActions(
        {
          ...payment,
          methodType: paymentMethod.type,
          pauseCauses: pauseCauses as PauseCause[],
          stopCause: stopCause as StopCause | null,
        },
        await loaders.paymentTies.load(id),
      ),
  }),
}));
