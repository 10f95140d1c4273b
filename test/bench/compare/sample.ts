import type pg from 'pg';
import { present } from '../../../src/domain/invariants.ts';
import type { SeedDates } from './seed.ts';

/** What the inputs are made of: rows of the seed, the same for every server. */
export interface Sample {
  readonly merchantId: string;
  readonly paymentMethodId: string;
  /** The first payment of the seed was made at this time. */
  readonly paymentsFromMs: number;
  /** The first day on which new payments are collected. */
  readonly dueFrom: string;
  /** Ids of payments. */
  readonly points: readonly string[];
  /** Ids of customers. */
  readonly customers: readonly string[];
  /** Payments in the middle of all. */
  readonly deep: ReadonlyArray<{ readonly id: string; readonly createdAt: string }>;
  /** Active mandates with their accounts and customers. */
  readonly mandates: ReadonlyArray<{ readonly mandate: string; readonly account: string; readonly customer: string }>;
}

/** Reads the sample from a seeded database. */
export async function readSample(client: pg.Client, dates: SeedDates): Promise<Sample> {
  const seeded = await client.query<{ mid: string; pam: string; np: number }>(
    'SELECT mid, pam, np::int FROM bench.m WHERE k = 0',
  );
  const { mid, pam, np } = present(seeded.rows[0], 'the seeded merchant');
  const idsOf = async (table: string, count: number): Promise<string[]> => {
    const sql = `SELECT id FROM ${table} WHERE merchant_id = $1 ORDER BY md5(id) LIMIT ${count}`;
    const { rows } = await client.query<{ id: string }>(sql, [mid]);
    return rows.map(({ id }) => id);
  };
  const middle = await client.query<{ id: string; createdAt: Date }>(
    `SELECT id, created_at AS "createdAt" FROM payment WHERE merchant_id = $1 ORDER BY id DESC OFFSET $2 LIMIT 740`,
    [mid, Math.floor(np / 2)],
  );
  const mandates = await client.query<Sample['mandates'][number]>(
    `SELECT id AS mandate, bank_account_id AS account, customer_id AS customer FROM mandate
      WHERE merchant_id = $1 AND status = 'ACTIVE' ORDER BY md5(id) LIMIT 4000`,
    [mid],
  );
  return {
    merchantId: mid,
    paymentMethodId: pam,
    ...dates,
    points: await idsOf('payment', 2_000),
    customers: await idsOf('customer', 600),
    deep: middle.rows
      .filter((_, index) => index % 37 === 0)
      .map(({ id, createdAt }) => ({ id, createdAt: createdAt.toISOString() })),
    mandates: mandates.rows,
  };
}
