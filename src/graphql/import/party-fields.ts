import type { InputFieldBuilder } from '../batch/record-input.ts';

/** Returns the input fields that name a customer and a bank account, by id or by external id. */
export function partyFields(t: InputFieldBuilder) {
  return {
    customerId: t.id({
      description: 'Unique identifier of the customer; set exactly one of `customerId` and `customerExternalId`.',
    }),
    customerExternalId: t.string({ description: '`externalId` of the customer; alternative to `customerId`.' }),
    bankAccountId: t.id({
      description:
        'Unique identifier of the bank account. Set exactly one of `bankAccountId` and `bankAccountExternalId`, but none for a card.',
    }),
    bankAccountExternalId: t.string({
      description: '`externalId` of the bank account; alternative to `bankAccountId`.',
    }),
    paymentMethodId: t.id({ required: true, description: 'Payment method used for the collections.' }),
  };
}
