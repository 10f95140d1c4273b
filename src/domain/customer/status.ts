import type { CustomerStatus } from './customer.ts';

/** What a caller can do to a customer, besides changing what is known of it. */
export const CUSTOMER_ACTIONS = [
  'UPDATE',
  'ENABLE',
  'DISABLE',
  'ARCHIVE',
  'BLACKLIST',
  'UNBLACKLIST',
  'ERASE',
] as const;
export type CustomerAction = (typeof CUSTOMER_ACTIONS)[number];

/** The life of a customer (DOMAIN §4.1). Blacklisting is a flag beside it, erasure the end of an archived one. */
export const CUSTOMER_TRANSITIONS: Record<CustomerStatus, readonly CustomerStatus[]> = {
  ACTIVE: ['DISABLED', 'ARCHIVED'],
  DISABLED: ['ACTIVE', 'ARCHIVED'],
  ARCHIVED: ['ACTIVE'],
};

/** What of a customer its actions depend on. */
export interface CustomerState {
  readonly status: CustomerStatus;
  readonly isBlacklisted: boolean;
  readonly erasedAt: Date | null;
}

/** The statuses a customer can be set to from where it is. */
export function allowedCustomerStatuses({ status, isBlacklisted, erasedAt }: CustomerState): readonly CustomerStatus[] {
  if (erasedAt !== null) return [];
  // Nothing new can be made for one who is blacklisted: to enable it would promise what the list forbids (DOMAIN §4.1).
  return CUSTOMER_TRANSITIONS[status].filter((to) => !(isBlacklisted && status === 'DISABLED' && to === 'ACTIVE'));
}

/** What of others an action depends on. */
export interface CustomerTies {
  readonly hasRunningPayments: boolean;
  /** Whether some transaction may still be paid, or is disputed. */
  readonly hasOpenTransactions: boolean;
}

export interface AvailableAction {
  readonly action: CustomerAction;
  readonly allowed: boolean;
  /** Why not; null when allowed. */
  readonly reason: string | null;
}

/** Each action, whether it can be taken now, and why not. */
export function availableCustomerActions(
  state: CustomerState,
  { hasRunningPayments, hasOpenTransactions }: CustomerTies,
): AvailableAction[] {
  const { status, isBlacklisted, erasedAt } = state;
  const reasonAgainst = (to: CustomerStatus): string | null => {
    if (status === to) return `It is ${to} already.`;
    if (!allowedCustomerStatuses(state).includes(to)) {
      return isBlacklisted && to === 'ACTIVE'
        ? 'It is blacklisted.'
        : `A customer that is ${status} cannot become ${to}.`;
    }
    return to !== 'ACTIVE' && hasRunningPayments ? 'It has running payments: stop them first.' : null;
  };
  const reasons: Record<CustomerAction, string | null> = {
    UPDATE: status === 'ARCHIVED' ? 'It is archived: only its description and metadata can change.' : null,
    ENABLE: reasonAgainst('ACTIVE'),
    DISABLE: reasonAgainst('DISABLED'),
    ARCHIVE: reasonAgainst('ARCHIVED'),
    BLACKLIST: isBlacklisted ? 'It is blacklisted already.' : null,
    UNBLACKLIST: isBlacklisted ? null : 'It is not blacklisted.',
    ERASE: reasonAgainstErasure(status, hasOpenTransactions),
  };
  return CUSTOMER_ACTIONS.map((action) => {
    const reason = erasedAt === null ? reasons[action] : 'It is erased.';
    return { action, allowed: reason === null, reason };
  });
}

function reasonAgainstErasure(status: CustomerStatus, hasOpenTransactions: boolean): string | null {
  if (status !== 'ARCHIVED') return 'Only an archived customer can be erased.';
  return hasOpenTransactions ? 'Transactions may still be paid, or are disputed.' : null;
}
