import { type AggregateType, type Cause, type EventKeys, type EventPart, NO_KEYS } from '../../domain/event.ts';
import { instantOfId } from '../../domain/ids.ts';
import { snakeCase } from '../connection/database.ts';
import { insertRows, underColumnNames } from '../connection/insert-rows.ts';
import type { WriteContext } from '../write-context.ts';
import { insertEvents } from './events.ts';

/** A new row and what its creation event is found by. */
export interface NewAggregate {
  readonly id: string;
  readonly status: string;
  readonly columns: Readonly<Record<string, unknown>>;
  readonly keys: Partial<EventKeys>;
}

/** What a row becomes: the version it was read at, its statuses before and after, and the columns that are set. */
export interface ChangedAggregate {
  readonly id: string;
  readonly version: number;
  readonly fromStatus: string;
  readonly toStatus: string;
  readonly columns: Readonly<Record<string, unknown>>;
  readonly keys: Partial<EventKeys>;
  /** Who caused it, and why; that of the whole change when absent. */
  readonly cause?: Cause | undefined;
  readonly part?: EventPart | undefined;
}

/** A table whose rows are aggregates: every write raises the version by one and writes the event that carries it. */
export interface AggregateTable {
  readonly table: string;
  readonly type: AggregateType;
}

/** Writes new rows and their events: two statements, whatever their number. Every row has the columns of the first. */
export async function insertAggregates(
  { tx, merchantId, occurredAt, cause }: WriteContext,
  { table, type }: AggregateTable,
  rows: readonly NewAggregate[],
): Promise<void> {
  await insertRows(
    tx,
    table,
    rows.map(({ id, status, columns }) => Object.assign(newRow(merchantId, id), { status }, columns)),
  );
  await insertEvents(
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

/**
 * Changes rows that this transaction has locked, and writes their events: two statements, whatever their number. Every row
 * sets the columns of the first.
 */
export async function updateAggregates(
  { tx, merchantId, occurredAt, cause }: WriteContext,
  { table, type }: AggregateTable,
  rows: readonly ChangedAggregate[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const names = ['id', 'status', ...Object.keys(first.columns)].map((field) => [field, snakeCase(field)] as const);
  const values = rows.map(({ id, toStatus, columns }) => underColumnNames({ ...columns, id, status: toStatus }, names));
  const set = names
    .filter(([field]) => field !== 'id')
    .map(([, column]) => `${column} = new.${column}`)
    .join(', ');
  await tx.query(
    `UPDATE "${table}" AS old SET ${set}, version = old.version + 1, updated_at = now()
       FROM json_populate_recordset(NULL::"${table}", $1::json) AS new
      WHERE old.merchant_id = $2 AND old.id = new.id`,
    [JSON.stringify(values), merchantId],
  );
  await insertEvents(
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
 * Columns every new row has. `createdAt` is wall time, whatever the merchant's clock says, and the very instant that its id
 * tells: in the order of ids rows are in the order of their creation.
 */
function newRow(merchantId: string, id: string) {
  const createdAt = instantOfId(id);
  return { merchantId, id, createdAt, updatedAt: createdAt, version: 1 };
}
