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

export interface KnownBankAccount extends DebtorAccount {
  readonly id: string;
  readonly customerId: string;
  readonly status: BankAccountStatus;
}
export interface KnownMethod {
  readonly id: string;
  readonly type: PaymentMethodType;
  readonly providerBank: ProviderBank;
  readonly isEnabled: boolean;
  readonly paymentIndustry: PaymentIndustry | null;
  readonly dateAdjustmentRule: DateAdjustmentRule;
  readonly debicheckDefaults: DebicheckDefaults;
  /** The most that one collection may be; null: no limit. */
  readonly itemLimitCents: number | null;
  /** The most that all collections of a calendar month may be, by action date; null: no limit. */
  readonly monthlyLimitCents: number | null;
}

/** A payment under a mandate, as far as it takes cycles: on one day, or from a day on. */
export interface Debit {
  readonly paymentId: string | null;
  readonly kind: 'ONE_TIME' | 'RECURRING';
  readonly from: CivilDate;
  /** null: until it is stopped. */
  readonly to: CivilDate | null;
}

/** What the records of a batch refer to, as it stands in the merchant's data: read once for all of them. */
export interface SubmitContext {
  readonly now: Date;
  readonly holidays: Holidays;
  readonly customers: ReadonlyMap<string, Owner & Debtor>;
  readonly bankAccounts: ReadonlyMap<string, KnownBankAccount>;
  readonly mandates: ReadonlyMap<string, KnownMandate>;
  readonly methods: ReadonlyMap<string, KnownMethod>;
  /** The cards of customers, by `cardKey`. */
  readonly cards: ReadonlyMap<string, KnownCardToken>;
  readonly cardsById: ReadonlyMap<string, KnownCardToken>;
  /** What is collected already by methods with a monthly limit, by `monthKey`, from this month on. */
  readonly collected: ReadonlyMap<string, number>;
  /** What takes collections of the mandates that limit them: one-time ones, and those that debtor or bank have authorised. */
  readonly debits: ReadonlyMap<string, readonly Debit[]>;
  /** How the last debits of mandates came back, by mandate; those that were not returned are absent. */
  readonly lastReturns: ReadonlyMap<string, LastReturn>;
  /** Values that are taken, and by which object. */
  readonly taken: Readonly<Record<UniqueField, Taken>>;
}

/** A customer has a card once. */
export function cardKey(customerId: string, token: string): string {
  return `${customerId} ${token}`;
}

/** A method and a calendar month, `YYYY-MM`. */
export function monthKey(methodId: string, date: CivilDate): string {
  return `${methodId} ${date.slice(0, 7)}`;
}

/** What is unique for a merchant and named by a caller. */
export const UNIQUE_FIELDS = ['contractReference', 'transactionReference', 'eftReference'] as const;
export type UniqueField = (typeof UNIQUE_FIELDS)[number];
