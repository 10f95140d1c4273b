const CENTS = 100n;

/** A count and an amount. */
export interface Total {
  readonly count: number;
  readonly amount: string;
}

/** Sums counts, and amounts in cents, without rounding. */
export function sumOf(rows: readonly Total[]): Total {
  const cents = rows.reduce((sum, { amount }) => sum + BigInt(amount.replace('.', '')), 0n);
  const rest = String(cents % CENTS).padStart(2, '0');
  return { count: rows.reduce((sum, row) => sum + row.count, 0), amount: `${cents / CENTS}.${rest}` };
}
