import { BANKS, type Bank } from '../domain/banks.ts';
import { builder, scoped } from './builder.ts';
import { BankRef } from './enums.ts';

const LookupRef = builder.prismaObject('Lookup', {
  description: 'A value of an enum with a title for people.',
  select: {},
  fields: (t) => ({
    id: t.exposeID('id'),
    type: t.exposeString('type'),
    enum: t.exposeString('enum', { description: 'The value to use in this API.' }),
    title: t.exposeString('title'),
  }),
});

const BankInfoRef = builder.objectRef<Bank>('BankInfo').implement({
  description: 'A bank with its universal branch code.',
  fields: (t) => ({
    bank: t.field({ type: BankRef, resolve: (bank) => bank }),
    title: t.string({ resolve: (bank) => BANKS[bank].title }),
    branchCode: t.string({ resolve: (bank) => BANKS[bank].branchCode }),
  }),
});

builder.queryFields((t) => ({
  lookups: t.prismaField({
    type: [LookupRef],
    description: 'The values of a lookup type, as "payment_status" or "bank_name", by title.',
    args: { type: t.arg.string({ required: true }) },
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
