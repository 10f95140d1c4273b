import type { BankAccountStatus } from '../bank-account/bank-account.ts';
import type { DateAdjustmentRule, Holidays } from '../calendar.ts';
import type { Owner } from '../customer/owner.ts';
import type { MandateStatus, MandateTerms } from '../mandate.ts';
import type { PaymentMethodType } from '../payment.ts';
import type { PaymentIndustry } from '../payment-industries.ts';

export interface KnownBankAccount {
  readonly id: string;
  readonly customerId: string;
  readonly status: BankAccountStatus;
}
export interface KnownMandate extends MandateTerms {
  readonly id: string;
  readonly customerId: string;
  readonly bankAccountId: string;
  readonly paymentMethodId: string;
  readonly status: MandateStatus;
}
export interface KnownMethod {
  readonly id: string;
  readonly type: PaymentMethodType;
  readonly isEnabled: boolean;
  readonly paymentIndustry: PaymentIndustry | null;
  readonly dateAdjustmentRule: DateAdjustmentRule;
}

/** What the records of a batch refer to, as it stands in the merchant's data: read once for all of them. */
export interface Known {
  readonly now: Date;
  readonly holidays: Holidays;
  readonly customers: ReadonlyMap<string, Owner>;
  readonly bankAccounts: ReadonlyMap<string, KnownBankAccount>;
  readonly mandates: ReadonlyMap<string, KnownMandate>;
  readonly methods: ReadonlyMap<string, KnownMethod>;
  /** Values that are taken, and by which object. */
  readonly taken: Readonly<Record<UniqueField, ReadonlyMap<string, string>>>;
}

/** What is unique for a merchant and named by a caller. */
export const UNIQUE_FIELDS = ['contractReference', 'transactionReference', 'eftReference'] as const;
export type UniqueField = (typeof UNIQUE_FIELDS)[number];
