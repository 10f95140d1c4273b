import type { BankAccountType } from '../bank-account/bank-account.ts';
import type { Bank } from '../banks.ts';
import type { CustomerKind, IdType } from '../customer/customer.ts';
import { methodMismatch, type Path, type UserError } from '../errors.ts';
import { METHOD_MATRIX, METHOD_RULES, type MethodVariant } from './matrix.ts';

/** The data of a customer that payment methods require. */
export interface Debtor {
  readonly kind: CustomerKind;
  readonly personName: string | null;
  readonly personSurname: string | null;
  readonly idType: IdType | null;
  readonly hasIdNumber: boolean;
  /** Undefined if the number is invalid, which has its own error. */
  readonly contactNumber: string | null | undefined;
}

/** South African mobile numbers start with 6, 7 or 8. */
const MOBILE = /^\+27[678]\d{8}$/;

/**
 * Adds errors for requirements of the payment method that a customer does not meet (DOMAIN §5). `at` returns the path
 * for the error of a field: in the new customer of the input, or at the id of an existing one.
 */
export function checkDebtor(
  debtor: Debtor,
  variant: MethodVariant,
  at: (field: string) => Path,
  errors: UserError[],
): void {
  const rules = METHOD_RULES[variant];
  const given = {
    personName: debtor.personName !== null,
    personSurname: debtor.personSurname !== null,
    idType: debtor.idType !== null,
    idNumber: debtor.hasIdNumber,
    contactNumber: debtor.contactNumber !== null,
  };
  if (!rules.allowsCompanies) {
    if (debtor.kind === 'COMPANY')
      errors.push(forbids(at('kind'), `${variant} is for individuals, not for companies.`));
    if (debtor.idType === 'COMPANY_REGISTRATION_NUMBER') {
      errors.push(forbids(at('idType'), `${variant} does not accept a company registration number.`));
    }
  }
  for (const [name, isGiven] of Object.entries(given) as Array<[keyof typeof given, boolean]>) {
    if (!isGiven && METHOD_MATRIX[`customer.${name}`][variant] === 'REQUIRED') {
      errors.push(methodMismatch('METHOD_REQUIRES', at(name), `${variant} requires ${name} of the customer.`));
    }
  }
  if (rules.needsMobileNumber && debtor.contactNumber && !MOBILE.test(debtor.contactNumber)) {
    const message = `${variant} requires a South African mobile number, at which the debtor is asked for approval.`;
    errors.push(methodMismatch('METHOD_REQUIRES', at('contactNumber'), message));
  }
}

/** The data of a bank account that payment methods restrict; null if not given. */
export interface DebtorAccount {
  readonly accountType: BankAccountType | null;
  readonly bank: Bank | null;
  readonly isBusinessAccount: boolean;
}

/** Adds errors for restrictions of the payment method that a bank account does not meet. */
export function checkDebtorAccount(
  account: DebtorAccount,
  variant: MethodVariant,
  at: (field: string) => Path,
  errors: UserError[],
): void {
  const { allowsCompanies, accountTypes, banks } = METHOD_RULES[variant];
  if (!allowsCompanies && account.isBusinessAccount) {
    errors.push(forbids(at('isBusinessAccount'), `${variant} does not accept business accounts.`));
  }
  if (accountTypes && account.accountType && !accountTypes.includes(account.accountType)) {
    errors.push(forbids(at('accountType'), `${variant} accepts only these account types: ${accountTypes.join(', ')}.`));
  }
  if (banks && account.bank && !banks.includes(account.bank)) {
    errors.push(
      forbids(at('bank'), `${account.bank} does not take part in ${variant}. Use an account at another bank.`),
    );
  }
}

function forbids(path: Path, message: string) {
  return methodMismatch('METHOD_FORBIDS', path, message);
}
