import type { NewBankAccount } from '../bank-account/bank-account.ts';
import type { NewCustomer } from '../customer/customer.ts';
import { checkOwner } from '../customer/owner.ts';
import type { CustomerRecord } from '../customer/record.ts';
import { invalid, notFound, type Path, refused, required, stateConflict } from '../errors.ts';
import type { Findings } from '../findings.ts';
import { lookUp } from '../invariants.ts';
import { authorityConflict } from '../mandate/authority.ts';
import type { KnownMandate, MandateTerms, NewMandate } from '../mandate/mandate.ts';
import { parseMandate } from '../mandate/parse.ts';
import type { MandateStatus, MandateType } from '../mandate/state-machine.ts';
import { checkDebtor, checkDebtorAccount, type Debtor } from '../method/debtor.ts';
import { variantOf } from '../method/matrix.ts';
import type { History } from './imported-collection.ts';
import type { Party } from './plan.ts';
import type { SubmitPaymentRecord } from './record.ts';
import type { KnownMethod, SubmitContext } from './submit-context.ts';

/** A payment method that collects under mandates. */
export type MandateMethodKnown = KnownMethod & { readonly type: MandateType };

/** New objects of a record, already validated; null if the record has none or an invalid one. */
export interface Brought {
  readonly customer: NewCustomer | null;
  readonly bankAccount: NewBankAccount | null;
  /** What another system has collected of the payment; only for an import. */
  readonly history?: History;
}

type WithCustomer = Pick<SubmitPaymentRecord, 'customerId' | 'customer'>;
type WithBankAccount = Pick<SubmitPaymentRecord, 'customerId' | 'bankAccountId' | 'bankAccount'>;

/**
 * Returns the customer of a record, existing or to be created; null if there is none. The customer must be active and
 * meet the rules of the payment method; errors are added to the findings.
 */
export function chooseCustomer(
  record: WithCustomer,
  method: KnownMethod,
  brought: Brought,
  known: SubmitContext,
  findings: Findings,
): Party<NewCustomer> | null {
  const { path, errors } = findings;
  if (!exactlyOne(record, 'customerId', 'customer', findings)) return null;
  const variant = variantOf(method.type, method.providerBank);
  if (record.customer) {
    const at = (field: string): Path => [...path, 'customer', field];
    const debtor = brought.customer ? debtorOf(brought.customer) : debtorAsSaid(record.customer);
    checkDebtor(debtor, variant, at, errors);
    return made(brought.customer);
  }
  const owner = lookUp(known.customers, record.customerId);
  const at = [...path, 'customerId'];
  checkOwner(owner, findings.of(at));
  if (owner) checkDebtor(owner, variant, () => at, errors);
  return owner ? { id: owner.id, made: null } : null;
}

function debtorOf(customer: NewCustomer): Debtor {
  return { ...customer, hasIdNumber: customer.idNumber !== null };
}

/** Returns an invalid new customer in the form in which the method rules check for missing fields. */
function debtorAsSaid(record: CustomerRecord): Debtor {
  const said = (name: string): string | null => ((record[name] ?? null) === null ? null : String(record[name]));
  return {
    kind: said('companyName') === null ? (record.kind ?? 'INDIVIDUAL') : 'COMPANY',
    personName: said('personName'),
    personSurname: said('personSurname'),
    idType: record.idType ?? null,
    hasIdNumber: said('idNumber') !== null,
    contactNumber: said('contactNumber') === null ? null : undefined,
  };
}

/**
 * Returns the bank account of a debit, existing or to be created; null if there is none. It must belong to the
 * customer, be active and of a type the payment method accepts; errors are added to the findings.
 */
export function chooseBankAccount(
  record: WithBankAccount,
  method: KnownMethod,
  brought: Brought,
  known: SubmitContext,
  findings: Findings,
): Party<NewBankAccount> | null {
  const { path, errors } = findings;
  if (!exactlyOne(record, 'bankAccountId', 'bankAccount', findings)) return null;
  const variant = variantOf(method.type, method.providerBank);
  if (record.bankAccount) {
    const { accountType = null, bank = null } = record.bankAccount;
    const account = { accountType, bank, isBusinessAccount: isBusiness(brought, record, known) };
    checkDebtorAccount(account, variant, (field) => [...path, 'bankAccount', field], errors);
    return made(brought.bankAccount);
  }
  const at = [...path, 'bankAccountId'];
  const account = record.bankAccountId ? known.bankAccounts.get(record.bankAccountId) : undefined;
  if (!checkThere(account, 'bank account', ['ACTIVE'], findings.of(at))) return null;
  if (account.customerId !== record.customerId) {
    errors.push(refused('NOT_LINKED', at, 'The bank account belongs to another customer.'));
  }
  checkDebtorAccount(account, variant, () => at, errors);
  return { id: account.id, made: null };
}

/** Whether a new account is a business account: as given, otherwise whether its owner is a company. */
function isBusiness({ bankAccount, customer }: Brought, record: WithBankAccount, known: SubmitContext): boolean {
  const kind = customer?.kind ?? lookUp(known.customers, record.customerId)?.kind;
  const said = bankAccount?.isBusinessAccount ?? record.bankAccount?.isBusinessAccount;
  return said ?? kind === 'COMPANY';
}

/**
 * Returns the mandate of a debit, existing or to be created, with its terms; null if there is none. It must belong to
 * the bank account and the payment method and allow collections; errors are added to the findings.
 */
export function chooseMandate(
  record: SubmitPaymentRecord,
  method: MandateMethodKnown,
  known: SubmitContext,
  findings: Findings,
): (Party<NewMandate> & { readonly terms: MandateTerms; readonly status: MandateStatus }) | null {
  const { path, errors } = findings;
  if (!exactlyOne(record, 'mandateId', 'mandate', findings)) return null;
  if (record.mandate) {
    const variant = variantOf(method.type, method.providerBank);
    const mandate = parseMandate(record.mandate, { ...method, variant }, known, findings.at('mandate'));
    if (mandate?.status === 'DISABLED') {
      errors.push(
        invalid([...path, 'mandate', 'status'], 'mandate_active', 'The mandate of a payment must be ACTIVE.'),
      );
    }
    return mandate && { id: null, made: mandate, terms: mandate, status: mandate.status };
  }
  const at = [...path, 'mandateId'];
  const mandate = record.mandateId ? known.mandates.get(record.mandateId) : undefined;
  if (!checkThere(mandate, 'mandate', COLLECTABLE[method.type], findings.of(at))) return null;
  const withdrawn = authorityConflict(mandate, at);
  if (withdrawn) errors.push(withdrawn);
  if (mandate.bankAccountId !== record.bankAccountId) {
    errors.push(refused('NOT_LINKED', at, 'The mandate belongs to another bank account.'));
  }
  if (mandate.paymentMethodId !== method.id) {
    errors.push(refused('NOT_LINKED', at, 'The mandate belongs to another payment method.'));
  }
  return { id: mandate.id, made: null, terms: mandate, status: mandate.status };
}

/** Mandate statuses in which payments are accepted; payments of a PENDING mandate wait for its approval. */
const COLLECTABLE: Readonly<Record<MandateType, ReadonlyArray<KnownMandate['status']>>> = {
  DEBIT_ORDER: ['ACTIVE'],
  DEBICHECK: ['ACTIVE', 'PENDING'],
  REGISTERED_MANDATE: ['ACTIVE', 'PENDING'],
};

function exactlyOne<Id extends string, Named extends string>(
  record: Readonly<Partial<Record<Id | Named, unknown>>>,
  id: Id,
  object: Named,
  findings: Findings,
): boolean {
  const { path, errors } = findings;
  if (((record[id] ?? null) === null) !== ((record[object] ?? null) === null)) return true;
  errors.push(required([...path, id], `Set exactly one of ${id} and ${object}.`));
  return false;
}

function made<Made>(value: Made | null): Party<Made> | null {
  return value && { id: null, made: value };
}

function checkThere<Row extends { readonly id: string; readonly status: string }>(
  object: Row | undefined,
  what: string,
  statuses: readonly string[],
  findings: Findings,
): object is Row {
  const { path, errors } = findings;
  if (!object) {
    errors.push(notFound(path, what));
    return false;
  }
  if (!statuses.includes(object.status)) {
    const message = `The ${what} is ${object.status}; it must be ${statuses.join(' or ')}.`;
    errors.push(stateConflict(path, { message, currentStatus: object.status, blockedBy: [object.id] }));
  }
  return true;
}
