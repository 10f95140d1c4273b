import { maskNumber } from '../domain/bank-account/bank-account.ts';
import { DEFAULT_CLIENT_TYPE } from '../domain/customer/customer.ts';
import { type AvailableAction, availableCustomerActions } from '../domain/customer/status.ts';
import { OPEN_TRANSACTION_STATUSES } from '../domain/transaction.ts';
import type { CustomerTotals } from '../store/customers/customer-totals.ts';
import { CUSTOMERS } from '../store/reading/description.ts';
import { builder, scoped } from './builder.ts';
import { ClientTypeRef, CustomerActionRef, CustomerKindRef, CustomerStatusRef, IdTypeRef } from './enums/customer.ts';
import { EXTERNAL_ID } from './external-id.ts';
import { rootConnection } from './lists/connection.ts';
import { NodeRef, rootObject } from './node.ts';

export const CustomerRef = builder.prismaObject('Customer', {
  description: 'A person or company from whom money is collected: the debtor.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the customer; starts with `cus_`.' }),
    reference: t.exposeString('reference', { description: 'Your unique reference of the customer.' }),
    externalId: t.exposeString('externalId', { description: EXTERNAL_ID, nullable: true }),
    kind: t.expose('kind', { description: 'Whether the customer is a person or a company.', type: CustomerKindRef }),
    companyName: t.exposeString('companyName', {
      description: 'Name of the company. A customer with a company name is a COMPANY.',
      nullable: true,
    }),
    personName: t.exposeString('personName', { description: 'First names of the person.', nullable: true }),
    personSurname: t.exposeString('personSurname', { description: 'Surname of the person.', nullable: true }),
    clientType: t.field({
      type: ClientTypeRef,
      description: `Client type reported to Nedbank. If none was given: ${DEFAULT_CLIENT_TYPE.INDIVIDUAL} for an individual, ${DEFAULT_CLIENT_TYPE.COMPANY} for a company.`,
      select: { clientType: true, kind: true },
      resolve: ({ clientType, kind }) => clientType ?? DEFAULT_CLIENT_TYPE[kind],
    }),
    email: t.exposeString('email', { description: 'Email address as submitted; comparisons ignore case.' }),
    contactNumber: t.exposeString('contactNumber', {
      nullable: true,
      description: 'Contact number in E.164 format, e.g. "+27831234567".',
    }),
    description: t.exposeString('description', { description: 'Your description of the customer.', nullable: true }),
    metadata: t.field({
      type: 'JSONObject',
      description: 'Your own metadata, returned as stored.',
      select: { metadata: true },
      resolve: ({ metadata }) => metadata as object,
    }),
    status: t.expose('status', { description: 'Current status of the customer.', type: CustomerStatusRef }),
    isActive: t.boolean({
      description:
        'Whether the customer is ACTIVE and not blacklisted itself. Bank accounts, cards, mandates and payments can then be created for it, unless another customer with the same id number is blacklisted.',
      select: { status: true, isBlacklisted: true },
      resolve: ({ status, isBlacklisted }) => status === 'ACTIVE' && !isBlacklisted,
    }),
    isBlacklisted: t.exposeBoolean('isBlacklisted', { description: 'Whether the customer itself is blacklisted.' }),
    blacklistReason: t.exposeString('blacklistReason', {
      description: 'Reason given for the blacklisting; null if there is none.',
      nullable: true,
    }),
    blacklistedAt: t.expose('blacklistedAt', {
      type: 'DateTime',
      nullable: true,
      description: "Time of the blacklisting (UTC, on the merchant's clock); null if not blacklisted.",
    }),
    createdBy: t.exposeString('createdBy', {
      nullable: true,
      description: 'Client that created the customer: the id of an API key, or "user:" and the user.',
    }),
    createdAt: t.expose('createdAt', { description: 'Time of creation (UTC wall clock).', type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { description: 'Time of the last change (UTC wall clock).', type: 'DateTime' }),
    archivedAt: t.expose('archivedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        "Time at which the customer was archived (UTC, on the merchant's clock); null if it is not archived.",
    }),
    erasedAt: t.expose('erasedAt', {
      type: 'DateTime',
      nullable: true,
      description: "Time at which the personal data was erased (UTC, on the merchant's clock); null if it was not.",
    }),
    version: t.exposeInt('version', { description: 'Version number, incremented by one on every change.' }),
  }),
});

builder.prismaObjectFields(CustomerRef, (t) => ({
  billingAddressLine1: t.exposeString('billingAddressLine1', {
    description: 'Billing address: street address, or name of the complex.',
    nullable: true,
  }),
  billingAddressLine2: t.exposeString('billingAddressLine2', {
    description: 'Billing address: street address if line 1 is the complex.',
    nullable: true,
  }),
  billingCityOrTown: t.exposeString('billingCityOrTown', {
    description: 'City or town of the billing address.',
    nullable: true,
  }),
  billingPostalCode: t.exposeString('billingPostalCode', {
    description: 'Postal code of the billing address; four digits in South Africa.',
    nullable: true,
  }),
  billingProvinceOrState: t.exposeString('billingProvinceOrState', {
    description: 'Province or state of the billing address.',
    nullable: true,
  }),
  billingCountry: t.exposeString('billingCountry', {
    nullable: true,
    description: 'Country of the billing address, ISO 3166-1 alpha-2.',
  }),
  billingEmail: t.exposeString('billingEmail', { description: 'Email address for invoices.', nullable: true }),
  shippingContactName: t.exposeString('shippingContactName', {
    description: 'Name of the contact person for deliveries.',
    nullable: true,
  }),
  shippingContactNumber: t.exposeString('shippingContactNumber', {
    nullable: true,
    description: 'Phone number for deliveries, in E.164 format.',
  }),
  shippingAddressLine1: t.exposeString('shippingAddressLine1', {
    description: 'Shipping address: street address, or name of the complex.',
    nullable: true,
  }),
  shippingAddressLine2: t.exposeString('shippingAddressLine2', {
    description: 'Shipping address: street address if line 1 is the complex.',
    nullable: true,
  }),
  shippingCityOrTown: t.exposeString('shippingCityOrTown', {
    description: 'City or town of the shipping address.',
    nullable: true,
  }),
  shippingPostalCode: t.exposeString('shippingPostalCode', {
    description: 'Postal code of the shipping address; four digits in South Africa.',
    nullable: true,
  }),
  shippingProvinceOrState: t.exposeString('shippingProvinceOrState', {
    description: 'Province or state of the shipping address.',
    nullable: true,
  }),
  shippingCountry: t.exposeString('shippingCountry', {
    nullable: true,
    description: 'Country of the shipping address, ISO 3166-1 alpha-2.',
  }),
}));

const WHOLE = 'Requires the scope `pii:read`; every read is recorded in the audit log.';

builder.prismaObjectFields(CustomerRef, (t) => ({
  idType: t.expose('idType', {
    description: 'Type of the identity document of `idNumber`.',
    type: IdTypeRef,
    nullable: true,
  }),
  idNumber: t.string({
    nullable: true,
    description: `Identity number in full. ${WHOLE}`,
    ...scoped('pii:read'),
    select: { id: true },
    resolve: ({ id }, _args, { loaders }) => loaders.numbers.load({ field: 'idNumber', rowId: id }),
  }),
  idNumberMasked: t.string({
    nullable: true,
    description: 'Identity number with all but its last four characters masked.',
    select: { idNumberLast4: true },
    resolve: ({ idNumberLast4 }) => idNumberLast4 && maskNumber(idNumberLast4),
  }),
  isTax: t.exposeBoolean('isTax', { description: 'Whether the customer is taxable.' }),
  taxNumber: t.string({
    nullable: true,
    description: `Tax number in full. ${WHOLE}`,
    ...scoped('pii:read'),
    select: { id: true },
    resolve: ({ id }, _args, { loaders }) => loaders.numbers.load({ field: 'taxNumber', rowId: id }),
  }),
  taxNumberMasked: t.string({
    nullable: true,
    description: 'Tax number with all but its last four characters masked.',
    select: { taxNumberLast4: true },
    resolve: ({ taxNumberLast4 }) => taxNumberLast4 && maskNumber(taxNumberLast4),
  }),
}));

const CustomerTotalsRef = builder.objectRef<CustomerTotals>('CustomerTotals').implement({
  description: 'Totals of the transactions of a customer, grouped by status.',
  fields: (t) => ({
    collected: t.field({
      type: 'Money',
      description: 'Sum of the PAID transactions, in rand.',
      resolve: (totals) => totals.collectedCents,
    }),
    outstanding: t.field({
      type: 'Money',
      description: `Sum of the transactions without a final result (${OPEN_TRANSACTION_STATUSES.join(', ')}), in rand.`,
      resolve: (totals) => totals.outstandingCents,
    }),
    failed: t.field({
      type: 'Money',
      description: 'Sum of the transactions not paid (UNPAID, REJECTED_BY_API, REJECTED_BY_BANK, DECLINED), in rand.',
      resolve: (totals) => totals.failedCents,
    }),
    disputed: t.field({
      type: 'Money',
      description: 'Sum of the DISPUTED transactions, in rand.',
      resolve: (totals) => totals.disputedCents,
    }),
    reversed: t.field({
      type: 'Money',
      description: 'Sum of the transactions taken back (REVERSED, REFUNDED, CHARGEBACK), in rand.',
      resolve: (totals) => totals.reversedCents,
    }),
  }),
});

const AvailableCustomerActionRef = builder.objectRef<AvailableAction>('AvailableCustomerAction').implement({
  description: 'An action on a customer and whether it is currently allowed.',
  fields: (t) => ({
    action: t.expose('action', { description: 'The action on the customer.', type: CustomerActionRef }),
    allowed: t.exposeBoolean('allowed', { description: 'Whether the action is currently allowed.' }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: 'Human-readable reason why the action is not allowed; null if it is allowed.',
    }),
  }),
});

builder.prismaObjectFields(CustomerRef, (t) => ({
  totals: t.field({
    description: 'Totals of the transactions of the customer.',
    type: CustomerTotalsRef,
    select: { id: true },
    resolve: ({ id }, _args, { loaders }) => loaders.customerTotals.load(id),
  }),
  availableActions: t.field({
    type: [AvailableCustomerActionRef],
    description: 'All actions on a customer, each with whether it is currently allowed and, if not, the reason.',
    select: { id: true, status: true, isBlacklisted: true, erasedAt: true },
    resolve: async (customer, _args, { loaders }) =>
      availableCustomerActions(customer, await loaders.customerTies.load(customer.id)),
  }),
}));

rootConnection(
  'customers',
  'Customer',
  CustomerRef,
  { entity: 'customer', reading: CUSTOMERS },
  'Lists the customers of the merchant, except those that are erased.',
);

builder.queryFields((t) => ({
  customer: t.field({
    type: CustomerRef,
    nullable: true,
    description: 'Returns the customer with the given identifier; null if there is none.',
    args: { id: t.arg.id({ required: true, description: 'Unique identifier of the customer.' }) },
    ...rootObject('customer', 'id'),
  }),
  customerByReference: t.field({
    type: CustomerRef,
    nullable: true,
    description: 'Returns the customer with the given reference; null if there is none.',
    args: { reference: t.arg.string({ description: 'Your reference of the customer.', required: true }) },
    ...rootObject('customer', 'reference'),
  }),
}));
