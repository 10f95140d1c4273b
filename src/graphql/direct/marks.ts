import type { Entity } from '../../store/reading/reader.ts';
import type { Reading } from '../../store/reading/reading.ts';

/** Mark of a field that returns the object with the value of an argument in the column of its name. */
export interface FoundMark {
  readonly entity: Entity;
  readonly name: string;
}

/** Mark of a field that returns a list: of its parent's relation, or of the merchant where `relation` is null. */
export interface ListMark {
  readonly entity: Entity;
  readonly reading: Reading;
  readonly relation: string | null;
}

/** How a field is read without JavaScript; `column` is a column that the field returns as it is, though its resolver casts it. */
export type Mark = { readonly found: FoundMark } | { readonly list: ListMark } | { readonly column: string };

/** Returns the extension that marks a field; the planner of direct answers reads it. */
export function marked(mark: Mark): { direct: Mark } {
  return { direct: mark };
}
