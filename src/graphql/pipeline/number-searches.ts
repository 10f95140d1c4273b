import { type Allowances, LOOK_UPS_PER_MINUTE, type Payer } from '../../admission/allowances.ts';
import { accountForSearches } from '../../services/access/read-personal-numbers.ts';
import type { App, Caller } from '../../services/app.ts';
import { blindIndex, type PersonalNumberField } from '../../store/personal-numbers.ts';
import { requestError } from './request-error.ts';

/** Maximum number of personal numbers in one filter. */
const PER_FILTER_MAX = 5;

const TOO_MANY = `Without the scope pii:read, a key can filter by ${LOOK_UPS_PER_MINUTE} personal numbers per minute. Retry later.`;

/**
 * Tracks the full personal numbers that a request filters by. A caller could find numbers by guessing, so a key without
 * `pii:read` has a limited number of look-ups per minute, and every match is audited as a read of the number.
 */
export class NumberSearches {
  private readonly app: App;
  private readonly caller: Caller;
  private readonly payer: Payer;
  private readonly allowances: Allowances;
  private readonly noted = new Map<string, { readonly field: PersonalNumberField; readonly index: Buffer }>();

  constructor(app: App, caller: Caller, payer: Payer, allowances: Allowances) {
    this.app = app;
    this.caller = caller;
    this.payer = payer;
    this.allowances = allowances;
  }

  /**
   * Returns a function that converts the numbers of one filter into their blind indexes. It throws BAD_REQUEST when the
   * filter has too many numbers, and RATE_LIMITED when the caller has no look-ups left.
   */
  ofFilter(): (field: PersonalNumberField, number: string) => Buffer {
    let count = 0;
    return (field, number) => {
      count += 1;
      if (count > PER_FILTER_MAX)
        throw requestError('BAD_REQUEST', `A filter can compare with at most ${PER_FILTER_MAX} personal numbers.`);
      const index = blindIndex(this.app.secrets, this.caller.merchantId, field, number);
      const key = `${field} ${index.toString('base64')}`;
      if (!this.noted.has(key)) this.takeLookUp();
      this.noted.set(key, { field, index });
      return index;
    };
  }

  /** Writes the audit entries for the numbers found. It must finish before the response is sent. */
  async account(): Promise<void> {
    if (this.noted.size > 0) await accountForSearches(this.app, this.caller, [...this.noted.values()]);
  }

  private takeLookUp(): void {
    if (this.caller.scopes.has('pii:read')) return;
    const taken = this.allowances.takeLookUp(this.payer);
    if (!('retryAfterMs' in taken)) return;
    throw requestError('RATE_LIMITED', TOO_MANY, [], taken);
  }
}
