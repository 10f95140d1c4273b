import { queryFromInfo } from '@pothos/plugin-prisma';
import { maskNumber } from '../domain/bank-account.ts';
import { CUSTOMERS } from '../store/reading/description.ts';
import { findRow } from '../store/reading/rows.ts';
import { builder, scoped } from './builder.ts';
import { rootConnection } from './connection.ts';
import { callerOf } from './context.ts';
import { CustomerKindRef, CustomerStatusRef, IdTypeRef } from './enums.ts';
import { findById, NodeRef } from './node.ts';

export const CustomerRef = builder.prismaObject('Customer', {
  description: 'Someone from whom money is collected: a person or a company.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id'),
    reference: t.exposeString('reference', { description: 'Your own reference, unique. At most 35 characters.' }),
    kind: t.expose('kind', { type: CustomerKindRef }),
    companyName: t.exposeString('companyName', { nullable: true }),
    personName: t.exposeString('personName', { nullable: true }),
    personSurname: t.exposeString('personSurname', { nullable: true }),
    idType: t.expose('idType', { type: IdTypeRef, nullable: true }),
    idNumberMasked: t.string({
      nullable: true,
      description: 'The id number with all but its last four characters hidden.',
      select: { idNumberLast4: true },
      resolve: ({ idNumberLast4 }) => idNumberLast4 && maskNumber(idNumberLast4),
    }),
    email: t.exposeString('email'),
    contactNumber: t.exposeString('contactNumber', { nullable: true, description: 'E.164, as "+27831234567".' }),
    billingAddressLine1: t.exposeString('billingAddressLine1', { nullable: true }),
    billingAddressLine2: t.exposeString('billingAddressLine2', { nullable: true }),
    billingCityOrTown: t.exposeString('billingCityOrTown', { nullable: true }),
    billingPostalCode: t.exposeString('billingPostalCode', { nullable: true }),
    status: t.expose('status', { type: CustomerStatusRef }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
    version: t.exposeInt('version', { description: 'Raised by one with every change.' }),
  }),
});

rootConnection('customers', 'Customer', CustomerRef, { entity: 'customer', reading: CUSTOMERS }, 'Your customers.');

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
