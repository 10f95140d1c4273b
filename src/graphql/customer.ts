import { queryFromInfo } from '@pothos/plugin-prisma';
import { maskNumber } from '../domain/bank-account/bank-account.ts';
import { DEFAULT_CLIENT_TYPE } from '../domain/customer/customer.ts';
import { type AvailableAction, availableCustomerActions } from '../domain/customer/status.ts';
import type { CustomerTotals } from '../store/customer-totals.ts';
import { CUSTOMERS } from '../store/reading/description.ts';
import { findRow } from '../store/reading/rows.ts';
import { builder, scoped } from './builder.ts';
import { rootConnection } from './connection.ts';
import { callerOf } from './context.ts';
import { ClientTypeRef, CustomerActionRef, CustomerKindRef, CustomerStatusRef, IdTypeRef } from './enums.ts';
import { findById, NodeRef } from './node.ts';

export const CustomerRef = builder.prismaObject('Customer', {
  description: 'Someone from whom money is collected: a person or a company.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id'),
    reference: t.exposeString('reference', { description: 'Your own reference, unique.' }),
    kind: t.expose('kind', { type: CustomerKindRef }),
    companyName: t.exposeString('companyName', { nullable: true }),
    personName: t.exposeString('personName', { nullable: true }),
    personSurname: t.exposeString('personSurname', { nullable: true }),
    clientType: t.field({
      type: ClientTypeRef,
      description: "What it is to Nedbank; the kind's default unless said.",
      select: { clientType: true, kind: true },
      resolve: ({ clientType, kind }) => clientType ?? DEFAULT_CLIENT_TYPE[kind],
    }),
    email: t.exposeString('email'),
    contactNumber: t.exposeString('contactNumber', { nullable: true, description: 'E.164, as "+27831234567".' }),
    description: t.exposeString('description', { nullable: true }),
    metadata: t.field({
      type: 'JSONObject',
      description: 'Data of your own.',
      select: { metadata: true },
      resolve: ({ metadata }) => metadata as object,
    }),
    status: t.expose('status', { type: CustomerStatusRef }),
    isActive: t.boolean({
      description:
        'ACTIVE and not blacklisted itself. Accounts, mandates and payments can then be made for it, unless another customer with its id number is blacklisted.',
      select: { status: true, isBlacklisted: true },
      resolve: ({ status, isBlacklisted }) => status === 'ACTIVE' && !isBlacklisted,
    }),
    isBlacklisted: t.exposeBoolean('isBlacklisted'),
    blacklistReason: t.exposeString('blacklistReason', { nullable: true }),
    blacklistedAt: t.expose('blacklistedAt', { type: 'DateTime', nullable: true, description: 'On your clock.' }),
    createdBy: t.exposeString('createdBy', { nullable: true, description: 'The API key, or "user:" and the user.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
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
  billingAddressLine1: t.exposeString('billingAddressLine1', { nullable: true }),
  billingAddressLine2: t.exposeString('billingAddressLine2', { nullable: true }),
  billingCityOrTown: t.exposeString('billingCityOrTown', { nullable: true }),
  billingPostalCode: t.exposeString('billingPostalCode', { nullable: true }),
  billingProvinceOrState: t.exposeString('billingProvinceOrState', { nullable: true }),
  billingCountry: t.exposeString('billingCountry', { nullable: true, description: 'ISO 3166-1 alpha-2.' }),
  billingEmail: t.exposeString('billingEmail', { nullable: true }),
  shippingContactName: t.exposeString('shippingContactName', { nullable: true }),
  shippingContactNumber: t.exposeString('shippingContactNumber', { nullable: true, description: 'E.164.' }),
  shippingAddressLine1: t.exposeString('shippingAddressLine1', { nullable: true }),
  shippingAddressLine2: t.exposeString('shippingAddressLine2', { nullable: true }),
  shippingCityOrTown: t.exposeString('shippingCityOrTown', { nullable: true }),
  shippingPostalCode: t.exposeString('shippingPostalCode', { nullable: true }),
  shippingProvinceOrState: t.exposeString('shippingProvinceOrState', { nullable: true }),
  shippingCountry: t.exposeString('shippingCountry', { nullable: true, description: 'ISO 3166-1 alpha-2.' }),
}));

const WHOLE = 'Needs the scope `pii:read`; each read is kept in the audit log.';

builder.prismaObjectFields(CustomerRef, (t) => ({
  idType: t.expose('idType', { type: IdTypeRef, nullable: true }),
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
    action: t.expose('action', { type: CustomerActionRef }),
    allowed: t.exposeBoolean('allowed'),
    reason: t.exposeString('reason', { nullable: true, description: 'Why not; null when allowed.' }),
  }),
});

builder.prismaObjectFields(CustomerRef, (t) => ({
  totals: t.field({
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
    args: { id: t.arg.id({ required: true }) },
    ...scoped('read'),
    resolve: (_root, { id }, context, info) => findById('customer', id, context, info),
  }),
  customerByReference: t.field({
    type: CustomerRef,
    nullable: true,
    description: 'A customer by your own reference.',
    args: { reference: t.arg.string({ required: true }) },
    ...scoped('read'),
    resolve: (_root, { reference }, context, info) => {
      const query = queryFromInfo({ context, info, select: { id: true } });
      return findRow(context.prisma, 'customer', query, callerOf(context).merchantId, { reference }) as Promise<never>;
    },
  }),
}));
