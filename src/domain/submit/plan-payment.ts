import { CARD_TOKEN_LENGTH_MAX, declineOf, isExpired, type NewCard, parseToken } from '../card.ts';
import { pastDate } from '../clock-errors.ts';
import { civilDateOf, instantAt } from '../dates.ts';
import { methodMismatch, notFound, refused, required, stateConflict } from '../errors.ts';
import { readExternalId } from '../external-id.ts';
import { readFields } from '../fields.ts';
import type { Findings } from '../findings.ts';
import { adjustmentOf } from '../mandate/adjustment.ts';
import { returnWarning } from '../mandate/returns.ts';
import { isMandateType } from '../mandate/state-machine.ts';
import { type MatrixField, METHOD_MATRIX, METHOD_RULES, variantOf } from '../method/matrix.ts';
import { eftReferenceKey } from '../payment/state-machine.ts';
import { LEADS } from '../schedule.ts';
import { meaningOf } from '../unpaid-codes.ts';
import { cycleSkipped, warning } from '../warnings.ts';
import { checkAmount, checkLimits, readWholeAmount } from './amounts.ts';
import { type Brought, chooseBankAccount, chooseCustomer, chooseMandate, type MandateMethodKnown } from './parties.ts';
import type { NewItem, Party, PaymentPlan, Timing } from './plan.ts';
import type { SubmitPaymentRecord } from './record.ts';
import { cardKey, type KnownMethod, type SubmitContext } from './submit-context.ts';
import { checkDays, chooseCardTiming, chooseTiming, payInTiming } from './timing.ts';

/** Maximum number of line items of a payment. */
export const ITEMS_MAX = 100;
/** Maximum length of the name of a line item, in characters. */
export const ITEM_NAME_LENGTH_MAX = 128;
/** Maximum length of the code of a line item, in characters. */
export const ITEM_CODE_LENGTH_MAX = 32;
/** Maximum length of the description of a line item, in characters. */
export const ITEM_DESCRIPTION_LENGTH_MAX = 256;
/** Maximum length of the reference that the payer of a pay-in quotes, in characters. */
export const EFT_REFERENCE_LENGTH_MAX = 20;
/** Maximum length of a transaction reference, in characters. */
export const TRANSACTION_REFERENCE_MAX = 32;
/** Maximum length of the reference of a recurring payment, whose transactions append a dash and three digits to it. */
export const RECURRING_REFERENCE_MAX = 28;

/** Returns the plan for one submitted record, or null with every error in the findings (DOMAIN §5). */
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

/** Warns of skipped cycles and of a mandate whose last debit was returned. */
function warnOf({ timing, mandate }: PaymentPlan, known: SubmitContext, findings: Findings): void {
  const { path, warnings } = findings;
  const nextDate = timing.first.nominalDate;
  for (const { nominalDate: lostDate, reason } of timing.lost) {
    warnings.push(cycleSkipped([...path, 'recurring', 'dateStart'], { lostDate, nextDate, reason }));
  }
  const returned = returnWarning(known.lastReturns, mandate?.id ?? null, [...path, 'mandateId']);
  if (returned) warnings.push(returned);
}

/** Warns if the card expires, or its provider no longer stores it, before the first collection. */
function warnOfExpiry(card: Party<NewCard>, { first }: Timing, known: SubmitContext, findings: Findings): void {
  const { path, warnings } = findings;
  const { actionDate } = first;
  const stored = card.id === null ? undefined : known.cardsById.get(card.id);
  if (!stored || !isExpired(stored, actionDate, instantAt(actionDate, LEADS.CARD.sendAt))) return;
  const message = `The card expires before its collection on ${actionDate}.`;
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
  if (!mandate && !brought.history) checkDays(record, method, known, findings);
  const timing = mandate && chooseTiming(record, mandate.terms, method, known, findings, brought.history);
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
    externalId: readExternalId(record, findings),
    transactionReference,
    eftReference: null,
    expiresAt: null,
    timing,
    items,
    collected: [],
  };
}

function readReference(record: SubmitPaymentRecord, findings: Findings): string | null {
  const { path, errors } = findings;
  const reference = readFields(record, findings).text('transactionReference', {
    max: TRANSACTION_REFERENCE_MAX,
    isReference: true,
  });
  if (record.recurring && reference && reference.length > RECURRING_REFERENCE_MAX) {
    const message = `At most ${RECURRING_REFERENCE_MAX} characters if recurring: transactions append a number.`;
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
    max: EFT_REFERENCE_LENGTH_MAX,
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
    externalId: readExternalId(record, findings),
    transactionReference,
    eftReference,
    expiresAt,
    timing: payInTiming(known.now),
    items,
    collected: [],
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
  const timing = chooseCardTiming(record, method, known, findings, brought.history);
  if (card && timing) warnOfExpiry(card, timing, known, findings.at('card', 'token'));
  if (!customer || !card || !timing || amountCents === null) return null;
  return {
    ...WITHOUT_MANDATE,
    method,
    customer,
    card,
    status: METHOD_RULES.CARD.firstPaymentStatus,
    amountCents,
    externalId: readExternalId(record, findings),
    transactionReference,
    eftReference: null,
    expiresAt: null,
    timing,
    items,
    collected: [],
  };
}

/** Returns the card of a token: a stored one, or a new one if the customer has none with it (DOMAIN §0.1.17). */
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

/** The row of the method matrix for each field of a record. */
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
    errors.push(methodMismatch('METHOD_FORBIDS', [...path, name], `${variant} payments do not accept ${name}.`));
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
      errors.push(required(at, 'Set at least one field of the item.'));
    return {
      name: fields.text('name', { max: ITEM_NAME_LENGTH_MAX, joiners: true }),
      code: fields.text('code', { max: ITEM_CODE_LENGTH_MAX, isReference: true }),
      description: fields.text('description', { max: ITEM_DESCRIPTION_LENGTH_MAX, joiners: true }),
      amountCents: fields.amount('amount', { zero: true }),
    };
  });
}
