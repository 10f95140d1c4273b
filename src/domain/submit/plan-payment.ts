import { methodMismatch, notFound, type Path, refused, required, stateConflict, type UserError } from '../errors.ts';
import { readFields } from '../fields.ts';
import { eftReferenceKey, FIRST_STATUS } from '../payment.ts';
import type { Known, KnownMethod } from './known.ts';
import { type Brought, chooseBankAccount, chooseCustomer, chooseMandate } from './parties.ts';
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
  errors: UserError[],
): PaymentPlan | null {
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
  return method.type === 'PAY_IN'
    ? planPayIn(record, brought, method, known, path, errors)
    : planDebitOrder(record, brought, method, known, path, errors);
}

function isSubmittable(method: KnownMethod): method is SubmittableMethod {
  return Object.hasOwn(FIRST_STATUS, method.type);
}

function planDebitOrder(
  record: SubmitPaymentRecord,
  brought: Brought,
  method: SubmittableMethod,
  known: Known,
  path: Path,
  errors: UserError[],
): PaymentPlan | null {
  const customer = chooseCustomer(record, brought, known, path, errors);
  const bankAccount = chooseBankAccount(record, brought, known, path, errors);
  const mandate = chooseMandate(record, method, known, path, errors);
  const fields = readFields(record, path, errors);
  const amountCents = fields.amount('amount') ?? mandate?.terms.amountCents ?? null;
  const transactionReference = fields.text('transactionReference', { max: TRANSACTION_REFERENCE_MAX });
  if (record.recurring && transactionReference && transactionReference.length > RECURRING_REFERENCE_MAX) {
    const message = `At most ${RECURRING_REFERENCE_MAX} characters when recurring: each transaction adds its number.`;
    errors.push(refused('TOO_LONG', [...path, 'transactionReference'], message));
  }
  const items = readItems(record, path, errors);
  const timing = mandate && chooseTiming(record, mandate.terms, method, known, path, errors);
  if (!customer || !bankAccount || !mandate || !timing || amountCents === null) return null;
  const { terms: _terms, ...party } = mandate;
  return {
    method,
    customer,
    bankAccount,
    mandate: party,
    amountCents,
    transactionReference,
    eftReference: null,
    timing,
    items,
  };
}

function planPayIn(
  record: SubmitPaymentRecord,
  brought: Brought,
  method: SubmittableMethod,
  known: Known,
  path: Path,
  errors: UserError[],
): PaymentPlan | null {
  const customer = chooseCustomer(record, brought, known, path, errors);
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
    amountCents,
    transactionReference,
    eftReference,
    timing,
    items,
  };
}

/** Fields of a record that belong to one kind of method and are forbidden to the other. */
const FORBIDDEN = {
  DEBIT_ORDER: ['payIn'],
  PAY_IN: ['bankAccountId', 'bankAccount', 'mandateId', 'mandate', 'recurring', 'oneTime'],
} as const;

function refuseForeignFields(
  record: SubmitPaymentRecord,
  method: SubmittableMethod,
  path: Path,
  errors: UserError[],
): void {
  for (const name of FORBIDDEN[method.type]) {
    if ((record[name] ?? null) === null) continue;
    errors.push(methodMismatch('METHOD_FORBIDS', [...path, name], `A ${method.type} payment takes no ${name}.`));
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
