import type { Metadata } from '../metadata.ts';

export const CUSTOMER_KINDS = ['INDIVIDUAL', 'COMPANY'] as const;
export type CustomerKind = (typeof CUSTOMER_KINDS)[number];

export const CUSTOMER_STATUSES = ['ACTIVE', 'DISABLED', 'ARCHIVED'] as const;
export type CustomerStatus = (typeof CUSTOMER_STATUSES)[number];

export const ID_TYPES = [
  'COMPANY_REGISTRATION_NUMBER',
  'PASSPORT_NUMBER',
  'SOUTH_AFRICAN_ID',
  'TEMPORARY_RESIDENCE',
] as const;
export type IdType = (typeof ID_TYPES)[number];

/** Nedbank's classes of clients, and the kind of customer each is for. */
export const CLIENT_TYPES = {
  DOMESTIC_COMPANY: 'COMPANY',
  FINANCIAL_INSTITUTION: 'COMPANY',
  FOREIGN_COMPANY: 'COMPANY',
  NONRESIDENT_INDIVIDUAL: 'INDIVIDUAL',
  RESIDENT_INDIVIDUAL: 'INDIVIDUAL',
} as const satisfies Record<string, CustomerKind>;
export type ClientType = keyof typeof CLIENT_TYPES;

/** The client type of a customer for whom none was given. */
export const DEFAULT_CLIENT_TYPE = {
  INDIVIDUAL: 'RESIDENT_INDIVIDUAL',
  COMPANY: 'DOMESTIC_COMPANY',
} as const satisfies Record<CustomerKind, ClientType>;

/** What is known of a customer, checked: everything a caller may say (DOMAIN §1.1). */
export interface CustomerProfile {
  readonly reference: string;
  readonly kind: CustomerKind;
  readonly companyName: string | null;
  readonly personName: string | null;
  readonly personSurname: string | null;
  /** Null: the default of its kind. */
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

/** A customer to be made. */
export interface NewCustomer extends Omit<CustomerProfile, 'reference'> {
  /** Null: one is made for it, for those who have none of their own (Monri, Bitnob). */
  readonly reference: string | null;
  readonly status: 'ACTIVE' | 'DISABLED';
}
