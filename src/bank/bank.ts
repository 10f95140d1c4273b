import type { Verification } from '../domain/bank-account/verification.ts';
import type { CivilDate } from '../domain/dates.ts';
import type { ApprovalWindow } from '../domain/mandate/approval-window.ts';
import type { MandateTerms } from '../domain/mandate/mandate.ts';

/** An account as a bank knows it. */
export interface Account {
  readonly accountNumber: string;
  readonly accountType: string;
  readonly branchCode: string;
}

/** Who a bank is asked about. */
export interface Holder {
  readonly companyName: string | null;
  readonly personName: string | null;
  readonly personSurname: string | null;
  readonly idType: string | null;
  readonly idNumber: string | null;
  readonly contactNumber: string | null;
}

/** A question to a bank: is this account that person's or company's? */
export interface AccountInquiry {
  /** Ours; the answer comes under it. */
  readonly id: string;
  readonly account: Account;
  readonly holder: Holder;
}

interface AboutMandate {
  /** Ours, unique: the bank is asked by it, takes the same one only once, and answers under it. */
  readonly reference: string;
  readonly type: 'DEBICHECK' | 'REGISTERED_MANDATE';
  readonly contractReference: string;
}

/** What a bank is asked to have approved, a mandate or other terms of one; or other terms that it tells the debtor of. */
export interface TermsInstruction extends AboutMandate {
  readonly kind: 'INITIATE' | 'AMEND' | 'NOTIFY';
  readonly approvalWindow: ApprovalWindow | null;
  /** As they are to be. */
  readonly terms: MandateTerms;
  readonly debtor: Holder;
  readonly account: Account;
}

/** What the creditor takes back: the mandate, or the other terms it asked for. */
export interface WithdrawalInstruction extends AboutMandate {
  readonly kind: 'WITHDRAW' | 'CANCEL';
}

export type MandateInstruction = TermsInstruction | WithdrawalInstruction;

/** One debit as a bank is asked to make it. */
export interface Instruction {
  /** Ours, unique: the bank is asked by it, and takes the same one only once. */
  readonly reference: string;
  readonly amountCents: number;
  readonly actionDate: CivilDate;
  /** 1 for the first; a retry is another debit. */
  readonly attempt: number;
  /** So many days the bank watches the account for funds; null: not at all. */
  readonly trackingDays: number | null;
  /** What is debited: an account, or a card by the token of its provider. */
  readonly source: Account | { readonly cardToken: string };
}

/** What we need of any bank. What it answers comes later, to the inbox, in any order and more than once. */
export interface Bank {
  /**
   * Sends instructions; when it fails, none, some or all may have arrived. `now` is the merchant's clock. The references that the
   * bank did not take: they stay with us, and are not sent again by themselves.
   */
  submit(merchantId: string, instructions: readonly Instruction[], now: Date): Promise<ReadonlySet<string>>;
  /** Sends questions about mandates; when it fails, none, some or all may have arrived. */
  submitMandates(merchantId: string, instructions: readonly MandateInstruction[], now: Date): Promise<void>;
  /** Which of these references, of debits or mandates, the bank has received. */
  findReceived(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
  /** Which of these references, of debits, the bank is still at: it has them, and will say more. */
  findHeld(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
  /** Asks whose accounts are (AVS). Nothing changes by it: it may be asked again. An account without an answer is absent. */
  verify(merchantId: string, inquiries: readonly AccountInquiry[]): Promise<ReadonlyMap<string, Verification>>;
}
