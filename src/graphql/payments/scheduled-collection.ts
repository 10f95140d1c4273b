import type { ScheduledCollection } from '../../domain/payment/preview.ts';
import { builder } from '../builder.ts';
import { TransactionKindRef } from '../enums/payment.ts';

export const ScheduledCollectionRef = builder.objectRef<ScheduledCollection>('ScheduledCollection').implement({
  description: 'A future collection of a payment, or one that is skipped.',
  fields: (t) => ({
    nominalDate: t.expose('nominalDate', {
      type: 'Date',
      description: 'Agreed date of the collection (civil date in Johannesburg).',
    }),
    actionDate: t.expose('actionDate', {
      type: 'Date',
      description:
        'Date on which the account or card is debited (civil date in Johannesburg), after the date adjustment rule of the method.',
    }),
    submitBy: t.field({
      type: 'DateTime',
      description: 'Cut-off: the last instant at which the debit can be sent to the bank (UTC).',
      // A replayed result holds the instant as a JSON string.
      resolve: ({ submitBy }) => new Date(submitBy),
    }),
    kind: t.expose('kind', {
      type: TransactionKindRef,
      description: 'First collection of the mandate, or a regular one.',
    }),
    amount: t.field({
      type: 'Money',
      description: 'Amount to be collected, in rand, including the adjustments due by then.',
      resolve: ({ amountCents }) => amountCents,
    }),
    isSkipped: t.exposeBoolean('isSkipped', {
      description:
        'Whether the collection will not be made; `notes` give the reason. A skipped collection does not count towards the `count` of a preview.',
    }),
    notes: t.stringList({
      description: 'Human-readable notes, e.g. why the date was moved or the collection is skipped.',
      resolve: ({ notes }) => [...notes],
    }),
  }),
});
