import { instantAt } from '../../domain/dates.ts';
import { itemAt } from '../../domain/invariants.ts';
import { IMPORTED_STATUSES, type ImportedCollection } from '../../domain/submit/history.ts';
import { findConnectorsOfMethods } from '../../store/connectors/connectors.ts';
import type { NewPayment } from '../../store/payments/write.ts';
import { type BankMessage, insertBankMessages } from '../../store/transactions/bank-messages.ts';
import { insertSubmissions } from '../../store/transactions/submissions.ts';
import { insertFormerTransactions } from '../../store/transactions/write.ts';
import type { WriteContext } from '../../store/write-context.ts';

/** A new payment with the collections that another system made of it. */
export interface BegunPayment extends NewPayment {
  readonly paymentId: string;
  readonly collected: readonly ImportedCollection[];
}

/**
 * Inserts the transactions of collections that another system made. Those with a bank reference are recorded as
 * submitted and answered, so that later returns and disputes are applied. Returns the number of collections of each payment, without
 * further attempts, by payment id.
 */
export async function insertCollected(
  context: WriteContext,
  payments: readonly BegunPayment[],
): Promise<ReadonlyMap<string, number>> {
  const begun = payments.filter(({ collected }) => collected.length > 0);
  if (begun.length === 0) return new Map();
  const { tx, merchantId } = context;
  const collections = begun.flatMap((payment) => numbered(payment));
  const ids = insertFormerTransactions(
    context,
    collections.map(({ payment, item, sequence }) => formerOf(payment, item, sequence)),
  );
  const methodIds = [...new Set(begun.map(({ paymentMethodId }) => paymentMethodId))];
  const connectors = await findConnectorsOfMethods(tx, merchantId, methodIds);
  const known = collections.flatMap(({ payment, item }, index) => {
    const { bankReference: reference, actionDate } = item;
    if (reference === null) return [];
    const connectorId = connectors.get(payment.paymentMethodId) ?? null;
    const at = instantAt(actionDate);
    const transactionId = itemAt(ids, index);
    return [
      {
        item,
        reference,
        submission: { reference, transactionId, attempt: 1, connectorId, submittedAt: at, acknowledgedAt: at },
      },
    ];
  });
  insertSubmissions(
    tx,
    merchantId,
    known.map(({ submission }) => submission),
  );
  await insertBankMessages(
    tx,
    merchantId,
    known.flatMap(({ item, reference }) => answersFor(item, reference)),
  );
  return new Map(begun.map(({ paymentId, collected }) => [paymentId, collected.filter(isFirst).length]));
}

function isFirst({ attempt }: ImportedCollection): boolean {
  return attempt === 1;
}

/** Returns the collections of a payment with their numbers; all attempts at one collection have the same. */
function numbered(payment: BegunPayment) {
  let sequence = 0;
  return payment.collected.map((item) => {
    if (isFirst(item)) sequence += 1;
    return { payment, item, sequence };
  });
}

/** Returns the answers by which the bank told the other system the result of a collection. */
function answersFor({ status, unpaidCode, actionDate }: ImportedCollection, reference: string): BankMessage[] {
  return IMPORTED_STATUSES[status].map((event, index) => ({
    messageId: `imported-${reference}-${event}`,
    reference,
    event,
    code: event === 'PAID' ? null : unpaidCode,
    occurredAt: new Date(instantAt(actionDate).getTime() + index),
  }));
}

function formerOf(payment: BegunPayment, item: ImportedCollection, sequence: number) {
  const { bankReference: _bank, transactionReference, ...collection } = item;
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
    statusChangedAt: instantAt(item.actionDate),
  };
}
