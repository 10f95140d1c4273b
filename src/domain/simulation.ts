import { kindOfId } from './ids.ts';
import type { AmendmentEvent, MandateAnswer, MandateEvent } from './mandate/state-machine.ts';
import type { BankEvent, ClockEvent } from './transaction.ts';

/** What a scenario triggers: an event of a mandate, of its amendment or of a transaction, or a deposit for a pay-in. */
export type Simulated =
  | {
      readonly to: 'MANDATE';
      readonly answer: MandateAnswer | null;
      readonly event: MandateEvent;
      readonly code: string | null;
    }
  | {
      readonly to: 'AMENDMENT';
      readonly answer: MandateAnswer;
      readonly event: AmendmentEvent;
      readonly code: string | null;
    }
  | { readonly to: 'TRANSACTION'; readonly event: BankEvent | ClockEvent | 'SENT'; readonly code: string | null }
  | { readonly to: 'PAY_IN' };

function mandate(event: MandateEvent, answer: MandateAnswer | null, code: string | null = null): Simulated {
  return { to: 'MANDATE', event, answer, code };
}
function transaction(event: BankEvent | ClockEvent | 'SENT', code: string | null = null): Simulated {
  return { to: 'TRANSACTION', event, code };
}

/** All scenarios of the sandbox simulator, each with its default return code (DOMAIN §7.5). */
export const SCENARIOS = {
  MANDATE_APPROVED: mandate('APPROVE', 'APPROVED'),
  MANDATE_REJECTED: mandate('REJECT', 'REJECTED', 'MD16'),
  MANDATE_DECLINED_BY_BANK: mandate('DECLINE', 'DECLINED', 'AC04'),
  MANDATE_EXPIRED: mandate('EXPIRE', null, 'NORESP'),
  MANDATE_SUSPENDED: mandate('SUSPEND', 'SUSPENDED'),
  MANDATE_UNSUSPENDED: mandate('UNSUSPEND', 'UNSUSPENDED'),
  MANDATE_CANCELLED_BY_DEBTOR: mandate('CANCEL', 'CANCELLED'),
  AMENDMENT_APPROVED: { to: 'AMENDMENT', event: 'APPROVE', answer: 'APPROVED', code: null },
  AMENDMENT_REJECTED: { to: 'AMENDMENT', event: 'REJECT', answer: 'REJECTED', code: 'MD16' },
  TRANSACTION_SENT: transaction('SENT'),
  TRANSACTION_ACCEPTED: transaction('ACCEPTED'),
  TRANSACTION_REJECTED: transaction('REJECTED', '97'),
  TRANSACTION_RECALLED: transaction('RECALLED', '28'),
  TRANSACTION_PAID: transaction('PAID'),
  TRANSACTION_UNPAID: transaction('UNPAID', '02'),
  TRANSACTION_IN_TRACKING: transaction('TRACKING', '99'),
  TRANSACTION_NO_RESPONSE: transaction('NO_ANSWER'),
  TRANSACTION_DISPUTED: transaction('DISPUTED', '30'),
  TRANSACTION_DISPUTE_WITHDRAWN: transaction('DISPUTE_WITHDRAWN'),
  TRANSACTION_REVERSED: transaction('REVERSED'),
  TRANSACTION_LATE_UNPAID: transaction('UNPAID', '02'),
  PAY_IN_RECEIVED: { to: 'PAY_IN' },
  CARD_DECLINED: transaction('DECLINED', 'CARD_DECLINED'),
  CARD_CHARGEBACK: transaction('CHARGEBACK'),
  CARD_REFUNDED: transaction('REFUNDED'),
} as const satisfies Readonly<Record<string, Simulated>>;
/** Name of a scenario of the sandbox simulator. */
export type Scenario = keyof typeof SCENARIOS;

/** Returns the kind of the object that a simulation affected, from its id; null for other kinds. */
export function kindOfSimulated(id: string | null): 'payment' | 'mandate' | 'transaction' | 'deposit' | null {
  const kind = id === null ? null : kindOfId(id);
  return kind === 'payment' || kind === 'mandate' || kind === 'transaction' || kind === 'deposit' ? kind : null;
}
