import { BANK_ACCOUNT_TYPES, type BankAccountType } from '../bank-account/bank-account.ts';
import { BANKS, type Bank } from '../banks.ts';
import { ACCOUNT_DAYS, CARD_DAYS } from '../dispute.ts';
import type { PaymentMethodType, PaymentStatus, ProviderBank } from '../payment/state-machine.ts';

/** Columns of the method matrix: payment method types, with registered mandates split by provider bank. */
export const METHOD_VARIANTS = [
  'PAY_IN',
  'DEBIT_ORDER',
  'DEBICHECK',
  'REGISTERED_MANDATE_ABSA',
  'REGISTERED_MANDATE_NEDBANK',
  'CARD',
] as const;
/** Column of the method matrix. */
export type MethodVariant = (typeof METHOD_VARIANTS)[number];

/** Returns the column of the method matrix for a payment method. */
export function variantOf(type: PaymentMethodType, providerBank: ProviderBank): MethodVariant {
  if (type !== 'REGISTERED_MANDATE') return type;
  return providerBank === 'NEDBANK_LIMITED' ? 'REGISTERED_MANDATE_NEDBANK' : 'REGISTERED_MANDATE_ABSA';
}

/** All requirements for a field. ONE_OF: exactly one of `recurring` and `oneTime` is required. */
export const NEEDS = ['REQUIRED', 'ONE_OF', 'OPTIONAL', 'FORBIDDEN'] as const;
/** Requirement of a payment method for a field. */
export type Need = (typeof NEEDS)[number];

const R = 'REQUIRED';
const O = 'OPTIONAL';
const F = 'FORBIDDEN';
const X = 'ONE_OF';

/** Returns a row; the order is pay-in, EFT, DebiCheck, registered mandate of ABSA, of Nedbank, card. */
function row(...needs: readonly [Need, Need, Need, Need, Need, Need]): Readonly<Record<MethodVariant, Need>> {
  const [payIn, eft, debicheck, absa, nedbank, card] = needs;
  return {
    PAY_IN: payIn,
    DEBIT_ORDER: eft,
    DEBICHECK: debicheck,
    REGISTERED_MANDATE_ABSA: absa,
    REGISTERED_MANDATE_NEDBANK: nedbank,
    CARD: card,
  };
}

/**
 * Requirements of each payment method for a submitted record, by path (DOMAIN §5). Where a record takes an id or an
 * object, either satisfies the requirement. A required field that has a default of the payment method, such as the
 * industry, can be absent.
 */
export const METHOD_MATRIX = {
  'customer.email': row(R, R, R, R, R, R),
  // Stored with every method, sent to the bank by those of Nedbank.
  'customer.clientType': row(O, O, O, O, O, O),
  'customer.personName': row(O, O, R, O, R, O),
  'customer.personSurname': row(O, O, R, O, R, O),
  'customer.idType': row(O, O, R, R, R, O),
  'customer.idNumber': row(O, O, R, R, R, O),
  'customer.contactNumber': row(O, O, R, R, R, O),
  bankAccount: row(F, R, R, R, R, F),
  mandate: row(F, R, R, R, R, F),
  'mandate.status': row(F, O, F, F, F, F),
  'mandate.paymentIndustry': row(F, R, R, R, R, F),
  'mandate.contractReference': row(F, O, R, R, R, F),
  'mandate.recurring': row(F, X, X, X, X, F),
  'mandate.oneTime': row(F, X, X, X, X, F),
  'mandate.debicheck': row(F, F, R, R, R, F),
  'mandate.debicheck.maximumCollectionAmount': row(F, F, R, R, R, F),
  'mandate.debicheck.approvalWindow': row(F, F, O, F, F, F),
  amount: row(R, O, O, O, O, R),
  // A card payment without either is charged immediately.
  recurring: row(F, X, X, X, X, O),
  oneTime: row(F, X, X, X, X, O),
  payIn: row(O, F, F, F, F, F),
  card: row(F, F, F, F, F, R),
  items: row(O, O, O, O, O, O),
} as const satisfies Readonly<Record<string, Readonly<Record<MethodVariant, Need>>>>;
/** Path of a field in the method matrix. */
export type MatrixField = keyof typeof METHOD_MATRIX;

/** All parties that may have to approve a mandate before a collection. */
export const APPROVALS = ['NOBODY', 'DEBTOR', 'BANK'] as const;
/** The party that must approve a mandate. */
export type Approval = (typeof APPROVALS)[number];

/** All ways to request approval again after a mandate was rejected or has expired. */
export const RESUBMISSIONS = ['NOT_NEEDED', 'SAME_CONTRACT_REFERENCE', 'NEW_CONTRACT_REFERENCE'] as const;
/** How to request approval again after a mandate was rejected or has expired. */
export type Resubmission = (typeof RESUBMISSIONS)[number];

/** Rules of a payment method besides its field requirements. */
export interface MethodRules {
  /** Whether companies, company registration numbers and business accounts are accepted. */
  readonly allowsCompanies: boolean;
  /** Whether the contact number must be a South African mobile number. */
  readonly needsMobileNumber: boolean;
  /** Null means any. */
  readonly accountTypes: readonly BankAccountType[] | null;
  /** Null means any bank of the table. */
  readonly banks: readonly Bank[] | null;
  readonly approval: Approval;
  readonly resubmission: Resubmission;
  /** Initial status of a payment whose mandate, if any, is new. */
  readonly firstPaymentStatus: PaymentStatus;
  /** Human-readable conditions for disputes. */
  readonly disputes: string;
}

const AUTHORISED_ACCOUNTS = ['CHEQUE_OR_CURRENT', 'SAVINGS', 'TRANSMISSION'] as const;

/** The banks that take part in DebiCheck and registered mandates (DOMAIN §2.15). */
const PARTICIPANTS: readonly Bank[] = [
  'ABSA_BANK_LIMITED',
  'STANDARD_BANK',
  'FNB',
  'NEDBANK',
  'CAPITEC',
  'CAPITEC_BUSINESS',
  'INVESTEC',
  'TYMEBANK',
  'AFRICAN_BANK',
  'BIDVEST',
  'DISCOVERY',
  'SASFIN',
  'GRINDROD',
  'ALBARAKA',
  'HBZ',
  'HABIB_OVERSEAS',
  'POSTBANK',
  'UBANK',
  'FINBOND',
  'ACCESS_BANK',
  'OM_BANK',
];

const ANYBODY = {
  allowsCompanies: true,
  needsMobileNumber: false,
  accountTypes: null,
  banks: null,
  approval: 'NOBODY',
  resubmission: 'NOT_NEEDED',
} as const;
const REGISTERED = {
  needsMobileNumber: false,
  accountTypes: AUTHORISED_ACCOUNTS,
  banks: PARTICIPANTS,
  approval: 'BANK',
  resubmission: 'NEW_CONTRACT_REFERENCE',
  firstPaymentStatus: 'PENDING',
  disputes: `Every debit can be disputed within ${ACCOUNT_DAYS} days after the action date, because the debtor did not approve the mandate.`,
} as const;

/** Rules of each payment method. */
export const METHOD_RULES: Readonly<Record<MethodVariant, MethodRules>> = {
  PAY_IN: {
    ...ANYBODY,
    firstPaymentStatus: 'WAITING_FOR_PAYMENT',
    disputes: 'A pay-in cannot be disputed, because the payer made the payment.',
  },
  DEBIT_ORDER: {
    ...ANYBODY,
    firstPaymentStatus: 'RUNNING',
    disputes: `Every debit can be disputed without a reason within ${ACCOUNT_DAYS} days after the action date.`,
  },
  DEBICHECK: {
    allowsCompanies: false,
    needsMobileNumber: true,
    accountTypes: AUTHORISED_ACCOUNTS,
    banks: PARTICIPANTS,
    approval: 'DEBTOR',
    resubmission: 'SAME_CONTRACT_REFERENCE',
    firstPaymentStatus: 'PENDING',
    disputes: `Only a debit whose amount or date differs from the mandate, or that was tracked, can be disputed, within ${ACCOUNT_DAYS} days after the action date.`,
  },
  REGISTERED_MANDATE_ABSA: { ...REGISTERED, allowsCompanies: true },
  REGISTERED_MANDATE_NEDBANK: { ...REGISTERED, allowsCompanies: false },
  CARD: {
    ...ANYBODY,
    firstPaymentStatus: 'RUNNING',
    disputes: `Every charge can be disputed within ${CARD_DAYS} days after the action date.`,
  },
};

/** Returns the banks whose accounts a payment method accepts; none if it uses no bank account. */
export function banksOf(variant: MethodVariant): Bank[] {
  if (METHOD_MATRIX.bankAccount[variant] === 'FORBIDDEN') return [];
  return [...(METHOD_RULES[variant].banks ?? (Object.keys(BANKS) as Bank[]))];
}

/** Returns the bank account types that a payment method accepts; none if it uses no bank account. */
export function accountTypesOf(variant: MethodVariant): BankAccountType[] {
  if (METHOD_MATRIX.bankAccount[variant] === 'FORBIDDEN') return [];
  return [...(METHOD_RULES[variant].accountTypes ?? BANK_ACCOUNT_TYPES)];
}

/** Returns how to request approval again; only DebiCheck of ABSA can keep the contract reference. */
export function resubmissionOf(variant: MethodVariant, providerBank: ProviderBank): Resubmission {
  const { resubmission } = METHOD_RULES[variant];
  const isRefused = resubmission === 'SAME_CONTRACT_REFERENCE' && providerBank !== 'ABSA_BANK_LIMITED';
  return isRefused ? 'NEW_CONTRACT_REFERENCE' : resubmission;
}
