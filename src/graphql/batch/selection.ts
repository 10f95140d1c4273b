import { BATCH_RECORDS_MAX } from '../../domain/batch.ts';
import type { Target } from '../../domain/decide-each.ts';
import type { BatchOptions, Selection } from '../../services/batch/batch.ts';
import { builder } from '../builder.ts';
import { requestError } from '../pipeline/request-error.ts';
import { type BatchInput, batchOptions } from './batch.ts';
import { type InputFieldBuilder, targetFields } from './record-input.ts';

const TargetInput = builder.inputType('TargetInput', {
  description: 'Reference to an existing object, with an optional version check.',
  fields: (t) => ({
    ...targetFields(t, 'object'),
  }),
});

/** Returns the input fields of a batch over existing objects. */
export function selectionFields(t: InputFieldBuilder) {
  const most = BATCH_RECORDS_MAX.toLocaleString('en');
  return {
    ids: t.idList({ description: `Ids of 1 to ${most} objects. Give either \`ids\` or \`records\`.` }),
    records: t.field({
      type: [TargetInput],
      description: `References to 1 to ${most} objects. Give either \`ids\` or \`records\`.`,
    }),
    ...batchOptions(t),
  };
}

export interface SelectionInput extends BatchInput {
  readonly ids?: readonly string[] | null | undefined;
  readonly records?: readonly Target[] | null | undefined;
}

/** Returns the given `ids` or `records`. Throws BAD_REQUEST unless exactly one of them is given. */
export function selectedOf({ ids, records }: SelectionInput): readonly unknown[] {
  if (((ids ?? null) === null) === ((records ?? null) === null)) {
    throw requestError('BAD_REQUEST', 'Give exactly one of `ids` and `records`.', [['ids'], ['records']]);
  }
  return ids ?? records ?? [];
}

/** Returns the targets of a call and the input field that lists them. */
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
