import { maskNumber } from '../domain/bank-account/bank-account.ts';
import { normalizeAccountNumber } from '../domain/bank-account/cdv.ts';
import type { Verification } from '../domain/bank-account/verification.ts';
import { BANK_ACCOUNTS } from '../store/reading/description.ts';
import { builder, scoped } from './builder.ts';
import { CustomerRef } from './customer.ts';
import {
  BankAccountStatusRef,
  BankAccountTypeRef,
  BankRef,
  CdvStatusRef,
  VerificationStatusRef,
} from './enums/bank-account.ts';
import { nestedConnection, pageArguments, rootConnection } from './lists/connection.ts';
import { findById, NodeRef } from './node.ts';

const LISTED = { entity: 'bankAccount', reading: BANK_ACCOUNTS } as const;

interface Cdv {
  readonly status: typeof CdvStatusRef.$inferType;
  readonly reason: string | null;
  readonly tableVersion: number | null;
  readonly checkedAt: Date | null;
}

const CdvResultRef = builder.objectRef<Cdv>('CdvResult').implement({
  description: 'What the check digits of an account number said, and by which table.',
  fields: (t) => ({
    status: t.expose('status', { description: 'What they say.', type: CdvStatusRef }),
    passed: t.boolean({ description: 'Nothing was found wrong.', resolve: ({ status }) => status !== 'FAILED' }),
    reason: t.exposeString('reason', { nullable: true, description: 'For people; null when PASSED.' }),
    tableVersion: t.exposeInt('tableVersion', {
      description: 'The version of the table of check digits.',
      nullable: true,
    }),
    checkedAt: t.expose('checkedAt', { type: 'DateTime', nullable: true, description: 'On your clock.' }),
  }),
});

const VerificationRef = builder.objectRef<Verification>('Verification').implement({
  description: 'What the bank said of an account (AVS). null where it does not say.',
  fields: (t) => ({
    accountFound: t.exposeBoolean('accountFound', { description: 'Whether there is such an account.' }),
    accountOpen: t.exposeBoolean('accountOpen', { description: 'Whether it is open.' }),
    acceptsDebits: t.exposeBoolean('acceptsDebits', { description: 'Whether it can be debited.' }),
    acceptsCredits: t.exposeBoolean('acceptsCredits', { description: 'Whether it can be paid into.' }),
    idNumberMatch: t.exposeBoolean('idNumberMatch', {
      description: "Whether its holder's id number is the customer's.",
      nullable: true,
    }),
    initialsMatch: t.exposeBoolean('initialsMatch', { description: 'Whether the initials are.', nullable: true }),
    nameMatch: t.exposeBoolean('nameMatch', { description: 'Whether the name is.', nullable: true }),
  }),
});

export const BankAccountRef = builder.prismaObject('BankAccount', {
  description: 'An account of a customer that can be debited. It belongs to that customer for ever.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id; the prefix says what it is.' }),
    customer: t.relation('customer', { description: 'Whose it is.' }),
    accountHolderName: t.exposeString('accountHolderName', {
      description: 'As the bank has it, at most 30 characters.',
    }),
    accountType: t.expose('accountType', { description: 'Its type at the bank.', type: BankAccountTypeRef }),
    bank: t.field({
      description: 'Where it is.',
      type: BankRef,
      select: { bank: true },
      resolve: ({ bank }) => bank as typeof BankRef.$inferType,
    }),
    branchCode: t.exposeString('branchCode', { description: 'Six digits.' }),
    isBusinessAccount: t.exposeBoolean('isBusinessAccount', { description: "Whether it is a company's." }),
    cdvResult: t.field({
      type: CdvResultRef,
      nullable: true,
      description: 'null: never checked.',
      select: { cdvStatus: true, cdvReason: true, cdvTableVersion: true, cdvCheckedAt: true },
      resolve: ({ cdvStatus, cdvReason, cdvTableVersion, cdvCheckedAt }) =>
        cdvStatus && { status: cdvStatus, reason: cdvReason, tableVersion: cdvTableVersion, checkedAt: cdvCheckedAt },
    }),
    verificationStatus: t.expose('verificationStatus', {
      description: 'What the bank said of it.',
      type: VerificationStatusRef,
    }),
    avsResult: t.field({
      type: VerificationRef,
      nullable: true,
      description: 'null: not asked.',
      select: { verification: true },
      resolve: ({ verification }) => verification as unknown as Verification | null,
    }),
    verifiedAt: t.expose('verifiedAt', { type: 'DateTime', nullable: true, description: 'On your clock.' }),
    status: t.expose('status', { description: 'Where it is in its life.', type: BankAccountStatusRef }),
    createdBy: t.exposeString('createdBy', { nullable: true, description: 'The API key, or "user:" and the user.' }),
    createdAt: t.expose('createdAt', {
      description: 'When it was made: wall time, also on a merchant whose clock was moved.',
      type: 'DateTime',
    }),
    updatedAt: t.expose('updatedAt', { description: 'When it last changed: wall time.', type: 'DateTime' }),
    archivedAt: t.expose('archivedAt', { type: 'DateTime', nullable: true, description: 'On your clock.' }),
    version: t.exposeInt('version', { description: 'Raised by one with every change.' }),
  }),
});

const WHOLE = 'Needs the scope `pii:read`; each read is kept in the audit log. null once the customer is erased.';

builder.prismaObjectFields(BankAccountRef, (t) => ({
  accountNumber: t.string({
    nullable: true,
    description: `The whole account number, as it was sent. ${WHOLE}`,
    ...scoped('pii:read'),
    select: { id: true },
    resolve: ({ id }, _args, { loaders }) => loaders.numbers.load({ field: 'accountNumber', rowId: id }),
  }),
  normalizedAccountNumber: t.string({
    nullable: true,
    description: `The account number as it goes to the bank: eleven digits, or as many as it has. ${WHOLE}`,
    ...scoped('pii:read'),
    select: { id: true },
    resolve: async ({ id }, _args, { loaders }) => {
      const number = await loaders.numbers.load({ field: 'accountNumber', rowId: id });
      return number === null ? null : normalizeAccountNumber(number);
    },
  }),
  accountNumberMasked: t.string({
    description: 'The account number with all but its last four digits hidden.',
    select: { accountNumberLast4: true },
    resolve: ({ accountNumberLast4 }) => maskNumber(accountNumberLast4),
  }),
  accountNumberLast4: t.exposeString('accountNumberLast4', {
    description: 'The last four digits; fewer of a short number.',
  }),
}));

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
    args: { id: t.arg.id({ required: true, description: 'Of the object.' }) },
    ...scoped('read'),
    resolve: (_root, { id }, context, info) => findById('bankAccount', id, context, info),
  }),
);
