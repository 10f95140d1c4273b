import { duplicate, type Path, type UserError } from '../errors.ts';
import { eftReferenceKey } from '../payment.ts';
import { type Known, UNIQUE_FIELDS, type UniqueField } from './known.ts';
import type { SubmitPaymentRecord } from './record.ts';

/** Where each unique value stands in a record. */
export const UNIQUE_VALUES: Readonly<Record<UniqueField, { path: Path; keyOf: (text: string) => string }>> = {
  customerReference: { path: ['customer', 'reference'], keyOf: (text) => text.trim() },
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
export function findDuplicates(records: readonly SubmitPaymentRecord[], known: Known): UserError[][] {
  const errors: UserError[][] = records.map(() => []);
  for (const field of UNIQUE_FIELDS) {
    const values = records.map((record) => uniqueValue(record, field));
    const counts = new Map<string, number>();
    for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
    values.forEach((value, index) => {
      if (value === null) return;
      const path = ['records', String(index), ...UNIQUE_VALUES[field].path];
      const existing = known.taken[field].get(value);
      if (existing) errors[index]?.push(duplicate(path, 'Taken by another object.', existing));
      else if ((counts.get(value) ?? 0) > 1) errors[index]?.push(duplicate(path, 'Stands twice in this batch.', null));
    });
  }
  return errors;
}
