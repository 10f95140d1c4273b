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
  private aliases = 0;

  constructor(merchantId: string) {
    this.values = [merchantId];
  }

  /** Returns an alias that no other table of the statement has. */
  alias(): string {
    this.aliases += 1;
    return `t${this.aliases}`;
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
