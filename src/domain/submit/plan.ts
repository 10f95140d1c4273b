import type { NewBankAccount } from '../bank-account/bank-account.ts';
import type { NewCard } from '../card.ts';
import type { NewCustomer } from '../customer/customer.ts';
import type { CivilDate } from '../dates.ts';
import type { NewMandate } from '../mandate/mandate.ts';
import type { PaymentKind, PaymentStatus } from '../payment/state-machine.ts';
import type { Lost, Occurrence, PaymentInterval } from '../schedule.ts';
import type { ImportedCollection } from './imported-collection.ts';
import type { KnownMethod } from './submit-context.ts';

/** An existing object, by its id, or a new one to be created with the payment. */
export type Party<Made> = { readonly id: string; readonly made: null } | { readonly id: null; readonly made: Made };

/** Schedule of a payment. A pay-in has none: its nominal date is the day of submission. */
export interface Timing {
  readonly kind: PaymentKind;
  readonly processDay: number | null;
  readonly interval: PaymentInterval | null;
  readonly dateStart: CivilDate | null;
  readonly dateEnd: CivilDate | null;
  readonly processDate: CivilDate | null;
  /** First nominal date of the whole payment, which is past for an imported one. */
  readonly firstNominalDate: CivilDate;
  /** First nominal date to collect of an imported payment; null from the start. */
  readonly collectFrom: CivilDate | null;
  /** The first collection to make. */
  readonly first: Occurrence;
  /** Last possible action date: the earlier end of payment and mandate; null if neither ends. */
  readonly end: CivilDate | null;
  /** Collections before `first` that can no longer be sent. */
  readonly lost: readonly Lost[];
}

/** A validated line item. */
export interface NewItem {
  readonly name: string | null;
  readonly code: string | null;
  readonly description: string | null;
  readonly amountCents: number | null;
}

/** A validated payment to create, without ids. */
export interface PaymentPlan {
  readonly method: KnownMethod;
  readonly customer: Party<NewCustomer>;
  readonly bankAccount: Party<NewBankAccount> | null;
  readonly mandate: Party<NewMandate> | null;
  readonly card: Party<NewCard> | null;
  /** Whether the mandate adjusts its amount periodically. */
  readonly isAdjusted: boolean;
  /** PENDING while the mandate awaits approval. */
  readonly status: PaymentStatus;
  readonly amountCents: number;
  readonly externalId: string | null;
  readonly transactionReference: string | null;
  readonly eftReference: string | null;
  /** Expiry of a pay-in; null if it waits until it is paid or cancelled. */
  readonly expiresAt: Date | null;
  readonly timing: Timing;
  readonly items: readonly NewItem[];
  /** Collections that another system made before an import. */
  readonly collected: readonly ImportedCollection[];
}
