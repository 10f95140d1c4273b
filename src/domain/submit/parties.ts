import type { NewBankAccount } from '../bank-account/bank-account.ts';
import type { NewCustomer } from '../customer/customer.ts';
import { checkOwner } from '../customer/owner.ts';
import { notFound, type Path, refused, required, stateConflict, type UserError } from '../errors.ts';
import { type MandateTerms, type NewMandate, parseMandate } from '../mandate.ts';
import type { Known, KnownMethod } from './known.ts';
import type { Party } from './plan.ts';
import type { SubmitPaymentRecord } from './record.ts';

/** What a record brings along, judged already; null where it brings nothing, or nothing sound. */
export interface Brought {
  readonly customer: NewCustomer | null;
  readonly bankAccount: NewBankAccount | null;
}

/** The customer of a record: there and active, or to be made. Null with the reasons in `errors`. */
export function chooseCustomer(
  record: SubmitPaymentRecord,
  brought: Brought,
  known: Known,
  path: Path,
  errors: UserError[],
): Party<NewCustomer> | null {
  if (!exactlyOne(record, 'customerId', 'customer', path, errors)) return null;
  if (record.customer) return made(brought.customer);
  const owner = known.customers.get(record.customerId ?? '');
  checkOwner(owner, [...path, 'customerId'], errors);
  return owner ? { id: owner.id, made: null } : null;
}

/** The bank account of a debit: linked to the customer and active, or to be made. */
export function chooseBankAccount(
  record: SubmitPaymentRecord,
  brought: Brought,
  known: Known,
  path: Path,
  errors: UserError[],
): Party<NewBankAccount> | null {
  if (!exactlyOne(record, 'bankAccountId', 'bankAccount', path, errors)) return null;
  if (record.bankAccount) return made(brought.bankAccount);
  const at = [...path, 'bankAccountId'];
  const party = there<NewBankAccount>(record.bankAccountId, known.bankAccounts, 'bank account', at, errors);
  if (party?.id && known.bankAccounts.get(party.id)?.customerId !== record.customerId) {
    errors.push(refused('NOT_LINKED', at, 'The bank account is not that of the customer.'));
  }
  return party;
}

/** The mandate of a debit with its terms: linked to account and method and active, or to be made. */
export function chooseMandate(
  record: SubmitPaymentRecord,
  method: KnownMethod,
  known: Known,
  path: Path,
  errors: UserError[],
): (Party<NewMandate> & { readonly terms: MandateTerms }) | null {
  if (!exactlyOne(record, 'mandateId', 'mandate', path, errors)) return null;
  if (record.mandate) {
    const mandate = parseMandate(record.mandate, method.paymentIndustry, [...path, 'mandate'], errors);
    return mandate && { id: null, made: mandate, terms: mandate };
  }
  const at = [...path, 'mandateId'];
  const party = there(record.mandateId, known.mandates, 'mandate', at, errors);
  const mandate = party?.id ? known.mandates.get(party.id) : undefined;
  if (!mandate) return null;
  if (mandate.bankAccountId !== record.bankAccountId) {
    errors.push(refused('NOT_LINKED', at, 'The mandate is not for the bank account.'));
  }
  if (mandate.paymentMethodId !== method.id) {
    errors.push(refused('NOT_LINKED', at, 'The mandate is for another payment method.'));
  }
  return { id: mandate.id, made: null, terms: mandate };
}

function exactlyOne(
  record: SubmitPaymentRecord,
  id: 'customerId' | 'bankAccountId' | 'mandateId',
  object: 'customer' | 'bankAccount' | 'mandate',
  path: Path,
  errors: UserError[],
): boolean {
  if (((record[id] ?? null) === null) !== ((record[object] ?? null) === null)) return true;
  errors.push(required([...path, id], `Exactly one of ${id} and ${object}.`));
  return false;
}

function made<Made>(value: Made | null): Party<Made> | null {
  return value && { id: null, made: value };
}

function there<Made>(
  id: string | null | undefined,
  objects: ReadonlyMap<string, { readonly id: string; readonly status: string }>,
  what: string,
  path: Path,
  errors: UserError[],
): Party<Made> | null {
  const object = id ? objects.get(id) : undefined;
  if (!object) {
    errors.push(notFound(path, what));
    return null;
  }
  if (object.status !== 'ACTIVE') {
    const message = `The ${what} is ${object.status}, it must be ACTIVE.`;
    errors.push(stateConflict(path, { message, currentStatus: object.status, blockedBy: [object.id] }));
  }
  return { id: object.id, made: null };
}
