/** All outcomes of a mutation. */
export const OPERATION_OUTCOMES = ['COMMITTED', 'REFUSED', 'FAILED', 'UNKNOWN'] as const;
/** What became of a mutation. */
export type OperationOutcome = (typeof OPERATION_OUTCOMES)[number];

/** One mutation of a request, as it is recorded. */
export interface Operation {
  /** Name of the mutation, for example `submitPayments`. */
  readonly name: string;
  readonly outcome: Exclude<OperationOutcome, 'UNKNOWN'>;
  /** Distinct codes of its errors. */
  readonly errorCodes: readonly string[];
  /** Ids of the objects that it wrote, at most as many as a batch has records. */
  readonly objectIds: readonly string[];
}

/**
 * Returns what became of a request by its recorded mutations: COMMITTED if any was, since a call that was answered by a
 * failure may have been committed all the same.
 */
export function outcomeOf(operations: readonly Operation[]): OperationOutcome {
  const order = ['COMMITTED', 'FAILED', 'REFUSED'] as const;
  return order.find((outcome) => operations.some((operation) => operation.outcome === outcome)) ?? 'UNKNOWN';
}

/** Returns the record of a mutation that wrote nothing because of errors. */
export function refusedOperation(name: string, errorCodes: readonly string[]): Operation {
  return { name, outcome: 'REFUSED', errorCodes, objectIds: [] };
}
