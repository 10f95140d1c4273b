import type { CivilDate } from '../domain/dates.ts';

/** One debit as a bank is asked to make it. */
export interface Instruction {
  /** Ours, unique: the bank is asked by it, and takes the same one only once. */
  readonly reference: string;
  readonly amountCents: number;
  readonly actionDate: CivilDate;
  readonly account: { readonly accountNumber: string; readonly accountType: string; readonly branchCode: string };
}

/** What we need of any bank. What it answers comes later, to the inbox, in any order and more than once. */
export interface Bank {
  /** Sends instructions; when it fails, none, some or all may have arrived. `now` is the merchant's clock. */
  submit(merchantId: string, instructions: readonly Instruction[], now: Date): Promise<void>;
  /** Which of these references the bank has received. */
  findReceived(merchantId: string, references: readonly string[]): Promise<ReadonlySet<string>>;
}
