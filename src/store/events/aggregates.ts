import { type AggregateType, type Cause, type EventKeys, type EventPart, NO_KEYS } from '../../domain/event.ts';
import { instantOfId } from '../../domain/ids.ts';
import { insertRows, rowsJson } from '../connection/insert-rows.ts';
import { snakeCase } from '../connection/rows.ts';
import type { WriteContext } from '../write-context.ts';
import { insertEvents } from './events.ts';

/** A new row and the keys of its creation event. */
export interface NewAggregate {
  readonly id: string;
  readonly status: string;
  readonly columns: Readonly<Record<string, unknown>>;
  readonly keys: Partial<EventKeys>;
}

/** A change of a row: the version read, the statuses before and after, and the columns to set. */
export interface ChangedAggregate {
  readonly id: string;
  readonly version: number;
  readonly fromStatus: string;
  readonly toStatus: string;
  readonly columns: Readonly<Record<string, unknown>>;
  readonly keys: Partial<EventKeys>;
  /** Defaults to the cause of the write context. */
  readonly cause?: Cause | undefined;
  readonly part?: EventPart | undefined;
}

/** A table whose rows are aggregates: each write increments the version and inserts the event of that version. */
export interface AggregateTable {
  readonly table: string;
  readonly type: AggregateType;
}

/** Inserts rows and their events in two statements. Every row has the columns of the first. */
export function insertAggregates(
  { tx, merchantId, occurredAt, cause }: WriteContext,
  { table, type }: AggregateTable,
  rows: readonly NewAggregate[],
): void {
  const inserted = rows.map(({ id, status, columns }) => Object.assign(newRow(merchantId, id), { status }, columns));
  insertRows(tx, table, inserted);
  for (const row of inserted) tx.inserted.set(row.id, row);
  insertEvents(
    tx,
    merchantId,
    rows.map(({ id, status, keys }) => ({
      aggregateType: type,
      aggregateId: id,
      version: 1,
      fromStatus: null,
      toStatus: status,
      occurredAt,
      cause,
      keys: { ...NO_KEYS, ...keys },
    })),
  );
}

/** Updates rows locked by the caller and inserts their events in two statements. All rows set the first's columns. */
export function updateAggregates(
  { tx, merchantId, occurredAt, cause }: WriteContext,
  { table, type }: AggregateTable,
  rows: readonly ChangedAggregate[],
): void {
  const [first] = rows;
  if (!first) return;
  const changing = ['status', ...Object.keys(first.columns)];
  const values = rows.map(({ id, toStatus, columns }) => Object.assign({ id, status: toStatus }, columns));
  const set = changing.map((field) => `${snakeCase(field)} = new.${snakeCase(field)}`).join(', ');
  tx.send(
    `UPDATE "${table}" AS old SET ${set}, version = old.version + 1, updated_at = now()
       FROM json_populate_recordset(NULL::"${table}", $1::json) AS new
      WHERE old.merchant_id = $2 AND old.id = new.id`,
    [rowsJson(values, ['id', ...changing]), merchantId],
  );
  insertEvents(
    tx,
    merchantId,
    rows.map(({ id, version, fromStatus, toStatus, keys, cause: own, part }) => ({
      aggregateType: type,
      aggregateId: id,
      version: version + 1,
      fromStatus,
      toStatus,
      occurredAt,
      cause: own ?? cause,
      part,
      keys: { ...NO_KEYS, ...keys },
    })),
  );
}

/**
 * Returns the columns of every new row. `createdAt` is the instant encoded in the id, so the order of ids is the order
 * of creation: wall time, or the merchant's clock in a sandbox with a seed. Rows are completed by `Object.assign`: spreading
 * several objects into one costs twenty times as much.
 */
function newRow(merchantId: string, id: string) {
  const createdAt = instantOfId(id);
  return { merchantId, id, createdAt, updatedAt: createdAt, version: 1 };
}
