import type { BatchMode } from '../domain/batch.ts';
import type { Cause } from '../domain/event.ts';
import type { PaymentPlan } from '../domain/submit/plan.ts';
import { planPayment } from '../domain/submit/plan-payment.ts';
import type { SubmitPaymentRecord } from '../domain/submit/record.ts';
import { findDuplicates } from '../domain/submit/uniqueness.ts';
import { holdClock } from '../store/merchants.ts';
import { findKnown } from '../store/submit-known.ts';
import type { App, Caller } from './app.ts';
import { type BatchAnswer, type KeyReused, runBatch } from './run-batch.ts';
import { writePlans } from './write-plans.ts';

export interface SubmitPayments {
  readonly records: readonly SubmitPaymentRecord[];
  readonly batchReference: string | null;
  readonly mode: BatchMode;
  readonly dryRun: boolean;
  readonly idempotencyKey: string | null;
}

/** Submits payments with the customers, bank accounts and mandates they bring along. One result per record, in input order. */
export function submitPayments(app: App, caller: Caller, input: SubmitPayments): Promise<BatchAnswer | KeyReused> {
  const { records, batchReference, mode, dryRun, idempotencyKey } = input;
  const request = { operation: 'submitPayments', records, mode, dryRun, idempotencyKey, args: { batchReference } };
  return runBatch<SubmitPaymentRecord, PaymentPlan>(app, caller, request, async (tx) => {
    await holdClock(tx, caller.merchantId);
    const now = await app.clock.now(tx, caller.merchantId);
    const known = await findKnown(tx, caller.merchantId, now, records);
    const duplicates = findDuplicates(records, known);
    const cause: Cause = { actor: 'API', requestId: caller.requestId, reasonCode: null, reason: null };
    const change = { tx, merchantId: caller.merchantId, occurredAt: now, cause };
    return {
      plans: records.map((record, index) => {
        const planned = planPayment(record, known, ['records', String(index)]);
        const taken = duplicates[index] ?? [];
        if ('method' in planned) return taken.length === 0 ? { plan: planned } : { plan: null, errors: taken };
        return { plan: null, errors: [...planned, ...taken] };
      }),
      write: (plans) => writePlans(app, change, known, plans, batchReference),
    };
  });
}
