import type { Database } from './connection/database.ts';
import { queryable } from './connection/database.ts';
import { ROOT, Statement } from './reading/statement.ts';
import { table } from './reading/tables.ts';
import type { Where } from './reading/where.ts';
import { whereSql } from './reading/where-sql.ts';

/** Dimensions that counts can be grouped by. */
export const STATS_GROUPS = ['STATUS', 'OUTCOME', 'METHOD', 'BANK', 'DAY', 'HOUR', 'UNPAID_CODE'] as const;
/** A dimension that counts can be grouped by. */
export type StatsGroup = (typeof STATS_GROUPS)[number];
/** The entity that is counted. */
export type Counted = 'payment' | 'transaction';

/** Returns the expression of the hour of an instant in Johannesburg, `00` to `23`. */
function hourOf(column: string): string {
  return `to_char(${ROOT}.${column} AT TIME ZONE 'Africa/Johannesburg', 'HH24')`;
}

/** SQL expression of each dimension by entity; `ROOT` is the counted row and `account` its bank account. */
const GROUPS: Readonly<Record<Counted, Readonly<Record<StatsGroup, string>>>> = {
  payment: {
    // A completed payment whose money was taken back is counted by its outcome, not as COMPLETED.
    STATUS: `CASE WHEN ${ROOT}.status = 'COMPLETED' AND ${ROOT}.outcome IS NOT NULL THEN ${ROOT}.outcome::text ELSE ${ROOT}.status::text END`,
    OUTCOME: `${ROOT}.outcome::text`,
    METHOD: `${ROOT}.payment_method_id`,
    BANK: 'account.bank',
    DAY: `${ROOT}.first_nominal_date::text`,
    HOUR: hourOf('created_at'),
    UNPAID_CODE: `(SELECT unpaid_code FROM transaction AS last WHERE last.merchant_id = $1 AND last.payment_id = ${ROOT}.id
      ORDER BY nominal_date DESC, attempt DESC, id DESC LIMIT 1)`,
  },
  transaction: {
    STATUS: `${ROOT}.status::text`,
    OUTCOME: 'NULL::text',
    METHOD: `${ROOT}.payment_method_id`,
    BANK: 'account.bank',
    DAY: `${ROOT}.action_date::text`,
    HOUR: hourOf('status_changed_at'),
    UNPAID_CODE: `${ROOT}.unpaid_code`,
  },
};

/** One group: its keys in the order of the requested dimensions, null where the row has no value. */
export interface StatsRow {
  readonly keys: ReadonlyArray<string | null>;
  readonly count: number;
  readonly amountCents: bigint;
}

/** Maximum number of groups returned; the smallest groups are left out. */
export const STATS_ROWS_MAX = 1_000;

/**
 * Counts rows that match a condition, and sums their amounts in cents, by group in one statement. Returns the groups
 * with the most rows first, at most `STATS_ROWS_MAX`.
 */
export async function countByGroups(
  database: Database,
  merchantId: string,
  counted: Counted,
  where: Where,
  groups: readonly StatsGroup[],
): Promise<StatsRow[]> {
  const statement = new Statement(merchantId);
  const { merchant, values } = statement;
  const condition = whereSql(statement, table(counted), where, ROOT);
  const keys = groups.map((group) => GROUPS[counted][group]);
  const rows = await queryable(database).query<{ keys: Array<string | null>; count: number; amountCents: string }>(
    `SELECT ARRAY[${keys.join(', ')}]::text[] AS keys, count(*) AS count, coalesce(sum(${ROOT}.amount_cents), 0)::text AS amount_cents
       FROM ${counted} AS ${ROOT}
       LEFT JOIN bank_account AS account ON account.merchant_id = ${ROOT}.merchant_id AND account.id = ${ROOT}.bank_account_id
      WHERE ${ROOT}.merchant_id = ${merchant} AND ${condition}
      GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${STATS_ROWS_MAX}`,
    values,
  );
  return rows.map((row) => ({ ...row, amountCents: BigInt(row.amountCents) }));
}
