import type { Nominal } from '../../domain/schedule.ts';
import type { TransactionKind } from '../../domain/transaction.ts';
import type { Queryable } from '../connection/database.ts';
import type { ClockContext, PlannedCollectionDetails } from './kinds.ts';

/** Returns the planned collections by payment. */
export async function findPlannedCollections(
  database: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<ReadonlyMap<string, Nominal>> {
  const rows = await database.query<{ subjectId: string; details: { nominalDate: string; kind?: TransactionKind } }>(
    `SELECT subject_id, details FROM due_work
      WHERE merchant_id = $1 AND kind = 'CREATE_TRANSACTION' AND subject_id = ANY($2)`,
    [merchantId, paymentIds],
  );
  return new Map(
    rows.map(({ subjectId, details: { nominalDate, kind = 'REGULAR' } }) => [subjectId, { nominalDate, kind }]),
  );
}

/** Returns the jobs of the planned collections of payments, ordered by payment. */
export async function findPlannedWork(
  database: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<PlannedCollection[]> {
  return database.query(
    `SELECT subject_id, due_at, details FROM due_work
      WHERE merchant_id = $1 AND kind = 'CREATE_TRANSACTION' AND subject_id = ANY($2) ORDER BY subject_id`,
    [merchantId, paymentIds],
  );
}

/** The job of a planned collection; its subject is the payment. */
export interface PlannedCollection {
  readonly subjectId: string;
  readonly dueAt: Date;
  readonly details: PlannedCollectionDetails;
}

/** Returns planned collections due at or before `until`, earliest first, at most `limit`. */
export async function findPlannedUntil(
  { tx, merchantId, clockName }: ClockContext,
  until: Date,
  limit: number,
): Promise<PlannedCollection[]> {
  return tx.query(
    `SELECT subject_id, due_at, details FROM due_work
      WHERE merchant_id = $1 AND timeline = $2 AND kind = 'CREATE_TRANSACTION' AND due_at <= $3
      ORDER BY due_at, subject_id LIMIT $4`,
    [merchantId, clockName, until, limit],
  );
}

/** Returns planned collections of payments with ids after `after`, ordered by payment, at most `limit`. */
export async function findPlannedAfter(
  { tx, merchantId, clockName }: ClockContext,
  after: string,
  limit: number,
): Promise<PlannedCollection[]> {
  return tx.query(
    `SELECT subject_id, due_at, details FROM due_work
      WHERE merchant_id = $1 AND kind = 'CREATE_TRANSACTION' AND subject_id > $3 AND timeline = $2
      ORDER BY subject_id LIMIT $4`,
    [merchantId, clockName, after, limit],
  );
}
