import type { ApprovalWindow } from '../../domain/mandate/approval-window.ts';
import type { MandateCancelReason } from '../../domain/mandate/reason-codes.ts';
import type { MandateStatus } from '../../domain/mandate/state-machine.ts';
import { cancelMandates } from '../../services/mandates/cancel-mandates.ts';
import { type ConvertMandates, convertMandates } from '../../services/mandates/convert-mandates.ts';
import { type CreateMandates, createMandates } from '../../services/mandates/create-mandates.ts';
import { resubmitMandates } from '../../services/mandates/resubmit-mandates.ts';
import { setMandateStatus } from '../../services/mandates/set-mandate-status.ts';
import { type UpdateMandates, updateMandates } from '../../services/mandates/update-mandates.ts';
import { withdrawAmendments } from '../../services/mandates/withdraw-amendments.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from '../batch/batch.ts';
import { readSelection, type SelectionInput, selectedOf, selectionFields } from '../batch/selection.ts';
import { builder } from '../builder.ts';
import { ApprovalWindowRef, MandateCancelReasonRef, MandateStatusRef } from '../enums/mandate.ts';
import { readReason } from '../reason.ts';
import { MandateRef } from './mandate.ts';
import { ConvertMandateInput, CreateMandateInput, UpdateMandateInput } from './mandate-input.ts';

const MANDATE = { name: 'Mandate', field: 'mandate', entity: 'mandate', ref: MandateRef } as const;
const REASON = 'Yours, shown with the events it causes. At most 256 characters.';

batchMutation<BatchInput & Pick<CreateMandates, 'records'>>('createMandates', {
  description:
    'Creates mandates. EFT is ACTIVE at once; DebiCheck awaits the debtor, a registered mandate the bank: subscribe to mandateStatusChanged.',
  input: builder.inputType('CreateMandatesInput', {
    description: 'A batch of mandates.',
    fields: (t) => ({ records: recordsField(t, CreateMandateInput), ...batchOptions(t) }),
  }),
  object: MANDATE,
  scope: 'write',
  records: ({ records }) => records,
  run: createMandates,
});

batchMutation<BatchInput & Pick<UpdateMandates, 'records'>>('updateMandates', {
  description:
    'Changes mandates: EFT at once, with the collections to come; of DebiCheck and registered mandates what has to be approved is an amendment.',
  input: builder.inputType('UpdateMandatesInput', {
    description: 'A batch of changes.',
    fields: (t) => ({ records: recordsField(t, UpdateMandateInput), ...batchOptions(t) }),
  }),
  object: MANDATE,
  scope: 'write',
  records: ({ records }) => records,
  run: updateMandates,
});

batchMutation<SelectionInput & { status: MandateStatus; reason?: string | null }>('setMandateStatus', {
  description: 'Disables and enables EFT mandates, and archives mandates that are over and have no running payment.',
  input: builder.inputType('SetMandateStatusInput', {
    description: 'Mandates and their new status.',
    fields: (t) => ({
      ...selectionFields(t),
      status: t.field({ type: MandateStatusRef, required: true, description: 'ACTIVE, DISABLED or ARCHIVED.' }),
      reason: t.string({ description: REASON }),
    }),
  }),
  object: MANDATE,
  scope: 'write',
  records: selectedOf,
  run: (app, caller, input) => {
    const { status, reason } = input;
    return setMandateStatus(app, caller, { ...readSelection(input), status, reason: readReason(reason) });
  },
});

batchMutation<SelectionInput & { reason?: string | null }>('withdrawAmendments', {
  description: 'Takes back terms that await approval: those that hold go on to hold.',
  input: builder.inputType('WithdrawAmendmentsInput', {
    description: 'Mandates whose amendments are withdrawn.',
    fields: (t) => ({ ...selectionFields(t), reason: t.string({ description: REASON }) }),
  }),
  object: MANDATE,
  scope: 'write',
  records: selectedOf,
  run: (app, caller, input) =>
    withdrawAmendments(app, caller, { ...readSelection(input), reason: readReason(input.reason) }),
});

batchMutation<SelectionInput & { approvalWindow?: ApprovalWindow | null }>('resubmitMandates', {
  description:
    'Asks debtors again who refused or did not answer, under the same contract reference: DebiCheck by ABSA, in real time, at most three times in all. Payments that were stopped for it wait again.',
  input: builder.inputType('ResubmitMandatesInput', {
    description: 'Mandates to be asked for again.',
    fields: (t) => ({
      ...selectionFields(t),
      approvalWindow: t.field({
        type: ApprovalWindowRef,
        description: "A TT1 window. The mandate's own when it is one, else REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE.",
      }),
    }),
  }),
  object: MANDATE,
  scope: 'write',
  records: selectedOf,
  run: (app, caller, input) => {
    const { approvalWindow = null } = input;
    return resubmitMandates(app, caller, { ...readSelection(input), approvalWindow });
  },
});

batchMutation<SelectionInput & { reason?: MandateCancelReason | null }>('cancelMandates', {
  description:
    'Ends mandates for good, at the bank as well. Their payments stop, or are cancelled while they await approval; their contract references are retired.',
  input: builder.inputType('CancelMandatesInput', {
    description: 'Mandates to be cancelled.',
    fields: (t) => ({
      ...selectionFields(t),
      reason: t.field({ type: MandateCancelReasonRef, description: 'REQUESTED_BY_CREDITOR when absent.' }),
    }),
  }),
  object: MANDATE,
  scope: 'write',
  records: selectedOf,
  run: (app, caller, input) =>
    cancelMandates(app, caller, { ...readSelection(input), reason: input.reason ?? 'REQUESTED_BY_CREDITOR' }),
});

batchMutation<BatchInput & Pick<ConvertMandates, 'records'>>('convertMandates', {
  description:
    'Makes registered mandates of DebiCheck ones that expired in the TT2 window, within ten days of their request and once each. The old ones stay; the new ones name them.',
  input: builder.inputType('ConvertMandatesInput', {
    description: 'A batch of conversions.',
    fields: (t) => ({ records: recordsField(t, ConvertMandateInput), ...batchOptions(t) }),
  }),
  object: MANDATE,
  scope: 'write',
  records: ({ records }) => records,
  run: convertMandates,
});
