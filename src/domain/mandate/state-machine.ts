import type { PaymentMethodType } from '../payment/state-machine.ts';

/** The methods that collect under a mandate. Each is a law of its own: nobody's, the debtor's, or the bank's approval. */
export const MANDATE_TYPES = ['DEBIT_ORDER', 'DEBICHECK', 'REGISTERED_MANDATE'] as const;
export type MandateType = (typeof MANDATE_TYPES)[number];

export function isMandateType(type: PaymentMethodType): type is MandateType {
  return (MANDATE_TYPES as readonly string[]).includes(type);
}

export const MANDATE_STATUSES = [
  'PENDING',
  'ACTIVE',
  'REJECTED',
  'EXPIRED',
  'SUSPENDED',
  'DISABLED',
  'CANCELLED',
  'COMPLETED',
  'ARCHIVED',
] as const;
export type MandateStatus = (typeof MANDATE_STATUSES)[number];

/** While a mandate is in one of these, the debtor's authority is alive, or asked for. */
export const OPEN_MANDATE_STATUSES = ['PENDING', 'ACTIVE', 'SUSPENDED', 'DISABLED'] as const;

export const MANDATE_EVENTS = [
  'APPROVE',
  'REJECT',
  'DECLINE',
  'EXPIRE',
  'RESUBMIT',
  'SUSPEND',
  'UNSUSPEND',
  'DISABLE',
  'ENABLE',
  'CANCEL',
  'COMPLETE',
  'ARCHIVE',
] as const;
export type MandateEvent = (typeof MANDATE_EVENTS)[number];

/** What a bank can answer about a mandate. APPROVED and REJECTED are also the answers to an amendment. */
export const MANDATE_ANSWERS = ['APPROVED', 'REJECTED', 'DECLINED', 'SUSPENDED', 'UNSUSPENDED', 'CANCELLED'] as const;
export type MandateAnswer = (typeof MANDATE_ANSWERS)[number];

/** Who can bring an event about. */
export const MANDATE_ACTORS = ['CALLER', 'DEBTOR', 'BANK', 'CLOCK'] as const;
export type MandateActor = (typeof MANDATE_ACTORS)[number];

export interface MandateTransition {
  readonly event: MandateEvent;
  readonly by: readonly MandateActor[];
  readonly from: readonly MandateStatus[];
  readonly to: MandateStatus;
  readonly types: readonly MandateType[];
  /** What else must hold, and what becomes of its payments. */
  readonly effect: string;
}

const EFT = ['DEBIT_ORDER'] as const;
const DEBICHECK = ['DEBICHECK'] as const;
const AUTHORISED = ['DEBICHECK', 'REGISTERED_MANDATE'] as const;
const ALL = ['DEBIT_ORDER', 'DEBICHECK', 'REGISTERED_MANDATE'] as const;

/** The status a mandate is made in, and the other one a caller may choose. */
export const FIRST_MANDATE_STATUS: Readonly<Record<MandateType, MandateStatus>> = {
  DEBIT_ORDER: 'ACTIVE',
  DEBICHECK: 'PENDING',
  REGISTERED_MANDATE: 'PENDING',
};

/** The life of a mandate (DOMAIN §4.3). What no row says cannot happen. */
export const MANDATE_TRANSITIONS: readonly MandateTransition[] = [
  {
    event: 'APPROVE',
    by: ['DEBTOR', 'BANK'],
    from: ['PENDING'],
    to: 'ACTIVE',
    types: AUTHORISED,
    effect: 'The debtor approves DebiCheck, the bank a registered mandate. Its waiting payments run.',
  },
  {
    event: 'REJECT',
    by: ['DEBTOR'],
    from: ['PENDING'],
    to: 'REJECTED',
    types: DEBICHECK,
    effect: 'Its payments are stopped, with the reason.',
  },
  {
    event: 'DECLINE',
    by: ['BANK'],
    from: ['PENDING'],
    to: 'REJECTED',
    types: AUTHORISED,
    effect: 'Its payments are stopped, with the reason.',
  },
  {
    event: 'EXPIRE',
    by: ['CLOCK'],
    from: ['PENDING'],
    to: 'EXPIRED',
    types: DEBICHECK,
    effect: 'Nobody answered in the approval window. Its payments are stopped.',
  },
  {
    event: 'RESUBMIT',
    by: ['CALLER'],
    from: ['REJECTED', 'EXPIRED'],
    to: 'PENDING',
    types: DEBICHECK,
    effect: 'A TT1 window, a method of ABSA, at most three attempts. Payments stopped for it wait again.',
  },
  {
    event: 'SUSPEND',
    by: ['DEBTOR', 'BANK'],
    from: ['ACTIVE'],
    to: 'SUSPENDED',
    types: AUTHORISED,
    effect: 'Its payments are paused.',
  },
  {
    event: 'UNSUSPEND',
    by: ['DEBTOR', 'BANK'],
    from: ['SUSPENDED'],
    to: 'ACTIVE',
    types: AUTHORISED,
    effect: 'Its payments run again, unless paused for another cause.',
  },
  {
    event: 'DISABLE',
    by: ['CALLER'],
    from: ['ACTIVE'],
    to: 'DISABLED',
    types: EFT,
    effect: 'Its payments are paused.',
  },
  {
    event: 'ENABLE',
    by: ['CALLER'],
    from: ['DISABLED'],
    to: 'ACTIVE',
    types: EFT,
    effect: 'Its payments run again, unless paused for another cause.',
  },
  {
    event: 'CANCEL',
    by: ['CALLER', 'DEBTOR'],
    from: ['PENDING'],
    to: 'CANCELLED',
    types: AUTHORISED,
    effect: 'Its payments are cancelled; the contract reference is retired.',
  },
  {
    event: 'CANCEL',
    by: ['CALLER', 'DEBTOR'],
    from: ['ACTIVE', 'SUSPENDED', 'DISABLED'],
    to: 'CANCELLED',
    types: ALL,
    effect: 'Its payments are stopped, what was not sent is cancelled; the contract reference is retired.',
  },
  {
    event: 'COMPLETE',
    by: ['CLOCK'],
    from: ['ACTIVE'],
    to: 'COMPLETED',
    types: ALL,
    effect: 'Its release date has passed, or its one collection is settled; no payment of it runs.',
  },
  {
    event: 'ARCHIVE',
    by: ['CALLER'],
    from: ['REJECTED', 'EXPIRED', 'CANCELLED', 'COMPLETED', 'DISABLED'],
    to: 'ARCHIVED',
    types: ALL,
    effect: 'No payment of it runs.',
  },
];

/** The row for an event that happens to a mandate in a status, or null when it cannot happen now. */
export function mandateTransition(
  type: MandateType,
  status: MandateStatus,
  event: MandateEvent,
): MandateTransition | null {
  return (
    MANDATE_TRANSITIONS.find((row) => row.event === event && row.from.includes(status) && row.types.includes(type)) ??
    null
  );
}

/** The status after `event`, or null when it cannot happen now. */
export function transitionMandate(type: MandateType, status: MandateStatus, event: MandateEvent): MandateStatus | null {
  return mandateTransition(type, status, event)?.to ?? null;
}

/** The statuses a caller can bring a mandate to from where it is. */
export function allowedMandateStatuses(type: MandateType, status: MandateStatus): MandateStatus[] {
  const rows = MANDATE_TRANSITIONS.filter(
    (row) => row.by.includes('CALLER') && row.from.includes(status) && row.types.includes(type),
  );
  return [...new Set(rows.map(({ to }) => to))];
}

/** Beside its status: whether other terms wait for approval. The old ones hold until then. */
export const AMENDMENT_STATUSES = ['NONE', 'PENDING', 'REJECTED'] as const;
export type AmendmentStatus = (typeof AMENDMENT_STATUSES)[number];

export const AMENDMENT_EVENTS = ['AMEND', 'APPROVE', 'REJECT', 'EXPIRE', 'WITHDRAW'] as const;
export type AmendmentEvent = (typeof AMENDMENT_EVENTS)[number];

export const AMENDMENT_TRANSITIONS: Record<AmendmentStatus, Partial<Record<AmendmentEvent, AmendmentStatus>>> = {
  NONE: { AMEND: 'PENDING' },
  PENDING: { APPROVE: 'NONE', REJECT: 'REJECTED', EXPIRE: 'REJECTED', WITHDRAW: 'NONE' },
  REJECTED: { AMEND: 'PENDING' },
};

/** Terms are asked for while a mandate is ACTIVE; an answer that comes while it is SUSPENDED counts. */
const AMENDABLE: Readonly<Record<AmendmentEvent, readonly MandateStatus[]>> = {
  AMEND: ['ACTIVE'],
  APPROVE: ['ACTIVE', 'SUSPENDED'],
  REJECT: ['ACTIVE', 'SUSPENDED'],
  EXPIRE: ['ACTIVE', 'SUSPENDED'],
  WITHDRAW: ['ACTIVE', 'SUSPENDED'],
};

/** What becomes of the amendment, or null when the event cannot happen now. EFT needs no amendment. */
export function transitionAmendment(
  type: MandateType,
  status: MandateStatus,
  amendment: AmendmentStatus,
  event: AmendmentEvent,
): AmendmentStatus | null {
  if (type === 'DEBIT_ORDER' || !AMENDABLE[event].includes(status)) return null;
  return AMENDMENT_TRANSITIONS[amendment][event] ?? null;
}
