import { SETTLEMENT_ENTRIES, SETTLEMENTS } from '../store/reading/description.ts';
import { PaymentMethodRef } from './administration/payment-method.ts';
import { builder } from './builder.ts';
import { nestedConnection, pageArguments, rootConnection } from './lists/connection.ts';
import { NodeRef } from './node.ts';
import { TransactionRef } from './transaction.ts';

/** Maximum number of entries without a transaction that are listed. */
const UNMATCHED_MAX = 200;

const SettlementEntryRef = builder.prismaObject('SettlementEntry', {
  description: 'A transaction in a settlement, or a reference of the bank that matches none.',
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the entry; starts with `sen_`.' }),
    reference: t.exposeString('reference', { description: 'Reference under which the debit was sent to the bank.' }),
    transaction: t.relation('transaction', {
      type: TransactionRef,
      nullable: true,
      description: 'Transaction that was settled; null if no transaction was sent under the reference.',
    }),
    amount: t.expose('amountCents', {
      type: 'Money',
      description: 'Amount settled, in rand; negative for money that the bank took back.',
    }),
    fee: t.expose('feeCents', { type: 'Money', description: 'Fee of the bank for the transaction, in rand.' }),
    createdAt: t.expose('createdAt', { description: 'Time of creation (UTC wall clock).', type: 'DateTime' }),
  }),
});

export const SettlementRef = builder.prismaObject('Settlement', {
  description: 'A payout of the bank for one payment method on one day, as the bank reported it.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the settlement; starts with `set_`.' }),
    paymentMethod: t.relation('paymentMethod', {
      type: PaymentMethodRef,
      description: 'Payment method by which the transactions were collected.',
    }),
    paidOn: t.expose('paidOn', { type: 'Date', description: 'Day on which the bank paid out.' }),
    reference: t.exposeString('reference', {
      description: 'Reference of the payout on the statement of the merchant.',
    }),
    gross: t.expose('grossCents', {
      type: 'Money',
      description: 'Sum of the amounts of all entries, in rand; negative when more was taken back than paid.',
    }),
    fees: t.expose('feesCents', { type: 'Money', description: 'Fees that the bank withheld, in rand.' }),
    net: t.expose('netCents', { type: 'Money', description: 'Amount paid out: gross less fees, in rand.' }),
    transactions: t.field({
      ...nestedConnection(
        'entries',
        'SettlementEntry',
        SettlementEntryRef,
        { entity: 'settlementEntry', reading: SETTLEMENT_ENTRIES },
        'settlementId',
      ),
      description: 'Entries of the settlement, with the transactions that they were matched to.',
      args: pageArguments(t.arg, SETTLEMENT_ENTRIES),
    }),
    unmatched: t.relation('entries', {
      type: SettlementEntryRef,
      description: `Entries that match no transaction, at most ${UNMATCHED_MAX}; each needs a person.`,
      query: { where: { transactionId: null }, orderBy: { id: 'asc' }, take: UNMATCHED_MAX },
    }),
    createdAt: t.expose('createdAt', { description: 'Time of creation (UTC wall clock).', type: 'DateTime' }),
  }),
});

rootConnection(
  'settlements',
  'Settlement',
  SettlementRef,
  { entity: 'settlement', reading: SETTLEMENTS },
  'Lists what the bank paid out, by day and payment method.',
);
