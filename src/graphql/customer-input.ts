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
import { clientKeyField, type InputFieldBuilder, recordInput, targetFields } from './batch/record-input.ts';
import { ClientTypeRef, CustomerKindRef, CustomerStatusRef, IdTypeRef } from './enums/customer.ts';
import { externalIdField } from './external-id.ts';

/** Returns the text fields of the domain table. The schema requires none: a missing value fails its record alone. */
function textFields(t: InputFieldBuilder, isNew: boolean) {
  return Object.fromEntries(
    CUSTOMER_TEXT_NAMES.map((name) => {
      const field: CustomerText = CUSTOMER_TEXTS[name];
      const requirement = field.required && isNew ? ' Required.' : '';
      const description = `${field.description} At most ${field.max} characters.${requirement}`;
      return [name, t.field({ type: field.digits ? 'Digits' : 'String', description })];
    }),
  );
}

function otherFields(t: InputFieldBuilder) {
  return {
    kind: t.field({
      type: CustomerKindRef,
      description:
        'Kind of customer: always COMPANY with a company name, otherwise INDIVIDUAL by default. COMPANY is also accepted with the names of a person instead of a company name.',
    }),
    clientType: t.field({
      type: ClientTypeRef,
      description: `Client type, for payment methods of Nedbank. A new customer defaults to ${DEFAULT_CLIENT_TYPE.INDIVIDUAL} for an individual, ${DEFAULT_CLIENT_TYPE.COMPANY} for a company.`,
    }),
    idType: t.field({ type: IdTypeRef, description: 'Type of the identity document; set together with `idNumber`.' }),
    isTax: t.boolean({ description: 'Whether the customer is taxable. A new customer defaults to false.' }),
    dialCode: t.string({
      description: 'Dial code for the national phone numbers of this record, e.g. "+233"; not stored.',
    }),
    metadata: t.field({
      type: 'JSONObject',
      description: `Your own metadata. An update merges it key by key; null removes a key. At most ${METADATA_KEYS_MAX} keys of ${METADATA_KEY_LENGTH_MAX} characters, texts of ${METADATA_TEXT_LENGTH_MAX} characters, ${METADATA_DEPTH_MAX} levels and ${METADATA_BYTES_MAX / 1024} KiB as JSON.`,
    }),
  };
}

/** Returns the input fields of a new customer. */
export function newFields(t: InputFieldBuilder) {
  return { ...textFields(t, true), ...otherFields(t), externalId: externalIdField(t) };
}

/** Returns the input field for the status of a new customer. */
export function firstStatusField(t: InputFieldBuilder) {
  return t.field({ type: CustomerStatusRef, description: 'Initial status: ACTIVE (the default) or DISABLED.' });
}

export const CustomerInput = recordInput<CustomerRecord>('CustomerInput', {
  description: 'A customer created with a payment. A company name, or first names and a surname, is required.',
  fields: (t) => newFields(t),
});

export const CreateCustomerInput = recordInput<CustomerRecord & { clientKey?: string | null }>('CreateCustomerInput', {
  description: 'A customer to create. A company name, or first names and a surname, is required.',
  fields: (t) => ({
    clientKey: clientKeyField(t),
    ...newFields(t),
    status: firstStatusField(t),
  }),
});

export const UpdateCustomerInput = recordInput<CustomerRecord & Target>('UpdateCustomerInput', {
  description: 'Changes to one customer. Absent fields are left unchanged; null clears a field that can be cleared.',
  fields: (t) => ({
    ...targetFields(t, 'customer'),
    ...textFields(t, false),
    ...otherFields(t),
    metadataReplace: t.field({
      type: 'JSONObject',
      description: 'Replaces the metadata as a whole, within the same limits; excludes `metadata`.',
    }),
  }),
});
