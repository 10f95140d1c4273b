import type { NewBankAccount } from '../bank-account/bank-account.ts';
import type { NewCard } from '../card.ts';
import type { NewCustomer } from '../customer/customer.ts';
import type { CivilDate } from '../dates.ts';
import type { NewMandate } from '../mandate/mandate.ts';
import type { PaymentKind, PaymentStatus } from '../payment/state-machine.ts';
import type { Lost, Occurrence, PaymentInterval } from '../schedule.ts';
import type { KnownMethod } from './submit-context.ts';

/** An object that is there, or one to be made with the payment. */
export type Party<Made> = { readonly id: string; readonly made: null } | { readonly id: null; readonly made: Made };

/** When a payment collects. A pay-in collects on no date of its own: its nominal date is the day of submission. */
export interface Timing {
  readonly kind: PaymentKind;
  readonly processDay: number | null;
  readonly interval: PaymentInterval | null;
  readonly dateStart: CivilDate | null;
  readonly dateEnd: CivilDate | null;
  readonly processDate: CivilDate | null;
  readonly first: Occurrence;
  /** The last day on which it can be collected: its own end or that of the mandate; null when it has none. */
  readonly end: CivilDate | null;
  /** The collections before it that cannot be sent any more. */
  readonly lost: readonly Lost[];
}

export interface NewItem {
  readonly name: string | null;
  readonly code: string | null;
  readonly description: string | null;
  readonly amountCents: number | null;
}

/** A submitted payment, every rule checked: what is to be written, with no ids yet. */
export interface PaymentPlan {
  readonly method: KnownMethod;
  readonly customer: Party<NewCustomer>;
  readonly bankAccount: Party<NewBankAccount> | null;
  readonly mandate: Party<NewMandate> | null;
  readonly card: Party<NewCard> | null;
  /** Whether its mandate changes its amount by itself. */
  readonly isAdjusted: boolean;
  /** PENDING while its mandate is to be approved. */
  readonly status: PaymentStatus;
  readonly amountCents: number;
  readonly transactionReference: string | null;
  readonly eftReference: string | null;
  /** Until when a pay-in waits; null: until it is paid or cancelled. */
  readonly expiresAt: Date | null;
  readonly timing: Timing;
  readonly items: readonly NewItem[];
}
