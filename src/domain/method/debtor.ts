import type { BankAccountType } from '../bank-account/bank-account.ts';
import type { Bank } from '../banks.ts';
import type { CustomerKind, IdType } from '../customer/customer.ts';
import { methodMismatch, type Path, type UserError } from '../errors.ts';
import { METHOD_MATRIX, METHOD_RULES, type MethodVariant } from './matrix.ts';

/** What of a customer a method asks for. */
export interface Debtor {
  readonly kind: CustomerKind;
  readonly personName: string | null;
  readonly personSurname: string | null;
  readonly idType: IdType | null;
  readonly hasIdNumber: boolean;
  /** Undefined: one that is not sound, of which something is said already. */
  readonly contactNumber: string | null | undefined;
}

/** South African mobile numbers begin with 6, 7 or 8. */
const MOBILE = /^\+27[678]\d{8}$/;

/**
 * Judges a customer by what the method asks (DOMAIN §5). `at` says where a field stands: in the customer that comes along,
 * or at the id of the one there is.
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
    if (debtor.kind === 'COMPANY') errors.push(forbids(at('kind'), `${variant} is for persons, not for companies.`));
    if (debtor.idType === 'COMPANY_REGISTRATION_NUMBER') {
      errors.push(forbids(at('idType'), `${variant} takes no company registration number.`));
    }
  }
  for (const [name, isGiven] of Object.entries(given) as Array<[keyof typeof given, boolean]>) {
    if (!isGiven && METHOD_MATRIX[`customer.${name}`][variant] === 'REQUIRED') {
      errors.push(methodMismatch('METHOD_REQUIRES', at(name), `${variant} needs the customer's ${name}.`));
    }
  }
  if (rules.needsMobileNumber && debtor.contactNumber && !MOBILE.test(debtor.contactNumber)) {
    const message = `${variant} needs a South African mobile number: the debtor is asked there.`;
    errors.push(methodMismatch('METHOD_REQUIRES', at('contactNumber'), message));
  }
}

/** What of a bank account a method asks for; null where it is not said. */
export interface DebtorAccount {
  readonly accountType: BankAccountType | null;
  readonly bank: Bank | null;
  readonly isBusinessAccount: boolean;
}

/** Judges a bank account by what the method asks. */
export function checkDebtorAccount(
  account: DebtorAccount,
  variant: MethodVariant,
  at: (field: string) => Path,
  errors: UserError[],
): void {
  const { allowsCompanies, accountTypes, banks } = METHOD_RULES[variant];
  if (!allowsCompanies && account.isBusinessAccount) {
    errors.push(forbids(at('isBusinessAccount'), `${variant} takes no business account.`));
  }
  if (accountTypes && account.accountType && !accountTypes.includes(account.accountType)) {
    errors.push(forbids(at('accountType'), `${variant} takes accounts of the types ${accountTypes.join(', ')}.`));
  }
  if (banks && account.bank && !banks.includes(account.bank)) {
    errors.push(forbids(at('bank'), `${account.bank} takes no part in ${variant}.`));
  }
}

function forbids(path: Path, message: string) {
  return methodMismatch('METHOD_FORBIDS', path, message);
}
