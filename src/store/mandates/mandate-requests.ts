import type { DebtorSnapshot } from '../../domain/mandate/mandate.ts';
import type { Queryable, Tx } from '../connection/database.ts';
import { insertRows } from '../connection/insert-rows.ts';

/** Kind of a request to a bank about a mandate; INITIATE and AMEND need an approval. */
export type MandateRequestKind = 'INITIATE' | 'AMEND' | 'NOTIFY' | 'WITHDRAW' | 'CANCEL';

/** A request to a bank about a mandate. The gateway assigns the reference and queries the bank by it after a crash. */
export interface MandateRequest {
  readonly reference: string;
  readonly mandateId: string;
  readonly kind: MandateRequestKind;
  readonly sendAt: Date;
}

/** Records requests before they are sent. */
export function insertMandateRequests(tx: Tx, merchantId: string, requests: readonly MandateRequest[]): void {
  insertRows(
    tx,
    'mandate_request',
    requests.map((request) => ({ merchantId, ...request })),
  );
}

/** A stored request about a mandate. */
export interface KnownMandateRequest extends MandateRequest {
  /** When sending began, so that it may have reached the bank; null before. */
  readonly attemptedAt: Date | null;
  readonly acknowledgedAt: Date | null;
  /** Connector to which it is sent; null before. */
  readonly connectorId: string | null;
  /** Debtor data shown to the bank; null before it is sent. */
  readonly debtorSnapshot: DebtorSnapshot | null;
  /** Whether it is the latest request of its kind. An answer to an earlier one is too late. */
  readonly isCurrent: boolean;
}

/** Returns requests by reference, in the order of their send times. */
export async function findMandateRequests(
  tx: Queryable,
  merchantId: string,
  references: readonly string[],
): Promise<ReadonlyMap<string, KnownMandateRequest>> {
  const rows = await tx.query<KnownMandateRequest>(
    `SELECT reference, mandate_id, kind, send_at, attempted_at, acknowledged_at, connector_id, debtor_snapshot, NOT EXISTS (
              SELECT FROM mandate_request AS later
               WHERE later.merchant_id = $1 AND later.mandate_id = asked.mandate_id AND later.kind = asked.kind
                 AND later.send_at > asked.send_at) AS is_current
       FROM mandate_request AS asked WHERE merchant_id = $1 AND reference = ANY($2) ORDER BY send_at, reference`,
    [merchantId, references],
  );
  return new Map(rows.map((row) => [row.reference, row]));
}

/** Returns the reference of the latest request of a kind about a mandate; null when there is none. */
export async function findLastRequest(
  tx: Queryable,
  merchantId: string,
  mandateId: string,
  kind: MandateRequestKind,
): Promise<string | null> {
  const [row] = await tx.query<{ reference: string }>(
    `SELECT reference FROM mandate_request WHERE merchant_id = $1 AND mandate_id = $2 AND kind = $3::mandate_request_kind
      ORDER BY send_at DESC, reference LIMIT 1`,
    [merchantId, mandateId, kind],
  );
  return row?.reference ?? null;
}

/**
 * Marks requests as attempted and stores their connectors and the debtor data shown to the bank. An attempted request is queried at the bank
 * before it is sent again, and an approval refers to that debtor data. Requests attempted before are left unchanged.
 */
export function markAttempted(
  tx: Tx,
  merchantId: string,
  requests: ReadonlyArray<{
    readonly reference: string;
    readonly connectorId: string;
    readonly debtorSnapshot: DebtorSnapshot | null;
  }>,
  at: Date,
): void {
  tx.send(
    `UPDATE mandate_request SET attempted_at = $3, connector_id = shown.connector_id, debtor_snapshot = shown.snapshot
       FROM json_to_recordset($2::json) AS shown(reference text, connector_id text, snapshot jsonb)
      WHERE merchant_id = $1 AND mandate_request.reference = shown.reference AND attempted_at IS NULL`,
    [
      merchantId,
      JSON.stringify(
        requests.map(({ reference, connectorId, debtorSnapshot }) => {
          return { reference, connector_id: connectorId, snapshot: debtorSnapshot };
        }),
      ),
      at,
    ],
  );
}

/** Marks requests as acknowledged at an instant; one that was acknowledged before keeps its time. */
export function acknowledgeRequests(tx: Tx, merchantId: string, references: readonly string[], at: Date): void {
  tx.send(
    'UPDATE mandate_request SET acknowledged_at = $3 WHERE merchant_id = $1 AND reference = ANY($2) AND acknowledged_at IS NULL',
    [merchantId, references, at],
  );
}

/** Sets new send times for requests that missed the bank's cut-off. */
export function postponeRequests(
  tx: Tx,
  merchantId: string,
  requests: ReadonlyArray<{ readonly reference: string; readonly sendAt: Date }>,
): void {
  if (requests.length === 0) return;
  tx.send(
    `UPDATE mandate_request SET send_at = later.send_at
       FROM json_to_recordset($2::json) AS later(reference text, send_at timestamptz)
      WHERE merchant_id = $1 AND mandate_request.reference = later.reference`,
    [merchantId, JSON.stringify(requests.map(({ reference, sendAt }) => ({ reference, send_at: sendAt })))],
  );
}

/**
 * Returns which mandates of these requests have an earlier request that was attempted, is not acknowledged and is still
 * due: another step is sending it or will retry it.
 */
export async function findMandatesOnTheWay(
  tx: Queryable,
  merchantId: string,
  references: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ mandateId: string }>(
    `SELECT DISTINCT mine.mandate_id FROM mandate_request AS mine
       JOIN mandate_request AS earlier ON earlier.merchant_id = $1 AND earlier.mandate_id = mine.mandate_id
        AND earlier.reference <> ALL($2) AND earlier.send_at <= mine.send_at
        AND earlier.attempted_at IS NOT NULL AND earlier.acknowledged_at IS NULL
       JOIN due_work AS sending ON sending.merchant_id = $1 AND sending.kind = 'SEND_MANDATE_REQUEST'
        AND sending.subject_id = earlier.reference
      WHERE mine.merchant_id = $1 AND mine.reference = ANY($2)`,
    [merchantId, references],
  );
  return new Set(rows.map(({ mandateId }) => mandateId));
}

/** Result of a withdrawal: the mandates with withdrawn requests, and those with requests that may be at the bank. */
export interface Withdrawn {
  readonly withdrawn: ReadonlySet<string>;
  readonly known: ReadonlySet<string>;
}

/** Deletes the requests of these kinds that were never attempted, with their due work. */
export async function withdrawUnsentRequests(
  tx: Queryable,
  merchantId: string,
  mandateIds: readonly string[],
  kinds: readonly MandateRequestKind[],
): Promise<Withdrawn> {
  const gone = await tx.query<{ mandateId: string }>(
    `WITH gone AS (
       DELETE FROM mandate_request WHERE merchant_id = $1 AND mandate_id = ANY($2) AND kind = ANY($3::mandate_request_kind[]) AND attempted_at IS NULL
       RETURNING reference, mandate_id), work AS (
     DELETE FROM due_work
      WHERE merchant_id = $1 AND kind = 'SEND_MANDATE_REQUEST' AND subject_id = ANY(ARRAY(SELECT reference FROM gone)))
     SELECT mandate_id FROM gone`,
    [merchantId, mandateIds, kinds],
  );
  const rows = await tx.query<{ mandateId: string }>(
    'SELECT DISTINCT mandate_id FROM mandate_request WHERE merchant_id = $1 AND mandate_id = ANY($2) AND kind = ANY($3::mandate_request_kind[])',
    [merchantId, mandateIds, kinds],
  );
  const idsOf = (found: ReadonlyArray<{ mandateId: string }>) => new Set(found.map(({ mandateId }) => mandateId));
  return { withdrawn: idsOf(gone), known: idsOf(rows) };
}
