import { instantAt } from '../../domain/dates.ts';
import { itemAt } from '../../domain/invariants.ts';
import { IMPORTED_STATUSES, type ImportedCollection } from '../../domain/submit/imported-collection.ts';
import { findConnectorsOfMethods } from '../../store/connectors/connectors.ts';
import type { NewPayment } from '../../store/payments/write.ts';
import type { BankMessage } from '../../store/transactions/bank-messages.ts';
import { insertFormerSubmissions } from '../../store/transactions/submissions.ts';
import { insertFormerTransactions } from '../../store/transactions/write.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { receiveBankAnswers } from '../bank-answers/receive-bank-answers.ts';
import { judgeAuthority } from '../collections/recheck-authority.ts';

/** A new payment with the collections that another system made of it. */
export interface BegunPayment extends NewPayment {
  readonly paymentId: string;
  readonly collected: readonly ImportedCollection[];
}

/** A collection of a payment with its number; all attempts at one collection have the same. */
interface Numbered {
  readonly payment: BegunPayment;
  readonly item: ImportedCollection;
  readonly sequence: number;
}

/**
 * Inserts the transactions of collections that another system made. Those with a bank reference are recorded as
 * submitted and answered, so that later returns and disputes are applied, and earlier ones that waited for them too.
 * Mandates whose debits were returned are judged by the debits of all their payments.
 */
export async function insertCollected(context: WriteContext, payments: readonly BegunPayment[]): Promise<void> {
  const begun = payments.filter(({ collected }) => collected.length > 0);
  if (begun.length === 0) return;
  const { tx, merchantId } = context;
  const collections = begun.flatMap(numbered);
  const ids = insertFormerTransactions(context, collections.map(formerOf));
  const methodIds = begun.map(({ paymentMethodId }) => paymentMethodId);
  const connectors = await findConnectorsOfMethods(tx, merchantId, methodIds);
  const submissions = collections.flatMap(({ payment, item: { bankReference, actionDate } }, index) => {
    if (bankReference === null) return [];
    const connectorId = connectors.get(payment.paymentMethodId) ?? null;
    const at = instantAt(actionDate);
    const transactionId = itemAt(ids, index);
    return [{ reference: bankReference, transactionId, attempt: 1, connectorId, submittedAt: at, acknowledgedAt: at }];
  });
  insertFormerSubmissions(tx, merchantId, submissions);
  await receiveBankAnswers(context, collections.flatMap(answersFor));
  const returned = collections.filter(({ item }) => item.unpaidCode !== null);
  const mandateIds = new Set(returned.flatMap(({ payment }) => payment.mandateId ?? []));
  if (mandateIds.size > 0) await judgeAuthority(context, [...mandateIds]);
}

/** Returns the number of the last collection that another system made of a payment; 0 if it made none. */
export function lastNumberOf({ collected, transactionReference }: BegunPayment): number {
  const prefix = `${transactionReference}-`;
  const own = collected.flatMap(({ transactionReference: reference }) => {
    const suffix = reference?.startsWith(prefix) ? reference.slice(prefix.length) : '';
    return /^\d{3,6}$/.test(suffix) ? [Number(suffix)] : [];
  });
  return Math.max(collected.filter(isFirstAttempt).length, ...own);
}

function isFirstAttempt({ attempt }: ImportedCollection): boolean {
  return attempt === 1;
}

/** Numbers the collections of a payment backwards from the last number, as the other system may have made more. */
function numbered(payment: BegunPayment): Numbered[] {
  const { collected } = payment;
  let sequence = lastNumberOf(payment) - collected.filter(isFirstAttempt).length;
  return collected.map((item) => {
    if (isFirstAttempt(item)) sequence += 1;
    return { payment, item, sequence };
  });
}

/** Returns the answers by which the bank told the other system the result of a collection. */
function answersFor({ item }: Numbered): BankMessage[] {
  const { status, unpaidCode, actionDate, statusDate, bankReference: reference } = item;
  if (reference === null) return [];
  const events = IMPORTED_STATUSES[status];
  return events.map((event, index) => ({
    messageId: `imported-${reference}-${event}`,
    reference,
    event,
    code: event === 'PAID' ? null : unpaidCode,
    occurredAt: new Date(instantAt(index === events.length - 1 ? statusDate : actionDate).getTime() + index),
  }));
}

function formerOf({ payment, item, sequence }: Numbered) {
  const { bankReference: _bank, statusDate, transactionReference, ...collection } = item;
  return {
    ...collection,
    paymentId: payment.paymentId,
    customerId: payment.customerId,
    bankAccountId: payment.bankAccountId,
    mandateId: payment.mandateId,
    paymentMethodId: payment.paymentMethodId,
    transactionReference:
      transactionReference ?? `${payment.transactionReference}-${String(sequence).padStart(3, '0')}`,
    batchReference: payment.batchReference,
    statusChangedAt: instantAt(statusDate),
  };
}
