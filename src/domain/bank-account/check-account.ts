import type { Path, UserError } from '../errors.ts';
import { Findings } from '../warnings.ts';
import type { CdvStatus } from './bank-account.ts';
import { bankOfBranch, parseBranchCode } from './branches.ts';
import { normalizeAccountNumber } from './cdv.ts';
import { type BankAccountRecord, parseBankAccount } from './parse.ts';

/** What can be said of an account number without asking a bank. */
export interface AccountCheck {
  /** Null: there is something wrong with the question. */
  readonly status: CdvStatus | null;
  readonly reason: string | null;
  readonly normalizedAccountNumber: string | null;
  readonly errors: readonly UserError[];
}

/** Checks the digits of an account number by its bank, or by the bank whose branch is given (the documents' CDV call). */
export function checkAccount(record: BankAccountRecord, path: Path): AccountCheck {
  const findings = new Findings(path);
  const branchCode = parseBranchCode(String(record['branchCode'] ?? '').trim());
  const bank = record.bank ?? (branchCode ? bankOfBranch(branchCode) : null);
  // Whose it is does not matter here.
  const account = parseBankAccount({ ...record, bank, accountHolderName: 'X', status: null }, 'WARN', findings);
  if (!account) return { status: null, reason: null, normalizedAccountNumber: null, errors: findings.errors };
  const { status, reason } = account.cdv;
  const normalizedAccountNumber = normalizeAccountNumber(account.accountNumber);
  return { status, reason, normalizedAccountNumber, errors: [] };
}
