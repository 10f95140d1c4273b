import { CLIENT_KEY_LENGTH_MAX } from '../domain/batch.ts';
import { DEFAULT_CLIENT_TYPE } from '../domain/customer/customer.ts';
import { CUSTOMER_TEXT_NAMES, CUSTOMER_TEXTS, type CustomerText } from '../domain/customer/fields.ts';
import type { CustomerRecord } from '../domain/customer/record.ts';
import type { Target } from '../domain/decide-each.ts';
import {
  METADATA_BYTES_MAX,
  METADATA_DEPTH_MAX,
  METADATA_KEY_LENGTH_MAX,
  METADATA_KEYS_MAX,
  METADATA_TEXT_LENGTH_MAX,
} from '../domain/metadata.ts';
import type { batchOptions } from './batch/batch.ts';
import { builder } from './builder.ts';
import { ClientTypeRef, CustomerKindRef, CustomerStatusRef, IdTypeRef } from './enums/customer.ts';

type InputBuilder = Parameters<typeof batchOptions>[0];

const CLIENT_KEY = `Your key for the record, returned with its result; at most ${CLIENT_KEY_LENGTH_MAX} characters.`;

/** Returns the text fields of the domain table. The schema requires none: a missing value fails its record alone. */
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
      description:
        'Kind of customer: always COMPANY with a company name, otherwise INDIVIDUAL by default. COMPANY is also accepted with the names of a person instead of a company name.',
    }),
    clientType: t.field({
      type: ClientTypeRef,
      description: `Client type, for payment methods of Nedbank. Defaults to ${DEFAULT_CLIENT_TYPE.INDIVIDUAL} for an individual, ${DEFAULT_CLIENT_TYPE.COMPANY} for a company.`,
    }),
    idType: t.field({ type: IdTypeRef, description: 'Type of the identity document; set together with `idNumber`.' }),
    isTax: t.boolean({ description: 'Whether the customer is taxable; defaults to false.' }),
    dialCode: t.string({
      description: 'Dial code for the national phone numbers of this record, e.g. "+233"; not stored.',
    }),
    metadata: t.field({
      type: 'JSONObject',
      description: `Your own metadata. An update merges it key by key; null removes a key. At most ${METADATA_KEYS_MAX} keys of ${METADATA_KEY_LENGTH_MAX} characters, texts of ${METADATA_TEXT_LENGTH_MAX} characters, ${METADATA_DEPTH_MAX} levels and ${METADATA_BYTES_MAX / 1024} KiB as JSON.`,
    }),
  };
}

export const CustomerInput = builder.inputRef<CustomerRecord>('CustomerInput').implement({
  description: 'A customer created with a payment. A company name, or first names and a surname, is required.',
  // The cast is needed because Pothos checks the fields of a ref by name, and these come from a table.
  fields: (t) => ({ ...textFields(t as never, true), ...otherFields(t as never) }) as never,
});

export const CreateCustomerInput = builder
  .inputRef<CustomerRecord & { clientKey?: string | null }>('CreateCustomerInput')
  .implement({
    description: 'A customer to create. A company name, or first names and a surname, is required.',
    fields: (t) =>
      ({
        clientKey: t.string({ description: CLIENT_KEY }),
        ...textFields(t as never, true),
        ...otherFields(t as never),
        status: t.field({ type: CustomerStatusRef, description: 'Initial status: ACTIVE (the default) or DISABLED.' }),
      }) as never,
  });

export const UpdateCustomerInput = builder.inputRef<CustomerRecord & Target>('UpdateCustomerInput').implement({
  description: 'Changes to one customer. Absent fields are left unchanged; null clears a field that can be cleared.',
  fields: (t) =>
    ({
      id: t.id({ description: 'Unique identifier of the customer.', required: true }),
      expectedVersion: t.int({
        description: 'Version of the customer you last read; VERSION_CONFLICT is returned if it has changed.',
      }),
      clientKey: t.string({ description: CLIENT_KEY }),
      ...textFields(t as never, false),
      ...otherFields(t as never),
      metadataReplace: t.field({
        type: 'JSONObject',
        description: 'Replaces the metadata as a whole, within the same limits; excludes `metadata`.',
      }),
    }) as never,
});
