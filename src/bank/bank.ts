import type { Verification } from '../domain/bank-account/verification.ts';
import type { CivilDate } from '../domain/dates.ts';
import type { ApprovalWindow } from '../domain/mandate/approval-window.ts';
import type { MandateTerms } from '../domain/mandate/mandate.ts';
import type { MandateAnswer } from '../domain/mandate/state-machine.ts';
import type { PaymentMethodType, ProviderBank } from '../domain/payment/state-machine.ts';
import type { BankEvent } from '../domain/transaction.ts';

/** A bank account as a bank identifies it. */
export interface Account {
  readonly accountNumber: string;
  readonly accountType: string;
  readonly branchCode: string;
}

/** The person or company that a bank is asked about. */
export interface Holder {
  readonly companyName: string | null;
  readonly personName: string | null;
  readonly personSurname: string | null;
  readonly idType: string | null;
  readonly idNumber: string | null;
  readonly contactNumber: string | null;
}

/** An account verification (AVS): does the account belong to the holder? */
export interface AccountInquiry {
  /** Our id, under which the answer is returned. */
  readonly id: string;
  readonly account: Account;
  readonly holder: Holder;
}

/** The payment method of the merchant by which is collected. */
export interface Method {
  readonly id: string;
  readonly type: PaymentMethodType;
  readonly providerBank: ProviderBank;
  /** Short name of the merchant on bank statements. */
  readonly abbreviatedName: string;
}

interface AboutMandate {
  /** Our unique reference. The bank accepts it only once, can be asked about it, and answers under it. */
  readonly reference: string;
  readonly type: 'DEBICHECK' | 'REGISTERED_MANDATE';
  readonly contractReference: string;
  readonly method: Method;
}

/**
 * An instruction with terms: to have a mandate (INITIATE) or its amendment (AMEND) approved, or to notify the debtor of
 * changed terms (NOTIFY).
 */
export interface TermsInstruction extends AboutMandate {
  readonly kind: 'INITIATE' | 'AMEND' | 'NOTIFY';
  /** Null when the mandate has no window. */
  readonly approvalWindow: ApprovalWindow | null;
  /** The terms as requested, an amendment included. */
  readonly terms: MandateTerms;
  readonly debtor: Holder;
  readonly account: Account;
}

/** An instruction to withdraw an amendment (WITHDRAW) or to cancel the mandate (CANCEL). */
export interface WithdrawalInstruction extends AboutMandate {
  readonly kind: 'WITHDRAW' | 'CANCEL';
}

/** An instruction about a mandate. */
export type MandateInstruction = TermsInstruction | WithdrawalInstruction;

/** An instruction to debit a bank account or a card. */
export interface Instruction {
  /** Our unique reference. The bank accepts it only once and can be asked about it. */
  readonly reference: string;
  readonly amountCents: number;
  readonly actionDate: CivilDate;
  /** 1 for the first attempt; a retry is another debit. */
  readonly attempt: number;
  /** Days for which the bank tracks the account for funds; null for no tracking. */
  readonly trackingDays: number | null;
  /** The account to debit, or a card by the token of its provider. */
  readonly source: Account | { readonly cardToken: string };
  /** Holder of the account; null for a card. */
  readonly debtorName: string | null;
  /** The merchant's reference of the collection, for statements. */
  readonly transactionReference: string;
  /** The mandate that the bank knows; null for EFT and cards. */
  readonly mandate: {
    readonly contractReference: string;
    readonly authenticationReference: string | null;
    readonly approvedAt: Date | null;
  } | null;
  readonly method: Method;
}

/** An answer of a bank to a debit or a mandate request. */
export interface BankAnswer {
  /** Id of the bank, unique within the connector. */
  readonly id: string;
  /** Our reference. */
  readonly reference: string;
  readonly event: BankEvent | MandateAnswer;
  readonly code: string | null;
  readonly providerReference: string | null;
  /** Proof of the bank that the debtor approved a mandate. */
  readonly authenticationReference: string | null;
  readonly occurredAt: Date;
}

/** Money that a bank received on the account of a pay-in method. */
export interface BankDeposit {
  readonly id: string;
  readonly accountNumber: string;
  readonly eftReference: string;
  readonly amountCents: number;
  readonly receivedAt: Date;
}

/** What a bank paid out to a merchant for a payment method on a day. */
export interface BankSettlement {
  readonly id: string;
  readonly merchantId: string;
  readonly paymentMethodId: string;
  readonly paidOn: CivilDate;
  readonly reference: string;
  readonly grossCents: number;
  readonly feesCents: number;
  readonly netCents: number;
  readonly entries: ReadonlyArray<{
    readonly reference: string;
    /** Negative for money taken back. */
    readonly amountCents: number;
    readonly feeCents: number;
  }>;
}

/** What a bank reports at a time. */
export interface BankReport {
  readonly answers: readonly BankAnswer[];
  readonly deposits: readonly BankDeposit[];
  readonly settlements: readonly BankSettlement[];
}

/** The bank cannot be asked now: nothing is wrong with what it is sent. Everything for it waits. */
export class BankUnavailable extends Error {}

/** What a test of the way to a bank found out. */
export interface BankTest {
  readonly name: string;
  readonly isPassed: boolean;
  /** What was found, for people. */
  readonly message: string;
}

/**
 * What the gateway needs of a bank. Its answers arrive later in the inbox, in any order and possibly more than once.
 */
export interface Bank {
  /** Whether it verifies accounts. */
  readonly canVerify: boolean;
  /**
   * Sends debit instructions at `now`, the time of the merchant clock. Returns the references that the bank did not
   * take; they are not sent again automatically. When it rejects, none, some or all instructions may have arrived.
   */
  submit(merchantId: string, instructions: readonly Instruction[], now: Date): Promise<ReadonlySet<string>>;
  /** Sends instructions about mandates. When it rejects, none, some or all may have arrived. */
  submitMandates(merchantId: string, instructions: readonly MandateInstruction[], now: Date): Promise<void>;
  /** Returns the references, of debits or mandates, that the bank has received. */
  findReceived(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
  /** Returns the debit references that the bank has received and is still processing: an answer is still to come. */
  findHeld(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Returns account verifications (AVS) by inquiry id. It changes nothing and may be repeated. An inquiry without an
   * answer is absent.
   */
  verify(merchantId: string, inquiries: readonly AccountInquiry[]): Promise<ReadonlyMap<string, Verification>>;
  /** Tests the way to the bank step by step, without moving money. */
  test(merchantId: string): Promise<readonly BankTest[]>;
}

/** Gives the bank of a connector. */
export interface Banks {
  /** Returns the bank of a connector. Rejects when there is no such connector. */
  of(connectorId: string): Promise<Bank>;
}
