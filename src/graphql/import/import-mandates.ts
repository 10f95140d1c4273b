import { AUTHENTICATION_REFERENCE_LENGTH_MAX } from '../../domain/import/imported-mandate.ts';
import { CONTRACT_REFERENCE_LENGTH_MAX } from '../../domain/mandate/parse.ts';
import type { CreateMandateRecord } from '../../domain/mandate/plan.ts';
import { type ImportMandates, importMandates } from '../../services/import/import-mandates.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from '../batch/batch.ts';
import { clientKeyField, recordInput } from '../batch/record-input.ts';
import { builder } from '../builder.ts';
import { MandateStatusRef } from '../enums/mandate.ts';
import { externalIdField } from '../external-id.ts';
import { termFields } from '../mandates/mandate-input.ts';
import { MANDATE } from '../mandates/mandate-mutations.ts';
import { partyFields } from './party-fields.ts';

const ImportMandateInput = recordInput<CreateMandateRecord>('ImportMandateInput', {
  description:
    'A mandate that is in force, with its current terms. Set exactly one of `recurring` and `oneTime`. The date of its first collection may be past.',
  fields: (t) => ({
    clientKey: clientKeyField(t),
    externalId: externalIdField(t, 'Required. '),
    ...partyFields(t),
    ...termFields(t, 'Required. '),
    contractReference: t.string({
      description: `Contract reference by which the bank knows the mandate, at most ${CONTRACT_REFERENCE_LENGTH_MAX} characters, unique. Required for DebiCheck and registered mandates.`,
    }),
    status: t.field({
      type: MandateStatusRef,
      description: 'Status of an EFT mandate: ACTIVE (the default) or DISABLED. Refused for others, which are ACTIVE.',
    }),
    approvedAt: t.field({
      type: 'DateTime',
      description:
        'Time at which the debtor or the bank approved it. Required for DebiCheck and registered mandates, refused for EFT.',
    }),
    authenticationReference: t.string({
      description: `Reference that the bank gave to the approval, at most ${AUTHENTICATION_REFERENCE_LENGTH_MAX} characters. Required for DebiCheck, refused for EFT.`,
    }),
    adjustmentAnchor: t.field({
      type: 'Date',
      description:
        'Date from which adjustments are counted (civil date in Johannesburg). `amount` is the current amount: adjustments due until today are taken as made. Defaults to the first date of the mandate or of its first payment. Refused for EFT.',
    }),
  }),
});

batchMutation<BatchInput & Pick<ImportMandates, 'records'>>('importMandates', {
  description:
    'Imports mandates of another system that are in force. They are ACTIVE at once: neither the debtor nor the bank is asked. The payment method must collect through the bank that holds the mandates.',
  input: builder.inputType('ImportMandatesInput', {
    description: 'Batch of mandates to import.',
    fields: (t) => ({ records: recordsField(t, ImportMandateInput), ...batchOptions(t) }),
  }),
  object: MANDATE,
  scope: 'admin',
  records: ({ records }) => records,
  run: importMandates,
});
