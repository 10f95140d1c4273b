import { ATTEMPTS_MAX, CONVERSION_DAYS, RESUBMISSION_WINDOWS } from '../../domain/mandate/actions.ts';
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
import { REASON_LENGTH_MAX, readReason } from '../reason.ts';
import { MandateRef } from './mandate.ts';
import { ConvertMandateInput, CreateMandateInput, UpdateMandateInput } from './mandate-input.ts';

export const MANDATE = { name: 'Mandate', field: 'mandate', entity: 'mandate', ref: MandateRef } as const;
const REASON = `Reason recorded with the events of this call; at most ${REASON_LENGTH_MAX} characters.`;

batchMutation<BatchInput & Pick<CreateMandates, 'records'>>('createMandates', {
  description:
    'Creates mandates. EFT mandates need no approval; DebiCheck mandates await the debtor and registered mandates the bank. Subscribe to mandateStatusChanged to receive the answer.',
  input: builder.inputType('CreateMandatesInput', {
    description: 'Batch of mandates to create.',
    fields: (t) => ({ records: recordsField(t, CreateMandateInput), ...batchOptions(t) }),
  }),
  object: MANDATE,
  scope: 'write',
  records: ({ records }) => records,
  run: createMandates,
});

batchMutation<BatchInput & Pick<UpdateMandates, 'records'>>('updateMandates', {
  description:
    'Changes mandates. EFT mandates and their future collections change immediately; changes to DebiCheck and registered mandates that need approval become an amendment.',
  input: builder.inputType('UpdateMandatesInput', {
    description: 'Batch of changes to mandates.',
    fields: (t) => ({ records: recordsField(t, UpdateMandateInput), ...batchOptions(t) }),
  }),
  object: MANDATE,
  scope: 'write',
  records: ({ records }) => records,
  run: updateMandates,
});

batchMutation<SelectionInput & { status: MandateStatus; reason?: string | null }>('setMandateStatus', {
  description:
    'Enables or disables EFT mandates, which resumes or pauses their payments; archives mandates that have ended or are DISABLED and have no running payment.',
  input: builder.inputType('SetMandateStatusInput', {
    description: 'Mandates and the status to set.',
    fields: (t) => ({
      ...selectionFields(t),
      status: t.field({
        type: MandateStatusRef,
        required: true,
        description: 'Target status: ACTIVE, DISABLED or ARCHIVED.',
      }),
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
  description: 'Withdraws pending amendments of mandates; the current terms stay in force.',
  input: builder.inputType('WithdrawAmendmentsInput', {
    description: 'Mandates whose pending amendments are withdrawn.',
    fields: (t) => ({ ...selectionFields(t), reason: t.string({ description: REASON }) }),
  }),
  object: MANDATE,
  scope: 'write',
  records: selectedOf,
  run: (app, caller, input) =>
    withdrawAmendments(app, caller, { ...readSelection(input), reason: readReason(input.reason) }),
});

batchMutation<SelectionInput & { approvalWindow?: ApprovalWindow | null }>('resubmitMandates', {
  description: `Requests approval of rejected or expired DebiCheck mandates again, under the same contract reference. Only for methods of ABSA and in a TT1 window; at most ${ATTEMPTS_MAX} attempts in total. Payments that the rejection stopped return to PENDING.`,
  input: builder.inputType('ResubmitMandatesInput', {
    description: 'Mandates to resubmit for approval.',
    fields: (t) => ({
      ...selectionFields(t),
      approvalWindow: t.field({
        type: ApprovalWindowRef,
        description: `Approval window of the resubmission: ${RESUBMISSION_WINDOWS.join(', ')}. Defaults to the window of the mandate; required if that is not one of these.`,
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
    'Cancels mandates permanently, also at the bank. Their payments are stopped, or cancelled if the mandate was still PENDING; their contract references are retired.',
  input: builder.inputType('CancelMandatesInput', {
    description: 'Mandates to cancel and the reason.',
    fields: (t) => ({
      ...selectionFields(t),
      reason: t.field({
        type: MandateCancelReasonRef,
        description: 'Reason for the cancellation; defaults to REQUESTED_BY_CREDITOR.',
      }),
    }),
  }),
  object: MANDATE,
  scope: 'write',
  records: selectedOf,
  run: (app, caller, input) =>
    cancelMandates(app, caller, { ...readSelection(input), reason: input.reason ?? 'REQUESTED_BY_CREDITOR' }),
});

batchMutation<BatchInput & Pick<ConvertMandates, 'records'>>('convertMandates', {
  description: `Converts DebiCheck mandates that expired in the TT2 window into new registered mandates with the same terms. Each can be converted once, within ${CONVERSION_DAYS} days of its approval request. The expired mandate remains and is the \`convertedFrom\` of the new one.`,
  input: builder.inputType('ConvertMandatesInput', {
    description: 'Batch of mandates to convert.',
    fields: (t) => ({ records: recordsField(t, ConvertMandateInput), ...batchOptions(t) }),
  }),
  object: MANDATE,
  scope: 'write',
  records: ({ records }) => records,
  run: convertMandates,
});
