import type { BatchItem } from '../batch.ts';
import type { Path, UserError } from '../errors.ts';
import { externalIdOf } from '../external-id.ts';
import { contractReferenceOf, type MandateRecord } from '../mandate/parse.ts';
import { eftReferenceKey } from '../payment/state-machine.ts';
import { findTaken } from '../uniqueness.ts';
import type { SubmitPaymentRecord } from './record.ts';
import { type SubmitContext, UNIQUE_FIELDS, type UniqueField } from './submit-context.ts';

/** Path of each unique value in a record, and the form in which it is compared. */
export const UNIQUE_VALUES: Readonly<Record<UniqueField, { path: Path; keyOf: (text: string) => string }>> = {
  contractReference: { path: ['mandate', 'contractReference'], keyOf: (text) => text.trim() },
  transactionReference: { path: ['transactionReference'], keyOf: (text) => text.trim() },
  eftReference: { path: ['payIn', 'eftReference'], keyOf: eftReferenceKey },
  externalId: { path: ['externalId'], keyOf: (text) => text.trim() },
  mandateExternalId: { path: ['mandate', 'externalId'], keyOf: (text) => text.trim() },
};

/** Returns the value of a unique field in the form in which it is compared; null if the record has none. */
export function uniqueValue(record: SubmitPaymentRecord, field: UniqueField): string | null {
  const { path, keyOf } = UNIQUE_VALUES[field];
  let value: unknown = record;
  for (const name of path) value = (value as Record<string, unknown> | null | undefined)?.[name];
  return value === null || value === undefined ? null : keyOf(String(value));
}

/**
 * Returns, per record in order, an error for each unique value that is already in use or occurs more than once in the
 * batch; then every record with the value gets the error.
 */
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

/**
 * Returns, per mandate record in order, an error for each contract reference and external id that is already in use or
 * occurs more than once in the batch.
 */
export function findMandateDuplicates(
  items: ReadonlyArray<BatchItem<MandateRecord>>,
  { taken }: Pick<SubmitContext, 'taken'>,
): UserError[][] {
  const references = items.map(({ record, path }) => {
    return { value: contractReferenceOf(record), path: [...path, 'contractReference'] };
  });
  const externalIds = items.map(({ record, path }) => {
    return { value: externalIdOf(record), path: [...path, 'externalId'] };
  });
  const found = [findTaken(references, taken.contractReference), findTaken(externalIds, taken.mandateExternalId)];
  return items.map((_, index) => found.flatMap((errors) => errors[index] ?? []));
}
