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
  description: 'A person or a company. A customer with a company name is a company.',
  values: describe({
    INDIVIDUAL: 'A person.',
    COMPANY: 'A company, or whoever is one for the law.',
  } satisfies Record<(typeof CUSTOMER_KINDS)[number], string>),
});
export const CustomerStatusRef = builder.enumType('CustomerStatus', {
  description: 'Only an ACTIVE customer can be given accounts, mandates and payments.',
  values: statuses('CUSTOMER', {
    ACTIVE: 'Accounts, mandates and payments can be made for it. Nobody who is blacklisted becomes ACTIVE.',
    DISABLED: 'Nothing new is made for it; it is there.',
    ARCHIVED: 'Put away; nothing new is made for it. It can be erased.',
  } satisfies Record<(typeof CUSTOMER_STATUSES)[number], string>),
});
export const IdTypeRef = builder.enumType('IdType', {
  description: 'What kind of document an id number is from.',
  values: describe({
    COMPANY_REGISTRATION_NUMBER: '`YYYY/NNNNNN/NN`, with up to two letters before; the slashes may be left out.',
    PASSPORT_NUMBER: '6 to 14 letters and digits.',
    SOUTH_AFRICAN_ID: '13 digits: a birth date, and a check digit at the end.',
    TEMPORARY_RESIDENCE: '1 to 14 letters and digits.',
  } satisfies Record<(typeof ID_TYPES)[number], string>),
});
export const ClientTypeRef = builder.enumType('ClientType', {
  description: 'What a customer is to Nedbank.',
  values: describe(
    Object.fromEntries(
      Object.entries(CLIENT_TYPES).map(([type, kind]) => [type, `Of ${kind === 'COMPANY' ? 'companies' : 'persons'}.`]),
    ) as Record<ClientType, string>,
  ),
});
export const CustomerActionRef = builder.enumType('CustomerAction', {
  description: 'What can be done to a customer.',
  values: describe({
    UPDATE: 'updateCustomers.',
    ENABLE: 'setCustomerStatus to ACTIVE: enables, or restores from the archive.',
    DISABLE: 'setCustomerStatus to DISABLED.',
    ARCHIVE: 'setCustomerStatus to ARCHIVED.',
    BLACKLIST: 'blacklistCustomers.',
    UNBLACKLIST: 'unblacklistCustomers.',
    ERASE: 'eraseCustomers, perhaps with `force`.',
  } satisfies Record<(typeof CUSTOMER_ACTIONS)[number], string>),
});
export const BlacklistedPaymentsRef = builder.enumType('BlacklistedPayments', {
  description: 'What becomes of the running payments of a customer that is blacklisted.',
  values: describe({ PAUSE: 'They are paused until it is taken off the list.', STOP: 'They are stopped.' }),
});
export const CardStatusRef = builder.enumType('CardStatus', {
  description: 'Whether a card can be used.',
  values: describe({ ACTIVE: 'It can.', REMOVED: 'It was removed. Final.' } satisfies Record<
    (typeof CARD_STATUSES)[number],
    string
  >),
});
