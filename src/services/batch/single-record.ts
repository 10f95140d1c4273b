import type { BatchRequest } from './batch.ts';

type Single<Record> = Record & { readonly clientKey: null };

/** The request of a call about one thing, in the frame of a batch: one record, written whole or not at all. */
export function singleRecord<Record extends object>(
  operation: string,
  record: Record,
  idempotencyKey: string | null,
): BatchRequest<Single<Record>> {
  const records = [{ ...record, clientKey: null }];
  return { operation, field: 'records', records, args: {}, mode: 'ATOMIC', dryRun: false, idempotencyKey };
}
