import type { Operation } from '../../domain/operation.ts';
import { queryable } from '../../store/connection/database.ts';
import { findOperations, type RecordedOperation, recordFailedOperation } from '../../store/operations.ts';
import type { App, Caller } from '../app.ts';

/** Returns the recorded mutations of a request, by its id or by the id that the client gave it. */
export function readOperations(app: App, { merchantId }: Caller, requestId: string): Promise<RecordedOperation[]> {
  return findOperations(queryable(app.database), merchantId, requestId);
}

/**
 * Records a mutation that ended with an error of the whole call. It may have been committed all the same, which is then
 * recorded by its transaction. A database that is away is no reason to fail twice.
 */
export async function noteFailure(app: App, caller: Caller, operation: Operation): Promise<void> {
  try {
    const request = { ...caller, clientRequestId: caller.clientRequestId ?? null };
    await recordFailedOperation(queryable(app.database), request, operation);
  } catch (err) {
    app.log.debug({ err, requestId: caller.requestId }, 'the outcome of a mutation was not recorded');
  }
}
