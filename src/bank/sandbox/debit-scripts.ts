import type { BankEvent } from '../../domain/transaction.ts';

/** One answer to a debit, and when: counted from its sending, or from its action date in business days or in any. */
export interface DebitStep {
  readonly event: BankEvent;
  readonly code: string | null;
  readonly at:
    | { readonly hoursAfterSending: number }
    | { readonly businessDaysAfterAction: number }
    | { readonly daysAfterAction: number };
}

const ACCEPTED: DebitStep = { event: 'ACCEPTED', code: null, at: { hoursAfterSending: 1 } };
const PAID: DebitStep = { event: 'PAID', code: null, at: { businessDaysAfterAction: 1 } };
const UNPAID: DebitStep = { event: 'UNPAID', code: '02', at: { businessDaysAfterAction: 1 } };
/** No funds on the day; the account is watched from then on. */
const TRACKING: DebitStep = { event: 'TRACKING', code: '99', at: { daysAfterAction: 0 } };

/** The day of tracking on which the account has funds, where it stands for that. */
const FUNDS_ON_DAY = 3;

/** What the bank answers, in order, for each result an account stands for (DOMAIN §7.1, §7.4, §0.1.13). */
const SCRIPTS = {
  SENT_TO_BANK: [],
  REJECTED_BY_BANK: [{ event: 'REJECTED', code: '97', at: { hoursAfterSending: 1 } }],
  ACCEPTED_BY_BANK: [ACCEPTED],
  CANCELLED: [ACCEPTED, { event: 'RECALLED', code: '28', at: { hoursAfterSending: 2 } }],
  PAID: [ACCEPTED, PAID],
  UNPAID: [ACCEPTED, UNPAID],
  DISPUTED: [ACCEPTED, PAID, { event: 'DISPUTED', code: '30', at: { businessDaysAfterAction: 2 } }],
  REVERSED: [ACCEPTED, PAID, { event: 'REVERSED', code: null, at: { businessDaysAfterAction: 2 } }],
} as const satisfies Record<string, readonly DebitStep[]>;

/** Results of accounts without funds, where the mandate lets the bank watch them. */
const TRACKED = ['TRACKED', 'TRACKED_PAID', 'TRACKED_UNPAID'] as const;
type Tracked = (typeof TRACKED)[number];
export type DebitResult = keyof typeof SCRIPTS | Tracked;

/** The answers to come for a debit, in order of time. */
export function debitScript(result: DebitResult, trackingDays: number | null): readonly DebitStep[] {
  if (!isTracked(result)) return SCRIPTS[result];
  if (trackingDays === null) return SCRIPTS.UNPAID;
  const watched = [ACCEPTED, TRACKING];
  if (result === 'TRACKED_PAID' && trackingDays >= FUNDS_ON_DAY) {
    return [...watched, { ...PAID, at: { daysAfterAction: FUNDS_ON_DAY } }];
  }
  return result === 'TRACKED' ? watched : [...watched, { ...UNPAID, at: { daysAfterAction: trackingDays } }];
}

function isTracked(result: DebitResult): result is Tracked {
  return (TRACKED as readonly string[]).includes(result);
}
