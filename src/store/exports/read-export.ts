import { inStatement } from '../../tracing/spans.ts';
import type { Database } from '../connection/database.ts';
import { conditionsSql, type EventConditions } from '../events/event-conditions.ts';
import { ROOT, Statement } from '../reading/statement.ts';
import { table } from '../reading/tables.ts';
import type { Where } from '../reading/where.ts';
import { whereSql } from '../reading/where-sql.ts';
import { EVENT_EXPORT_COLUMNS, EXPORTED, type ExportedName } from './columns.ts';
import { type ExportFormat, lineSql } from './lines.ts';

/** Rows that are read, and held in memory, at a time. */
const ROWS = 1_000;
const FETCH = `FETCH ${ROWS} FROM export`;
/** Time after which the database gives up a snapshot that nobody reads, in milliseconds: after the transport, which notices first. */
const IDLE_MS = 120_000;
/** Time within which the first rows are found: a filter may need a sort. */
const STATEMENT_MS = 60_000;

/** What is exported: the rows of an entity after an id, or the events of a range of positions. */
export type ExportSource =
  | { readonly name: ExportedName; readonly where: Where; readonly after: string | null }
  | {
      readonly name: 'events';
      readonly conditions: EventConditions;
      readonly after: number;
      readonly upTo: number;
    };

/** A line, and where its row is: the id, or the position of an event. */
export interface ExportLine {
  readonly place: string | number;
  readonly line: string;
}

/**
 * Reads all rows of an export from one snapshot by a cursor of the database, some at a time: the next are read when those before
 * were taken. When `signal` aborts, the statement that runs is cancelled. The connection is given back before the generator ends.
 */
export async function* readExport(
  database: Database,
  merchantId: string,
  source: ExportSource,
  format: ExportFormat,
  signal: AbortSignal,
): AsyncGenerator<readonly ExportLine[], void, void> {
  const { text, values } = exportSql(merchantId, source, format);
  const client = await database.pool.connect();
  const { processID } = client as unknown as { processID: number };
  const cancel = (): void => {
    database.pool.query('SELECT pg_cancel_backend($1)', [processID]).catch(database.onFailure);
  };
  signal.addEventListener('abort', cancel);
  let broken = true;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(`SET LOCAL statement_timeout = ${STATEMENT_MS}`);
    await client.query(`SET LOCAL idle_in_transaction_session_timeout = ${IDLE_MS}`);
    const declare = `DECLARE export NO SCROLL CURSOR FOR ${text}`;
    await inStatement(declare, () => client.query(declare, values));
    for (;;) {
      signal.throwIfAborted();
      const { rows } = await inStatement(FETCH, () => client.query<ExportLine>(FETCH));
      if (rows.length > 0) yield rows;
      if (rows.length < ROWS) break;
    }
    await client.query('COMMIT');
    broken = false;
  } finally {
    signal.removeEventListener('abort', cancel);
    // What was left in the middle of its transaction is closed.
    client.release(broken);
  }
}

function exportSql(
  merchantId: string,
  source: ExportSource,
  format: ExportFormat,
): { text: string; values: unknown[] } {
  if (source.name === 'events') {
    const values: unknown[] = [merchantId, source.after, source.upTo];
    const conditions = conditionsSql(source.conditions, values);
    const text = `SELECT position AS place, ${lineSql(EVENT_EXPORT_COLUMNS, format)} AS line FROM event AS ${ROOT}
      WHERE merchant_id = $1 AND position > $2 AND position <= $3 ${conditions} ORDER BY position`;
    return { text, values };
  }
  const { table: name, columns } = EXPORTED[source.name];
  const statement = new Statement(merchantId);
  const condition = whereSql(statement, table(name), source.where, ROOT);
  const later = source.after === null ? '' : `AND ${ROOT}.id > ${statement.parameter(source.after)}`;
  const text = `SELECT ${ROOT}.id AS place, ${lineSql(columns, format)} AS line FROM ${name} AS ${ROOT}
    WHERE ${ROOT}.merchant_id = ${statement.merchant} AND ${condition} ${later} ORDER BY ${ROOT}.id`;
  return { text, values: statement.values };
}
