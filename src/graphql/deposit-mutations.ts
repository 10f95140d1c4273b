import { type AssignDeposits, assignDeposits } from '../services/deposits/assign-deposits.ts';
import { REFUND_REASON_LENGTH_MAX, type RefundDeposits, refundDeposits } from '../services/deposits/refund-deposits.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from './batch/batch.ts';
import { targetFields } from './batch/record-input.ts';
import { builder } from './builder.ts';
import { DepositRef } from './deposit.ts';

const DEPOSIT = { name: 'Deposit', field: 'deposit', entity: 'deposit', ref: DepositRef } as const;

const AssignDepositInput = builder.inputType('AssignDepositInput', {
  description: 'A deposit and the pay-in that it belongs to.',
  fields: (t) => ({
    ...targetFields(t, 'deposit'),
    paymentId: t.id({ required: true, description: 'Pay-in of the same payment method that the deposit belongs to.' }),
  }),
});

batchMutation<BatchInput & Pick<AssignDeposits, 'records'>>('assignDeposits', {
  description:
    'Assigns deposits that matched no pay-in (match UNKNOWN), as if the payer had quoted the right reference: a pay-in that is covered is completed.',
  input: builder.inputType('AssignDepositsInput', {
    description: 'A batch of deposits to assign.',
    fields: (t) => ({ records: recordsField(t, AssignDepositInput), ...batchOptions(t) }),
  }),
  object: DEPOSIT,
  scope: 'write',
  records: ({ records }) => records,
  run: assignDeposits,
});

const RefundDepositInput = builder.inputType('RefundDepositInput', {
  description: 'A deposit that was sent back to its payer.',
  fields: (t) => ({
    ...targetFields(t, 'deposit'),
    amount: t.field({
      type: 'Money',
      description:
        'Amount that was sent back, in rand. Default: all that can be: the whole of a deposit that matched no pay-in or whose pay-in ended unpaid, or what exceeds the amount of a completed pay-in.',
    }),
    reason: t.string({
      description: `Reason, recorded with the event: at most ${REFUND_REASON_LENGTH_MAX} characters.`,
    }),
  }),
});

batchMutation<BatchInput & Pick<RefundDeposits, 'records'>>('refundDeposits', {
  description:
    'Records that deposits, or parts of them, were sent back to their payers. The gateway itself moves no money.',
  input: builder.inputType('RefundDepositsInput', {
    description: 'A batch of deposits that were sent back.',
    fields: (t) => ({ records: recordsField(t, RefundDepositInput), ...batchOptions(t) }),
  }),
  object: DEPOSIT,
  scope: 'write',
  records: ({ records }) => records,
  run: refundDeposits,
});
