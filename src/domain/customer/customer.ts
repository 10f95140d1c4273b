import type { Metadata } from '../metadata.ts';

/** All kinds of customers. */
export const CUSTOMER_KINDS = ['INDIVIDUAL', 'COMPANY'] as const;
/** Legal kind of a customer: a natural person or a company. */
export type CustomerKind = (typeof CUSTOMER_KINDS)[number];

/** All statuses of a customer (DOMAIN §4.1). */
export const CUSTOMER_STATUSES = ['ACTIVE', 'DISABLED', 'ARCHIVED'] as const;
/** Status of a customer. */
export type CustomerStatus = (typeof CUSTOMER_STATUSES)[number];

/** All types of identity documents. */
export const ID_TYPES = [
  'COMPANY_REGISTRATION_NUMBER',
  'PASSPORT_NUMBER',
  'SOUTH_AFRICAN_ID',
  'TEMPORARY_RESIDENCE',
] as const;
/** Type of an identity document. */
export type IdType = (typeof ID_TYPES)[number];

/** Client types of Nedbank, with the kind of customer that each applies to. */
export const CLIENT_TYPES = {
  DOMESTIC_COMPANY: 'COMPANY',
  FINANCIAL_INSTITUTION: 'COMPANY',
  FOREIGN_COMPANY: 'COMPANY',
  NONRESIDENT_INDIVIDUAL: 'INDIVIDUAL',
  RESIDENT_INDIVIDUAL: 'INDIVIDUAL',
} as const satisfies Record<string, CustomerKind>;
/** Client type of a customer, as Nedbank requires it. */
export type ClientType = keyof typeof CLIENT_TYPES;

/** Default client type of each kind of customer. */
export const DEFAULT_CLIENT_TYPE = {
  INDIVIDUAL: 'RESIDENT_INDIVIDUAL',
  COMPANY: 'DOMESTIC_COMPANY',
} as const satisfies Record<CustomerKind, ClientType>;

/** The validated data of a customer that a caller can set (DOMAIN §1.1). */
export interface CustomerProfile {
  readonly reference: string;
  readonly kind: CustomerKind;
  readonly companyName: string | null;
  readonly personName: string | null;
  readonly personSurname: string | null;
  /** Null means the default of the kind. */
  readonly clientType: ClientType | null;
  readonly idType: IdType | null;
  readonly idNumber: string | null;
  readonly email: string;
  readonly contactNumber: string | null;
  readonly isTax: boolean;
  readonly taxNumber: string | null;
  readonly billingAddressLine1: string | null;
  readonly billingAddressLine2: string | null;
  readonly billingCityOrTown: string | null;
  readonly billingPostalCode: string | null;
  readonly billingProvinceOrState: string | null;
  readonly billingCountry: string | null;
  readonly billingEmail: string | null;
  readonly shippingContactName: string | null;
  readonly shippingContactNumber: string | null;
  readonly shippingAddressLine1: string | null;
  readonly shippingAddressLine2: string | null;
  readonly shippingCityOrTown: string | null;
  readonly shippingPostalCode: string | null;
  readonly shippingProvinceOrState: string | null;
  readonly shippingCountry: string | null;
  readonly description: string | null;
  readonly metadata: Metadata;
}

/** A customer to create. */
export interface NewCustomer extends Omit<CustomerProfile, 'reference'> {
  /** Null if a reference is to be generated. */
  readonly reference: string | null;
  readonly externalId: string | null;
  readonly status: 'ACTIVE' | 'DISABLED';
}
