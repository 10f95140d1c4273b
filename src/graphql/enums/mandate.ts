import type { MANDATE_ACTIONS } from '../../domain/mandate/actions.ts';
import type { ADJUSTMENT_CATEGORIES, ADJUSTMENT_TYPES } from '../../domain/mandate/adjustment.ts';
import type { APPROVAL_WINDOWS } from '../../domain/mandate/approval-window.ts';
import { CANCEL_REASONS, type MandateCancelReason } from '../../domain/mandate/reason-codes.ts';
import type { AMENDMENT_STATUSES, MANDATE_STATUSES } from '../../domain/mandate/state-machine.ts';
import type { FIRST_COLLECTION_MODES } from '../../domain/schedule.ts';
import { builder } from '../builder.ts';
import { describe, statuses } from './describe.ts';

export const MandateStatusRef = builder.enumType('MandateStatus', {
  description: 'Where a mandate is in its life. An EFT mandate is ACTIVE from the start.',
  values: statuses('MANDATE', {
    PENDING: 'Awaits approval.',
    ACTIVE: 'Can be collected by. SUSPENDED is of DebiCheck and registered mandates, DISABLED of EFT alone.',
    REJECTED: 'The debtor or the bank refused it; `rejectionReason` says why. PENDING again when it is resubmitted.',
    EXPIRED: 'Nobody answered in time. PENDING again when it is resubmitted.',
    SUSPENDED: 'Held by debtor or bank.',
    DISABLED: 'Held by you; EFT alone.',
    CANCELLED: 'Ended for good before its time; its contract reference is retired.',
    COMPLETED: 'Its release date has passed, or its one collection was made.',
    ARCHIVED: 'Put away.',
  } satisfies Record<(typeof MANDATE_STATUSES)[number], string>),
});
export const AmendmentStatusRef = builder.enumType('AmendmentStatus', {
  description: 'Whether other terms of a mandate await approval. The old ones hold until then.',
  values: statuses('MANDATE_AMENDMENT', {
    NONE: 'None do, or the last were approved or withdrawn.',
    PENDING: 'They do; NONE when they are approved or withdrawn.',
    REJECTED: 'The last were refused, or nobody answered; `amendmentReason` says why.',
  } satisfies Record<(typeof AMENDMENT_STATUSES)[number], string>),
});
export const ApprovalWindowRef = builder.enumType('ApprovalWindow', {
  description:
    'How a debtor is asked to approve a DebiCheck mandate, and how long it takes. Times are those of Johannesburg.',
  values: describe({
    REAL_TIME_TT1_CELLPHONE_MUST_MATCH_BANK:
      'At once, at the number you name, which has to be that of the bank: 120 seconds. Until 20:30 of a day.',
    REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE: 'At once, at the number the bank has: 120 seconds. Until 20:30 of a day.',
    DELAYED_REAL_TIME_TT1: 'Until 20:30 of the same day.',
    BATCH_TT2_APPROVE_BY_19H00_ON_DAY_2: 'Until 19:00 of the second business day after. Until 21:00 of a day.',
  } satisfies Record<(typeof APPROVAL_WINDOWS)[number], string>),
});
export const FirstCollectionModeRef = builder.enumType('FirstCollectionMode', {
  description: 'What the first collection of a mandate is to the regular ones.',
  values: describe({
    REPLACES_INSTALMENT: 'It takes the place of the regular one of its cycle, on whatever day it is.',
    ADDITIONAL: 'It is a debit of its own, beside the regular ones.',
  } satisfies Record<(typeof FIRST_COLLECTION_MODES)[number], string>),
});
export const AdjustmentCategoryRef = builder.enumType('AdjustmentCategory', {
  description: 'How often instalment and maximum of a mandate change by themselves, counted from the first collection.',
  values: describe({
    NEVER: 'They do not.',
    QUARTERLY: 'Every three months.',
    BIANNUALLY: 'Every six months.',
    ANNUALLY: 'Every year.',
    REPO: 'When a change of the repo rate is posted.',
  } satisfies Record<(typeof ADJUSTMENT_CATEGORIES)[number], string>),
});
export const AdjustmentTypeRef = builder.enumType('AdjustmentType', {
  description: 'By what instalment and maximum change.',
  values: describe({
    RATE: 'By a percentage, rounded half up to the cent each time.',
    AMOUNT: 'By an amount.',
  } satisfies Record<(typeof ADJUSTMENT_TYPES)[number], string>),
});
export const MandateCancelReasonRef = builder.enumType('MandateCancelReason', {
  description: 'Why a mandate is cancelled.',
  values: describe(
    Object.fromEntries(
      Object.entries(CANCEL_REASONS).map(([name, { code, title }]) => [name, `${title}: ${code} in the scheme.`]),
    ) as Record<MandateCancelReason, string>,
  ),
});
export const MandateActionRef = builder.enumType('MandateAction', {
  description: 'What can be done to a mandate.',
  values: describe({
    UPDATE: 'updateMandates, of what changes at once.',
    AMEND: 'updateMandates, of what has to be approved.',
    WITHDRAW_AMENDMENT: 'withdrawAmendments.',
    ENABLE: 'setMandateStatus to ACTIVE.',
    DISABLE: 'setMandateStatus to DISABLED.',
    ARCHIVE: 'setMandateStatus to ARCHIVED.',
    CANCEL: 'cancelMandates.',
    RESUBMIT: 'resubmitMandates.',
    CONVERT: 'convertMandates.',
  } satisfies Record<(typeof MANDATE_ACTIONS)[number], string>),
});
