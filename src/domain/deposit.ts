/** How a deposit fits what a pay-in asked for. */
export const DEPOSIT_MATCHES = ['PARTIAL', 'EXACT', 'OVER', 'UNKNOWN'] as const;
export type DepositMatch = (typeof DEPOSIT_MATCHES)[number];

/** What a pay-in asks for, and what has come in. */
export interface Awaited {
  readonly amountCents: number;
  readonly receivedCents: number;
  /** Whether it still waits. */
  readonly isOpen: boolean;
}

/**
 * What a deposit is to a pay-in: a part of what is asked for, the rest of it, or more. What comes when nothing is waited for any
 * more is more. (DOMAIN §3.7)
 */
export function matchOf({ amountCents, receivedCents, isOpen }: Awaited, depositCents: number): DepositMatch {
  const total = receivedCents + depositCents;
  if (!isOpen || total > amountCents) return 'OVER';
  return total === amountCents ? 'EXACT' : 'PARTIAL';
}
