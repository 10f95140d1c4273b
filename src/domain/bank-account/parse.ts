import { BANKS, type Bank } from '../banks.ts';
import { areSound, invalid, refused, required } from '../errors.ts';
import { readExternalId } from '../external-id.ts';
import { parseText, type TextOptions, type Unvalidated } from '../fields.ts';
import type { Findings } from '../findings.ts';
import { present } from '../invariants.ts';
import { warning } from '../warnings.ts';
import type {
  BankAccountProfile,
  BankAccountStatus,
  BankAccountType,
  CdvMode,
  CdvResult,
  NewBankAccount,
} from './bank-account.ts';
import { isBranchOf, parseBranchCode } from './branches.ts';
import { checkAccountNumber, normalizeAccountNumber } from './cdv.ts';

/** Input for a bank account; the scalars are not validated, the enums are. */
export interface BankAccountRecord extends Unvalidated {
  readonly accountType?: BankAccountType | null | undefined;
  readonly bank?: Bank | null | undefined;
  readonly isBusinessAccount?: boolean | null | undefined;
  readonly status?: BankAccountStatus | null | undefined;
}

/** Rules for the text fields of a bank account. */
export const BANK_ACCOUNT_TEXTS = {
  accountHolderName: { max: 30, joiners: true },
  accountNumber: {
    max: 17,
    lengthOf: (text: string) => text.replaceAll(/\s/g, '').length,
    parse: parseAccountNumber,
    rule: 'account_number',
  },
  branchCode: { max: 6, parse: parseBranchCode, rule: 'branch_code' },
} as const satisfies Record<string, TextOptions>;

/** Fields that cannot change once a mandate uses the account, because the mandate was given for this account. */
export const FROZEN_BY_MANDATES = ['accountNumber', 'accountType', 'bank', 'branchCode', 'isBusinessAccount'] as const;

const REQUIRED = ['accountHolderName', 'accountNumber', 'accountType', 'bank'] as const;

/** Returns a validated new bank account, or null with every error in `findings`. */
export function parseBankAccount(
  record: BankAccountRecord,
  cdvMode: CdvMode,
  findings: Findings,
): NewBankAccount | null {
  const { path, errors } = findings;
  const before = errors.length;
  for (const name of REQUIRED) if ((record[name] ?? null) === null) errors.push(required([...path, name]));
  const status = record.status ?? 'ACTIVE';
  if (status === 'ARCHIVED')
    errors.push(invalid([...path, 'status'], 'first_status', 'A new bank account must be ACTIVE or DISABLED.'));
  const given = Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
  const draft = readProfile({ isBusinessAccount: null }, given, findings);
  const externalId = readExternalId(record, findings);
  const cdv = checkDigits(draft, cdvMode, findings);
  const profile = wholeOf(draft);
  if (errors.length > before || !profile || !cdv || status === 'ARCHIVED') return null;
  return { ...profile, status, externalId, cdv };
}

/** A changed bank account, and its check-digit verification if number, type, bank or branch changed. */
export interface ChangedBankAccount {
  readonly profile: BankAccountProfile;
  readonly cdv: CdvResult | null;
}

/**
 * Returns a bank account with the changes of the caller, or null with every error in `findings`. Absent fields are left
 * unchanged; no field can be cleared.
 */
export function changeBankAccount(
  current: BankAccountProfile,
  record: BankAccountRecord,
  cdvMode: CdvMode,
  findings: Findings,
): ChangedBankAccount | null {
  const { path, errors } = findings;
  const before = errors.length;
  const names = ['accountHolderName', ...FROZEN_BY_MANDATES] as const;
  for (const name of names) {
    if (record[name] === null)
      errors.push(refused('NOT_CLEARABLE', [...path, name], 'This field can be changed but not cleared.'));
  }
  const movesBank = record.bank && record.bank !== current.bank && record['branchCode'] === undefined;
  const base = movesBank ? { ...current, branchCode: undefined } : current;
  const draft = readProfile(base, record, findings);
  // Leading zeros do not make a different number: the stored one is kept.
  const isSameNumber =
    draft.accountNumber !== null &&
    normalizeAccountNumber(draft.accountNumber) === normalizeAccountNumber(current.accountNumber);
  const read = isSameNumber ? { ...draft, accountNumber: current.accountNumber } : draft;
  const isSame = (['accountNumber', 'accountType', 'bank', 'branchCode'] as const).every(
    (name) => read[name] === current[name],
  );
  const cdv = isSame ? null : checkDigits(read, cdvMode, findings);
  const profile = wholeOf(read);
  return errors.length === before && profile ? { profile, cdv } : null;
}

/** An account during validation; a missing or invalid field is null. */
type Draft = { readonly [Field in keyof BankAccountProfile]: BankAccountProfile[Field] | null };
type Known = { readonly [Field in keyof BankAccountProfile]?: BankAccountProfile[Field] | undefined };

function readProfile(current: Known, record: BankAccountRecord, findings: Findings): Draft {
  const { path, errors } = findings;
  const text = (name: keyof typeof BANK_ACCOUNT_TEXTS): string | null => {
    const value = record[name] ?? null;
    if (value === null) return current[name] ?? null;
    return parseText(value, BANK_ACCOUNT_TEXTS[name], findings.at(name));
  };
  const accountHolderName = text('accountHolderName');
  const accountNumber = text('accountNumber');
  const accountType = record.accountType ?? current.accountType ?? null;
  const bank = record.bank ?? current.bank ?? null;
  const isBranchSaid = (record['branchCode'] ?? null) !== null;
  const branchCode = text('branchCode') ?? (bank && !isBranchSaid ? BANKS[bank].branchCode : null);
  if (bank && branchCode && !isBranchOf(bank, branchCode)) {
    const at = [...path, isBranchSaid ? 'branchCode' : 'bank'];
    errors.push(invalid(at, 'branch_of_bank', `${branchCode} is not a branch code of ${BANKS[bank].title}.`));
  }
  const isBusinessAccount = record.isBusinessAccount ?? current.isBusinessAccount ?? null;
  return { accountHolderName, accountNumber, accountType, bank, branchCode, isBusinessAccount };
}

/** Returns the account, or null if a required field is missing. */
function wholeOf(draft: Draft): BankAccountProfile | null {
  const { accountHolderName, accountNumber, accountType, bank, branchCode, isBusinessAccount } = draft;
  if (!accountHolderName || !accountNumber || !accountType || !bank || !branchCode) return null;
  return { accountHolderName, accountNumber, accountType, bank, branchCode, isBusinessAccount };
}

/**
 * Verifies the check digits and adds an error or a warning, by mode. Returns null if a field that they depend on is
 * invalid.
 */
function checkDigits(
  { accountNumber, accountType, bank, branchCode }: Draft,
  mode: CdvMode,
  findings: Findings,
): CdvResult | null {
  const { path } = findings;
  const isSound = areSound(findings.errors, path, ['accountNumber', 'accountType', 'bank', 'branchCode']);
  if (!isSound || !accountNumber || !accountType || !bank || !branchCode) return null;
  const cdv = checkAccountNumber({ accountNumber, accountType, bank, branchCode });
  if (cdv.status !== 'FAILED') return cdv;
  const at = [...path, 'accountNumber'];
  const message = present(cdv.reason, 'the reason of a failed CDV');
  if (mode === 'ERROR') findings.errors.push(invalid(at, 'check_digits', message));
  else findings.warnings.push(warning('CDV_FAILED', at, message));
  return cdv;
}

/** Returns the digits of an account number without spaces, or null for other characters or only zeros. */
export function parseAccountNumber(text: string): string | null {
  const compact = text.replaceAll(/\s/g, '');
  return /^\d+$/.test(compact) && !/^0+$/.test(compact) ? compact : null;
}
