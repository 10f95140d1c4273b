import { IDEMPOTENCY_KEY_KEPT_DAYS } from '../domain/batch.ts';
import type { Operation } from '../domain/operation.ts';
import type { Queryable, Tx } from './connection/database.ts';

/** The request of a mutation: its own id, the id that the client gave it, and the client. */
export interface OperationRequest {
  readonly merchantId: string;
  readonly requestId: string;
  readonly clientRequestId: string | null;
  readonly clientId: string;
}

/** Statement that records a mutation after those of the same request, which run one after another. */
const INSERT = `INSERT INTO operation (merchant_id, request_id, ordinal, client_request_id, client_id, name, outcome, error_codes, object_ids)
  SELECT $1, $2, coalesce(max(ordinal), 0) + 1, $3, $4, $5, $6, $7, $8 FROM operation WHERE merchant_id = $1 AND request_id = $2`;

function valuesOf({ merchantId, requestId, clientRequestId, clientId }: OperationRequest, operation: Operation) {
  const { name, outcome, errorCodes, objectIds } = operation;
  return [merchantId, requestId, clientRequestId, clientId, name, outcome, errorCodes, objectIds];
}

/** Records what becomes of a mutation in its own transaction, so that COMMITTED is recorded exactly when it is. */
export function recordOperation(tx: Tx, request: OperationRequest, operation: Operation): void {
  tx.send(INSERT, valuesOf(request, operation));
}

/** Records a mutation that ended without a transaction of its own. */
export async function recordFailedOperation(
  database: Queryable,
  request: OperationRequest,
  operation: Operation,
): Promise<void> {
  await database.query(INSERT, valuesOf(request, operation));
}

/** A recorded mutation with its request. */
export interface RecordedOperation extends Operation, Omit<OperationRequest, 'merchantId'> {
  readonly createdAt: Date;
}

/**
 * Returns the mutations of the request with an id of the gateway, or of the latest request with an id that the client
 * gave, in their order; none after the time that outcomes are kept.
 */
export async function findOperations(
  database: Queryable,
  merchantId: string,
  requestId: string,
): Promise<RecordedOperation[]> {
  return database.query(
    `SELECT request_id, client_request_id, client_id, name, outcome, error_codes, object_ids, created_at FROM operation
      WHERE merchant_id = $1 AND created_at >= now() - $3 * interval '1 day' AND request_id = coalesce(
        (SELECT request_id FROM operation WHERE merchant_id = $1 AND request_id = $2 LIMIT 1),
        (SELECT request_id FROM operation WHERE merchant_id = $1 AND client_request_id = $2 ORDER BY created_at DESC LIMIT 1))
      ORDER BY ordinal`,
    [merchantId, requestId, IDEMPOTENCY_KEY_KEPT_DAYS],
  );
}

/**
 * Deletes outcomes of all merchants that are kept no longer, oldest first and at most `limit`; returns how many. Rows
 * locked by another node are skipped.
 */
export async function deleteOperations(database: Queryable, limit: number): Promise<number> {
  const rows = await database.query(
    `DELETE FROM operation WHERE ctid = ANY(ARRAY(
       SELECT ctid FROM operation WHERE created_at < now() - $1 * interval '1 day' ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED))
     RETURNING 1`,
    [IDEMPOTENCY_KEY_KEPT_DAYS, limit],
  );
  return rows.length;
}
