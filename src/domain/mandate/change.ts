import type { Calendar } from '../calendar.ts';
import { stateConflict } from '../errors.ts';
import type { Findings } from '../warnings.ts';
import { authorityConflict } from './authority.ts';
import { isAuthorised, type KnownMandate, type MandateTerms } from './mandate.ts';
import { type Changeable, type Collected, readChange, type UpdateMandateRecord } from './read-change.ts';
import { OPEN_MANDATE_STATUSES } from './state-machine.ts';

/** What a change of an authorised mandate takes: nothing, a word to the debtor, or the approval anew (DOMAIN §3.5). */
export type ChangeLaw = 'LOCAL' | 'NOTIFIED' | 'AUTHORISED';
export const CHANGE_LAWS: Readonly<Record<keyof Changeable, ChangeLaw>> = {
  reference: 'LOCAL',
  paymentIndustry: 'LOCAL',
  maximumAmountCents: 'NOTIFIED',
  adjustmentCategory: 'NOTIFIED',
  adjustmentType: 'NOTIFIED',
  adjustmentRate: 'NOTIFIED',
  adjustmentAmountCents: 'NOTIFIED',
  amountCents: 'AUTHORISED',
  processDay: 'AUTHORISED',
  interval: 'AUTHORISED',
  dateRelease: 'AUTHORISED',
  processDate: 'AUTHORISED',
  firstAmountCents: 'AUTHORISED',
  firstDate: 'AUTHORISED',
  firstMode: 'AUTHORISED',
  allowDateAdjustment: 'AUTHORISED',
  allowVariableAmount: 'AUTHORISED',
  allowPaymentTracking: 'AUTHORISED',
  paymentTrackingMaxDays: 'AUTHORISED',
};
const NAMES = Object.keys(CHANGE_LAWS) as ReadonlyArray<keyof Changeable>;

/** A judged change: what holds at once, and what has to be approved first. */
export interface MandateChange {
  readonly before: KnownMandate;
  /** With what changes at once. */
  readonly after: KnownMandate;
  /** The terms to be approved; null when nothing has to be. */
  readonly amendment: Partial<MandateTerms> | null;
  /** Whether the debtor is told. */
  readonly notifies: boolean;
  readonly isChanged: boolean;
}

/** Judges a change of a mandate, or null with every reason in the findings. */
export function changeMandate(
  mandate: KnownMandate,
  record: UpdateMandateRecord,
  collected: Collected,
  calendar: Calendar,
  findings: Findings,
): MandateChange | null {
  const { errors } = findings;
  const before = errors.length;
  const next = readChange(mandate, record, collected, calendar, findings);
  if (errors.length > before) return null;
  const names = NAMES.filter((name) => next[name] !== mandate[name]);
  checkState(mandate, names, findings);
  if (errors.length > before) return null;
  const mustApprove = isAuthorised(mandate) && names.some((name) => CHANGE_LAWS[name] === 'AUTHORISED');
  const waits = mustApprove ? names.filter((name) => CHANGE_LAWS[name] !== 'LOCAL') : [];
  const atOnce = names.filter((name) => !waits.includes(name));
  return {
    before: mandate,
    after: { ...mandate, ...pick(next, atOnce) },
    amendment: mustApprove ? pick(next, waits) : null,
    notifies: isAuthorised(mandate) && atOnce.some((name) => CHANGE_LAWS[name] === 'NOTIFIED'),
    isChanged: names.length > 0,
  };
}

function pick(terms: Changeable, names: ReadonlyArray<keyof Changeable>): Partial<Changeable> {
  return Object.fromEntries(names.map((name) => [name, terms[name]]));
}

/** What is local changes while a mandate is open; its terms while it is ACTIVE, EFT's while it is DISABLED too. */
function checkState(mandate: KnownMandate, names: ReadonlyArray<keyof Changeable>, findings: Findings): void {
  const { path, errors } = findings;
  const { status, amendmentStatus } = mandate;
  const isLocal = names.every((name) => CHANGE_LAWS[name] === 'LOCAL');
  const open: readonly string[] = isAuthorised(mandate) && !isLocal ? ['ACTIVE'] : OPEN_MANDATE_STATUSES;
  const base = { currentStatus: status, blockedBy: [] };
  const withdrawn = names.length > 0 ? authorityConflict(mandate, path) : null;
  if (withdrawn) {
    errors.push(withdrawn);
  } else if (names.length > 0 && !open.includes(status)) {
    errors.push(stateConflict(path, { ...base, message: `A mandate that is ${status} cannot change so.` }));
  } else if (!isLocal && amendmentStatus === 'PENDING') {
    const message = 'Other terms await approval already: withdraw them first, or wait.';
    errors.push(stateConflict(path, { ...base, message }));
  }
}
