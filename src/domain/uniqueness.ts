import { duplicate, type Path, retired, type UserError } from './errors.ts';

/** A value of a record that must be unique, with its path and, for an existing object, the id of the object. */
export interface UniqueValue {
  readonly value: string | null;
  readonly path: Path;
  readonly ownId?: string | null;
}

/** The object that has a value, and whether it has ended and retired the value for good. */
export interface Taker {
  readonly id: string;
  readonly isRetired?: boolean;
}
/** Objects by the unique value that they have. */
export type Taken = ReadonlyMap<string, Taker>;

/**
 * Returns the errors for each value, in order: another object has the value, or it occurs more than once in the batch.
 */
export function findTaken(values: readonly UniqueValue[], taken: Taken): UserError[][] {
  const counts = new Map<string, number>();
  for (const { value } of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return values.map(({ value, path, ownId = null }) => {
    if (value === null) return [];
    const existing = taken.get(value);
    if (existing && existing.id !== ownId) {
      return [
        existing.isRetired
          ? retired(path, existing.id)
          : duplicate(path, 'Another object already has this value.', existing.id),
      ];
    }
    return (counts.get(value) ?? 0) > 1 ? [duplicate(path, 'Duplicate within this batch.', null)] : [];
  });
}
