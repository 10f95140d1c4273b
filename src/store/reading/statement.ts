/** Alias of the rows that a statement reads. */
export const ROOT = 'r1';

/**
 * Returns the alias of rows that are read for a row of `alias`. Aliases differ by depth alone: a subquery names no other rows
 * than its own and those that it is read for.
 */
export function inner(alias: string): string {
  return `r${Number(alias.slice(1)) + 1}`;
}

/**
 * A statement under construction. It reads the data of one merchant, which is its first parameter.
 */
export class Statement {
  readonly values: unknown[];
  /** The parameter that holds the merchant. */
  readonly merchant = '$1';
  /**
   * Whether the statement is planned anew for its values: a filter may match few rows or most of them. Other statements are
   * planned once for all values.
   */
  isPlannedForValues = false;

  constructor(merchantId: string) {
    this.values = [merchantId];
  }

  /** Adds a value and returns its parameter. It has no type; PostgreSQL infers it from the comparison. */
  parameter(value: unknown): string {
    this.values.push(Array.isArray(value) ? value.map(sent) : sent(value));
    return `$${this.values.length}`;
  }
}

/** Returns a value as it is sent: dates and instants in UTC, whatever the time zone of the process. */
function sent(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'bigint' ? value.toString() : value;
}
