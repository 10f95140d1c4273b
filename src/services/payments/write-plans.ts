import type { NewCard } from '../../domain/card.ts';
import { itemAt, lookUp } from '../../domain/invariants.ts';
import type { Party, PaymentPlan, Timing } from '../../domain/submit/plan.ts';
import { cardKey, type SubmitContext } from '../../domain/submit/submit-context.ts';
import { insertBankAccounts } from '../../store/bank-accounts/bank-accounts.ts';
import { recordBatch } from '../../store/batches.ts';
import { insertCards } from '../../store/cards.ts';
import { insertCustomers } from '../../store/customers/customers.ts';
import { putDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { lockPayments } from '../../store/payments/known.ts';
import { insertPayments, noteSkipped } from '../../store/payments/write.ts';
import { insertTransactions } from '../../store/transactions/write.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App } from '../app.ts';
import { collectionJob, endJob } from '../collections/plan-collections.ts';
import { adjustmentJob } from '../mandates/mandate-jobs.ts';
import { writeMandates } from '../mandates/write-mandates.ts';
import { insertCollected, lastNumberOf } from './insert-collected.ts';

/**
 * Writes accepted payment plans with their inline customers, accounts, mandates and cards, in bulk in the transaction
 * of `context`. Returns the payment ids, in input order.
 */
export async function insertPaymentPlans(
  app: App,
  context: WriteContext,
  known: SubmitContext,
  plans: readonly PaymentPlan[],
  batchReference: string | null,
): Promise<string[]> {
  if (batchReference !== null) recordBatch(context, batchReference);
  const customerIds = await makeMissing(
    plans.map((plan) => plan.customer),
    (customers) =>
      insertCustomers(
        context,
        app.secrets,
        customers.map(({ made }) => made),
      ),
  );
  const bankAccountIds = await makeMissing(
    plans.map((plan) => plan.bankAccount),
    (accounts) => {
      const owned = accounts.map(({ made, index }) => {
        const isBusinessAccount = made.isBusinessAccount ?? kindOf(plans[index], known) === 'COMPANY';
        return { ...made, isBusinessAccount, customerId: itemAt(customerIds, index) };
      });
      return insertBankAccounts(context, app.secrets, owned);
    },
  );
  const mandateIds = await makeMissing(
    plans.map((plan) => plan.mandate),
    (mandates) => {
      const linked = mandates.map(({ made, index }) => ({
        ...made,
        customerId: itemAt(customerIds, index),
        bankAccountId: itemAt(bankAccountIds, index),
        paymentMethodId: itemAt(plans, index).method.id,
        convertedFromId: null,
      }));
      return writeMandates(context, known, linked);
    },
  );
  const cardIds = await makeCards(context, customerIds, plans);
  const payments = plans.map((plan, index) => ({
    customerId: itemAt(customerIds, index),
    bankAccountId: bankAccountIds[index] ?? null,
    mandateId: mandateIds[index] ?? null,
    cardId: cardIds[index] ?? null,
    paymentMethodId: plan.method.id,
    status: plan.status,
    batchReference,
    externalId: plan.externalId,
    transactionReference: plan.transactionReference ?? context.tx.ids.newReference(),
    amountCents: plan.amountCents,
    eftReference: plan.method.type === 'PAY_IN' ? (plan.eftReference ?? context.tx.ids.newReference()) : null,
    expiresAt: plan.expiresAt,
    timing: plan.timing,
    items: plan.items,
  }));
  const paymentIds = await insertPayments(context, payments);
  const rows = payments.map((payment, index) => ({ ...payment, paymentId: itemAt(paymentIds, index) }));
  await awaitDeposits(
    context,
    rows.filter((row) => row.timing.kind === 'PAY_IN'),
  );
  const debits = rows.filter(({ status }) => status === 'RUNNING' || status === 'PAUSED');
  const adjusted = new Set(plans.flatMap(({ isAdjusted }, index) => (isAdjusted ? (mandateIds[index] ?? []) : [])));
  await noteLost(context, debits);
  const begun = rows.map((row, index) => ({ ...row, collected: itemAt(plans, index).collected }));
  const numbers = new Map(begun.map((payment) => [payment.paymentId, lastNumberOf(payment)]));
  const work = [
    ...debits.map(({ paymentId, timing }) => collectionJob(paymentId, timing.first, (numbers.get(paymentId) ?? 0) + 1)),
    ...debits.flatMap(({ paymentId, timing: { end } }) => endJob(paymentId, end)),
    ...rows.flatMap(({ paymentId, expiresAt }) => expiryWork(paymentId, expiresAt)),
    ...[...adjusted].map((id) => adjustmentJob(id, context.occurredAt)),
  ];
  putDueWork(context, work);
  await insertCollected(context, begun);
  return paymentIds;
}

/** Records the cycles that running payments lose at submission. PENDING payments record them when they start. */
async function noteLost(
  context: WriteContext,
  rows: ReadonlyArray<{ readonly paymentId: string; readonly timing: Timing }>,
): Promise<void> {
  const losing = new Map(
    rows.flatMap(({ paymentId, timing: { lost } }) => (lost.length > 0 ? [[paymentId, lost]] : [])),
  );
  const payments = await lockPayments(context.tx, context.merchantId, [...losing.keys()]);
  const skipped = [...payments.values()].map((payment) => ({ payment, lost: losing.get(payment.id) ?? [] }));
  await noteSkipped(context, skipped);
}

/**
 * Creates new cards, each once per customer, however many payments use it. Returns the card id of each plan, in order.
 */
async function makeCards(
  context: WriteContext,
  customerIds: ReadonlyArray<string | null>,
  plans: readonly PaymentPlan[],
): Promise<Array<string | null>> {
  const missing = new Map<string, NewCard & { readonly customerId: string }>();
  const keys = plans.map(({ card }, index) => {
    if (!card?.made) return '';
    const customerId = itemAt(customerIds, index);
    const key = cardKey(customerId, card.made.token);
    missing.set(key, { ...card.made, customerId });
    return key;
  });
  const ids = missing.size > 0 ? await insertCards(context, [...missing.values()]) : [];
  const made = new Map([...missing.keys()].map((key, at) => [key, ids[at] ?? null]));
  return plans.map(({ card }, index) => card?.id ?? lookUp(made, keys[index]) ?? null);
}

function expiryWork(paymentId: string, expiresAt: Date | null): DueWork[] {
  return expiresAt === null ? [] : [{ kind: 'EXPIRE_PAY_IN', subjectId: paymentId, dueAt: expiresAt, details: {} }];
}

/** Creates the transactions of pay-ins, which wait for deposits (DOMAIN §0.1.4). */
async function awaitDeposits(
  context: WriteContext,
  rows: ReadonlyArray<Parameters<typeof insertPayments>[1][number] & { paymentId: string }>,
): Promise<void> {
  const transactions = rows.map(
    ({
      timing,
      items: _items,
      status: _status,
      eftReference: _reference,
      expiresAt: _until,
      cardId: _card,
      externalId: _external,
      ...row
    }) => ({
      ...row,
      kind: 'REGULAR' as const,
      nominalDate: timing.first.nominalDate,
      actionDate: timing.first.actionDate,
      attempt: 1,
    }),
  );
  await insertTransactions(context, transactions);
}

/** Creates the missing parties in one call. Returns the id of each party, in order; null where there is none. */
async function makeMissing<Made>(
  parties: ReadonlyArray<Party<Made> | null>,
  make: (missing: ReadonlyArray<{ made: Made; index: number }>) => Promise<string[]>,
): Promise<Array<string | null>> {
  const missing = parties.flatMap((party, index) => (party?.made ? [{ made: party.made, index }] : []));
  const ids = parties.map((party) => party?.id ?? null);
  const made = missing.length > 0 ? await make(missing) : [];
  missing.forEach(({ index }, at) => {
    ids[index] = made[at] ?? null;
  });
  return ids;
}

function kindOf(plan: PaymentPlan | undefined, known: SubmitContext): string | undefined {
  return plan?.customer.made?.kind ?? lookUp(known.customers, plan?.customer.id)?.kind;
}
