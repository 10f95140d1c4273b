import { duplicate, type Path, retired, type UserError } from './errors.ts';

/** A value of one record that has to be unique, where it stands, and its object when there is one already. */
export interface UniqueValue {
  readonly value: string | null;
  readonly path: Path;
  readonly ownId?: string | null;
}

/** A value that is taken: by which object, and whether that one is over and keeps it for ever. */
export interface Taker {
  readonly id: string;
  readonly isRetired?: boolean;
}
export type Taken = ReadonlyMap<string, Taker>;

/** For each value, why it cannot be: taken by an object that is there, or standing twice in the batch; both are named. */
export function findTaken(values: readonly UniqueValue[], taken: Taken): UserError[][] {
  const counts = new Map<string, number>();
  for (const { value } of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return values.map(({ value, path, ownId = null }) => {
    if (value === null) return [];
    const existing = taken.get(value);
    if (existing && existing.id !== ownId) {
      return [
        existing.isRetired ? retired(path, existing.id) : duplicate(path, 'Taken by another object.', existing.id),
      ];
    }
    return (counts.get(value) ?? 0) > 1 ? [duplicate(path, 'Stands twice in this batch.', null)] : [];
  });
}
