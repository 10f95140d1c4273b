import { BATCH_RECORDS_MAX } from '../../domain/batch.ts';
import type { Target } from '../../domain/decide-each.ts';
import type { BatchOptions, Selection } from '../../services/batch/batch.ts';
import { builder } from '../builder.ts';
import { requestError } from '../pipeline/request-error.ts';
import { type BatchInput, batchOptions } from './batch.ts';

type InputBuilder = Parameters<typeof batchOptions>[0];

const TargetInput = builder.inputType('TargetInput', {
  description: 'An object, and optionally the version at which you saw it.',
  fields: (t) => ({
    id: t.id({ description: 'Of the object.', required: true }),
    expectedVersion: t.int({ description: 'VERSION_CONFLICT when the object has changed since.' }),
    clientKey: t.string({ description: 'Returned with the result.' }),
  }),
});

/** The arguments of a batch over objects there are. */
export function selectionFields(t: InputBuilder) {
  const most = BATCH_RECORDS_MAX.toLocaleString('en');
  return {
    ids: t.idList({ description: `1 to ${most} ids. Either these, or records.` }),
    records: t.field({ type: [TargetInput], description: `1 to ${most} records. Either these, or ids.` }),
    ...batchOptions(t),
  };
}

export interface SelectionInput extends BatchInput {
  readonly ids?: readonly string[] | null | undefined;
  readonly records?: readonly Target[] | null | undefined;
}

/** Whichever of ids and records a call gives. */
export function selectedOf({ ids, records }: SelectionInput): readonly unknown[] {
  if (((ids ?? null) === null) === ((records ?? null) === null)) {
    throw requestError('BAD_REQUEST', 'Exactly one of ids and records.', [['ids'], ['records']]);
  }
  return ids ?? records ?? [];
}

/** The targets of a call, and where they stand in its input. */
export function readSelection({
  ids,
  records,
  mode,
  dryRun,
  idempotencyKey,
  unreadable,
}: SelectionInput & BatchOptions): Selection {
  const options = { mode, dryRun, idempotencyKey, unreadable };
  if (records) return { ...options, records, field: 'records' };
  return { ...options, records: (ids ?? []).map((id) => ({ id })), field: 'ids' };
}
