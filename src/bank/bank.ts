import type { Verification } from '../domain/bank-account/verification.ts';
import type { CivilDate } from '../domain/dates.ts';

/** An account as a bank knows it. */
export interface Account {
  readonly accountNumber: string;
  readonly accountType: string;
  readonly branchCode: string;
}

/** A question to a bank: is this account that person's or company's? */
export interface AccountInquiry {
  /** Ours; the answer comes under it. */
  readonly id: string;
  readonly account: Account;
  readonly holder: {
    readonly companyName: string | null;
    readonly personName: string | null;
    readonly personSurname: string | null;
    readonly idType: string | null;
    readonly idNumber: string | null;
  };
}

/** One debit as a bank is asked to make it. */
export interface Instruction {
  /** Ours, unique: the bank is asked by it, and takes the same one only once. */
  readonly reference: string;
  readonly amountCents: number;
  readonly actionDate: CivilDate;
  readonly account: Account;
}

/** What we need of any bank. What it answers comes later, to the inbox, in any order and more than once. */
export interface Bank {
  /** Sends instructions; when it fails, none, some or all may have arrived. `now` is the merchant's clock. */
  submit(merchantId: string, instructions: readonly Instruction[], now: Date): Promise<void>;
  /** Which of these references the bank has received. */
  findReceived(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
  /** Asks whose accounts are (AVS). Nothing changes by it: it may be asked again. An account without an answer is absent. */
  verify(merchantId: string, inquiries: readonly AccountInquiry[]): Promise<ReadonlyMap<string, Verification>>;
}
