import { previewPayments, previewRecord } from '../../services/collections/preview-schedule.ts';
import { queryable } from '../../store/connection/database.ts';
import { builder, scoped } from '../builder.ts';
import { callerOf } from '../context.ts';
import { requestError } from '../pipeline/request-error.ts';
import { PaymentRef } from './payment.ts';
import { ScheduledCollectionRef } from './scheduled-collection.ts';
import { SubmitPaymentInput } from './submit-payments.ts';

const COUNT_DEFAULT = 12;
const COUNT_MAX = 400;

builder.prismaObjectField(PaymentRef, 'nextCollection', (t) =>
  t.field({
    type: ScheduledCollectionRef,
    nullable: true,
    description:
      'The next collection: a transaction that waits to be sent, a retry among them, else the one that is planned. null when there is none, as for a pay-in.',
    select: { id: true },
    resolve: ({ id }, _args, { loaders }) => loaders.nextCollection.load(id),
  }),
);

const PreviewScheduleInput = builder.inputType('PreviewScheduleInput', {
  description: 'A payment, and how far to look.',
  fields: (t) => ({
    paymentId: t.id({ description: 'One there is. Either this, or payment.' }),
    payment: t.field({
      type: SubmitPaymentInput,
      description:
        'One there is not, as it would be submitted; either this, or paymentId. Only method, mandate, amount and dates are looked at.',
    }),
    count: t.int({ required: true, defaultValue: COUNT_DEFAULT, description: `1 to ${COUNT_MAX} collections.` }),
  }),
});

builder.queryField('previewSchedule', (t) =>
  t.field({
    type: [ScheduledCollectionRef],
    description:
      'The collections that a payment is going to have, or would have; by the very rules that the clock follows. Empty when there are none.',
    args: { input: t.arg({ type: PreviewScheduleInput, required: true, description: 'Of what.' }) },
    ...scoped('read'),
    resolve: async (_root, { input }, context) => {
      const { count } = input;
      const paymentId = input.paymentId ?? null;
      const payment = input.payment ?? null;
      if ((paymentId === null) === (payment === null)) {
        throw requestError('BAD_REQUEST', 'Exactly one of paymentId and payment.', [['paymentId'], ['payment']]);
      }
      if (count < 1 || count > COUNT_MAX) throw requestError('BAD_REQUEST', `From 1 to ${COUNT_MAX}.`, [['count']]);
      const caller = callerOf(context);
      const { app } = context;
      if (payment) {
        const found = await previewRecord(app, caller, payment as never, count);
        if (!('errors' in found)) return [...found];
        const [first] = found.errors;
        const paths = found.errors.map(({ path }) => path);
        throw requestError('BAD_REQUEST', first?.message ?? 'It could not be submitted.', paths);
      }
      const id = paymentId ?? '';
      const now = await context.loaders.now();
      const rows = await previewPayments(queryable(app.database), caller.merchantId, now, [id], count);
      return [...(rows.get(id) ?? [])];
    },
  }),
);
