import { DAY_MS } from '../dates.ts';
import { METHOD_RULES, resubmissionOf, variantOf } from '../method/matrix.ts';
import { APPROVAL_WINDOWS, type ApprovalWindow, WINDOWS } from './approval-window.ts';
import { type AuthorityMark, reasonAgainstUse } from './authority.ts';
import { isAuthorised, type KnownMandate } from './mandate.ts';
import {
  type MandateEvent,
  type MandateStatus,
  OPEN_MANDATE_STATUSES,
  transitionAmendment,
  transitionMandate,
} from './state-machine.ts';

/** Actions that a caller can take on a mandate. */
export const MANDATE_ACTIONS = [
  'UPDATE',
  'AMEND',
  'WITHDRAW_AMENDMENT',
  'ENABLE',
  'DISABLE',
  'ARCHIVE',
  'CANCEL',
  'RESUBMIT',
  'CONVERT',
] as const;
/** Action that a caller can take on a mandate. */
export type MandateAction = (typeof MANDATE_ACTIONS)[number];

/** Maximum number of approval requests under one contract reference, the first included (DOMAIN §3.5). */
export const ATTEMPTS_MAX = 3;
/** Days after the approval request within which an expired mandate can be converted to a registered mandate. */
export const CONVERSION_DAYS = 10;

/** Statuses that a caller can set, each with the event that leads to it. */
export const SETTABLE_STATUSES = {
  ACTIVE: 'ENABLE',
  DISABLED: 'DISABLE',
  ARCHIVED: 'ARCHIVE',
} as const satisfies Partial<Record<MandateStatus, MandateEvent>>;
/** Status that a caller can set. */
export type SettableStatus = keyof typeof SETTABLE_STATUSES;

/** Whether a caller can set the status. */
export function isSettable(status: MandateStatus): status is SettableStatus {
  return status in SETTABLE_STATUSES;
}

/** Fields of a mandate that decide which actions are allowed. */
export type MandateState = Pick<
  KnownMandate,
  'methodType' | 'providerBank' | 'status' | 'amendmentStatus' | 'attempts' | 'approvalWindow' | 'requestedAt'
> &
  AuthorityMark;

/** Facts about related objects that decide which actions are allowed. */
export interface MandateTies {
  readonly hasRunningPayments: boolean;
  /** Whether a registered mandate was already converted from this one. */
  readonly isConverted: boolean;
}

/** Actions allowed on a mandate whose authority is withdrawn: those that end it or stop its use. */
const WITHOUT_AUTHORITY: readonly MandateAction[] = ['WITHDRAW_AMENDMENT', 'DISABLE', 'ARCHIVE', 'CANCEL'];

/** Returns a human-readable reason why the action is not allowed now; null if it is allowed. */
export function reasonAgainst(
  action: MandateAction,
  mandate: MandateState,
  ties: MandateTies,
  now: Date,
): string | null {
  const against = WITHOUT_AUTHORITY.includes(action) ? null : reasonAgainstUse(mandate);
  return against ?? reasonInStatus(action, mandate, ties, now);
}

function reasonInStatus(action: MandateAction, mandate: MandateState, ties: MandateTies, now: Date): string | null {
  switch (action) {
    case 'UPDATE':
      return isOver(mandate.status) ? `A mandate that is ${mandate.status} can no longer be changed.` : null;
    case 'AMEND':
      return reasonAgainstAmendment(mandate);
    case 'WITHDRAW_AMENDMENT':
      return mandate.amendmentStatus === 'PENDING' ? null : 'No amendment awaits approval.';
    case 'ARCHIVE':
      return (
        reasonByTable('ARCHIVE', mandate) ??
        (ties.hasRunningPayments ? 'The mandate has running payments: stop or cancel them first.' : null)
      );
    case 'ENABLE':
    case 'DISABLE':
    case 'CANCEL':
      return reasonByTable(action, mandate);
    case 'RESUBMIT':
      return reasonAgainstResubmission(mandate);
    case 'CONVERT':
      return reasonAgainstConversion(mandate, ties, now);
  }
}

/** Returns all actions in table order, each with whether it is allowed now and, if not, the reason. */
export function availableMandateActions(mandate: MandateState, ties: MandateTies, now: Date) {
  return MANDATE_ACTIONS.map((action) => {
    const reason = reasonAgainst(action, mandate, ties, now);
    return { action, allowed: reason === null, reason };
  });
}

function isOver(status: MandateStatus): boolean {
  return !(OPEN_MANDATE_STATUSES as readonly MandateStatus[]).includes(status);
}

function reasonByTable(event: MandateEvent, { methodType, status }: MandateState): string | null {
  if (transitionMandate(methodType, status, event)) return null;
  const what = { ENABLE: 'enabled', DISABLE: 'disabled', ARCHIVE: 'archived', CANCEL: 'cancelled' };
  return `A ${methodType} mandate that is ${status} cannot be ${what[event as keyof typeof what] ?? 'changed this way'}.`;
}

function reasonAgainstAmendment({ methodType, status, amendmentStatus }: MandateState): string | null {
  if (!isAuthorised({ methodType })) return 'EFT mandates need no amendment: updateMandates changes them immediately.';
  if (transitionAmendment(methodType, status, amendmentStatus, 'AMEND')) return null;
  return amendmentStatus === 'PENDING'
    ? 'An amendment already awaits approval: withdraw it or wait for the answer.'
    : `A mandate that is ${status} cannot be amended.`;
}

/** Only DebiCheck mandates of ABSA, at most `ATTEMPTS_MAX` requests under one contract reference (DOMAIN §3.5). */
function reasonAgainstResubmission(mandate: MandateState): string | null {
  const { methodType, providerBank, status, attempts } = mandate;
  const variant = variantOf(methodType, providerBank);
  if (METHOD_RULES[variant].approval === 'NOBODY') return 'EFT mandates need no approval.';
  if (resubmissionOf(variant, providerBank) === 'NEW_CONTRACT_REFERENCE') {
    return `${variant} mandates of ${providerBank} cannot be resubmitted: create one with a new contract reference.`;
  }
  if (!transitionMandate(methodType, status, 'RESUBMIT')) {
    return `Only a REJECTED or EXPIRED mandate can be resubmitted; this one is ${status}.`;
  }
  return attempts >= ATTEMPTS_MAX
    ? `Approval was requested ${attempts} times, the maximum: create a new mandate.`
    : null;
}

/** Whether the attempt limit is the only reason why the mandate cannot be resubmitted. */
export function isUsedUp(mandate: MandateState): boolean {
  return mandate.attempts >= ATTEMPTS_MAX && reasonAgainstResubmission({ ...mandate, attempts: 0 }) === null;
}

/** Only expired DebiCheck mandates of the TT2 window, once, within `CONVERSION_DAYS` of the request (DOMAIN §3.5). */
function reasonAgainstConversion(mandate: MandateState, { isConverted }: MandateTies, now: Date): string | null {
  const { methodType, status, approvalWindow, requestedAt } = mandate;
  if (methodType !== 'DEBICHECK') return 'Only a DebiCheck mandate can be converted.';
  if (status !== 'EXPIRED') return `Only an EXPIRED mandate can be converted; this one is ${status}.`;
  if (approvalWindow !== null && WINDOWS[approvalWindow].isTt1) {
    return 'A mandate of a TT1 window cannot be converted: resubmit it or create a new mandate.';
  }
  if (isConverted) return 'The mandate was already converted.';
  const isLate = requestedAt === null || now.getTime() - requestedAt.getTime() > CONVERSION_DAYS * DAY_MS;
  return isLate ? `Conversion is possible only within ${CONVERSION_DAYS} days of the approval request.` : null;
}

/** Approval windows in which a mandate can be resubmitted: the TT1 windows. */
export const RESUBMISSION_WINDOWS = APPROVAL_WINDOWS.filter((window) => WINDOWS[window].isTt1);

/** Returns the approval window of a resubmission: the requested one, otherwise that of the mandate. */
export function resubmissionWindow(asked: ApprovalWindow | null, own: ApprovalWindow | null): ApprovalWindow {
  return asked ?? own ?? 'REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE';
}
