import type { CivilDate } from '../dates.ts';
import type { PaymentMethodType, ProviderBank } from '../payment/state-machine.ts';
import type { PaymentIndustry } from '../payment-industries.ts';
import type { FirstCollectionMode, PaymentInterval } from '../schedule.ts';
import type { AdjustmentCategory, AdjustmentType } from './adjustment.ts';
import type { ApprovalWindow } from './approval-window.ts';
import type { AuthorityMark } from './authority.ts';
import type { MandateCancelReason } from './reason-codes.ts';
import type { AmendmentStatus, MandateStatus, MandateType } from './state-machine.ts';

/**
 * Amount and schedule that a mandate authorises. A recurring mandate has `processDay` and `interval`, a one-time
 * mandate `processDate`.
 */
export interface MandateTerms extends AuthorisedTerms {
  readonly amountCents: number;
  readonly paymentIndustry: PaymentIndustry;
  readonly processDay: number | null;
  readonly interval: PaymentInterval | null;
  readonly dateRelease: CivilDate | null;
  readonly processDate: CivilDate | null;
}

/** Schedule of a mandate. */
export type MandateTiming = Pick<MandateTerms, 'processDay' | 'interval' | 'dateRelease' | 'processDate'>;

/** Additional terms of DebiCheck and registered mandates (DOMAIN §1.4); all null for EFT. */
export interface AuthorisedTerms {
  readonly maximumAmountCents: number | null;
  readonly firstAmountCents: number | null;
  readonly firstDate: CivilDate | null;
  readonly firstMode: FirstCollectionMode | null;
  readonly allowDateAdjustment: boolean | null;
  readonly allowVariableAmount: boolean | null;
  readonly allowPaymentTracking: boolean | null;
  /** Days of tracking after the action date, 1 to `TRACKING_DAYS_MAX`; null without tracking. */
  readonly paymentTrackingMaxDays: number | null;
  readonly adjustmentCategory: AdjustmentCategory | null;
  readonly adjustmentType: AdjustmentType | null;
  /** Rate in hundred-thousandths of a percent: 512345 is 5.12345 %. */
  readonly adjustmentRate: number | null;
  readonly adjustmentAmountCents: number | null;
}

/** Authorised terms of an EFT mandate: none. */
export const NOT_AUTHORISED: AuthorisedTerms = {
  maximumAmountCents: null,
  firstAmountCents: null,
  firstDate: null,
  firstMode: null,
  allowDateAdjustment: null,
  allowVariableAmount: null,
  allowPaymentTracking: null,
  paymentTrackingMaxDays: null,
  adjustmentCategory: null,
  adjustmentType: null,
  adjustmentRate: null,
  adjustmentAmountCents: null,
};

const TERM_NAMES = Object.keys({
  ...NOT_AUTHORISED,
  amountCents: 0,
  paymentIndustry: 'ACCOUNT_REPAYMENT',
  processDay: null,
  interval: null,
  dateRelease: null,
  processDate: null,
} satisfies MandateTerms) as ReadonlyArray<keyof MandateTerms>;

/** Returns only the terms of a mandate, without its other fields. */
export function termsOf(mandate: MandateTerms): MandateTerms {
  return Object.fromEntries(TERM_NAMES.map((name) => [name, mandate[name]])) as unknown as MandateTerms;
}

/** How a mandate was authorised; empty until the debtor or the bank approves it. */
export type Authorisation = Pick<
  KnownMandate,
  'approvedAt' | 'authenticationReference' | 'debtorSnapshot' | 'adjustmentAnchor' | 'adjustmentsMade'
>;

/** The authorisation of a mandate that nobody has approved yet. */
export const NOT_APPROVED: Authorisation = {
  approvedAt: null,
  authenticationReference: null,
  debtorSnapshot: null,
  adjustmentAnchor: null,
  adjustmentsMade: 0,
};

/** A validated mandate to create. */
export interface NewMandate extends MandateTerms {
  readonly status: MandateStatus;
  readonly reference: string | null;
  readonly externalId: string | null;
  readonly contractReference: string | null;
  /** Whether a contract reference is to be generated. */
  readonly makesContractReference: boolean;
  /** Set for DebiCheck only. */
  readonly approvalWindow: ApprovalWindow | null;
}

/** Fields of an open mandate that restrict changes to its customer and its bank account. */
export interface OpenMandate {
  readonly id: string;
  readonly status: MandateStatus;
  readonly version: number;
  readonly customerId: string;
  readonly bankAccountId: string;
  readonly paymentMethodId: string;
  readonly amountCents: number;
  readonly methodType: PaymentMethodType;
  readonly providerBank: ProviderBank;
}

/** Whether the debtor or the bank authorised the data of the mandate, so that customer changes do not apply to it. */
export function isAuthorised({ methodType }: Pick<OpenMandate, 'methodType'>): boolean {
  return methodType === 'DEBICHECK' || methodType === 'REGISTERED_MANDATE';
}

/** Debtor and bank account as they were when the mandate was approved; ID and account number are masked. */
export interface DebtorSnapshot {
  readonly name: string;
  readonly idType: string | null;
  readonly idNumberMasked: string | null;
  readonly contactNumber: string | null;
  readonly accountHolderName: string;
  readonly accountNumberMasked: string;
  readonly accountType: string;
  readonly bank: string;
  readonly branchCode: string;
}

/** A stored mandate with the fields that the rules use. */
export interface KnownMandate extends MandateTerms, AuthorityMark {
  readonly id: string;
  readonly version: number;
  readonly customerId: string;
  readonly bankAccountId: string;
  readonly paymentMethodId: string;
  readonly methodType: MandateType;
  readonly providerBank: ProviderBank;
  readonly reference: string | null;
  readonly contractReference: string | null;
  readonly approvalWindow: ApprovalWindow | null;
  readonly status: MandateStatus;
  /** Number of approval requests made. */
  readonly attempts: number;
  readonly requestedAt: Date | null;
  readonly approvalExpiresAt: Date | null;
  readonly approvedAt: Date | null;
  readonly authenticationReference: string | null;
  readonly rejectionCode: string | null;
  readonly rejectionReason: string | null;
  readonly suspendedAt: Date | null;
  readonly cancelledAt: Date | null;
  readonly cancelReason: MandateCancelReason | null;
  readonly archivedAt: Date | null;
  readonly debtorSnapshot: DebtorSnapshot | null;
  readonly amendmentStatus: AmendmentStatus;
  /** Terms that await approval; null if none do. */
  readonly amendment: Partial<MandateTerms> | null;
  readonly amendmentExpiresAt: Date | null;
  readonly amendmentReason: string | null;
  /** Date from which adjustments are counted; null until the first payment sets it. */
  readonly adjustmentAnchor: CivilDate | null;
  readonly adjustmentsMade: number;
}
