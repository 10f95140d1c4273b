import { BANK_ACCOUNT_TYPES, type BankAccountType } from '../bank-account/bank-account.ts';
import { BANKS, type Bank } from '../banks.ts';
import type { PaymentMethodType, PaymentStatus, ProviderBank } from '../payment/state-machine.ts';

/** The columns of the matrix: a method's type, and for registered mandates the bank that provides it. */
export const METHOD_VARIANTS = [
  'PAY_IN',
  'DEBIT_ORDER',
  'DEBICHECK',
  'REGISTERED_MANDATE_ABSA',
  'REGISTERED_MANDATE_NEDBANK',
  'CARD',
] as const;
export type MethodVariant = (typeof METHOD_VARIANTS)[number];

export function variantOf(type: PaymentMethodType, providerBank: ProviderBank): MethodVariant {
  if (type !== 'REGISTERED_MANDATE') return type;
  return providerBank === 'NEDBANK_LIMITED' ? 'REGISTERED_MANDATE_NEDBANK' : 'REGISTERED_MANDATE_ABSA';
}

/** `ONE_OF`: exactly one of the two that stand side by side, recurring and oneTime. */
export const NEEDS = ['REQUIRED', 'ONE_OF', 'OPTIONAL', 'FORBIDDEN'] as const;
export type Need = (typeof NEEDS)[number];

const R = 'REQUIRED';
const O = 'OPTIONAL';
const F = 'FORBIDDEN';
const X = 'ONE_OF';

/** One row: pay-in, EFT, DebiCheck, registered mandates of ABSA and of Nedbank, card. */
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
 * What each method asks of a submitted record, by path (DOMAIN §5). Either of a pair, as an id or an object, serves. What is
 * required and has a default (the industry of the method, the window of the method) may be absent.
 */
export const METHOD_MATRIX = {
  'customer.email': row(R, R, R, R, R, R),
  // Said to the bank by the methods of Nedbank, kept by all.
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
  // A card without either is charged now.
  recurring: row(F, X, X, X, X, O),
  oneTime: row(F, X, X, X, X, O),
  payIn: row(O, F, F, F, F, F),
  card: row(F, F, F, F, F, R),
  items: row(O, O, O, O, O, O),
} as const satisfies Readonly<Record<string, Readonly<Record<MethodVariant, Need>>>>;
export type MatrixField = keyof typeof METHOD_MATRIX;

/** Who has to approve a mandate before anything is collected. */
export const APPROVALS = ['NOBODY', 'DEBTOR', 'BANK'] as const;
export type Approval = (typeof APPROVALS)[number];

/** What is possible when a mandate was rejected or expired. */
export const RESUBMISSIONS = ['NOT_NEEDED', 'SAME_CONTRACT_REFERENCE', 'NEW_CONTRACT_REFERENCE'] as const;
export type Resubmission = (typeof RESUBMISSIONS)[number];

/** What else a method says of whom it collects from, and of what follows. */
export interface MethodRules {
  /** Companies, their registration numbers and their business accounts: all three, or none. */
  readonly allowsCompanies: boolean;
  readonly needsMobileNumber: boolean;
  /** Null: any. */
  readonly accountTypes: readonly BankAccountType[] | null;
  /** Null: any with a branch. */
  readonly banks: readonly Bank[] | null;
  readonly approval: Approval;
  readonly resubmission: Resubmission;
  /** The status of a payment whose mandate, if it has one, is still to be approved. */
  readonly firstPaymentStatus: PaymentStatus;
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
  disputes: 'As an EFT debit order: the debtor has not approved.',
} as const;

export const METHOD_RULES: Readonly<Record<MethodVariant, MethodRules>> = {
  PAY_IN: { ...ANYBODY, firstPaymentStatus: 'WAITING_FOR_PAYMENT', disputes: 'Never: the payer paid.' },
  DEBIT_ORDER: { ...ANYBODY, firstPaymentStatus: 'RUNNING', disputes: 'Without a question for 40 days.' },
  DEBICHECK: {
    allowsCompanies: false,
    needsMobileNumber: true,
    accountTypes: AUTHORISED_ACCOUNTS,
    banks: PARTICIPANTS,
    approval: 'DEBTOR',
    resubmission: 'SAME_CONTRACT_REFERENCE',
    firstPaymentStatus: 'PENDING',
    disputes: 'When amount or date differ from the mandate, or the debit was tracked.',
  },
  REGISTERED_MANDATE_ABSA: { ...REGISTERED, allowsCompanies: true },
  REGISTERED_MANDATE_NEDBANK: { ...REGISTERED, allowsCompanies: false },
  CARD: { ...ANYBODY, firstPaymentStatus: 'RUNNING', disputes: 'For 180 days.' },
};

/** The banks whose accounts a method takes. */
export function banksOf(variant: MethodVariant): Bank[] {
  if (METHOD_MATRIX.bankAccount[variant] === 'FORBIDDEN') return [];
  return [...(METHOD_RULES[variant].banks ?? (Object.keys(BANKS) as Bank[]))];
}

/** The types of account a method takes. */
export function accountTypesOf(variant: MethodVariant): BankAccountType[] {
  if (METHOD_MATRIX.bankAccount[variant] === 'FORBIDDEN') return [];
  return [...(METHOD_RULES[variant].accountTypes ?? BANK_ACCOUNT_TYPES)];
}

/** How a failed approval can be asked for again: the same contract reference only by ABSA's DebiCheck. */
export function resubmissionOf(variant: MethodVariant, providerBank: ProviderBank): Resubmission {
  const { resubmission } = METHOD_RULES[variant];
  const isRefused = resubmission === 'SAME_CONTRACT_REFERENCE' && providerBank !== 'ABSA_BANK_LIMITED';
  return isRefused ? 'NEW_CONTRACT_REFERENCE' : resubmission;
}
