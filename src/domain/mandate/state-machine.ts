import type { PaymentMethodType } from '../payment/state-machine.ts';

/** Payment method types with mandates: approved by nobody (EFT), the debtor (DebiCheck) or the bank (registered). */
export const MANDATE_TYPES = ['DEBIT_ORDER', 'DEBICHECK', 'REGISTERED_MANDATE'] as const;
/** Payment method type that collects under a mandate. */
export type MandateType = (typeof MANDATE_TYPES)[number];

/** Whether payment methods of the type collect under mandates. */
export function isMandateType(type: PaymentMethodType): type is MandateType {
  return (MANDATE_TYPES as readonly string[]).includes(type);
}

/** All statuses of a mandate. */
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
/** Status of a mandate. */
export type MandateStatus = (typeof MANDATE_STATUSES)[number];

/** Open statuses: the authority of the debtor exists or is requested. */
export const OPEN_MANDATE_STATUSES = ['PENDING', 'ACTIVE', 'SUSPENDED', 'DISABLED'] as const;

/** Events that can move a mandate to another status. */
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
/** Event that can move a mandate to another status. */
export type MandateEvent = (typeof MANDATE_EVENTS)[number];

/** Messages of a bank about a mandate. APPROVED and REJECTED also answer an amendment. */
export const MANDATE_ANSWERS = ['APPROVED', 'REJECTED', 'DECLINED', 'SUSPENDED', 'UNSUSPENDED', 'CANCELLED'] as const;
/** Message of a bank about a mandate. */
export type MandateAnswer = (typeof MANDATE_ANSWERS)[number];

/** Actors that can trigger a transition of a mandate. */
export const MANDATE_ACTORS = ['CALLER', 'DEBTOR', 'BANK', 'CLOCK'] as const;
/** Actor that can trigger a transition of a mandate. */
export type MandateActor = (typeof MANDATE_ACTORS)[number];

/** One row of the transition table: an event, its actors, the statuses it applies to and its target. */
export interface MandateTransition {
  readonly event: MandateEvent;
  readonly by: readonly MandateActor[];
  readonly from: readonly MandateStatus[];
  readonly to: MandateStatus;
  readonly types: readonly MandateType[];
  /** Further conditions, and the effect on the payments of the mandate, for people. */
  readonly effect: string;
}

const EFT = ['DEBIT_ORDER'] as const;
const DEBICHECK = ['DEBICHECK'] as const;
const AUTHORISED = ['DEBICHECK', 'REGISTERED_MANDATE'] as const;
const ALL = ['DEBIT_ORDER', 'DEBICHECK', 'REGISTERED_MANDATE'] as const;

/** Initial status of a new mandate; a caller can create an EFT mandate as DISABLED instead. */
export const FIRST_MANDATE_STATUS: Readonly<Record<MandateType, MandateStatus>> = {
  DEBIT_ORDER: 'ACTIVE',
  DEBICHECK: 'PENDING',
  REGISTERED_MANDATE: 'PENDING',
};

/** Transition table of mandates (DOMAIN §4.3). A transition without a row is not possible. */
export const MANDATE_TRANSITIONS: readonly MandateTransition[] = [
  {
    event: 'APPROVE',
    by: ['DEBTOR', 'BANK'],
    from: ['PENDING'],
    to: 'ACTIVE',
    types: AUTHORISED,
    effect: 'The debtor approves a DebiCheck mandate, the bank a registered mandate. PENDING payments become RUNNING.',
  },
  {
    event: 'REJECT',
    by: ['DEBTOR'],
    from: ['PENDING'],
    to: 'REJECTED',
    types: DEBICHECK,
    effect: 'Payments of the mandate are stopped with the reason of the rejection.',
  },
  {
    event: 'DECLINE',
    by: ['BANK'],
    from: ['PENDING'],
    to: 'REJECTED',
    types: AUTHORISED,
    effect: 'Payments of the mandate are stopped with the reason of the rejection.',
  },
  {
    event: 'EXPIRE',
    by: ['CLOCK'],
    from: ['PENDING'],
    to: 'EXPIRED',
    types: DEBICHECK,
    effect: 'The debtor did not answer within the approval window. Payments of the mandate are stopped.',
  },
  {
    event: 'RESUBMIT',
    by: ['CALLER'],
    from: ['REJECTED', 'EXPIRED'],
    to: 'PENDING',
    types: DEBICHECK,
    effect:
      'Requires a TT1 window, a method of ABSA and a remaining attempt. Payments stopped by the rejection become PENDING.',
  },
  {
    event: 'SUSPEND',
    by: ['DEBTOR', 'BANK'],
    from: ['ACTIVE'],
    to: 'SUSPENDED',
    types: AUTHORISED,
    effect: 'Payments of the mandate are paused.',
  },
  {
    event: 'UNSUSPEND',
    by: ['DEBTOR', 'BANK'],
    from: ['SUSPENDED'],
    to: 'ACTIVE',
    types: AUTHORISED,
    effect: 'Payments of the mandate resume unless another pause cause remains.',
  },
  {
    event: 'DISABLE',
    by: ['CALLER'],
    from: ['ACTIVE'],
    to: 'DISABLED',
    types: EFT,
    effect: 'Payments of the mandate are paused.',
  },
  {
    event: 'ENABLE',
    by: ['CALLER'],
    from: ['DISABLED'],
    to: 'ACTIVE',
    types: EFT,
    effect: 'Payments of the mandate resume unless another pause cause remains.',
  },
  {
    event: 'CANCEL',
    by: ['CALLER', 'DEBTOR'],
    from: ['PENDING'],
    to: 'CANCELLED',
    types: AUTHORISED,
    effect: 'Payments of the mandate are cancelled; its contract reference is retired.',
  },
  {
    event: 'CANCEL',
    by: ['CALLER', 'DEBTOR'],
    from: ['ACTIVE', 'SUSPENDED', 'DISABLED'],
    to: 'CANCELLED',
    types: ALL,
    effect: 'Payments are stopped and their unsent transactions cancelled; the contract reference is retired.',
  },
  {
    event: 'COMPLETE',
    by: ['CLOCK'],
    from: ['ACTIVE'],
    to: 'COMPLETED',
    types: ALL,
    effect:
      'Requires a past release date, or a settled only collection, and that no payment of the mandate is running.',
  },
  {
    event: 'ARCHIVE',
    by: ['CALLER'],
    from: ['REJECTED', 'EXPIRED', 'CANCELLED', 'COMPLETED', 'DISABLED'],
    to: 'ARCHIVED',
    types: ALL,
    effect: 'Requires that no payment of the mandate is running.',
  },
];

/** Returns the table row for an event in a status, or null if the event is not possible in it. */
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

/** Returns the status after `event`, or null if the event is not possible in the current status. */
export function transitionMandate(type: MandateType, status: MandateStatus, event: MandateEvent): MandateStatus | null {
  return mandateTransition(type, status, event)?.to ?? null;
}

/** Returns the statuses that a caller can reach from the current one, without duplicates. */
export function allowedMandateStatuses(type: MandateType, status: MandateStatus): MandateStatus[] {
  const rows = MANDATE_TRANSITIONS.filter(
    (row) => row.by.includes('CALLER') && row.from.includes(status) && row.types.includes(type),
  );
  return [...new Set(rows.map(({ to }) => to))];
}

/** Statuses of the amendment of a mandate, independent of the mandate status. The old terms apply until approval. */
export const AMENDMENT_STATUSES = ['NONE', 'PENDING', 'REJECTED'] as const;
/** Status of the amendment of a mandate. */
export type AmendmentStatus = (typeof AMENDMENT_STATUSES)[number];

/** Events that can change the status of an amendment. */
export const AMENDMENT_EVENTS = ['AMEND', 'APPROVE', 'REJECT', 'EXPIRE', 'WITHDRAW'] as const;
/** Event that can change the status of an amendment. */
export type AmendmentEvent = (typeof AMENDMENT_EVENTS)[number];

/** Transition table of amendments: the next status by status and event. */
export const AMENDMENT_TRANSITIONS: Record<AmendmentStatus, Partial<Record<AmendmentEvent, AmendmentStatus>>> = {
  NONE: { AMEND: 'PENDING' },
  PENDING: { APPROVE: 'NONE', REJECT: 'REJECTED', EXPIRE: 'REJECTED', WITHDRAW: 'NONE' },
  REJECTED: { AMEND: 'PENDING' },
};

/** Mandate statuses in which each event is possible: an answer still counts while the mandate is SUSPENDED. */
const AMENDABLE: Readonly<Record<AmendmentEvent, readonly MandateStatus[]>> = {
  AMEND: ['ACTIVE'],
  APPROVE: ['ACTIVE', 'SUSPENDED'],
  REJECT: ['ACTIVE', 'SUSPENDED'],
  EXPIRE: ['ACTIVE', 'SUSPENDED'],
  WITHDRAW: ['ACTIVE', 'SUSPENDED'],
};

/** Returns the amendment status after `event`, or null if the event is not possible now, as always for EFT. */
export function transitionAmendment(
  type: MandateType,
  status: MandateStatus,
  amendment: AmendmentStatus,
  event: AmendmentEvent,
): AmendmentStatus | null {
  if (type === 'DEBIT_ORDER' || !AMENDABLE[event].includes(status)) return null;
  return AMENDMENT_TRANSITIONS[amendment][event] ?? null;
}
