import type { ScheduledCollection } from '../../domain/payment/preview.ts';
import { builder } from '../builder.ts';
import { TransactionKindRef } from '../enums/payment.ts';

export const ScheduledCollectionRef = builder.objectRef<ScheduledCollection>('ScheduledCollection').implement({
  description: 'A collection that is to come, or that is skipped.',
  fields: (t) => ({
    nominalDate: t.expose('nominalDate', { type: 'Date', description: 'The agreed day.' }),
    actionDate: t.expose('actionDate', { type: 'Date', description: 'The day on which it will be made.' }),
    submitBy: t.field({
      type: 'DateTime',
      description: 'The last instant at which it can be sent.',
      // An outcome that is replayed has it as JSON.
      resolve: ({ submitBy }) => new Date(submitBy),
    }),
    kind: t.expose('kind', { type: TransactionKindRef, description: 'The first of a mandate, or a regular one.' }),
    amount: t.field({
      type: 'Money',
      description: 'With the adjustments that are due by then.',
      resolve: ({ amountCents }) => amountCents,
    }),
    isSkipped: t.exposeBoolean('isSkipped', {
      description: 'Whether the collection will not be made; `notes` say why. The count of a preview leaves it out.',
    }),
    notes: t.stringList({
      description: 'What is worth knowing of it, for people.',
      resolve: ({ notes }) => [...notes],
    }),
  }),
});
