import {
  invalid,
  methodMismatch,
  notFound,
  type Path,
  refused,
  required,
  stateConflict,
  type UserError,
} from '../errors.ts';
import { readFields } from '../fields.ts';
import { adjustmentOf } from '../mandate/adjustment.ts';
import { isMandateType } from '../mandate/life.ts';
import type { MandateTerms } from '../mandate/mandate.ts';
import { type MatrixField, METHOD_MATRIX, METHOD_RULES, variantOf } from '../method/matrix.ts';
import { eftReferenceKey, SUBMITTABLE_TYPES } from '../payment.ts';
import type { Findings } from '../warnings.ts';
import type { Known, KnownMethod } from './known.ts';
import { type Brought, chooseBankAccount, chooseCustomer, chooseMandate, type MandateMethodKnown } from './parties.ts';
import type { NewItem, PaymentPlan, SubmittableMethod } from './plan.ts';
import type { SubmitPaymentRecord } from './record.ts';
import { chooseTiming, payInTiming } from './timing.ts';

const ITEMS_MAX = 100;
const TRANSACTION_REFERENCE_MAX = 32;
/** Each transaction of a recurring payment adds a dash and a number of three digits to its reference. */
const RECURRING_REFERENCE_MAX = 28;

/** One submitted record as a plan, or every reason why not. Checked in order: shape, existence, state (DOMAIN §5). */
export function planPayment(
  record: SubmitPaymentRecord,
  brought: Brought,
  known: Known,
  path: Path,
  findings: Findings,
): PaymentPlan | null {
  const { errors } = findings;
  const at = [...path, 'paymentMethodId'];
  const method = known.methods.get(record.paymentMethodId);
  if (!method) {
    errors.push(notFound(at, 'payment method'));
    return null;
  }
  if (!method.isEnabled) {
    const message = 'The payment method is disabled.';
    errors.push(stateConflict(at, { message, currentStatus: 'DISABLED', blockedBy: [method.id] }));
  }
  if (!isSubmittable(method)) {
    errors.push(methodMismatch('METHOD_FORBIDS', at, `Payments by ${method.type} cannot be submitted yet.`));
    return null;
  }
  refuseForeignFields(record, method, path, errors);
  return collectsByMandate(method)
    ? planDebit(record, brought, method, known, path, findings)
    : planPayIn(record, brought, method, known, path, errors);
}

function isSubmittable(method: KnownMethod): method is SubmittableMethod {
  return (SUBMITTABLE_TYPES as readonly string[]).includes(method.type);
}

function collectsByMandate(method: SubmittableMethod): method is SubmittableMethod & MandateMethodKnown {
  return isMandateType(method.type);
}

function planDebit(
  record: SubmitPaymentRecord,
  brought: Brought,
  method: SubmittableMethod & MandateMethodKnown,
  known: Known,
  path: Path,
  findings: Findings,
): PaymentPlan | null {
  const { errors } = findings;
  const customer = chooseCustomer(record, method, brought, known, path, errors);
  const bankAccount = chooseBankAccount(record, method, brought, known, path, errors);
  const mandate = chooseMandate(record, method, known, path, findings);
  const fields = readFields(record, path, errors);
  const amountCents = fields.amount('amount') ?? mandate?.terms.amountCents ?? null;
  if (mandate && amountCents !== null) checkAmount(amountCents, mandate.terms, [...path, 'amount'], errors);
  const transactionReference = fields.text('transactionReference', { max: TRANSACTION_REFERENCE_MAX });
  if (record.recurring && transactionReference && transactionReference.length > RECURRING_REFERENCE_MAX) {
    const message = `At most ${RECURRING_REFERENCE_MAX} characters when recurring: each transaction adds its number.`;
    errors.push(refused('TOO_LONG', [...path, 'transactionReference'], message));
  }
  const items = readItems(record, path, errors);
  const timing = mandate && chooseTiming(record, mandate.terms, method, known, path, errors);
  if (!customer || !bankAccount || !mandate || !timing || amountCents === null) return null;
  const { terms, status, ...party } = mandate;
  return {
    method,
    customer,
    bankAccount,
    mandate: party,
    isAdjusted: adjustmentOf(terms) !== null,
    status: status === 'PENDING' ? 'PENDING' : 'RUNNING',
    amountCents,
    transactionReference,
    eftReference: null,
    timing,
    items,
  };
}

/** What debtor or bank have authorised is collected to the cent, unless it may vary, up to the maximum (DOMAIN §6.1). */
function checkAmount(amountCents: number, terms: MandateTerms, path: Path, errors: UserError[]): void {
  const { maximumAmountCents } = terms;
  if (maximumAmountCents === null || amountCents === terms.amountCents) return;
  if (!terms.allowVariableAmount) {
    const message = 'The mandate does not allow another amount than its own.';
    errors.push(invalid(path, 'amount_of_mandate', message));
  } else if (amountCents > maximumAmountCents) {
    errors.push(invalid(path, 'amount_within_maximum', 'More than the mandate allows at most.'));
  }
}

function planPayIn(
  record: SubmitPaymentRecord,
  brought: Brought,
  method: SubmittableMethod,
  known: Known,
  path: Path,
  errors: UserError[],
): PaymentPlan | null {
  const customer = chooseCustomer(record, method, brought, known, path, errors);
  const fields = readFields(record, path, errors);
  const amountCents = fields.amount('amount', { required: true });
  const transactionReference = fields.text('transactionReference', { max: TRANSACTION_REFERENCE_MAX });
  const payIn = readFields(record.payIn ?? {}, [...path, 'payIn'], errors);
  const eftReference = payIn.text('eftReference', {
    max: 20,
    parse: (text) => (eftReferenceKey(text) === '' ? null : text),
    rule: 'eft_reference',
  });
  const items = readItems(record, path, errors);
  if (!customer || amountCents === null) return null;
  const timing = payInTiming(known.now);
  return {
    method,
    customer,
    bankAccount: null,
    mandate: null,
    isAdjusted: false,
    status: METHOD_RULES.PAY_IN.firstPaymentStatus,
    amountCents,
    transactionReference,
    eftReference,
    timing,
    items,
  };
}

/** The fields of a record, each with the row of the matrix that judges it. */
const MATRIX_ROWS = {
  bankAccountId: 'bankAccount',
  bankAccount: 'bankAccount',
  mandateId: 'mandate',
  mandate: 'mandate',
  recurring: 'recurring',
  oneTime: 'oneTime',
  payIn: 'payIn',
} as const satisfies Readonly<Record<string, MatrixField>>;

function refuseForeignFields(
  record: SubmitPaymentRecord,
  method: SubmittableMethod,
  path: Path,
  errors: UserError[],
): void {
  const variant = variantOf(method.type, method.providerBank);
  for (const [name, row] of Object.entries(MATRIX_ROWS)) {
    if ((record[name] ?? null) === null || METHOD_MATRIX[row][variant] !== 'FORBIDDEN') continue;
    errors.push(methodMismatch('METHOD_FORBIDS', [...path, name], `A ${variant} payment takes no ${name}.`));
  }
}

function readItems(record: SubmitPaymentRecord, path: Path, errors: UserError[]): NewItem[] {
  const items = record.items ?? [];
  if (items.length > ITEMS_MAX) errors.push(refused('TOO_LONG', [...path, 'items'], `At most ${ITEMS_MAX} items.`));
  return items.slice(0, ITEMS_MAX).map((item, index) => {
    const at = [...path, 'items', String(index)];
    const fields = readFields(item, at, errors);
    if (Object.values(item).every((value) => value === null))
      errors.push(required(at, 'An item has at least one field.'));
    return {
      name: fields.text('name', { max: 128 }),
      code: fields.text('code', { max: 32 }),
      description: fields.text('description', { max: 256 }),
      amountCents: fields.amount('amount', { zero: true }),
    };
  });
}
