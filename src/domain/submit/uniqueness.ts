import type { BatchItem } from '../batch.ts';
import type { Path, UserError } from '../errors.ts';
import { eftReferenceKey } from '../payment/state-machine.ts';
import { findTaken } from '../uniqueness.ts';
import type { SubmitPaymentRecord } from './record.ts';
import { type SubmitContext, UNIQUE_FIELDS, type UniqueField } from './submit-context.ts';

/** Where each unique value stands in a record. */
export const UNIQUE_VALUES: Readonly<Record<UniqueField, { path: Path; keyOf: (text: string) => string }>> = {
  contractReference: { path: ['mandate', 'contractReference'], keyOf: (text) => text.trim() },
  transactionReference: { path: ['transactionReference'], keyOf: (text) => text.trim() },
  eftReference: { path: ['payIn', 'eftReference'], keyOf: eftReferenceKey },
};

/** The value of a unique field as it is compared, or null when the record has none. */
export function uniqueValue(record: SubmitPaymentRecord, field: UniqueField): string | null {
  const { path, keyOf } = UNIQUE_VALUES[field];
  let value: unknown = record;
  for (const name of path) value = (value as Record<string, unknown> | null | undefined)?.[name];
  return value === null || value === undefined ? null : keyOf(String(value));
}

/** For each record, the unique values that are taken already or stand twice in the batch. Both of two are named. */
export function findDuplicates(
  items: ReadonlyArray<BatchItem<SubmitPaymentRecord>>,
  known: SubmitContext,
): UserError[][] {
  const found = UNIQUE_FIELDS.map((field) => {
    const values = items.map(({ record, path }) => ({
      value: uniqueValue(record, field),
      path: [...path, ...UNIQUE_VALUES[field].path],
    }));
    return findTaken(values, known.taken[field]);
  });
  return items.map((_, index) => found.flatMap((errors) => errors[index] ?? []));
}
