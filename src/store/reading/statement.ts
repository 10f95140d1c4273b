/**
 * A statement under construction: the values of its parameters, and the aliases of its tables. It reads the data of one
 * merchant.
 */
export class Statement {
  readonly values: unknown[] = [];
  private readonly merchantId: string;
  private merchantParameter: string | null = null;
  private aliases = 0;

  constructor(merchantId: string) {
    this.merchantId = merchantId;
  }

  /** The parameter that holds the merchant. */
  get merchant(): string {
    this.merchantParameter ??= this.parameter(this.merchantId);
    return this.merchantParameter;
  }

  /** Returns an alias that no other table of the statement has. */
  alias(): string {
    this.aliases += 1;
    return `t${this.aliases}`;
  }

  /** Adds a value and returns its parameter. It has no type; PostgreSQL infers it from the comparison. */
  parameter(value: unknown): string {
    // Dates and instants are passed in UTC, whatever the time zone of the process.
    this.values.push(
      typeof value === 'bigint' ? value.toString() : value instanceof Date ? value.toISOString() : value,
    );
    return `$${this.values.length}`;
  }
}
