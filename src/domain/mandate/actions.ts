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

/** What a caller can do to a mandate. */
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
export type MandateAction = (typeof MANDATE_ACTIONS)[number];

/** A bank takes one contract reference at most so often. */
export const ATTEMPTS_MAX = 3;
/** An expired mandate can become a registered one within so many days of its request. */
const CONVERSION_DAYS = 10;

/** The statuses a caller can set, each with what happens to the mandate then. */
export const SETTABLE_STATUSES = {
  ACTIVE: 'ENABLE',
  DISABLED: 'DISABLE',
  ARCHIVED: 'ARCHIVE',
} as const satisfies Partial<Record<MandateStatus, MandateEvent>>;
export type SettableStatus = keyof typeof SETTABLE_STATUSES;

export function isSettable(status: MandateStatus): status is SettableStatus {
  return status in SETTABLE_STATUSES;
}

/** What of a mandate its actions depend on. */
export type MandateState = Pick<
  KnownMandate,
  'methodType' | 'providerBank' | 'status' | 'amendmentStatus' | 'attempts' | 'approvalWindow' | 'requestedAt'
> &
  AuthorityMark;

/** What of others an action depends on. */
export interface MandateTies {
  readonly hasRunningPayments: boolean;
  readonly isConverted: boolean;
}

/** What can be done to a mandate whose authority is withdrawn: what ends it, and what uses it no more. */
const WITHOUT_AUTHORITY: readonly MandateAction[] = ['WITHDRAW_AMENDMENT', 'DISABLE', 'ARCHIVE', 'CANCEL'];

/** Why an action cannot be taken now, for people; null when it can. */
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
      return isOver(mandate.status) ? `A mandate that is ${mandate.status} does not change any more.` : null;
    case 'AMEND':
      return reasonAgainstAmendment(mandate);
    case 'WITHDRAW_AMENDMENT':
      return mandate.amendmentStatus === 'PENDING' ? null : 'No amendment awaits approval.';
    case 'ARCHIVE':
      return reasonByTable('ARCHIVE', mandate) ?? (ties.hasRunningPayments ? 'It has running payments.' : null);
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

/** Each action, whether it can be taken now, and why not. */
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
  return `A ${methodType} mandate that is ${status} cannot be ${what[event as keyof typeof what] ?? 'moved so'}.`;
}

function reasonAgainstAmendment({ methodType, status, amendmentStatus }: MandateState): string | null {
  if (!isAuthorised({ methodType })) return 'An EFT mandate needs no amendment: update it.';
  if (transitionAmendment(methodType, status, amendmentStatus, 'AMEND')) return null;
  return amendmentStatus === 'PENDING'
    ? 'Other terms await approval already: withdraw them first, or wait.'
    : `A mandate that is ${status} cannot be amended.`;
}

/** Only where the law allows: DebiCheck by ABSA, at most three times on one contract reference (DOMAIN §3.5). */
function reasonAgainstResubmission(mandate: MandateState): string | null {
  const { methodType, providerBank, status, attempts } = mandate;
  const variant = variantOf(methodType, providerBank);
  if (METHOD_RULES[variant].approval === 'NOBODY') return 'An EFT mandate needs no approval.';
  if (resubmissionOf(variant, providerBank) === 'NEW_CONTRACT_REFERENCE') {
    return `${variant} of ${providerBank} asks once: make a new mandate with a new contract reference.`;
  }
  if (!transitionMandate(methodType, status, 'RESUBMIT')) {
    return `Only what was rejected or has expired is resubmitted; this is ${status}.`;
  }
  return attempts >= ATTEMPTS_MAX ? `It was asked ${attempts} times, the most there is: make a new mandate.` : null;
}

/** Whether only the number of attempts forbids another. */
export function isUsedUp(mandate: MandateState): boolean {
  return mandate.attempts >= ATTEMPTS_MAX && reasonAgainstResubmission({ ...mandate, attempts: 0 }) === null;
}

/** An expired DebiCheck mandate of the TT2 window, once, within ten days of its request (DOMAIN §3.5). */
function reasonAgainstConversion(mandate: MandateState, { isConverted }: MandateTies, now: Date): string | null {
  const { methodType, status, approvalWindow, requestedAt } = mandate;
  if (methodType !== 'DEBICHECK') return 'Only a DebiCheck mandate is converted.';
  if (status !== 'EXPIRED') return `Only what has expired is converted; this is ${status}.`;
  if (approvalWindow !== null && WINDOWS[approvalWindow].isTt1) {
    return 'It was asked for in a TT1 window, which cannot be converted: resubmit it, or make a new mandate.';
  }
  if (isConverted) return 'It was converted already.';
  const isLate = requestedAt === null || now.getTime() - requestedAt.getTime() > CONVERSION_DAYS * DAY_MS;
  return isLate ? `More than ${CONVERSION_DAYS} days have passed since it was asked for.` : null;
}

/** The windows in which a mandate can be resubmitted. */
export const RESUBMISSION_WINDOWS = APPROVAL_WINDOWS.filter((window) => WINDOWS[window].isTt1);

/** The window of a resubmission: as asked for, else the mandate's own. It never changes by itself. */
export function resubmissionWindow(asked: ApprovalWindow | null, own: ApprovalWindow | null): ApprovalWindow {
  return asked ?? own ?? 'REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE';
}
