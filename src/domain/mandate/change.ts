import type { Calendar } from '../calendar.ts';
import { stateConflict } from '../errors.ts';
import type { Findings } from '../findings.ts';
import { authorityConflict } from './authority.ts';
import { isAuthorised, type KnownMandate, type MandateTerms } from './mandate.ts';
import { type Changeable, type Collected, readChange, type UpdateMandateRecord } from './read-change.ts';
import { OPEN_MANDATE_STATUSES } from './state-machine.ts';

/** Requirement for a change of an authorised mandate: none, a notice to the debtor, or a new approval (DOMAIN §3.5). */
export type ChangeLaw = 'LOCAL' | 'NOTIFIED' | 'AUTHORISED';
/** The requirement for a change of each field. */
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

/** A validated change: the part that applies immediately and the part that awaits approval. */
export interface MandateChange {
  readonly before: KnownMandate;
  /** The mandate with the changes that apply immediately. */
  readonly after: KnownMandate;
  /** Terms that await approval; null if none do. */
  readonly amendment: Partial<MandateTerms> | null;
  /** Whether the debtor is notified. */
  readonly notifies: boolean;
  readonly isChanged: boolean;
}

/** Returns the validated change of a mandate, or null with every error in the findings. */
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

/** Local fields and EFT terms can change while the mandate is open, authorised terms only while it is ACTIVE. */
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
    errors.push(
      stateConflict(path, { ...base, message: `This change is not allowed while the mandate is ${status}.` }),
    );
  } else if (!isLocal && amendmentStatus === 'PENDING') {
    const message = 'An amendment already awaits approval: withdraw it or wait for the answer.';
    errors.push(stateConflict(path, { ...base, message }));
  }
}
