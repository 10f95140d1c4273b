import type { MANDATE_ACTIONS } from '../../domain/mandate/actions.ts';
import type { ADJUSTMENT_CATEGORIES, ADJUSTMENT_TYPES } from '../../domain/mandate/adjustment.ts';
import {
  type APPROVAL_WINDOWS,
  type ApprovalWindow,
  QUEUED_UNTIL,
  WINDOWS,
} from '../../domain/mandate/approval-window.ts';
import { CANCEL_REASONS, type MandateCancelReason } from '../../domain/mandate/reason-codes.ts';
import type { AMENDMENT_STATUSES, MANDATE_STATUSES } from '../../domain/mandate/state-machine.ts';
import type { FIRST_COLLECTION_MODES } from '../../domain/schedule.ts';
import { builder } from '../builder.ts';
import { describe, statuses } from './describe.ts';

export const MandateStatusRef = builder.enumType('MandateStatus', {
  description: 'Status of a mandate. EFT mandates need no approval: they start as ACTIVE or DISABLED.',
  values: statuses('MANDATE', {
    PENDING: 'The mandate awaits approval by the debtor or the bank.',
    ACTIVE:
      'The mandate authorises collections. SUSPENDED applies to DebiCheck and registered mandates only, DISABLED to EFT mandates only.',
    REJECTED:
      'The debtor rejected or the bank declined the mandate; `rejectionReason` gives the reason. Resubmission sets it to PENDING.',
    EXPIRED: 'The debtor did not answer within the approval window. Resubmission sets the mandate to PENDING.',
    SUSPENDED: 'The debtor or the bank suspended the mandate; its payments are paused.',
    DISABLED: 'The merchant disabled the mandate; EFT mandates only. Its payments are paused.',
    CANCELLED: 'The mandate was cancelled permanently; its contract reference is retired.',
    COMPLETED: 'The release date has passed, or the only collection of the mandate is settled.',
    ARCHIVED: 'The mandate has ended and is archived.',
  } satisfies Record<(typeof MANDATE_STATUSES)[number], string>),
});
export const AmendmentStatusRef = builder.enumType('AmendmentStatus', {
  description:
    'Approval status of the latest amendment of a mandate. The current terms apply until an amendment is approved.',
  values: statuses('MANDATE_AMENDMENT', {
    NONE: 'No amendment was requested, or the latest one was approved or withdrawn.',
    PENDING: 'An amendment awaits approval; approval or withdrawal sets the status to NONE.',
    REJECTED: 'The latest amendment was rejected or expired; `amendmentReason` gives the reason.',
  } satisfies Record<(typeof AMENDMENT_STATUSES)[number], string>),
});

/** Adds the response time and the cut-off of an approval window to its description. */
function windowText(window: ApprovalWindow, request: string): string {
  const { cutOff, deadline } = WINDOWS[window];
  const within =
    'seconds' in deadline
      ? `has ${deadline.seconds} seconds to respond`
      : deadline.businessDays === 0
        ? `can respond until ${deadline.time} on the same day`
        : `can respond until ${deadline.time}, ${deadline.businessDays} business days after the request`;
  return `${request} and ${within}. Requests made at or after ${cutOff} are sent at ${QUEUED_UNTIL} on the next business day.`;
}

export const ApprovalWindowRef = builder.enumType('ApprovalWindow', {
  description:
    'How a debtor is asked to approve a DebiCheck mandate, and the time allowed for the response. Times are Johannesburg time.',
  values: describe({
    REAL_TIME_TT1_CELLPHONE_MUST_MATCH_BANK: windowText(
      'REAL_TIME_TT1_CELLPHONE_MUST_MATCH_BANK',
      'The debtor is asked immediately at the given cellphone number, which must match the number held by the bank,',
    ),
    REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE: windowText(
      'REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE',
      'The debtor is asked immediately at the cellphone number held by the bank',
    ),
    DELAYED_REAL_TIME_TT1: windowText('DELAYED_REAL_TIME_TT1', 'The debtor is asked on the day of the request'),
    BATCH_TT2_APPROVE_BY_19H00_ON_DAY_2: windowText(
      'BATCH_TT2_APPROVE_BY_19H00_ON_DAY_2',
      'The debtor is asked in a batch',
    ),
  } satisfies Record<(typeof APPROVAL_WINDOWS)[number], string>),
});
export const FirstCollectionModeRef = builder.enumType('FirstCollectionMode', {
  description: 'How the first collection of a mandate relates to its regular collections.',
  values: describe({
    REPLACES_INSTALMENT: 'The first collection replaces the regular collection of its cycle, regardless of its day.',
    ADDITIONAL: 'The first collection is a separate debit in addition to the regular ones.',
  } satisfies Record<(typeof FIRST_COLLECTION_MODES)[number], string>),
});
export const AdjustmentCategoryRef = builder.enumType('AdjustmentCategory', {
  description:
    'How often the instalment and the maximum amount of a mandate are adjusted automatically, counted from the first collection.',
  values: describe({
    NEVER: 'The amounts are never adjusted.',
    QUARTERLY: 'The amounts are adjusted every three months.',
    BIANNUALLY: 'The amounts are adjusted every six months.',
    ANNUALLY: 'The amounts are adjusted every year.',
    REPO: 'The amounts are adjusted when a change of the repo rate is posted.',
  } satisfies Record<(typeof ADJUSTMENT_CATEGORIES)[number], string>),
});
export const AdjustmentTypeRef = builder.enumType('AdjustmentType', {
  description: 'How the instalment and the maximum amount of a mandate are adjusted.',
  values: describe({
    RATE: 'Adjusted by a percentage; each result is rounded half up to the cent.',
    AMOUNT: 'Adjusted by a fixed amount.',
  } satisfies Record<(typeof ADJUSTMENT_TYPES)[number], string>),
});
export const MandateCancelReasonRef = builder.enumType('MandateCancelReason', {
  description: 'Reason for the cancellation of a mandate.',
  values: describe(
    Object.fromEntries(
      Object.entries(CANCEL_REASONS).map(([name, { code, title }]) => [name, `${title} (scheme code ${code}).`]),
    ) as Record<MandateCancelReason, string>,
  ),
});
export const MandateActionRef = builder.enumType('MandateAction', {
  description: 'Action that a caller can take on a mandate.',
  values: describe({
    UPDATE: 'Change fields that take effect immediately, with `updateMandates`.',
    AMEND: 'Change terms that require approval, with `updateMandates`.',
    WITHDRAW_AMENDMENT: 'Withdraw the pending amendment with `withdrawAmendments`.',
    ENABLE: 'Enable the mandate with `setMandateStatus` to ACTIVE.',
    DISABLE: 'Disable the mandate with `setMandateStatus` to DISABLED.',
    ARCHIVE: 'Archive the mandate with `setMandateStatus` to ARCHIVED.',
    CANCEL: 'Cancel the mandate with `cancelMandates`.',
    RESUBMIT: 'Request approval again with `resubmitMandates`.',
    CONVERT: 'Convert the expired DebiCheck mandate into a registered mandate with `convertMandates`.',
  } satisfies Record<(typeof MANDATE_ACTIONS)[number], string>),
});
