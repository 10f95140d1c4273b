import type { Unvalidated } from '../../domain/fields.ts';
import {
  BANK_REFERENCE_LENGTH_MAX,
  COLLECTIONS_MAX,
  type CollectionRecord,
  EARLY_DAYS_MAX,
  IMPORTED_ATTEMPTS_MAX,
} from '../../domain/import/collections.ts';
import type { ImportPaymentRecord } from '../../domain/import/imported-payment.ts';
import { CONTINUE_DAYS_MAX } from '../../domain/import/read-history.ts';
import { processDayMax } from '../../domain/schedule.ts';
import { IMPORTED_STATUSES } from '../../domain/submit/imported-collection.ts';
import { ITEMS_MAX, RECURRING_REFERENCE_MAX, TRANSACTION_REFERENCE_MAX } from '../../domain/submit/plan-payment.ts';
import { type ImportPayments, importPayments } from '../../services/import/import-payments.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from '../batch/batch.ts';
import { clientKeyField, recordInput } from '../batch/record-input.ts';
import { builder } from '../builder.ts';
import { PaymentIntervalRef, PaymentStatusRef, TransactionKindRef, TransactionStatusRef } from '../enums/payment.ts';
import { externalIdField } from '../external-id.ts';
import { PAYMENT_OBJECT } from '../payments/payment-object.ts';
import { CardInput, PaymentItemInput } from '../payments/submit-payments.ts';
import { partyFields } from './party-fields.ts';

const ImportRecurringInput = recordInput<Unvalidated>('ImportRecurringInput', {
  description: 'Schedule of a recurring payment that has begun, and where the gateway goes on.',
  fields: (t) => ({
    processDay: t.int({
      description: `Day of the month, 1–${processDayMax('MONTHLY')} (the last day in a shorter month), or of the week, 1–${processDayMax('WEEKLY')} with Monday as 1, for WEEKLY and FORTNIGHTLY. Defaults to the day of the mandate; required for a card.`,
    }),
    interval: t.field({
      type: PaymentIntervalRef,
      description:
        'Interval between two charges of a card; defaults to MONTHLY. Refused for debit orders, which use the interval of the mandate.',
    }),
    dateStart: t.field({
      type: 'Date',
      description: 'Required. First day of the schedule (civil date in Johannesburg), usually in the past.',
    }),
    dateEnd: t.field({
      type: 'Date',
      description:
        'Last day of the schedule (civil date in Johannesburg). If absent, the payment runs until it is stopped.',
    }),
    continueFrom: t.field({
      type: 'Date',
      description: `First nominal date that the gateway may collect (civil date in Johannesburg), after all collections that the other system has made or sent, at most ${CONTINUE_DAYS_MAX} days ahead. Defaults to the cycle after the last of \`collections\`; required without them.`,
    }),
  }),
});

const ImportCollectionInput = recordInput<CollectionRecord>('ImportCollectionInput', {
  description: 'A collection that the other system made, with its final result.',
  fields: (t) => ({
    nominalDate: t.field({
      type: 'Date',
      description: `Required. Agreed date of the collection (civil date in Johannesburg), at most ${EARLY_DAYS_MAX} days after \`actionDate\`.`,
    }),
    actionDate: t.field({
      type: 'Date',
      description:
        'Date on which the account or card was debited (civil date in Johannesburg), not in the future; defaults to `nominalDate`.',
    }),
    statusDate: t.field({
      type: 'Date',
      description:
        'Date on which the collection reached its status (civil date in Johannesburg), for example of the return or the dispute; defaults to `actionDate`.',
    }),
    kind: t.field({ type: TransactionKindRef, description: 'Kind of the collection; defaults to REGULAR.' }),
    attempt: t.int({ description: `Number of the attempt, 1–${IMPORTED_ATTEMPTS_MAX}; defaults to 1.` }),
    status: t.field({
      type: TransactionStatusRef,
      description: `Required. Result of the collection: ${Object.keys(IMPORTED_STATUSES).join(', ')}. The last three are of cards, UNPAID, DISPUTED and REVERSED of accounts.`,
    }),
    amount: t.field({ type: 'Money', description: 'Amount, in rand; defaults to the amount of the payment.' }),
    unpaidCode: t.string({
      description: 'Return code, e.g. "02". Required for UNPAID, refused for PAID.',
    }),
    transactionReference: t.string({
      description: `Reference of the collection, at most ${TRANSACTION_REFERENCE_MAX} characters. Defaults to that of the payment with the number of the collection appended.`,
    }),
    bankReference: t.string({
      description: `Reference by which the bank knows the collection, at most ${BANK_REFERENCE_LENGTH_MAX} characters, unique. With it, returns and disputes that the bank reports later are applied; without it they cannot be.`,
    }),
  }),
});

const ImportPaymentInput = recordInput<ImportPaymentRecord>('ImportPaymentInput', {
  description:
    'A recurring payment that another system has begun. Payments that are still to begin, one-time payments and pay-ins are submitted with submitPayments.',
  fields: (t) => ({
    clientKey: clientKeyField(t),
    externalId: externalIdField(t, 'Required. '),
    ...partyFields(t),
    mandateId: t.id({
      description:
        'Unique identifier of the mandate. Set exactly one of `mandateId` and `mandateExternalId`, but none for a card.',
    }),
    mandateExternalId: t.string({ description: '`externalId` of the mandate; alternative to `mandateId`.' }),
    transactionReference: t.string({
      description: `Your unique reference of the payment, at most ${RECURRING_REFERENCE_MAX} characters; its transactions append a number to it. Generated if absent.`,
    }),
    amount: t.field({
      type: 'Money',
      description:
        'Amount of each collection to come, in rand. Debit orders default to the amount of the mandate. Cards require it unless every item has an amount; it then defaults to their sum.',
    }),
    recurring: t.field({ type: ImportRecurringInput, description: 'Required. Schedule of the payment.' }),
    card: t.field({ type: CardInput, description: 'Card to charge; required for card methods, refused by others.' }),
    items: t.field({
      type: [PaymentItemInput],
      description: `Line items of the invoice, in order; at most ${ITEMS_MAX}.`,
    }),
    status: t.field({ type: PaymentStatusRef, description: 'Status: RUNNING (the default) or PAUSED.' }),
    collections: t.field({
      type: [ImportCollectionInput],
      description: `Collections that the other system made, at most ${COLLECTIONS_MAX}, in any order. Without them set \`recurring.continueFrom\`.`,
    }),
  }),
});

batchMutation<BatchInput & Pick<ImportPayments, 'records'>>('importPayments', {
  description:
    'Imports recurring payments of another system with the collections that it made. Each goes on from the cycle after its last collection, or from `continueFrom`, so that no cycle is collected twice. A cycle in between that can no longer be collected is a warning (CYCLE_SKIPPED). Stop the collections of the other system first.',
  input: builder.inputType('ImportPaymentsInput', {
    description: 'Batch of payments to import.',
    fields: (t) => ({ records: recordsField(t, ImportPaymentInput), ...batchOptions(t) }),
  }),
  object: PAYMENT_OBJECT,
  scope: 'admin',
  records: ({ records }) => records,
  run: importPayments,
});
