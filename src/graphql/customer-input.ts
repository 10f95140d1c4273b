import { CUSTOMER_TEXT_NAMES, CUSTOMER_TEXTS, type CustomerText } from '../domain/customer/fields.ts';
import type { CustomerRecord } from '../domain/customer/record.ts';
import type { Target } from '../domain/decide-each.ts';
import type { batchOptions } from './batch/batch.ts';
import { builder } from './builder.ts';
import { ClientTypeRef, CustomerKindRef, CustomerStatusRef, IdTypeRef } from './enums/customer.ts';

type InputBuilder = Parameters<typeof batchOptions>[0];

/** The texts of a customer, from the table of the domain. Nothing is required here: a missing value is one record's error. */
function textFields(t: InputBuilder, isNew: boolean) {
  return Object.fromEntries(
    CUSTOMER_TEXT_NAMES.map((name) => {
      const field: CustomerText = CUSTOMER_TEXTS[name];
      const requirement = field.required && isNew ? ' Required.' : '';
      const description = `${field.description} At most ${field.max} characters.${requirement}`;
      return [name, t.field({ type: field.digits ? 'Digits' : 'String', description })];
    }),
  );
}

function otherFields(t: InputBuilder) {
  return {
    kind: t.field({
      type: CustomerKindRef,
      description: 'COMPANY with a company name, else INDIVIDUAL; a company may also be known by a person.',
    }),
    clientType: t.field({
      type: ClientTypeRef,
      description: "For methods of Nedbank. The kind's default when absent.",
    }),
    idType: t.field({ type: IdTypeRef, description: 'Together with idNumber.' }),
    isTax: t.boolean({ description: 'Whether the customer is taxed. false when absent.' }),
    dialCode: t.string({ description: 'For phone numbers without their country, as "+233". Not kept.' }),
    metadata: t.field({
      type: 'JSONObject',
      description:
        'Data of your own. In a change it is merged key by key; null removes a key. At most 50 keys of 40 characters, texts of 500, 3 levels, 16 KiB.',
    }),
  };
}

export const CustomerInput = builder.inputRef<CustomerRecord>('CustomerInput').implement({
  description: 'A customer to be made with a payment: a company name, or a name and a surname.',
  fields: (t) => ({ ...textFields(t as never, true), ...otherFields(t as never) }) as never, // from a table: Pothos checks the fields of a ref by name
});

export const CreateCustomerInput = builder
  .inputRef<CustomerRecord & { clientKey?: string | null }>('CreateCustomerInput')
  .implement({
    description: 'A customer to be made: a company name, or a name and a surname.',
    fields: (t) =>
      ({
        clientKey: t.string({ description: 'Returned with the result.' }),
        ...textFields(t as never, true),
        ...otherFields(t as never),
        status: t.field({ type: CustomerStatusRef, description: 'ACTIVE when absent; may be DISABLED.' }),
      }) as never,
  });

export const UpdateCustomerInput = builder.inputRef<CustomerRecord & Target>('UpdateCustomerInput').implement({
  description: 'A change of a customer: absent fields keep, null clears where a field may be cleared.',
  fields: (t) =>
    ({
      id: t.id({ description: 'Of the customer.', required: true }),
      expectedVersion: t.int({ description: 'VERSION_CONFLICT when the customer has changed since.' }),
      clientKey: t.string({ description: 'Returned with the result.' }),
      ...textFields(t as never, false),
      ...otherFields(t as never),
      metadataReplace: t.field({ type: 'JSONObject', description: 'The whole metadata, in place of what is there.' }),
    }) as never,
});
