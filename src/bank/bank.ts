import type { Verification } from '../domain/bank-account/verification.ts';
import type { CivilDate } from '../domain/dates.ts';
import type { ApprovalWindow } from '../domain/mandate/approval-window.ts';
import type { MandateTerms } from '../domain/mandate/mandate.ts';

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

interface AboutMandate {
  /** Our unique reference. The bank accepts it only once, can be asked about it, and answers under it. */
  readonly reference: string;
  readonly type: 'DEBICHECK' | 'REGISTERED_MANDATE';
  readonly contractReference: string;
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
}

/**
 * What the gateway needs of a bank. Its answers arrive later in the inbox, in any order and possibly more than once.
 */
export interface Bank {
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
}
