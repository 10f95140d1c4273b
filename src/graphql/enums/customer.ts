import type { CARD_STATUSES } from '../../domain/card.ts';
import {
  CLIENT_TYPES,
  type ClientType,
  type CUSTOMER_KINDS,
  type CUSTOMER_STATUSES,
  type ID_TYPES,
} from '../../domain/customer/customer.ts';
import type { CUSTOMER_ACTIONS } from '../../domain/customer/status.ts';
import { builder } from '../builder.ts';
import { describe, statuses } from './describe.ts';

export const CustomerKindRef = builder.enumType('CustomerKind', {
  description: 'Legal kind of a customer. A customer with a company name is a COMPANY.',
  values: describe({
    INDIVIDUAL: 'The customer is a natural person.',
    COMPANY: 'The customer is a company or another juristic person.',
  } satisfies Record<(typeof CUSTOMER_KINDS)[number], string>),
});
export const CustomerStatusRef = builder.enumType('CustomerStatus', {
  description: 'Status of a customer. Only an ACTIVE customer can receive new accounts, mandates and payments.',
  values: statuses('CUSTOMER', {
    ACTIVE:
      'Accounts, mandates and payments can be created for the customer. A blacklisted customer that is DISABLED cannot become ACTIVE.',
    DISABLED: 'Nothing new can be created for the customer; existing data stays.',
    ARCHIVED: 'Nothing new can be created for the customer, and its personal data can be erased.',
  } satisfies Record<(typeof CUSTOMER_STATUSES)[number], string>),
});
export const IdTypeRef = builder.enumType('IdType', {
  description: 'Type of the identity document that an ID number belongs to.',
  values: describe({
    COMPANY_REGISTRATION_NUMBER:
      'Company registration number, written `YYYY/NNNNNN/NN` with up to two leading letters; the slashes are optional.',
    PASSPORT_NUMBER: 'Passport number: 6 to 14 letters and digits.',
    SOUTH_AFRICAN_ID: 'South African ID number: 13 digits that start with the birth date and end with a check digit.',
    TEMPORARY_RESIDENCE: 'Temporary residence permit number: 1 to 14 letters and digits.',
  } satisfies Record<(typeof ID_TYPES)[number], string>),
});
export const ClientTypeRef = builder.enumType('ClientType', {
  description: 'Client type of a customer, as Nedbank requires it for its payment methods.',
  values: describe(
    Object.fromEntries(
      Object.entries(CLIENT_TYPES).map(([type, kind]) => [
        type,
        `Nedbank client type for ${kind === 'COMPANY' ? 'companies' : 'individuals'}.`,
      ]),
    ) as Record<ClientType, string>,
  ),
});
export const CustomerActionRef = builder.enumType('CustomerAction', {
  description: 'Action that a caller can take on a customer.',
  values: describe({
    UPDATE: 'Change the customer with `updateCustomers`.',
    ENABLE: 'Enable the customer, or restore it from the archive, with `setCustomerStatus` to ACTIVE.',
    DISABLE: 'Disable the customer with `setCustomerStatus` to DISABLED.',
    ARCHIVE: 'Archive the customer with `setCustomerStatus` to ARCHIVED.',
    BLACKLIST: 'Blacklist the customer with `blacklistCustomers`.',
    UNBLACKLIST: 'Remove the customer from the blacklist with `unblacklistCustomers`.',
    ERASE: 'Erase the personal data of the customer with `eraseCustomers`; some cases require `force`.',
  } satisfies Record<(typeof CUSTOMER_ACTIONS)[number], string>),
});
export const BlacklistedPaymentsRef = builder.enumType('BlacklistedPayments', {
  description: 'What happens to the running payments of a customer when it is blacklisted.',
  values: describe({
    PAUSE: 'Running payments are paused until the customer is removed from the blacklist.',
    STOP: 'Running payments are stopped.',
  }),
});
export const CardStatusRef = builder.enumType('CardStatus', {
  description: 'Status of a stored card.',
  values: describe({
    ACTIVE: 'The card can be charged.',
    REMOVED: 'The card was removed and can no longer be charged. Final status.',
  } satisfies Record<(typeof CARD_STATUSES)[number], string>),
});
