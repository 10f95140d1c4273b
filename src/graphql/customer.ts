import { queryFromInfo } from '@pothos/plugin-prisma';
import { maskNumber } from '../domain/bank-account/bank-account.ts';
import { DEFAULT_CLIENT_TYPE } from '../domain/customer/customer.ts';
import { type AvailableAction, availableCustomerActions } from '../domain/customer/status.ts';
import type { CustomerTotals } from '../store/customers/customer-totals.ts';
import { CUSTOMERS } from '../store/reading/description.ts';
import { findRow } from '../store/reading/rows.ts';
import { builder, scoped } from './builder.ts';
import { callerOf } from './context.ts';
import { ClientTypeRef, CustomerActionRef, CustomerKindRef, CustomerStatusRef, IdTypeRef } from './enums/customer.ts';
import { rootConnection } from './lists/connection.ts';
import { findById, NodeRef } from './node.ts';

export const CustomerRef = builder.prismaObject('Customer', {
  description: 'Someone from whom money is collected: a person or a company.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id; the prefix says what it is.' }),
    reference: t.exposeString('reference', { description: 'Your own reference, unique.' }),
    kind: t.expose('kind', { description: 'A person or a company.', type: CustomerKindRef }),
    companyName: t.exposeString('companyName', {
      description: 'A customer with a company name is a COMPANY.',
      nullable: true,
    }),
    personName: t.exposeString('personName', { description: 'First names.', nullable: true }),
    personSurname: t.exposeString('personSurname', { description: 'Surname.', nullable: true }),
    clientType: t.field({
      type: ClientTypeRef,
      description: "What it is to Nedbank; the kind's default unless said.",
      select: { clientType: true, kind: true },
      resolve: ({ clientType, kind }) => clientType ?? DEFAULT_CLIENT_TYPE[kind],
    }),
    email: t.exposeString('email', { description: 'As it was sent; compared without regard to case.' }),
    contactNumber: t.exposeString('contactNumber', { nullable: true, description: 'E.164, as "+27831234567".' }),
    description: t.exposeString('description', { description: 'Your own words.', nullable: true }),
    metadata: t.field({
      type: 'JSONObject',
      description: 'Data of your own.',
      select: { metadata: true },
      resolve: ({ metadata }) => metadata as object,
    }),
    status: t.expose('status', { description: 'Where it is in its life.', type: CustomerStatusRef }),
    isActive: t.boolean({
      description:
        'ACTIVE and not blacklisted itself. Accounts, mandates and payments can then be made for it, unless another customer with its id number is blacklisted.',
      select: { status: true, isBlacklisted: true },
      resolve: ({ status, isBlacklisted }) => status === 'ACTIVE' && !isBlacklisted,
    }),
    isBlacklisted: t.exposeBoolean('isBlacklisted', { description: 'Whether it is on the blacklist itself.' }),
    blacklistReason: t.exposeString('blacklistReason', { description: 'As it was given.', nullable: true }),
    blacklistedAt: t.expose('blacklistedAt', { type: 'DateTime', nullable: true, description: 'On your clock.' }),
    createdBy: t.exposeString('createdBy', { nullable: true, description: 'The API key, or "user:" and the user.' }),
    createdAt: t.expose('createdAt', {
      description: 'When it was made: wall time, also on a merchant whose clock was moved.',
      type: 'DateTime',
    }),
    updatedAt: t.expose('updatedAt', { description: 'When it last changed: wall time.', type: 'DateTime' }),
    archivedAt: t.expose('archivedAt', { type: 'DateTime', nullable: true, description: 'On your clock.' }),
    erasedAt: t.expose('erasedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when nothing says any more who it was. On your clock.',
    }),
    version: t.exposeInt('version', { description: 'Raised by one with every change.' }),
  }),
});

builder.prismaObjectFields(CustomerRef, (t) => ({
  billingAddressLine1: t.exposeString('billingAddressLine1', {
    description: 'Street address, or the complex.',
    nullable: true,
  }),
  billingAddressLine2: t.exposeString('billingAddressLine2', {
    description: 'Street address, when line 1 is the complex.',
    nullable: true,
  }),
  billingCityOrTown: t.exposeString('billingCityOrTown', { description: 'City or town.', nullable: true }),
  billingPostalCode: t.exposeString('billingPostalCode', {
    description: 'Four digits in South Africa.',
    nullable: true,
  }),
  billingProvinceOrState: t.exposeString('billingProvinceOrState', {
    description: 'Province or state.',
    nullable: true,
  }),
  billingCountry: t.exposeString('billingCountry', { nullable: true, description: 'ISO 3166-1 alpha-2.' }),
  billingEmail: t.exposeString('billingEmail', { description: 'Where bills go.', nullable: true }),
  shippingContactName: t.exposeString('shippingContactName', { description: 'Who receives.', nullable: true }),
  shippingContactNumber: t.exposeString('shippingContactNumber', { nullable: true, description: 'E.164.' }),
  shippingAddressLine1: t.exposeString('shippingAddressLine1', {
    description: 'Street address, or the complex.',
    nullable: true,
  }),
  shippingAddressLine2: t.exposeString('shippingAddressLine2', {
    description: 'Street address, when line 1 is the complex.',
    nullable: true,
  }),
  shippingCityOrTown: t.exposeString('shippingCityOrTown', { description: 'City or town.', nullable: true }),
  shippingPostalCode: t.exposeString('shippingPostalCode', {
    description: 'Four digits in South Africa.',
    nullable: true,
  }),
  shippingProvinceOrState: t.exposeString('shippingProvinceOrState', {
    description: 'Province or state.',
    nullable: true,
  }),
  shippingCountry: t.exposeString('shippingCountry', { nullable: true, description: 'ISO 3166-1 alpha-2.' }),
}));

const WHOLE = 'Needs the scope `pii:read`; each read is kept in the audit log.';

builder.prismaObjectFields(CustomerRef, (t) => ({
  idType: t.expose('idType', {
    description: 'What kind of document the id number is from.',
    type: IdTypeRef,
    nullable: true,
  }),
  idNumber: t.string({
    nullable: true,
    description: `The whole id number. ${WHOLE}`,
    ...scoped('pii:read'),
    select: { id: true },
    resolve: ({ id }, _args, { loaders }) => loaders.numbers.load({ field: 'idNumber', rowId: id }),
  }),
  idNumberMasked: t.string({
    nullable: true,
    description: 'The id number with all but its last four characters hidden.',
    select: { idNumberLast4: true },
    resolve: ({ idNumberLast4 }) => idNumberLast4 && maskNumber(idNumberLast4),
  }),
  isTax: t.exposeBoolean('isTax', { description: 'Whether the customer is taxed.' }),
  taxNumber: t.string({
    nullable: true,
    description: `The whole tax number. ${WHOLE}`,
    ...scoped('pii:read'),
    select: { id: true },
    resolve: ({ id }, _args, { loaders }) => loaders.numbers.load({ field: 'taxNumber', rowId: id }),
  }),
  taxNumberMasked: t.string({
    nullable: true,
    description: 'The tax number with all but its last four characters hidden.',
    select: { taxNumberLast4: true },
    resolve: ({ taxNumberLast4 }) => taxNumberLast4 && maskNumber(taxNumberLast4),
  }),
}));

const CustomerTotalsRef = builder.objectRef<CustomerTotals>('CustomerTotals').implement({
  description: "What a customer's transactions come to, by where they are in their lives.",
  fields: (t) => ({
    collected: t.field({ type: 'Money', description: 'PAID.', resolve: (totals) => totals.collectedCents }),
    outstanding: t.field({
      type: 'Money',
      description: 'PENDING, SENT_TO_BANK, ACCEPTED_BY_BANK, NO_RESPONSE, IN_TRACKING.',
      resolve: (totals) => totals.outstandingCents,
    }),
    failed: t.field({
      type: 'Money',
      description: 'UNPAID, REJECTED_BY_API, REJECTED_BY_BANK, DECLINED.',
      resolve: (totals) => totals.failedCents,
    }),
    disputed: t.field({ type: 'Money', description: 'DISPUTED.', resolve: (totals) => totals.disputedCents }),
    reversed: t.field({
      type: 'Money',
      description: 'REVERSED, REFUNDED, CHARGEBACK.',
      resolve: (totals) => totals.reversedCents,
    }),
  }),
});

const AvailableCustomerActionRef = builder.objectRef<AvailableAction>('AvailableCustomerAction').implement({
  description: 'Something that can be done to a customer, or not now.',
  fields: (t) => ({
    action: t.expose('action', { description: 'What could be done.', type: CustomerActionRef }),
    allowed: t.exposeBoolean('allowed', { description: 'Whether it can be done now.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why not; null when allowed.' }),
  }),
});

builder.prismaObjectFields(CustomerRef, (t) => ({
  totals: t.field({
    description: 'What its transactions come to.',
    type: CustomerTotalsRef,
    select: { id: true },
    resolve: ({ id }, _args, { loaders }) => loaders.customerTotals.load(id),
  }),
  availableActions: t.field({
    type: [AvailableCustomerActionRef],
    description: 'Every action, whether it can be taken now, and why not.',
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
  'Your customers, but for those that are erased.',
);

builder.queryFields((t) => ({
  customer: t.field({
    type: CustomerRef,
    nullable: true,
    description: 'A customer by id.',
    args: { id: t.arg.id({ required: true, description: 'Of the object.' }) },
    ...scoped('read'),
    resolve: (_root, { id }, context, info) => findById('customer', id, context, info),
  }),
  customerByReference: t.field({
    type: CustomerRef,
    nullable: true,
    description: 'A customer by your own reference.',
    args: { reference: t.arg.string({ description: 'Yours.', required: true }) },
    ...scoped('read'),
    resolve: (_root, { reference }, context, info) => {
      const query = queryFromInfo({ context, info, select: { id: true } });
      return findRow(context.prisma, 'customer', query, callerOf(context).merchantId, { reference }) as Promise<never>;
    },
  }),
}));
