import type { CivilDate } from '../domain/dates.ts';
import { itemAt } from '../domain/invariants.ts';
import type { Queryable, Tx } from './connection/database.ts';
import { insertRows } from './connection/insert-rows.ts';
import { wallTime } from './connection/wall-time.ts';

/** A settlement to insert. */
export interface NewSettlement {
  readonly paymentMethodId: string;
  /** Connector and id of the bank. */
  readonly bankId: string;
  readonly paidOn: CivilDate;
  readonly reference: string;
  readonly grossCents: number;
  readonly feesCents: number;
  readonly netCents: number;
  readonly entries: ReadonlyArray<{
    readonly reference: string;
    readonly transactionId: string | null;
    readonly amountCents: number;
    readonly feeCents: number;
  }>;
}

/** Inserts settlements with their entries. */
export function insertSettlements(tx: Tx, merchantId: string, settlements: readonly NewSettlement[]): void {
  const createdAt = wallTime();
  const ids = settlements.map(() => tx.ids.newId('settlement'));
  insertRows(
    tx,
    'settlement',
    settlements.map(({ entries: _entries, ...settlement }, at) => {
      return { merchantId, id: itemAt(ids, at), ...settlement, createdAt };
    }),
  );
  const entries = settlements.flatMap((settlement, at) =>
    settlement.entries.map((entry, position) => {
      const id = tx.ids.newId('settlementEntry');
      return { merchantId, id, settlementId: itemAt(ids, at), position, ...entry, createdAt };
    }),
  );
  insertRows(tx, 'settlement_entry', entries);
}

/** Returns which settlements of a bank are recorded, by connector and id of the bank. */
export async function findRecordedSettlements(
  tx: Queryable,
  merchantId: string,
  bankIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ bankId: string }>(
    'SELECT bank_id FROM settlement WHERE merchant_id = $1 AND bank_id = ANY($2)',
    [merchantId, bankIds],
  );
  return new Set(rows.map(({ bankId }) => bankId));
}
