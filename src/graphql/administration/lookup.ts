import { BANKS, type Bank } from '../../domain/banks.ts';
import { accountTypesOf, banksOf, variantOf } from '../../domain/method/matrix.ts';
import { LOOKUP_TYPES } from '../../services/merchants/put-lookups.ts';
import { queryable } from '../../store/connection/database.ts';
import { findMethods } from '../../store/merchants/payment-methods.ts';
import { builder, scoped } from '../builder.ts';
import { type Context, callerOf } from '../context.ts';
import { BankRef } from '../enums/bank-account.ts';
import { requestError } from '../pipeline/request-error.ts';

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

/** Which values of a lookup type a method takes; null: all. */
async function valuesOfMethod(type: string, id: string, context: Context): Promise<string[] | null> {
  const { app } = context;
  const method = (await findMethods(queryable(app.database), callerOf(context).merchantId, [id])).get(id);
  if (!method) return [];
  const variant = variantOf(method.type, method.providerBank);
  if (type === 'bank_name') return banksOf(variant);
  return type === 'bank_account_type' ? accountTypesOf(variant) : null;
}

builder.queryFields((t) => ({
  lookups: t.prismaField({
    type: [LookupRef],
    description: 'The values of a lookup type, as "payment_status" or "bank_name", by title.',
    args: {
      type: t.arg.string({ description: `One of ${LOOKUP_TYPES.join(', ')}; any other is an error.`, required: true }),
      paymentMethodId: t.arg.id({
        description: 'Of "bank_name" and "bank_account_type" only what this method takes; nothing for an unknown one.',
      }),
    },
    ...scoped('read'),
    resolve: async (query, _root, { type, paymentMethodId = null }, context) => {
      if (!LOOKUP_TYPES.includes(type))
        throw requestError('BAD_REQUEST', `One of ${LOOKUP_TYPES.join(', ')}.`, [['type']]);
      const taken = paymentMethodId === null ? null : await valuesOfMethod(type, paymentMethodId, context);
      return context.app.database.prisma.lookup.findMany({
        ...query,
        where: { type, ...(taken === null ? {} : { enum: { in: taken } }) },
        orderBy: [{ title: 'asc' }, { id: 'asc' }],
      });
    },
  }),
  banks: t.field({
    type: [BankInfoRef],
    description: 'The banks known here.',
    ...scoped('read'),
    resolve: () => Object.keys(BANKS) as Bank[],
  }),
}));
