import type { CivilDate } from '../dates.ts';
import type { PaymentMethodType, ProviderBank } from '../payment/state-machine.ts';
import type { PaymentIndustry } from '../payment-industries.ts';
import type { FirstCollectionMode, PaymentInterval } from '../schedule.ts';
import type { AdjustmentCategory, AdjustmentType } from './adjustment.ts';
import type { ApprovalWindow } from './approval-window.ts';
import type { AuthorityMark } from './authority.ts';
import type { MandateCancelReason } from './reason-codes.ts';
import type { AmendmentStatus, MandateStatus, MandateType } from './state-machine.ts';

/** What a mandate allows to be collected, and when. Recurring: `processDay` and `interval`; one-time: `processDate`. */
export interface MandateTerms extends AuthorisedTerms {
  readonly amountCents: number;
  readonly paymentIndustry: PaymentIndustry;
  readonly processDay: number | null;
  readonly interval: PaymentInterval | null;
  readonly dateRelease: CivilDate | null;
  readonly processDate: CivilDate | null;
}

/** When a mandate is collected. */
export type MandateTiming = Pick<MandateTerms, 'processDay' | 'interval' | 'dateRelease' | 'processDate'>;

/** What DebiCheck and registered mandates say besides (DOMAIN §1.4); all null for EFT. */
export interface AuthorisedTerms {
  readonly maximumAmountCents: number | null;
  readonly firstAmountCents: number | null;
  readonly firstDate: CivilDate | null;
  readonly firstMode: FirstCollectionMode | null;
  readonly allowDateAdjustment: boolean | null;
  readonly allowVariableAmount: boolean | null;
  readonly allowPaymentTracking: boolean | null;
  /** Days after the action date, 1 to 10; null without tracking. */
  readonly paymentTrackingMaxDays: number | null;
  readonly adjustmentCategory: AdjustmentCategory | null;
  readonly adjustmentType: AdjustmentType | null;
  /** In hundred-thousandths of a percent: 512345 is 5.12345 %. */
  readonly adjustmentRate: number | null;
  readonly adjustmentAmountCents: number | null;
}

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

/** The terms alone, of whatever has them. */
export function termsOf(mandate: MandateTerms): MandateTerms {
  return Object.fromEntries(TERM_NAMES.map((name) => [name, mandate[name]])) as unknown as MandateTerms;
}

/** A mandate to be made. */
export interface NewMandate extends MandateTerms {
  readonly status: MandateStatus;
  readonly reference: string | null;
  readonly contractReference: string | null;
  /** Whether one is to be made for it. */
  readonly makesContractReference: boolean;
  /** DebiCheck alone. */
  readonly approvalWindow: ApprovalWindow | null;
}

/** An open mandate, as far as it binds the customer and the account it names. */
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

/** Whether debtor or bank have authorised the very data it was made with: no change of the customer reaches it. */
export function isAuthorised({ methodType }: Pick<OpenMandate, 'methodType'>): boolean {
  return methodType === 'DEBICHECK' || methodType === 'REGISTERED_MANDATE';
}

/** Who the debtor was, and which account was named, when the mandate was approved. Numbers are masked. */
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

/** A mandate as the rules see it. */
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
  /** How often its approval was asked for. */
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
  /** The terms that wait for approval; null when none do. */
  readonly amendment: Partial<MandateTerms> | null;
  readonly amendmentExpiresAt: Date | null;
  readonly amendmentReason: string | null;
  /** From which day its adjustments are counted; null until the first payment says. */
  readonly adjustmentAnchor: CivilDate | null;
  readonly adjustmentsMade: number;
}
