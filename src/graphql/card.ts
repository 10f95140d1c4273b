import { isExpired } from '../domain/card.ts';
import { civilDateOf } from '../domain/dates.ts';
import { type AddCards, addCards } from '../services/cards/add-cards.ts';
import { removeCards } from '../services/cards/remove-cards.ts';
import { CARDS } from '../store/reading/description.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from './batch/batch.ts';
import { readSelection, type SelectionInput, selectedOf, selectionFields } from './batch/selection.ts';
import { builder } from './builder.ts';
import { CustomerRef } from './customer.ts';
import { CardStatusRef } from './enums/customer.ts';
import { nestedConnection, pageArguments } from './lists/connection.ts';
import { NodeRef } from './node.ts';

const CardRef = builder.prismaObject('Card', {
  description: 'A card of a customer, by the token of its provider. Its number is not known here.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id; the prefix says what it is.' }),
    customer: t.relation('customer', { description: 'Whose it is.' }),
    token: t.exposeString('token', { nullable: true, description: 'null once the customer is erased.' }),
    maskedPan: t.exposeString('maskedPan', { nullable: true, description: 'As "405840******0005".' }),
    expirationDate: t.expose('expirationDate', {
      description: 'The last day on which the card can be used.',
      type: 'Date',
      nullable: true,
    }),
    keepUntil: t.expose('keepUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when the provider keeps the token.',
    }),
    expired: t.boolean({
      description: 'Whether, on your clock, the card or its token has run out.',
      select: { expirationDate: true, keepUntil: true },
      resolve: async ({ expirationDate, keepUntil }, _args, { loaders }) => {
        const now = await loaders.now();
        const date = expirationDate?.toISOString().slice(0, 10) ?? null;
        return isExpired({ expirationDate: date, keepUntil }, civilDateOf(now), now);
      },
    }),
    status: t.expose('status', { description: 'Whether it can be used.', type: CardStatusRef }),
    createdBy: t.exposeString('createdBy', { nullable: true, description: 'The API key, or "user:" and the user.' }),
    createdAt: t.expose('createdAt', {
      description: 'When it was made: wall time, also on a merchant whose clock was moved.',
      type: 'DateTime',
    }),
    updatedAt: t.expose('updatedAt', { description: 'When it last changed: wall time.', type: 'DateTime' }),
    version: t.exposeInt('version', { description: 'Raised by one with every change.' }),
  }),
});

builder.prismaObjectField(CustomerRef, 'cards', (t) =>
  t.field({
    ...nestedConnection('cards', 'Card', CardRef, { entity: 'card', reading: CARDS }, 'customerId'),
    args: pageArguments(t.arg, CARDS),
  }),
);

const CARD = { name: 'Card', field: 'card', entity: 'card', ref: CardRef } as const;

const AddCardInput = builder.inputRef<AddCards['records'][number]>('AddCardInput').implement({
  description: 'A card to be added to a customer.',
  fields: (t) =>
    ({
      clientKey: t.string({ description: 'Returned with the result.' }),
      customerId: t.id({ required: true, description: 'ACTIVE and not blacklisted.' }),
      token: t.string({ description: 'Required. At most 256 characters; never the number of the card.' }),
      maskedPan: t.string({ description: 'At most the first six and the last four digits, as "405840******0005".' }),
      expirationDate: t.field({ description: 'The last day on which the card can be used.', type: 'Date' }),
      keepUntil: t.field({ type: 'DateTime', description: 'Until when the provider keeps the token.' }),
    }) as never,
});

batchMutation<BatchInput & Pick<AddCards, 'records'>>('addCards', {
  description: 'Adds cards to customers. A customer has a card once; the error names the one there is.',
  input: builder.inputType('AddCardsInput', {
    description: 'A batch of cards.',
    fields: (t) => ({ records: recordsField(t, AddCardInput), ...batchOptions(t) }),
  }),
  object: CARD,
  scope: 'write',
  records: ({ records }) => records,
  run: addCards,
});

batchMutation<SelectionInput>('removeCards', {
  description: 'Removes cards: they can be used no more.',
  input: builder.inputType('RemoveCardsInput', {
    description: 'Cards to be removed.',
    fields: (t) => selectionFields(t),
  }),
  object: CARD,
  scope: 'write',
  records: selectedOf,
  run: (app, caller, input) => removeCards(app, caller, readSelection(input)),
});
