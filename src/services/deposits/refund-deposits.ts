import { decideEach, type Target } from '../../domain/decide-each.ts';
import { type Funded, type KnownDeposit, refundableCents, refundFault } from '../../domain/deposit.ts';
import { type Path, type StateConflict, stateConflict } from '../../domain/errors.ts';
import { readFields, type Unvalidated } from '../../domain/fields.ts';
import { findDepositPayments, findReceived, lockDeposits, updateDeposits } from '../../store/deposits.ts';
import { lockPayments } from '../../store/payments/known.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, BatchOptions, KeyReused } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';

/** Maximum length of the reason of a refund, in characters. */
export const REFUND_REASON_LENGTH_MAX = 255;

/** A record of `refundDeposits`. */
export interface RefundRecord extends Target, Unvalidated {}

/** Input of `refundDeposits`. */
export interface RefundDeposits extends BatchOptions {
  readonly records: readonly RefundRecord[];
}

interface Refund {
  readonly deposit: KnownDeposit;
  readonly cents: number;
  readonly reason: string | null;
}

/**
 * Records that deposits, or parts of them, were sent back to their payers; the gateway itself moves no money. Atomicity follows
 * `mode`; one result per record, in input order. No warnings.
 */
export function refundDeposits(app: App, caller: Caller, input: RefundDeposits): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'refundDeposits', field: 'records', args: {}, ...input } as const;
  return runBatch<RefundRecord, Refund>(app, caller, request, async (context, items) => {
    const { tx, merchantId } = context;
    const ids = items.map(({ record }) => record.id);
    const paymentIds = await findDepositPayments(tx, merchantId, ids);
    const payments = await lockPayments(tx, merchantId, paymentIds);
    const deposits = await lockDeposits(tx, merchantId, ids);
    const received = new Map(await findReceived(tx, merchantId, paymentIds));
    /** The pay-in of a deposit, or null; undefined when the deposit was assigned after the payments were locked. */
    const payInOf = ({ paymentId }: KnownDeposit): Funded | null | undefined => {
      if (paymentId === null) return null;
      const payment = payments.get(paymentId);
      return payment && { ...payment, receivedCents: received.get(payment.id) ?? 0 };
    };
    return {
      decisions: decideEach(items, deposits, 'deposit', (deposit, record, findings) => {
        const fields = readFields(record, findings);
        const asked = fields.amount('amount');
        const reason = fields.text('reason', { max: REFUND_REASON_LENGTH_MAX, joiners: true });
        const payIn = payInOf(deposit);
        const fault =
          payIn === undefined
            ? assignedMeanwhile(deposit, findings.path)
            : refundFault(deposit, payIn, asked, findings.path);
        if (fault) findings.errors.push(fault);
        if (findings.errors.length > 0 || payIn === undefined) return null;
        const cents = asked ?? refundableCents(deposit, payIn);
        // A record that fails for its version takes nothing from the others.
        const isExpected = (record.expectedVersion ?? deposit.version) === deposit.version;
        if (payIn && isExpected) received.set(payIn.id, payIn.receivedCents - cents);
        return { plan: { deposit, cents, reason }, outcome: 'UPDATED' };
      }),
      write: async (refunds) => {
        updateDeposits(
          context,
          refunds.map(({ deposit, cents, reason }) => ({
            deposit,
            change: { refundedCents: deposit.refundedCents + cents, refundedAt: context.occurredAt },
            keys: { amountCents: cents },
            reason,
          })),
          'REFUND',
        );
        return refunds.map(({ deposit }) => deposit.id);
      },
    };
  });
}

function assignedMeanwhile({ match, paymentId }: KnownDeposit, path: Path): StateConflict {
  const message = 'The deposit has just been assigned to a pay-in. Read it again and retry.';
  return stateConflict(path, { message, currentStatus: match, blockedBy: paymentId === null ? [] : [paymentId] });
}
