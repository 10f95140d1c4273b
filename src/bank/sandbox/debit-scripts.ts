import type { BankEvent } from '../../domain/transaction.ts';

/**
 * One answer to a debit and its time: after the sending, or after the action date in business days or calendar days.
 */
export interface DebitStep {
  readonly event: BankEvent;
  readonly code: string | null;
  readonly at:
    | { readonly secondsAfterSending: number }
    | { readonly businessDaysAfterAction: number; readonly plusDays?: number }
    | { readonly daysAfterAction: number };
}

const HOUR_SECONDS = 3_600;
const ACCEPTED: DebitStep = { event: 'ACCEPTED', code: null, at: { secondsAfterSending: HOUR_SECONDS } };
const PAID: DebitStep = { event: 'PAID', code: null, at: { businessDaysAfterAction: 1 } };
const UNPAID: DebitStep = { event: 'UNPAID', code: '02', at: { businessDaysAfterAction: 1 } };
const REJECTED: DebitStep = { event: 'REJECTED', code: '97', at: { secondsAfterSending: HOUR_SECONDS } };
const DISPUTED: DebitStep = { event: 'DISPUTED', code: '30', at: { businessDaysAfterAction: 2 } };
/** No funds on the action date: the bank tracks the account from then on. */
const TRACKING: DebitStep = { event: 'TRACKING', code: '99', at: { daysAfterAction: 0 } };
/** A card is answered within seconds. */
const CHARGED: DebitStep = { event: 'PAID', code: null, at: { secondsAfterSending: 5 } };
const DECLINED: DebitStep = { event: 'DECLINED', code: 'CARD_DECLINED', at: { secondsAfterSending: 5 } };

/** Day of tracking on which a TRACKED_PAID account has funds. */
const FUNDS_ON_DAY = 3;

/** The answers of the bank by simulated result, in order of time (DOMAIN §7.1 to §7.4, §0.1.13). */
const SCRIPTS = {
  SENT_TO_BANK: [],
  REJECTED_BY_BANK: [REJECTED],
  ACCEPTED_BY_BANK: [ACCEPTED],
  CANCELLED: [ACCEPTED, { event: 'RECALLED', code: '28', at: { secondsAfterSending: 2 * HOUR_SECONDS } }],
  PAID: [ACCEPTED, PAID],
  UNPAID: [ACCEPTED, UNPAID],
  DISPUTED: [ACCEPTED, PAID, DISPUTED],
  REVERSED: [ACCEPTED, PAID, { event: 'REVERSED', code: null, at: { businessDaysAfterAction: 2 } }],
  PAID_SAME_DAY: [ACCEPTED, { ...PAID, at: { daysAfterAction: 0 } }],
  PAID_THEN_UNPAID: [ACCEPTED, PAID, { ...UNPAID, at: { businessDaysAfterAction: 3 } }],
  PAID_THEN_DISPUTED: [ACCEPTED, PAID, { ...DISPUTED, at: { businessDaysAfterAction: 1, plusDays: 10 } }],
  // After two business days without an answer the transaction has NO_RESPONSE from the following midnight.
  SILENT_THEN_PAID: [{ ...PAID, at: { businessDaysAfterAction: 2, plusDays: 3 } }],
  DISPUTED_THEN_REVERSED: [
    ACCEPTED,
    PAID,
    DISPUTED,
    { event: 'REVERSED', code: null, at: { businessDaysAfterAction: 3 } },
  ],
  DISPUTED_THEN_PAID: [
    ACCEPTED,
    PAID,
    DISPUTED,
    { event: 'DISPUTE_WITHDRAWN', code: null, at: { businessDaysAfterAction: 3 } },
  ],
  REJECTED_ONCE: [{ ...REJECTED, code: '44' }],
  CHARGED: [CHARGED],
  DECLINED: [DECLINED],
  CHARGED_BACK: [CHARGED, { event: 'CHARGEBACK', code: null, at: { daysAfterAction: 10 } }],
} as const satisfies Record<string, readonly DebitStep[]>;

/** Results of accounts without funds, which the bank tracks where the mandate allows it. */
const TRACKED = ['TRACKED', 'TRACKED_PAID', 'TRACKED_UNPAID'] as const;
type Tracked = (typeof TRACKED)[number];
/** A result that an account or a card can simulate. */
export type DebitResult = keyof typeof SCRIPTS | Tracked;

/** What an account or a card simulates: the result, and the return code where it is not the usual one. */
export interface DebitOutcome {
  readonly result: DebitResult;
  readonly code?: string;
}

/**
 * Results at which the bank goes on processing the debit for good: no further answer comes, but the debit is not lost.
 */
const HELD: ReadonlySet<DebitResult> = new Set(['SENT_TO_BANK', 'ACCEPTED_BY_BANK']);

/** Whether the bank goes on processing the debit without a final answer. */
export function isHeld({ result }: DebitOutcome): boolean {
  return HELD.has(result);
}

/**
 * The answers to a debit, in order of time; a code of the outcome replaces that of the last answer. `attempt` is 1 for
 * the first attempt.
 */
export function debitScript(
  { result, code }: DebitOutcome,
  trackingDays: number | null,
  attempt: number,
): readonly DebitStep[] {
  const script = scriptOf(result, trackingDays, attempt);
  if (code === undefined) return script;
  return script.map((step, index) => (index === script.length - 1 ? { ...step, code } : step));
}

function scriptOf(result: DebitResult, trackingDays: number | null, attempt: number): readonly DebitStep[] {
  if (result === 'REJECTED_ONCE' && attempt > 1) return SCRIPTS.PAID;
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
