import { BANKS, type Bank } from '../domain/banks.ts';
import { builder, scoped } from './builder.ts';
import { BankRef } from './enums.ts';

const LookupRef = builder.prismaObject('Lookup', {
  description: 'A value of an enum with a title for people.',
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The same in every database.' }),
    type: t.exposeString('type', { description: 'As "payment_status".' }),
    enum: t.exposeString('enum', { description: 'The value to use in this API.' }),
    title: t.exposeString('title', { description: 'For people.' }),
  }),
});

const BankInfoRef = builder.objectRef<Bank>('BankInfo').implement({
  description: 'A bank with its universal branch code.',
  fields: (t) => ({
    bank: t.field({ description: 'The value to use in this API.', type: BankRef, resolve: (bank) => bank }),
    title: t.string({ description: 'For people.', resolve: (bank) => BANKS[bank].title }),
    branchCode: t.string({ description: 'Its universal branch code.', resolve: (bank) => BANKS[bank].branchCode }),
  }),
});

builder.queryFields((t) => ({
  lookups: t.prismaField({
    type: [LookupRef],
    description: 'The values of a lookup type, as "payment_status" or "bank_name", by title.',
    args: { type: t.arg.string({ description: 'As "payment_status" or "bank_name".', required: true }) },
    ...scoped('read'),
    resolve: (query, _root, { type }, context) =>
      context.gateway.app.database.prisma.lookup.findMany({
        ...query,
        where: { type },
        orderBy: [{ title: 'asc' }, { id: 'asc' }],
      }),
  }),
  banks: t.field({
    type: [BankInfoRef],
    description: 'The banks known here.',
    ...scoped('read'),
    resolve: () => Object.keys(BANKS) as Bank[],
  }),
}));
