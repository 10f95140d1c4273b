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
      'Next collection of the payment: a transaction waiting to be sent, including a retry, otherwise the next planned one. null if there is none, and for a pay-in.',
    select: { id: true },
    resolve: ({ id }, _args, { loaders }) => loaders.nextCollection.load(id),
  }),
);

const PreviewScheduleInput = builder.inputType('PreviewScheduleInput', {
  description: 'The payment to preview and the number of collections.',
  fields: (t) => ({
    paymentId: t.id({
      description: 'Unique identifier of an existing payment; set exactly one of `paymentId` and `payment`.',
    }),
    payment: t.field({
      type: SubmitPaymentInput,
      description:
        'A payment in the form of `submitPayments`, which is not created; set exactly one of `payment` and `paymentId`. Only payment method, mandate, amount and dates are evaluated.',
    }),
    count: t.int({
      required: true,
      defaultValue: COUNT_DEFAULT,
      description: `Number of collections to return, 1–${COUNT_MAX}, not counting skipped ones.`,
    }),
  }),
});

builder.queryField('previewSchedule', (t) =>
  t.field({
    type: [ScheduledCollectionRef],
    description:
      'Previews the future collections of an existing payment, or of one not submitted, using the rules of the scheduler. Empty if there are none, and for a pay-in.',
    args: {
      input: t.arg({
        type: PreviewScheduleInput,
        required: true,
        description: 'The payment to preview and the number of collections.',
      }),
    },
    ...scoped('read'),
    resolve: async (_root, { input }, context) => {
      const { count } = input;
      const paymentId = input.paymentId ?? null;
      const payment = input.payment ?? null;
      if ((paymentId === null) === (payment === null)) {
        throw requestError('BAD_REQUEST', 'Set exactly one of paymentId and payment.', [['paymentId'], ['payment']]);
      }
      if (count < 1 || count > COUNT_MAX)
        throw requestError('BAD_REQUEST', `count must be from 1 to ${COUNT_MAX}.`, [['count']]);
      const caller = callerOf(context);
      const { app } = context;
      if (payment) {
        const found = await previewRecord(app, caller, payment as never, count);
        if (!('errors' in found)) return [...found];
        const [first] = found.errors;
        const paths = found.errors.map(({ path }) => path);
        throw requestError('BAD_REQUEST', first?.message ?? 'The payment could not be submitted.', paths);
      }
      const id = paymentId ?? '';
      const now = await context.loaders.now();
      const rows = await previewPayments(queryable(app.database), caller.merchantId, now, [id], count);
      return [...(rows.get(id) ?? [])];
    },
  }),
);
