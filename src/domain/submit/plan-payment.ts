import { CARD_TOKEN_LENGTH_MAX, declineOf, isExpired, type NewCard, parseToken } from '../card.ts';
import { pastDate } from '../clock-errors.ts';
import { civilDateOf, instantAt } from '../dates.ts';
import { methodMismatch, notFound, refused, required, stateConflict } from '../errors.ts';
import { readFields } from '../fields.ts';
import { adjustmentOf } from '../mandate/adjustment.ts';
import { returnWarning } from '../mandate/returns.ts';
import { isMandateType } from '../mandate/state-machine.ts';
import { type MatrixField, METHOD_MATRIX, METHOD_RULES, variantOf } from '../method/matrix.ts';
import { eftReferenceKey } from '../payment/state-machine.ts';
import { LEADS } from '../schedule.ts';
import { meaningOf } from '../unpaid-codes.ts';
import { cycleSkipped, type Findings, warning } from '../warnings.ts';
import { checkAmount, checkLimits, readWholeAmount } from './amounts.ts';
import { type Brought, chooseBankAccount, chooseCustomer, chooseMandate, type MandateMethodKnown } from './parties.ts';
import type { NewItem, Party, PaymentPlan, Timing } from './plan.ts';
import type { SubmitPaymentRecord } from './record.ts';
import { cardKey, type KnownMethod, type SubmitContext } from './submit-context.ts';
import { checkDays, chooseCardTiming, chooseTiming, payInTiming } from './timing.ts';

const ITEMS_MAX = 100;
const TRANSACTION_REFERENCE_MAX = 32;
/** Each transaction of a recurring payment adds a dash and a number of three digits to its reference. */
const RECURRING_REFERENCE_MAX = 28;

/** One submitted record as a plan, or every reason why not. Checked in order: shape, existence, state (DOMAIN §5). */
export function planPayment(
  record: SubmitPaymentRecord,
  brought: Brought,
  known: SubmitContext,
  findings: Findings,
): PaymentPlan | null {
  const { path, errors } = findings;
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
  refuseForeignFields(record, method, findings);
  const plan = planByMethod(record, brought, method, known, findings);
  if (plan) {
    checkLimits(plan, known, findings.at('amount'));
    warnOf(plan, known, findings);
  }
  return plan;
}

/** What is worth a look of a payment that can be made: cycles that it loses, and a mandate whose debits come back. */
function warnOf({ timing, mandate }: PaymentPlan, known: SubmitContext, findings: Findings): void {
  const { path, warnings } = findings;
  const nextDate = timing.first.nominalDate;
  for (const { nominalDate: lostDate, reason } of timing.lost) {
    warnings.push(cycleSkipped([...path, 'recurring', 'dateStart'], { lostDate, nextDate, reason }));
  }
  const returned = returnWarning(known.lastReturns, mandate?.id ?? null, [...path, 'mandateId']);
  if (returned) warnings.push(returned);
}

/** A card that can be charged today may have expired, or be kept no longer, on the day of its collection. */
function warnOfExpiry(card: Party<NewCard>, { first }: Timing, known: SubmitContext, findings: Findings): void {
  const { path, warnings } = findings;
  const { actionDate } = first;
  const stored = card.id === null ? undefined : known.cardsById.get(card.id);
  if (!stored || !isExpired(stored, actionDate, instantAt(actionDate, LEADS.CARD.sendAt))) return;
  const message = `The card ends before ${actionDate}, the day of the collection.`;
  warnings.push(warning('CARD_EXPIRES', path, message, [stored.id]));
}

function planByMethod(
  record: SubmitPaymentRecord,
  brought: Brought,
  method: KnownMethod,
  known: SubmitContext,
  findings: Findings,
): PaymentPlan | null {
  if (collectsByMandate(method)) return planDebit(record, brought, method, known, findings);
  return method.type === 'CARD'
    ? planCard(record, brought, method, known, findings)
    : planPayIn(record, brought, method, known, findings);
}

function collectsByMandate(method: KnownMethod): method is MandateMethodKnown {
  return isMandateType(method.type);
}

function planDebit(
  record: SubmitPaymentRecord,
  brought: Brought,
  method: MandateMethodKnown,
  known: SubmitContext,
  findings: Findings,
): PaymentPlan | null {
  const customer = chooseCustomer(record, method, brought, known, findings);
  const bankAccount = chooseBankAccount(record, method, brought, known, findings);
  const mandate = chooseMandate(record, method, known, findings);
  const fields = readFields(record, findings);
  const amountCents = fields.amount('amount') ?? mandate?.terms.amountCents ?? null;
  if (mandate && amountCents !== null) checkAmount(amountCents, mandate.terms, findings.at('amount'));
  const transactionReference = readReference(record, findings);
  const items = readItems(record, findings);
  if (!mandate) checkDays(record, method, known, findings);
  const timing = mandate && chooseTiming(record, mandate.terms, method, known, findings);
  if (!customer || !bankAccount || !mandate || !timing || amountCents === null) return null;
  const { terms, status, ...party } = mandate;
  return {
    method,
    customer,
    bankAccount,
    mandate: party,
    card: null,
    isAdjusted: adjustmentOf(terms) !== null,
    status: status === 'PENDING' ? 'PENDING' : 'RUNNING',
    amountCents,
    transactionReference,
    eftReference: null,
    expiresAt: null,
    timing,
    items,
  };
}

function readReference(record: SubmitPaymentRecord, findings: Findings): string | null {
  const { path, errors } = findings;
  const reference = readFields(record, findings).text('transactionReference', {
    max: TRANSACTION_REFERENCE_MAX,
    isReference: true,
  });
  if (record.recurring && reference && reference.length > RECURRING_REFERENCE_MAX) {
    const message = `At most ${RECURRING_REFERENCE_MAX} characters when recurring: each transaction adds its number.`;
    errors.push(refused('TOO_LONG', [...path, 'transactionReference'], message));
  }
  return reference;
}

function planPayIn(
  record: SubmitPaymentRecord,
  brought: Brought,
  method: KnownMethod,
  known: SubmitContext,
  findings: Findings,
): PaymentPlan | null {
  const { path, errors } = findings;
  const customer = chooseCustomer(record, method, brought, known, findings);
  const fields = readFields(record, findings);
  const items = readItems(record, findings);
  const amountCents = readWholeAmount(record, items, findings);
  const transactionReference = fields.text('transactionReference', {
    max: TRANSACTION_REFERENCE_MAX,
    isReference: true,
  });
  const payIn = readFields(record.payIn ?? {}, findings.at('payIn'));
  const eftReference = payIn.text('eftReference', {
    max: 20,
    isReference: true,
    parse: (text) => (eftReferenceKey(text) === '' ? null : text),
    rule: 'eft_reference',
  });
  const expiresAt = payIn.instant('expiresAt');
  if (expiresAt !== null && expiresAt <= known.now) {
    errors.push(pastDate([...path, 'payIn', 'expiresAt'], known.now));
  }
  if (!customer || amountCents === null) return null;
  return {
    ...WITHOUT_MANDATE,
    method,
    customer,
    card: null,
    status: METHOD_RULES.PAY_IN.firstPaymentStatus,
    amountCents,
    transactionReference,
    eftReference,
    expiresAt,
    timing: payInTiming(known.now),
    items,
  };
}

const WITHOUT_MANDATE = { bankAccount: null, mandate: null, isAdjusted: false } as const;

function planCard(
  record: SubmitPaymentRecord,
  brought: Brought,
  method: KnownMethod,
  known: SubmitContext,
  findings: Findings,
): PaymentPlan | null {
  const customer = chooseCustomer(record, method, brought, known, findings);
  const card = chooseCard(record, known, findings.at('card'));
  const items = readItems(record, findings);
  const amountCents = readWholeAmount(record, items, findings);
  const transactionReference = readReference(record, findings);
  const timing = chooseCardTiming(record, method, known, findings);
  if (card && timing) warnOfExpiry(card, timing, known, findings.at('card', 'token'));
  if (!customer || !card || !timing || amountCents === null) return null;
  return {
    ...WITHOUT_MANDATE,
    method,
    customer,
    card,
    status: METHOD_RULES.CARD.firstPaymentStatus,
    amountCents,
    transactionReference,
    eftReference: null,
    expiresAt: null,
    timing,
    items,
  };
}

/** The card of a token: the customer's, if it can be charged; one that is not known is stored for the customer (DOMAIN §0.1.17). */
function chooseCard(record: SubmitPaymentRecord, known: SubmitContext, findings: Findings): Party<NewCard> | null {
  const { path, errors } = findings;
  const at = [...path, 'token'];
  const token = readFields(record.card ?? {}, findings).text('token', {
    max: CARD_TOKEN_LENGTH_MAX,
    required: true,
    parse: parseToken,
    rule: 'card_token',
  });
  if (token === null) return null;
  const card = known.cards.get(cardKey(record.customerId ?? '', token));
  if (!card) return { id: null, made: { token, maskedPan: null, expirationDate: null, keepUntil: null } };
  const decline = declineOf(card, civilDateOf(known.now), known.now);
  if (decline !== null) {
    const conflict = { currentStatus: card.status, blockedBy: [card.id], message: `${meaningOf(decline)}.` };
    errors.push(stateConflict(at, conflict));
  }
  return { id: card.id, made: null };
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
  card: 'card',
} as const satisfies Readonly<Record<string, MatrixField>>;

function refuseForeignFields(record: SubmitPaymentRecord, method: KnownMethod, findings: Findings): void {
  const { path, errors } = findings;
  const variant = variantOf(method.type, method.providerBank);
  for (const [name, row] of Object.entries(MATRIX_ROWS)) {
    if ((record[name] ?? null) === null || METHOD_MATRIX[row][variant] !== 'FORBIDDEN') continue;
    errors.push(methodMismatch('METHOD_FORBIDS', [...path, name], `A ${variant} payment takes no ${name}.`));
  }
}

function readItems(record: SubmitPaymentRecord, findings: Findings): NewItem[] {
  const { path, errors } = findings;
  const items = record.items ?? [];
  if (items.length > ITEMS_MAX) errors.push(refused('TOO_LONG', [...path, 'items'], `At most ${ITEMS_MAX} items.`));
  return items.slice(0, ITEMS_MAX).map((item, index) => {
    const at = [...path, 'items', String(index)];
    const fields = readFields(item, findings.of(at));
    if (Object.values(item).every((value) => value === null))
      errors.push(required(at, 'An item has at least one field.'));
    return {
      name: fields.text('name', { max: 128, joiners: true }),
      code: fields.text('code', { max: 32, isReference: true }),
      description: fields.text('description', { max: 256, joiners: true }),
      amountCents: fields.amount('amount', { zero: true }),
    };
  });
}
