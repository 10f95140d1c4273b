import { decideEach, type Target } from '../../domain/decide-each.ts';
import { assignmentFaults, type KnownDeposit } from '../../domain/deposit.ts';
import { findReceived, lockDeposits, updateDeposits } from '../../store/deposits.ts';
import { type KnownPayment, lockPayments } from '../../store/payments/known.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { creditPayIns, creditsOf } from '../collections/credit-pay-ins.ts';

/** A record of `assignDeposits`. */
export interface AssignRecord extends Target {
  readonly paymentId: string;
}

/** Input of `assignDeposits`. */
export interface AssignDeposits extends BatchOptions {
  readonly records: readonly AssignRecord[];
}

interface Assignment {
  readonly deposit: KnownDeposit;
  readonly payment: KnownPayment;
}

/**
 * Assigns deposits that matched no pay-in to pay-ins of the same method, and completes those that are covered, as if the
 * reference had matched. Atomicity follows `mode`; one result per record, in input order. No warnings.
 */
export function assignDeposits(app: App, caller: Caller, input: AssignDeposits): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'assignDeposits', field: 'records', args: {}, ...input } as const;
  return runBatch<AssignRecord, Assignment>(app, caller, request, async (context, items) => {
    const { tx, merchantId } = context;
    const paymentIds = [...new Set(items.map(({ record }) => record.paymentId))];
    const payments = await lockPayments(tx, merchantId, paymentIds);
    const ids = items.map(({ record }) => record.id);
    const deposits = await lockDeposits(tx, merchantId, ids);
    return {
      decisions: decideEach(items, deposits, 'deposit', (deposit, { paymentId }, findings) => {
        const payment = payments.get(paymentId);
        findings.errors.push(...assignmentFaults(deposit, payment, findings.path));
        return payment ? { plan: { deposit, payment }, outcome: 'UPDATED' } : null;
      }),
      write: async (assignments) => {
        const credits = creditsOf(
          assignments.map(({ deposit: { id: depositId, amountCents }, payment }) => ({
            depositId,
            amountCents,
            payment,
          })),
          await findReceived(tx, merchantId, paymentIds),
        );
        updateDeposits(
          context,
          assignments.map(({ deposit, payment }, at) => ({
            deposit,
            change: { paymentId: payment.id, match: credits[at]?.match ?? 'OVER' },
            keys: { customerId: payment.customerId, batchReference: payment.batchReference },
          })),
          'ASSIGNMENT',
        );
        await creditPayIns(context, credits);
        return assignments.map(({ deposit }) => deposit.id);
      },
    };
  });
}
