import { maskNumber } from '../domain/bank-account/bank-account.ts';
import { normalizeAccountNumber } from '../domain/bank-account/cdv.ts';
import { BANK_ACCOUNT_TEXTS } from '../domain/bank-account/parse.ts';
import type { Verification } from '../domain/bank-account/verification.ts';
import { BANK_ACCOUNTS } from '../store/reading/description.ts';
import { builder, scoped } from './builder.ts';
import { CustomerRef } from './customer.ts';
import { marked } from './direct/marks.ts';
import {
  BankAccountStatusRef,
  BankAccountTypeRef,
  BankRef,
  CdvStatusRef,
  VerificationStatusRef,
} from './enums/bank-account.ts';
import { EXTERNAL_ID } from './external-id.ts';
import { nestedConnection, pageArguments, rootConnection } from './lists/connection.ts';
import { NodeRef, rootObject } from './node.ts';

const LISTED = { entity: 'bankAccount', reading: BANK_ACCOUNTS } as const;

interface Cdv {
  readonly status: typeof CdvStatusRef.$inferType;
  readonly reason: string | null;
  readonly tableVersion: number | null;
  readonly checkedAt: Date | null;
}

const CdvResultRef = builder.objectRef<Cdv>('CdvResult').implement({
  description: 'Result of the check-digit verification (CDV) of an account number.',
  fields: (t) => ({
    status: t.expose('status', { description: 'Status of the check-digit verification.', type: CdvStatusRef }),
    passed: t.boolean({
      description: 'Whether the verification PASSED or was SKIPPED.',
      resolve: ({ status }) => status !== 'FAILED',
    }),
    reason: t.exposeString('reason', { nullable: true, description: 'Human-readable explanation; null if PASSED.' }),
    tableVersion: t.exposeInt('tableVersion', {
      description: 'Version of the check-digit table that was used.',
      nullable: true,
    }),
    checkedAt: t.expose('checkedAt', {
      type: 'DateTime',
      nullable: true,
      description: "Time of the verification (UTC, on the merchant's clock).",
    }),
  }),
});

const VerificationRef = builder.objectRef<Verification>('Verification').implement({
  description: 'Answer of the bank to an account verification (AVS). null where the bank gives no answer.',
  fields: (t) => ({
    accountFound: t.exposeBoolean('accountFound', { description: 'Whether the account exists at the bank.' }),
    accountOpen: t.exposeBoolean('accountOpen', { description: 'Whether the account is open.' }),
    acceptsDebits: t.exposeBoolean('acceptsDebits', { description: 'Whether the account accepts debits.' }),
    acceptsCredits: t.exposeBoolean('acceptsCredits', { description: 'Whether the account accepts credits.' }),
    idNumberMatch: t.exposeBoolean('idNumberMatch', {
      description: 'Whether the id number of the account holder matches the customer.',
      nullable: true,
    }),
    initialsMatch: t.exposeBoolean('initialsMatch', {
      description: 'Whether the initials of the account holder match the customer.',
      nullable: true,
    }),
    nameMatch: t.exposeBoolean('nameMatch', {
      description: 'Whether the name of the account holder matches the customer.',
      nullable: true,
    }),
  }),
});

export const BankAccountRef = builder.prismaObject('BankAccount', {
  description: 'A bank account of a customer that can be debited. It cannot be moved to another customer.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the bank account; starts with `ban_`.' }),
    customer: t.relation('customer', { description: 'Customer that owns the bank account.' }),
    externalId: t.exposeString('externalId', { description: EXTERNAL_ID, nullable: true }),
    accountHolderName: t.exposeString('accountHolderName', {
      description: `Name of the account holder as the bank has it; at most ${BANK_ACCOUNT_TEXTS.accountHolderName.max} characters.`,
    }),
    accountType: t.expose('accountType', { description: 'Type of the account at the bank.', type: BankAccountTypeRef }),
    bank: t.field({
      description: 'Bank that holds the account.',
      type: BankRef,
      extensions: marked({ column: 'bank' }),
      select: { bank: true },
      resolve: ({ bank }) => bank as typeof BankRef.$inferType,
    }),
    branchCode: t.exposeString('branchCode', { description: 'Branch code of the bank, six digits.' }),
    isBusinessAccount: t.exposeBoolean('isBusinessAccount', { description: 'Whether it is a business account.' }),
    cdvResult: t.field({
      type: CdvResultRef,
      nullable: true,
      description: 'Result of the check-digit verification (CDV); null if the number was never checked.',
      select: { cdvStatus: true, cdvReason: true, cdvTableVersion: true, cdvCheckedAt: true },
      resolve: ({ cdvStatus, cdvReason, cdvTableVersion, cdvCheckedAt }) =>
        cdvStatus && { status: cdvStatus, reason: cdvReason, tableVersion: cdvTableVersion, checkedAt: cdvCheckedAt },
    }),
    verificationStatus: t.expose('verificationStatus', {
      description: 'Status of the account verification by the bank (AVS).',
      type: VerificationStatusRef,
    }),
    avsResult: t.field({
      type: VerificationRef,
      nullable: true,
      description: 'Answer of the bank to the account verification (AVS); null if it was not asked.',
      select: { verification: true },
      resolve: ({ verification }) => verification as unknown as Verification | null,
    }),
    verifiedAt: t.expose('verifiedAt', {
      type: 'DateTime',
      nullable: true,
      description: "Time of the account verification (UTC, on the merchant's clock); null if there was none.",
    }),
    status: t.expose('status', { description: 'Current status of the bank account.', type: BankAccountStatusRef }),
    createdBy: t.exposeString('createdBy', {
      nullable: true,
      description: 'Client that created the bank account: the id of an API key, or "user:" and the user.',
    }),
    createdAt: t.expose('createdAt', { description: 'Time of creation (UTC wall clock).', type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { description: 'Time of the last change (UTC wall clock).', type: 'DateTime' }),
    archivedAt: t.expose('archivedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        "Time at which the bank account was archived (UTC, on the merchant's clock); null if it is not archived.",
    }),
    version: t.exposeInt('version', { description: 'Version number, incremented by one on every change.' }),
  }),
});

const WHOLE =
  'Requires the scope `pii:read`; every read is recorded in the audit log. null once the customer is erased.';

builder.prismaObjectFields(BankAccountRef, (t) => ({
  accountNumber: t.string({
    nullable: true,
    description: `Account number in full, as submitted. ${WHOLE}`,
    ...scoped('pii:read'),
    select: { id: true },
    resolve: ({ id }, _args, { loaders }) => loaders.numbers.load({ field: 'accountNumber', rowId: id }),
  }),
  normalizedAccountNumber: t.string({
    nullable: true,
    description: `Account number as sent to the bank: without leading zeros, then padded to eleven digits. ${WHOLE}`,
    ...scoped('pii:read'),
    select: { id: true },
    resolve: async ({ id }, _args, { loaders }) => {
      const number = await loaders.numbers.load({ field: 'accountNumber', rowId: id });
      return number === null ? null : normalizeAccountNumber(number);
    },
  }),
  accountNumberMasked: t.string({
    description: 'Account number with all but its last four digits masked.',
    select: { accountNumberLast4: true },
    resolve: ({ accountNumberLast4 }) => maskNumber(accountNumberLast4),
  }),
  accountNumberLast4: t.exposeString('accountNumberLast4', {
    description: 'Last four digits of the account number; of a number with fewer than eight digits, the last half.',
  }),
}));

builder.prismaObjectField(CustomerRef, 'bankAccounts', (t) =>
  t.field({
    ...nestedConnection('bankAccounts', 'BankAccount', BankAccountRef, LISTED, 'customerId'),
    args: pageArguments(t.arg, BANK_ACCOUNTS),
  }),
);

rootConnection(
  'bankAccounts',
  'BankAccount',
  BankAccountRef,
  LISTED,
  'Lists the bank accounts of the customers of the merchant.',
);

builder.queryField('bankAccount', (t) =>
  t.field({
    type: BankAccountRef,
    nullable: true,
    description: 'Returns the bank account with the given identifier; null if there is none.',
    args: { id: t.arg.id({ required: true, description: 'Unique identifier of the bank account.' }) },
    ...rootObject('bankAccount', 'id'),
  }),
);
