import type { Path, UserError } from '../errors.ts';
import { Findings } from '../findings.ts';
import type { CdvStatus } from './bank-account.ts';
import { bankOfBranch, parseBranchCode } from './branches.ts';
import { normalizeAccountNumber } from './cdv.ts';
import { type BankAccountRecord, parseBankAccount } from './parse.ts';

/** Result of validating an account number without the bank. */
export interface AccountCheck {
  /** Null if the input is invalid; then `errors` lists every reason. */
  readonly status: CdvStatus | null;
  readonly reason: string | null;
  readonly normalizedAccountNumber: string | null;
  readonly errors: readonly UserError[];
}

/** Verifies the check digits of an account number by its bank or, without one, by the bank of its branch code. */
export function checkAccount(record: BankAccountRecord, path: Path): AccountCheck {
  const findings = new Findings(path);
  const branchCode = parseBranchCode(String(record['branchCode'] ?? '').trim());
  const bank = record.bank ?? (branchCode ? bankOfBranch(branchCode) : null);
  // The account holder does not affect the check digits.
  const account = parseBankAccount({ ...record, bank, accountHolderName: 'X', status: null }, 'WARN', findings);
  if (!account) return { status: null, reason: null, normalizedAccountNumber: null, errors: findings.errors };
  const { status, reason } = account.cdv;
  const normalizedAccountNumber = normalizeAccountNumber(account.accountNumber);
  return { status, reason, normalizedAccountNumber, errors: [] };
}
