import { type Allowances, LOOK_UPS_PER_MINUTE, type Payer } from '../../admission/allowances.ts';
import { accountForSearches } from '../../services/access/read-personal-numbers.ts';
import type { App, Caller } from '../../services/app.ts';
import { blindIndex, type PersonalNumberField } from '../../store/personal-numbers.ts';
import { requestError } from './request-error.ts';

/** Personal numbers that one filter may compare with. */
const PER_FILTER_MAX = 5;

const TOO_MANY = `Without the scope pii:read a key may compare with ${LOOK_UPS_PER_MINUTE} personal numbers a minute.`;

/**
 * Whole personal numbers that a request compares with. Whoever may ask whether a number is there can find it by guessing: without
 * `pii:read` a key has some look-ups a minute, and each that matches is audited as if the number had been read.
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
   * A function that turns the numbers of one filter into what is stored of them for comparison. It throws BAD_REQUEST for too many in
   * the filter, and RATE_LIMITED when the caller has no look-ups left.
   */
  ofFilter(): (field: PersonalNumberField, number: string) => Buffer {
    let count = 0;
    return (field, number) => {
      count += 1;
      if (count > PER_FILTER_MAX)
        throw requestError('BAD_REQUEST', `A filter compares with at most ${PER_FILTER_MAX} personal numbers.`);
      const index = blindIndex(this.app.secrets, this.caller.merchantId, field, number);
      const key = `${field} ${index.toString('base64')}`;
      if (!this.noted.has(key)) this.takeLookUp();
      this.noted.set(key, { field, index });
      return index;
    };
  }

  /** Writes the audit entries of what was found. Before that nothing may be answered. */
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
