import { CARD_TOKEN_LENGTH_MAX, isExpired } from '../domain/card.ts';
import { civilDateOf } from '../domain/dates.ts';
import { type AddCards, addCards } from '../services/cards/add-cards.ts';
import { removeCards } from '../services/cards/remove-cards.ts';
import { CARDS } from '../store/reading/description.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from './batch/batch.ts';
import { clientKeyField, recordInput } from './batch/record-input.ts';
import { readSelection, type SelectionInput, selectedOf, selectionFields } from './batch/selection.ts';
import { builder } from './builder.ts';
import { CustomerRef } from './customer.ts';
import { CardStatusRef } from './enums/customer.ts';
import { nestedConnection, pageArguments } from './lists/connection.ts';
import { NodeRef } from './node.ts';

const CardRef = builder.prismaObject('Card', {
  description: 'A card of a customer, identified by a token of the card provider. The card number is not stored.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the card; starts with `crd_`.' }),
    customer: t.relation('customer', { description: 'Customer that owns the card.' }),
    token: t.exposeString('token', {
      nullable: true,
      description: 'Token of the card at its provider; null once the customer is erased.',
    }),
    maskedPan: t.exposeString('maskedPan', {
      nullable: true,
      description: 'Masked card number, e.g. "405840******0005"; null if none was given.',
    }),
    expirationDate: t.expose('expirationDate', {
      description: 'Last day on which the card can be used (civil date in Johannesburg); null if none was given.',
      type: 'Date',
      nullable: true,
    }),
    keepUntil: t.expose('keepUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Time until which the provider keeps the token (UTC); null if none was given.',
    }),
    expired: t.boolean({
      description: "Whether the card or its token has expired on the merchant's clock.",
      select: { expirationDate: true, keepUntil: true },
      resolve: async ({ expirationDate, keepUntil }, _args, { loaders }) => {
        const now = await loaders.now();
        const date = expirationDate?.toISOString().slice(0, 10) ?? null;
        return isExpired({ expirationDate: date, keepUntil }, civilDateOf(now), now);
      },
    }),
    status: t.expose('status', { description: 'Current status of the card.', type: CardStatusRef }),
    createdBy: t.exposeString('createdBy', {
      nullable: true,
      description: 'Client that created the card: the id of an API key, or "user:" and the user.',
    }),
    createdAt: t.expose('createdAt', { description: 'Time of creation (UTC wall clock).', type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { description: 'Time of the last change (UTC wall clock).', type: 'DateTime' }),
    version: t.exposeInt('version', { description: 'Version number, incremented by one on every change.' }),
  }),
});

builder.prismaObjectField(CustomerRef, 'cards', (t) =>
  t.field({
    ...nestedConnection('cards', 'Card', CardRef, { entity: 'card', reading: CARDS }, 'customerId'),
    args: pageArguments(t.arg, CARDS),
  }),
);

const CARD = { name: 'Card', field: 'card', entity: 'card', ref: CardRef } as const;

const AddCardInput = recordInput<AddCards['records'][number]>('AddCardInput', {
  description: 'A card to add to a customer.',
  fields: (t) => ({
    clientKey: clientKeyField(t),
    customerId: t.id({
      required: true,
      description: 'Customer that owns the card; must be ACTIVE and not blacklisted.',
    }),
    token: t.string({
      description: `Required. Token of the card at its provider, at most ${CARD_TOKEN_LENGTH_MAX} characters; never the card number.`,
    }),
    maskedPan: t.string({
      description:
        'Masked card number, showing at most the first six and the last four digits, e.g. "405840******0005".',
    }),
    expirationDate: t.field({
      description: 'Last day on which the card can be used (civil date in Johannesburg).',
      type: 'Date',
    }),
    keepUntil: t.field({ type: 'DateTime', description: 'Time until which the provider keeps the token (UTC).' }),
  }),
});

batchMutation<BatchInput & Pick<AddCards, 'records'>>('addCards', {
  description:
    'Adds cards to customers. A customer cannot have the same token twice; `existingId` of the error names the existing card.',
  input: builder.inputType('AddCardsInput', {
    description: 'Batch of cards to add.',
    fields: (t) => ({ records: recordsField(t, AddCardInput), ...batchOptions(t) }),
  }),
  object: CARD,
  scope: 'write',
  records: ({ records }) => records,
  run: addCards,
});

batchMutation<SelectionInput>('removeCards', {
  description: 'Removes cards permanently: they can no longer be charged.',
  input: builder.inputType('RemoveCardsInput', {
    description: 'Cards to be removed permanently.',
    fields: (t) => selectionFields(t),
  }),
  object: CARD,
  scope: 'write',
  records: selectedOf,
  run: (app, caller, input) => removeCards(app, caller, readSelection(input)),
});
