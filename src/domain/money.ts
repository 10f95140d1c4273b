/** Maximum amount of one record, in cents: the eleven digits of an amount in a bank file. Sums are not limited. */
export const AMOUNT_MAX_CENTS = 99_999_999_999;

/**
 * Returns the cents of a decimal string with at most two decimal places (`"45"`, `"45.5"`, `"45.00"`), or null. Signs
 * and exponents are refused.
 */
export function parseAmount(text: string): number | null {
  const match = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text);
  if (!match) return null;
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

/** Returns an amount in cents as a decimal string with two decimal places: `"45.00"`. */
export function formatAmount(cents: number | bigint): string {
  const isNegative = cents < 0;
  const digits = (isNegative ? -cents : cents).toString().padStart(3, '0');
  return `${isNegative ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
