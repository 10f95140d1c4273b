/** All results of matching a deposit to a pay-in. */
export const DEPOSIT_MATCHES = ['PARTIAL', 'EXACT', 'OVER', 'UNKNOWN'] as const;
/** How a deposit matches the amount that a pay-in requests. */
export type DepositMatch = (typeof DEPOSIT_MATCHES)[number];

/** A pay-in with its requested amount and the total of its earlier deposits, both in cents. */
export interface Awaited {
  readonly amountCents: number;
  readonly receivedCents: number;
  /** Whether the pay-in still waits for money. */
  readonly isOpen: boolean;
}

/**
 * Returns how a deposit matches a pay-in: PARTIAL if an amount remains, EXACT if it completes the requested amount,
 * OVER if it exceeds it or the pay-in is no longer open (DOMAIN §3.7).
 */
export function matchOf({ amountCents, receivedCents, isOpen }: Awaited, depositCents: number): DepositMatch {
  const total = receivedCents + depositCents;
  if (!isOpen || total > amountCents) return 'OVER';
  return total === amountCents ? 'EXACT' : 'PARTIAL';
}
