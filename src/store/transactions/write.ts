import { type CivilDate, NO_DATE } from '../../domain/dates.ts';
import type { TransactionStatus } from '../../domain/transaction.ts';
import { type AggregateTable, insertAggregates, updateAggregates } from '../events/aggregates.ts';
import { keysOf } from '../events/event-keys.ts';
import { insertEvents } from '../events/events.ts';
import type { WriteContext } from '../write-context.ts';
import type { KnownTransaction, NewTransaction } from './known.ts';

const TRANSACTION: AggregateTable = { table: 'transaction', type: 'TRANSACTION' };

/**
 * Inserts PENDING transactions and their events, and returns those inserted. A transaction that exists for the same
 * payment, kind, nominal date and attempt is left out, so that nothing is collected twice.
 */
export async function insertTransactions(
  context: WriteContext,
  transactions: readonly NewTransaction[],
): Promise<KnownTransaction[]> {
  if (transactions.length === 0) return [];
  const { tx, merchantId } = context;
  const rows = transactions.map((row) => ({
    ...row,
    id: tx.ids.newId('transaction'),
    status: 'PENDING' as const,
    unpaidCode: null,
    version: 1,
  }));
  const existing = await tx.query<{ paymentId: string; nominalDate: CivilDate; kind: string; attempt: number }>(
    `SELECT payment_id, nominal_date, kind, attempt FROM transaction WHERE merchant_id = $1 AND payment_id = ANY($2)`,
    [merchantId, rows.map((row) => row.paymentId)],
  );
  const made = new Set(existing.map(identityOf));
  const fresh = rows.filter((row) => !made.has(identityOf(row)));
  insertAggregates(
    context,
    TRANSACTION,
    fresh.map(({ id, status, version: _first, unpaidCode: _none, ...row }) => ({
      id,
      status,
      columns: { ...row, statusChangedAt: context.occurredAt },
      keys: keysOf(row),
    })),
  );
  tx.onCommit(() => {
    for (const { status } of fresh) context.onTransaction(status, null);
  });
  return fresh;
}

/** A transaction that another system made, with its status. */
export interface FormerTransaction extends NewTransaction {
  readonly status: TransactionStatus;
  readonly unpaidCode: string | null;
  readonly chargedAt: Date | null;
  readonly disputeBy: CivilDate;
  readonly statusChangedAt: Date;
}

/** Inserts transactions that another system made and their events; returns the ids in the order of `transactions`. */
export function insertFormerTransactions(context: WriteContext, transactions: readonly FormerTransaction[]): string[] {
  const rows = transactions.map(({ status, ...row }) => ({
    id: context.tx.ids.newId('transaction'),
    status,
    columns: { ...row, isImported: true },
    keys: keysOf(row),
  }));
  if (rows.length > 0) insertAggregates(context, TRANSACTION, rows);
  return rows.map(({ id }) => id);
}

function identityOf(row: { paymentId: string; nominalDate: string; kind: string; attempt: number }): string {
  return [row.paymentId, row.kind, row.nominalDate, row.attempt].join(' ');
}

/** A transition of a transaction to another status. */
export interface TransactionMove {
  readonly transaction: KnownTransaction;
  readonly to: TransactionStatus;
  readonly reasonCode: string | null;
  readonly reason: string | null;
  /** When the money was charged; null unless this transition charges it. */
  readonly chargedAt: Date | null;
  readonly occurredAt: Date;
  /** Last day for a dispute; only for a transition that charges the money, and null if it cannot be disputed. */
  readonly disputeBy?: CivilDate | null | undefined;
  /** The bank's own reference, where it gave one. */
  readonly providerReference?: string | null | undefined;
  /** Whether the dispute came after the last day for disputes. */
  readonly isDisputeLate?: boolean | undefined;
}

/** Moves transactions locked by the caller to another status, at most one transition each, and inserts their events. */
export function moveTransactions(
  { tx, merchantId, cause, onTransaction }: WriteContext,
  moves: readonly TransactionMove[],
): void {
  if (moves.length === 0) return;
  tx.onCommit(() => {
    for (const { to, reasonCode } of moves) onTransaction(to, reasonCode);
  });
  const rows = moves.map(({ transaction, to, reasonCode, chargedAt, occurredAt, ...said }) => ({
    id: transaction.id,
    provider_reference: said.providerReference ?? null,
    is_dispute_late: said.isDisputeLate ?? false,
    status: to,
    unpaid_code: reasonCode,
    charged_at: chargedAt,
    dispute_by: said.disputeBy ?? NO_DATE,
    status_changed_at: occurredAt,
  }));
  tx.send(
    `UPDATE transaction SET status = move.status::transaction_status, version = version + 1, updated_at = now(),
            unpaid_code = CASE WHEN move.status <> 'PAID' THEN coalesce(move.unpaid_code, transaction.unpaid_code) END,
            charged_at = coalesce(move.charged_at, transaction.charged_at),
            dispute_by = CASE WHEN transaction.charged_at IS NULL THEN move.dispute_by ELSE transaction.dispute_by END,
            provider_reference = coalesce(move.provider_reference, transaction.provider_reference),
            is_dispute_late = transaction.is_dispute_late OR move.is_dispute_late,
            was_tracked = transaction.was_tracked OR move.status = 'IN_TRACKING', status_changed_at = move.status_changed_at
       FROM json_to_recordset($1::json) AS move(id text, status text, unpaid_code text, charged_at timestamptz, dispute_by date, status_changed_at timestamptz,
              provider_reference text, is_dispute_late boolean)
      WHERE transaction.merchant_id = $2 AND transaction.id = move.id`,
    [JSON.stringify(rows), merchantId],
  );
  insertEvents(
    tx,
    merchantId,
    moves.map(({ transaction, to, reasonCode, reason, occurredAt }) => ({
      aggregateType: 'TRANSACTION',
      aggregateId: transaction.id,
      version: transaction.version + 1,
      fromStatus: transaction.status,
      toStatus: to,
      occurredAt,
      cause: { ...cause, reasonCode, reason },
      keys: keysOf(transaction),
    })),
  );
}

/** Changes the action dates of transactions locked by the caller and inserts their events. */
export function moveActionDates(
  context: WriteContext,
  moves: ReadonlyArray<{ readonly transaction: KnownTransaction; readonly actionDate: CivilDate }>,
): void {
  updateAggregates(
    context,
    TRANSACTION,
    moves.map(({ transaction, actionDate }) => ({
      id: transaction.id,
      version: transaction.version,
      fromStatus: transaction.status,
      toStatus: transaction.status,
      columns: { actionDate },
      keys: keysOf(transaction),
      cause: {
        ...context.cause,
        reason: `The cut-off for ${transaction.actionDate} has passed; the collection moves to ${actionDate}.`,
      },
    })),
  );
}
