import { BANKS, type Bank } from '../../domain/banks.ts';
import { accountTypesOf, banksOf, variantOf } from '../../domain/method/matrix.ts';
import { LOOKUP_TYPES } from '../../services/merchants/put-lookups.ts';
import { queryable } from '../../store/connection/database.ts';
import { findMethods } from '../../store/merchants/payment-methods.ts';
import { listLookups } from '../../store/merchants/read.ts';
import { builder, scoped } from '../builder.ts';
import { type Context, callerOf } from '../context.ts';
import { BankRef } from '../enums/bank-account.ts';
import { requestError } from '../pipeline/request-error.ts';

const LookupRef = builder.prismaObject('Lookup', {
  description: 'An enum value with a human-readable title.',
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the lookup, the same in every installation.' }),
    type: t.exposeString('type', { description: 'Lookup type, for example "payment_status".' }),
    enum: t.exposeString('enum', { description: 'Enum value to use in this API.' }),
    title: t.exposeString('title', { description: 'Human-readable title of the value.' }),
  }),
});

const BankInfoRef = builder.objectRef<Bank>('BankInfo').implement({
  description: 'A bank with its universal branch code.',
  fields: (t) => ({
    bank: t.field({ description: 'Enum value to use in this API.', type: BankRef, resolve: (bank) => bank }),
    title: t.string({ description: 'Human-readable name of the bank.', resolve: (bank) => BANKS[bank].title }),
    branchCode: t.string({
      description: 'Universal branch code of the bank: six digits.',
      resolve: (bank) => BANKS[bank].branchCode,
    }),
  }),
});

/**
 * Returns the values of a lookup type that a payment method supports: null for all, none when the method is unknown.
 */
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
    description: 'Lists the values of a lookup type, for example "payment_status" or "bank_name", ordered by title.',
    args: {
      type: t.arg.string({
        description: `Lookup type: one of ${LOOKUP_TYPES.join(', ')}. Other values are refused with BAD_REQUEST.`,
        required: true,
      }),
      paymentMethodId: t.arg.id({
        description:
          'Limits "bank_name" and "bank_account_type" to values that this payment method supports. An unknown method yields an empty list.',
      }),
    },
    ...scoped('read'),
    resolve: async (query, _root, { type, paymentMethodId = null }, context) => {
      if (!LOOKUP_TYPES.includes(type))
        throw requestError('BAD_REQUEST', `Pass one of these lookup types: ${LOOKUP_TYPES.join(', ')}.`, [['type']]);
      const values = paymentMethodId === null ? null : await valuesOfMethod(type, paymentMethodId, context);
      return listLookups(context.reader, query, type, values);
    },
  }),
  banks: t.field({
    type: [BankInfoRef],
    description: 'Lists the banks that the API supports, with their branch codes.',
    ...scoped('read'),
    resolve: () => Object.keys(BANKS) as Bank[],
  }),
}));
