import type { BankAccountStatus } from '../bank-account/bank-account.ts';
import type { DateAdjustmentRule, Holidays } from '../calendar.ts';
import type { KnownCardToken } from '../card.ts';
import type { Owner } from '../customer/owner.ts';
import type { CivilDate } from '../dates.ts';
import type { DebicheckDefaults } from '../mandate/authorised-terms.ts';
import type { KnownMandate } from '../mandate/mandate.ts';
import type { LastReturn } from '../mandate/returns.ts';
import type { Debtor, DebtorAccount } from '../method/debtor.ts';
import type { PaymentMethodType, ProviderBank } from '../payment/state-machine.ts';
import type { PaymentIndustry } from '../payment-industries.ts';
import type { Taken } from '../uniqueness.ts';

/** A stored bank account with the fields that the rules use. */
export interface KnownBankAccount extends DebtorAccount {
  readonly id: string;
  readonly customerId: string;
  readonly status: BankAccountStatus;
}

/** A payment method with the fields that the rules use. */
export interface KnownMethod {
  readonly id: string;
  readonly type: PaymentMethodType;
  readonly providerBank: ProviderBank;
  readonly isEnabled: boolean;
  readonly paymentIndustry: PaymentIndustry | null;
  readonly dateAdjustmentRule: DateAdjustmentRule;
  readonly debicheckDefaults: DebicheckDefaults;
  /** Maximum amount of one collection; null if unlimited. */
  readonly itemLimitCents: number | null;
  /** Maximum sum of the collections of a calendar month, by action date; null if unlimited. */
  readonly monthlyLimitCents: number | null;
}

/** The dates on which a payment debits its mandate: one day, or a period. */
export interface Debit {
  readonly paymentId: string | null;
  readonly kind: 'ONE_TIME' | 'RECURRING';
  readonly from: CivilDate;
  /** Last day; null if the payment runs until it is stopped. */
  readonly to: CivilDate | null;
}

/** Data of the merchant that the records of a batch refer to, read once per batch. */
export interface SubmitContext {
  readonly now: Date;
  readonly holidays: Holidays;
  readonly customers: ReadonlyMap<string, Owner & Debtor>;
  readonly bankAccounts: ReadonlyMap<string, KnownBankAccount>;
  readonly mandates: ReadonlyMap<string, KnownMandate>;
  readonly methods: ReadonlyMap<string, KnownMethod>;
  /** Cards by `cardKey`. */
  readonly cards: ReadonlyMap<string, KnownCardToken>;
  readonly cardsById: ReadonlyMap<string, KnownCardToken>;
  /** Cents already counted towards the monthly limits of methods, by `monthKey`, from the current month. */
  readonly collected: ReadonlyMap<string, number>;
  /** Existing debits by mandate, for mandates that limit their number: one-time and authorised ones. */
  readonly debits: ReadonlyMap<string, readonly Debit[]>;
  /** Returns of the last debits, by mandate; mandates whose last debit was not returned are absent. */
  readonly lastReturns: ReadonlyMap<string, LastReturn>;
  /** Values in use, with the objects that have them, by unique field. */
  readonly taken: Readonly<Record<UniqueField, Taken>>;
}

/** Returns the map key of a card of a customer. */
export function cardKey(customerId: string, token: string): string {
  return `${customerId} ${token}`;
}

/** Returns the map key of a payment method and the calendar month of a date. */
export function monthKey(methodId: string, date: CivilDate): string {
  return `${methodId} ${date.slice(0, 7)}`;
}

/** Fields set by callers whose values are unique within a merchant. */
export const UNIQUE_FIELDS = [
  'contractReference',
  'transactionReference',
  'eftReference',
  'externalId',
  'mandateExternalId',
] as const;
/** Field whose values are unique within a merchant. */
export type UniqueField = (typeof UNIQUE_FIELDS)[number];
