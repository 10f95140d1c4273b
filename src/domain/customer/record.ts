import type { Unvalidated } from '../fields.ts';
import type { ClientType, CustomerKind, CustomerProfile, CustomerStatus, IdType } from './customer.ts';

/** Input for a new or changed customer; the scalars are not validated, the enums are. */
export interface CustomerRecord extends Unvalidated {
  readonly kind?: CustomerKind | null | undefined;
  readonly clientType?: ClientType | null | undefined;
  readonly idType?: IdType | null | undefined;
  readonly isTax?: boolean | null | undefined;
  readonly status?: CustomerStatus | null | undefined;
}

/** A customer during validation: the stored data, replaced field by field by the input. */
export type Draft = { -readonly [Field in keyof CustomerProfile]: CustomerProfile[Field] };
