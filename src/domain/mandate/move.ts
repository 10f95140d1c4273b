import type { PaymentEvent } from '../payment/state-machine.ts';
import type { ApprovalWindow, RequestTimes } from './approval-window.ts';
import type { DebtorSnapshot, KnownMandate, MandateTerms } from './mandate.ts';
import type { Collected } from './read-change.ts';
import type { MandateCancelReason } from './reason-codes.ts';
import { type AmendmentEvent, type MandateEvent, transitionAmendment, transitionMandate } from './state-machine.ts';

/** Data of an event of a mandate. */
export interface MandateFacts {
  readonly at: Date;
  readonly code?: string | null;
  readonly reason?: string | null;
  readonly cancelReason?: MandateCancelReason;
  /** Reference by which the bank confirms the approval. */
  readonly authenticationReference?: string | null;
  /** Debtor and account at the time of the approval. */
  readonly snapshot?: DebtorSnapshot | null;
  /** Approval window of a new request. */
  readonly window?: ApprovalWindow | null;
  /** Deadline of a new request; null if it has none. */
  readonly times?: Pick<RequestTimes, 'approvalExpiresAt'> | null;
}

/** Returns the mandate after an event, or null if the event is not possible in its status. */
export function moveMandate(mandate: KnownMandate, event: MandateEvent, facts: MandateFacts): KnownMandate | null {
  const status = transitionMandate(mandate.methodType, mandate.status, event);
  return status && { ...mandate, ...effectOf(mandate, event, facts), status };
}

const NO_AMENDMENT = { amendmentStatus: 'NONE', amendment: null, amendmentExpiresAt: null } as const;

function effectOf(mandate: KnownMandate, event: MandateEvent, facts: MandateFacts): Partial<KnownMandate> {
  const { at, code = null, reason = null } = facts;
  switch (event) {
    case 'APPROVE':
      return {
        approvedAt: at,
        authenticationReference: facts.authenticationReference ?? null,
        debtorSnapshot: facts.snapshot ?? null,
      };
    case 'REJECT':
    case 'DECLINE':
    case 'EXPIRE':
      return { rejectionCode: code, rejectionReason: reason };
    case 'RESUBMIT':
      return {
        attempts: mandate.attempts + 1,
        requestedAt: at,
        approvalWindow: facts.window ?? null,
        approvalExpiresAt: facts.times?.approvalExpiresAt ?? null,
        rejectionCode: null,
        rejectionReason: null,
      };
    case 'SUSPEND':
      return { suspendedAt: at };
    case 'UNSUSPEND':
      return { suspendedAt: null };
    case 'CANCEL':
      return { cancelledAt: at, cancelReason: facts.cancelReason ?? 'REQUESTED_BY_CREDITOR', ...NO_AMENDMENT };
    case 'COMPLETE':
      return NO_AMENDMENT;
    case 'ARCHIVE':
      return { archivedAt: at };
    case 'DISABLE':
    case 'ENABLE':
      return {};
  }
}

/** Data of an event of an amendment, with the requested terms. */
export interface AmendmentFacts extends MandateFacts {
  readonly terms?: Partial<MandateTerms>;
  /** For an approval: collections made under the old terms in the meantime. */
  readonly collected?: Collected | undefined;
}

/** Returns the mandate after an event of its amendment; null if not possible. The old terms apply until approval. */
export function moveAmendment(
  mandate: KnownMandate,
  event: AmendmentEvent,
  facts: AmendmentFacts,
): KnownMandate | null {
  const { methodType, status, amendmentStatus } = mandate;
  const next = transitionAmendment(methodType, status, amendmentStatus, event);
  if (!next) return null;
  const { reason = null } = facts;
  switch (event) {
    case 'AMEND':
      return {
        ...mandate,
        amendmentStatus: next,
        amendment: facts.terms ?? null,
        amendmentExpiresAt: facts.times?.approvalExpiresAt ?? null,
        amendmentReason: reason,
      };
    case 'APPROVE':
      return {
        ...mandate,
        ...approvedTerms(mandate, facts.collected),
        ...NO_AMENDMENT,
        debtorSnapshot: facts.snapshot ?? mandate.debtorSnapshot,
      };
    case 'REJECT':
    case 'EXPIRE':
      return { ...mandate, ...NO_AMENDMENT, amendmentStatus: next, amendmentReason: reason };
    case 'WITHDRAW':
      return { ...mandate, ...NO_AMENDMENT, amendmentReason: reason };
  }
}

/**
 * Returns the terms after approval. If an adjustment in the meantime left the maximum below the instalment, the maximum
 * is raised to it.
 */
function approvedTerms(mandate: KnownMandate, collected: Collected | undefined): MandateTerms {
  const terms = { ...mandate, ...mandate.amendment, ...settledTerms(mandate, collected) };
  const { amountCents, maximumAmountCents } = terms;
  return maximumAmountCents !== null && maximumAmountCents < amountCents
    ? { ...terms, maximumAmountCents: amountCents }
    : terms;
}

/** Returns the old terms that remain: those of a first, or of an only, collection made before the approval. */
function settledTerms(mandate: KnownMandate, collected: Collected | undefined): Partial<MandateTerms> {
  const { firstAmountCents, firstDate, firstMode, processDate } = mandate;
  return {
    ...(collected?.first ? { firstAmountCents, firstDate, firstMode } : {}),
    ...(collected?.any ? { processDate } : {}),
  };
}

/** Returns the event that a mandate event causes for its payments (DOMAIN §0.1.1 to §0.1.3); null if none. */
export function paymentEffectOf(event: MandateEvent, status: KnownMandate['status']): PaymentEvent | null {
  switch (event) {
    case 'APPROVE':
      return 'APPROVED';
    case 'REJECT':
    case 'DECLINE':
    case 'EXPIRE':
      return 'REFUSED';
    case 'RESUBMIT':
      return 'RESUBMITTED';
    case 'SUSPEND':
    case 'DISABLE':
      return 'PAUSE';
    case 'UNSUSPEND':
    case 'ENABLE':
      return 'RUN';
    case 'CANCEL':
      return status === 'PENDING' ? 'CANCEL' : 'STOP';
    case 'COMPLETE':
    case 'ARCHIVE':
      return null;
  }
}
