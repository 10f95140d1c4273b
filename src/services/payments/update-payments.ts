import { decideEach } from '../../domain/decide-each.ts';
import type { Findings } from '../../domain/findings.ts';
import { lookUp } from '../../domain/invariants.ts';
import { changePayment, type PaymentTermsNow, type UpdatePaymentRecord } from '../../domain/payment/change.ts';
import { findParties, type KnownPayment } from '../../store/payments/known.ts';
import { lockSubmitContext } from '../../store/payments/submit-context.ts';
import { updatePaymentTerms } from '../../store/payments/write.ts';
import { findTransactionIds } from '../../store/transactions/known.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { replanPayments } from '../collections/replan-payments.ts';
import { skippedByChange, warnOfSkipped } from '../collections/skipped-cycles.ts';
import { checkPaymentAction, lockPaymentContext, warnOfReturn } from './payment-context.ts';

/** Input of `updatePayments`. */
export interface UpdatePayments extends BatchOptions {
  readonly records: readonly UpdatePaymentRecord[];
}

interface Update {
  readonly payment: KnownPayment;
  readonly terms: PaymentTermsNow;
}

/**
 * Updates payments: the amount of future transactions, the end date and, before the first transaction, the start date,
 * process day and process date. Atomicity follows `mode`; one result per record, in input order. Warns of skipped
 * collections (CYCLE_SKIPPED) and returned debits (DEBIT_RETURNED).
 */
export function updatePayments(app: App, caller: Caller, input: UpdatePayments): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'updatePayments', field: 'records', args: {}, ...input } as const;
  return runBatch<UpdatePaymentRecord, Update>(app, caller, request, async (context, items) => {
    const { tx, merchantId } = context;
    const ids = items.map(({ record }) => record.id);
    const parties = await findParties(tx, merchantId, ids);
    const known = await lockSubmitContext(tx, merchantId, context.occurredAt, parties);
    const loaded = await lockPaymentContext(context, ids);
    const made = await findTransactionIds(tx, merchantId, ids);
    const changed: Array<{ before: KnownPayment; after: KnownPayment; findings: Findings }> = [];
    const decisions = decideEach(items, loaded.payments, 'payment', (payment, record, findings) => {
      if (!checkPaymentAction('UPDATE', payment, loaded.tiesOf(payment.id), findings)) return null;
      const method = known.methods.get(payment.paymentMethodId);
      if (!method) throw new Error(`payment ${payment.id} has no payment method`);
      const debits = lookUp(known.debits, payment.mandateId) ?? [];
      const context = {
        known,
        method,
        terms: lookUp(known.mandates, payment.mandateId) ?? null,
        transactionIds: made.get(payment.id) ?? [],
        otherDebits: debits.filter(({ paymentId }) => paymentId !== payment.id),
      };
      const terms = changePayment(payment, record, context, findings);
      if (!terms) return null;
      changed.push({ before: payment, after: { ...payment, ...terms }, findings });
      warnOfReturn(payment, loaded.lastReturns, findings);
      return { plan: { payment, terms }, outcome: isChanged(payment, terms) ? 'UPDATED' : 'UNCHANGED' };
    });
    const moving = changed.filter(({ before, after }) => isMoved(before, after));
    const skipped = await skippedByChange(tx, merchantId, context.occurredAt, moving);
    for (const { before, findings } of moving) warnOfSkipped([before.id], skipped, findings);
    return {
      decisions,
      write: async (updates) => {
        updatePaymentTerms(context, updates);
        const moved = updates.filter(({ payment, terms }) => isMoved(payment, terms)).map(({ payment }) => payment.id);
        await replanPayments(context, moved);
        return updates.map(({ payment }) => payment.id);
      },
    };
  });
}

const DATES = ['processDay', 'dateStart', 'dateEnd', 'processDate', 'firstNominalDate'] as const;

function isMoved(payment: KnownPayment, terms: PaymentTermsNow): boolean {
  return DATES.some((name) => payment[name] !== terms[name]);
}

function isChanged(payment: KnownPayment, terms: PaymentTermsNow): boolean {
  return payment.amountCents !== terms.amountCents || isMoved(payment, terms);
}
