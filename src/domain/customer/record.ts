import type { Unvalidated } from '../fields.ts';
import type { ClientType, CustomerKind, CustomerProfile, CustomerStatus, IdType } from './customer.ts';

/** What a caller says of a customer, to create or to change one: scalars unjudged, enums already their own. */
export interface CustomerRecord extends Unvalidated {
  readonly kind?: CustomerKind | null | undefined;
  readonly clientType?: ClientType | null | undefined;
  readonly idType?: IdType | null | undefined;
  readonly isTax?: boolean | null | undefined;
  readonly status?: CustomerStatus | null | undefined;
}

/** A customer while it is read: what was there, field by field replaced by what is said. */
export type Draft = { -readonly [Field in keyof CustomerProfile]: CustomerProfile[Field] };
