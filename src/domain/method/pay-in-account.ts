import type { BankAccountType } from '../bank-account/bank-account.ts';
import type { Bank } from '../banks.ts';

/** The account of the merchant into which the payer of a pay-in pays. It is the merchant's own and not secret. */
export interface PayInAccount {
  readonly bank: Bank;
  /** Six digits. */
  readonly branchCode: string;
  readonly accountNumber: string;
  readonly accountType: BankAccountType;
  readonly accountHolderName: string;
}
