import type { CustomerStatus } from './customer.ts';

/** All actions that a caller can take on a customer. */
export const CUSTOMER_ACTIONS = [
  'UPDATE',
  'ENABLE',
  'DISABLE',
  'ARCHIVE',
  'BLACKLIST',
  'UNBLACKLIST',
  'ERASE',
] as const;
/** Action that a caller can take on a customer. */
export type CustomerAction = (typeof CUSTOMER_ACTIONS)[number];

/**
 * Next statuses of each customer status (DOMAIN §4.1). Blacklisting is a separate flag; only an archived customer can
 * be erased.
 */
export const CUSTOMER_TRANSITIONS: Record<CustomerStatus, readonly CustomerStatus[]> = {
  ACTIVE: ['DISABLED', 'ARCHIVED'],
  DISABLED: ['ACTIVE', 'ARCHIVED'],
  ARCHIVED: ['ACTIVE'],
};

/** The state of a customer that its actions depend on. */
export interface CustomerState {
  readonly status: CustomerStatus;
  readonly isBlacklisted: boolean;
  readonly erasedAt: Date | null;
}

/** Returns the statuses to which a customer can be set; none after erasure. */
export function allowedCustomerStatuses({ status, isBlacklisted, erasedAt }: CustomerState): readonly CustomerStatus[] {
  if (erasedAt !== null) return [];
  // Nothing can be created for a blacklisted customer, so enabling it would mislead (DOMAIN §4.1).
  return CUSTOMER_TRANSITIONS[status].filter((to) => !(isBlacklisted && status === 'DISABLED' && to === 'ACTIVE'));
}

/** The related objects of a customer that its actions depend on. */
export interface CustomerTies {
  readonly hasRunningPayments: boolean;
  /** Whether a transaction may still be paid or is disputed. */
  readonly hasOpenTransactions: boolean;
}

/** An action on a customer and whether it is currently allowed. */
export interface AvailableAction {
  readonly action: CustomerAction;
  readonly allowed: boolean;
  /** Human-readable reason if it is not allowed; null if it is. */
  readonly reason: string | null;
}

/** Returns every action on a customer, with whether it is currently allowed and, if not, the reason. */
export function availableCustomerActions(
  state: CustomerState,
  { hasRunningPayments, hasOpenTransactions }: CustomerTies,
): AvailableAction[] {
  const { status, isBlacklisted, erasedAt } = state;
  const reasonAgainst = (to: CustomerStatus): string | null => {
    if (status === to) return `The customer is already ${to}.`;
    if (!allowedCustomerStatuses(state).includes(to)) {
      return isBlacklisted && to === 'ACTIVE'
        ? 'The customer is blacklisted. Remove it from the blacklist first.'
        : `A customer that is ${status} cannot become ${to}.`;
    }
    return to !== 'ACTIVE' && hasRunningPayments ? 'The customer has running payments. Stop them first.' : null;
  };
  const reasons: Record<CustomerAction, string | null> = {
    UPDATE: status === 'ARCHIVED' ? 'The customer is archived; only its description and metadata can change.' : null,
    ENABLE: reasonAgainst('ACTIVE'),
    DISABLE: reasonAgainst('DISABLED'),
    ARCHIVE: reasonAgainst('ARCHIVED'),
    BLACKLIST: isBlacklisted ? 'The customer is already blacklisted.' : null,
    UNBLACKLIST: isBlacklisted ? null : 'The customer is not blacklisted.',
    ERASE: reasonAgainstErasure(status, hasOpenTransactions),
  };
  return CUSTOMER_ACTIONS.map((action) => {
    const reason = erasedAt === null ? reasons[action] : 'The customer is erased.';
    return { action, allowed: reason === null, reason };
  });
}

function reasonAgainstErasure(status: CustomerStatus, hasOpenTransactions: boolean): string | null {
  if (status !== 'ARCHIVED') return 'Only an archived customer can be erased.';
  return hasOpenTransactions ? 'The customer has transactions that may still be paid or are disputed.' : null;
}
