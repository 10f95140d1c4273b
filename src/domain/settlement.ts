import { formatAmount } from './money.ts';

/** The amounts of a settlement, in cents. */
export interface SettledAmounts {
  readonly grossCents: number;
  readonly feesCents: number;
  readonly netCents: number;
  readonly entries: ReadonlyArray<{ readonly amountCents: number }>;
}

/**
 * Returns what does not add up in a settlement; null when everything does. What is recorded adds up, so that it can be reconciled to
 * the cent.
 */
export function settlementFault({ grossCents, feesCents, netCents, entries }: SettledAmounts): string | null {
  if (grossCents - feesCents !== netCents) return 'The gross amount less the fees is not the net amount.';
  const sum = entries.reduce((total, { amountCents }) => total + amountCents, 0);
  return sum === grossCents ? null : `The transactions add up to ${formatAmount(sum)}, not to the gross amount.`;
}
