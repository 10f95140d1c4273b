import type { BankAccountType } from '../bank-account/bank-account.ts';
import type { Bank } from '../banks.ts';

/** The bank account of the merchant into which payers deposit pay-ins. It is not confidential. */
export interface PayInAccount {
  readonly bank: Bank;
  /** Six digits. */
  readonly branchCode: string;
  readonly accountNumber: string;
  readonly accountType: BankAccountType;
  readonly accountHolderName: string;
}
