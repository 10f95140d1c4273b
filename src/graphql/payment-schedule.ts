import type { ScheduledCollection } from '../domain/payment/preview.ts';
import { previewPayments, previewRecord } from '../services/preview-schedule.ts';
import { queryable } from '../store/database.ts';
import { builder, scoped } from './builder.ts';
import { callerOf } from './context.ts';
import { TransactionKindRef } from './enums/payment.ts';
import { PaymentRef } from './payment.ts';
import { requestError } from './request-error.ts';
import { SubmitPaymentInput } from './submit-payments.ts';

const COUNT_DEFAULT = 12;
const COUNT_MAX = 400;

const ScheduledCollectionRef = builder.objectRef<ScheduledCollection>('ScheduledCollection').implement({
  description: 'A collection that is to come, or that is skipped.',
  fields: (t) => ({
    nominalDate: t.expose('nominalDate', { type: 'Date', description: 'The agreed day.' }),
    actionDate: t.expose('actionDate', { type: 'Date', description: 'The day on which it will be made.' }),
    submitBy: t.expose('submitBy', { type: 'DateTime', description: 'The last instant at which it can be sent.' }),
    kind: t.expose('kind', { type: TransactionKindRef, description: 'The first of a mandate, or a regular one.' }),
    amount: t.field({
      type: 'Money',
      description: 'With the adjustments that are due by then.',
      resolve: ({ amountCents }) => amountCents,
    }),
    isSkipped: t.exposeBoolean('isSkipped', {
      description: 'Whether the collection will not be made; `notes` say why. The count of a preview leaves it out.',
    }),
    notes: t.stringList({
      description: 'What is worth knowing of it, for people.',
      resolve: ({ notes }) => [...notes],
    }),
  }),
});

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
