import { availablePaymentActions, type PaymentAction } from '../../domain/payment/actions.ts';
import { PAUSE_CAUSES, type PauseCause, type StopCause } from '../../domain/payment/state-machine.ts';
import type { PaymentTotals } from '../../store/payments/payment-totals.ts';
import { builder } from '../builder.ts';
import { PauseCauseRef, PaymentActionRef } from '../enums/payment.ts';
import { PaymentRef } from './payment.ts';

const AvailablePaymentActionRef = builder
  .objectRef<{ action: PaymentAction; allowed: boolean; reason: string | null }>('AvailablePaymentAction')
  .implement({
    description: 'An action, and whether it can be taken now.',
    fields: (t) => ({
      action: t.expose('action', { description: 'What.', type: PaymentActionRef }),
      allowed: t.exposeBoolean('allowed', { description: 'Whether it can be taken now.' }),
      reason: t.exposeString('reason', { description: 'Why not, for people; null when allowed.', nullable: true }),
    }),
  });

const PaymentTotalsRef = builder.objectRef<PaymentTotals>('PaymentTotals').implement({
  description: 'What the transactions of a payment come to.',
  fields: (t) => ({
    collectedCount: t.exposeInt('collectedCount', { description: 'How many are PAID.' }),
    collected: t.field({ type: 'Money', description: 'PAID.', resolve: ({ collectedCents }) => collectedCents }),
    outstanding: t.field({
      type: 'Money',
      description: 'Not final yet: PENDING, at the bank, or in tracking.',
      resolve: ({ outstandingCents }) => outstandingCents,
    }),
    lost: t.field({
      type: 'Money',
      description: 'Paid once, and gone: UNPAID afterwards, REVERSED, REFUNDED or CHARGEBACK.',
      resolve: ({ lostCents }) => lostCents,
    }),
  }),
});

builder.prismaObjectFields(PaymentRef, (t) => ({
  pauseCauses: t.field({
    type: [PauseCauseRef],
    description: 'Why it is PAUSED; empty unless it is.',
    select: { pauseCauses: true },
    resolve: ({ pauseCauses }) => PAUSE_CAUSES.filter((cause) => pauseCauses.includes(cause)),
  }),
  totals: t.field({
    type: PaymentTotalsRef,
    description: 'What its transactions come to.',
    select: { id: true },
    resolve: ({ id }, _args, { loaders }) => loaders.paymentTotals.load(id),
  }),
  availableActions: t.field({
    type: [AvailablePaymentActionRef],
    description: 'Every action, whether it can be taken now, and why not.',
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
