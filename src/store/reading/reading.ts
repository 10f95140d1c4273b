import type { PersonalNumberField } from '../personal-numbers.ts';

/** How a filtered column is compared, and the form of its values. */
export type FilterKind =
  | 'id'
  | 'text'
  /** Text that is also part of the trigram index; supports `contains` too. */
  | 'searchedText'
  /** Text with a trigram index of its own; supports `contains` too. */
  | 'indexedText'
  /** The text of the trigram index itself; supports only `contains`. */
  | 'search'
  | 'email'
  | 'phone'
  | 'enum'
  | 'date'
  | 'instant'
  | 'amount'
  | 'integer'
  /** Category of a return code: matches the codes of the category. */
  | 'unpaidCategory'
  | 'personalNumber'
  | 'metadata'
  | 'flag'
  | 'presence';

/** Kind of a column that a connection can be ordered by. The column is never null; ties are broken by id. */
export type SortKind = 'instant' | 'date' | 'text' | 'amount';

/**
 * A field that can be filtered by. A flag is true when each column has one of its values; with `some`, when they hold
 * for at least one row of that relation.
 */
export type FilterField =
  | {
      readonly kind: Exclude<FilterKind, 'enum' | 'personalNumber' | 'flag' | 'presence'>;
      readonly column: string;
      readonly nullable?: true;
      /** Whether the column holds `NO_DATE` for rows without a date. */
      readonly mayBeNoDate?: true;
    }
  | { readonly kind: 'enum'; readonly column: string; readonly enumType: string; readonly nullable?: true }
  | {
      readonly kind: 'personalNumber';
      readonly column: string;
      readonly field: PersonalNumberField;
      readonly nullable?: true;
    }
  | { readonly kind: 'flag'; readonly columns: ColumnValues; readonly some?: string }
  /** A flag that is true when the column is not null. */
  | { readonly kind: 'presence'; readonly column: string };
/** A relation that can be filtered by, with its foreign key where that may be null. */
export interface FilterRelation {
  readonly reading: () => Reading;
  readonly nullableColumn?: string;
}
/** Accepted values by column. */
export type ColumnValues = Readonly<Record<string, readonly (string | boolean)[]>>;

/**
 * Filters and orderings of an entity. The inputs of the API and the conditions of the database are both derived from
 * it.
 */
export interface Reading {
  readonly entity: string;
  readonly filters: Readonly<Record<string, FilterField>>;
  /** Condition of every list of the entity. */
  readonly listed?: Readonly<Record<string, null>>;
  readonly relations: Readonly<Record<string, FilterRelation>>;
  readonly orderings: Readonly<Record<string, { readonly kind: SortKind; readonly column: string }>>;
}
