import { maskNumber } from '../domain/bank-account.ts';
import { BANK_ACCOUNTS } from '../store/reading/description.ts';
import { builder, scoped } from './builder.ts';
import { nestedConnection, pageArguments, rootConnection } from './connection.ts';
import { CustomerRef } from './customer.ts';
import { BankAccountStatusRef, BankAccountTypeRef, BankRef } from './enums.ts';
import { findById, NodeRef } from './node.ts';

const LISTED = { entity: 'bankAccount', reading: BANK_ACCOUNTS } as const;

export const BankAccountRef = builder.prismaObject('BankAccount', {
  description: 'An account of a customer that can be debited.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id'),
    customer: t.relation('customer'),
    accountHolderName: t.exposeString('accountHolderName'),
    accountNumberMasked: t.string({
      description: 'The account number with all but its last four digits hidden.',
      select: { accountNumberLast4: true },
      resolve: ({ accountNumberLast4 }) => maskNumber(accountNumberLast4),
    }),
    accountType: t.expose('accountType', { type: BankAccountTypeRef }),
    bank: t.field({ type: BankRef, select: { bank: true }, resolve: ({ bank }) => bank as typeof BankRef.$inferType }),
    branchCode: t.exposeString('branchCode', { description: 'Six digits.' }),
    isBusinessAccount: t.exposeBoolean('isBusinessAccount'),
    status: t.expose('status', { type: BankAccountStatusRef }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
    version: t.exposeInt('version', { description: 'Raised by one with every change.' }),
  }),
});

builder.prismaObjectField(CustomerRef, 'bankAccounts', (t) =>
  t.field({
    ...nestedConnection('bankAccounts', 'BankAccount', BankAccountRef, LISTED, 'customerId'),
    args: pageArguments(t.arg, BANK_ACCOUNTS),
  }),
);

rootConnection('bankAccounts', 'BankAccount', BankAccountRef, LISTED, "Your customers' bank accounts.");

builder.queryField('bankAccount', (t) =>
  t.field({
    type: BankAccountRef,
    nullable: true,
    description: 'A bank account by id.',
    args: { id: t.arg.id({ required: true }) },
    ...scoped('read'),
    resolve: (_root, { id }, context, info) => findById('bankAccount', id, context, info),
  }),
);
