import { BANK_ACCOUNT_TEXTS } from '../../domain/bank-account/parse.ts';
import { DEBICHECK_DEFAULTS, TRACKING_DAYS_MAX } from '../../domain/mandate/authorised-terms.ts';
import { ABBREVIATED_NAME_LENGTH_MAX, METHOD_NAME_LENGTH_MAX } from '../../domain/method/method.ts';
import { type CreatePaymentMethods, createPaymentMethods } from '../../services/merchants/create-payment-methods.ts';
import { type UpdatePaymentMethods, updatePaymentMethods } from '../../services/merchants/update-payment-methods.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from '../batch/batch.ts';
import { clientKeyField } from '../batch/record-input.ts';
import { builder } from '../builder.ts';
import { BankAccountTypeRef, BankRef } from '../enums/bank-account.ts';
import { AdjustmentCategoryRef, AdjustmentTypeRef, ApprovalWindowRef } from '../enums/mandate.ts';
import { DateAdjustmentRuleRef, PaymentIndustryRef, PaymentMethodTypeRef, ProviderBankRef } from '../enums/payment.ts';
import { PaymentMethodRef } from './payment-method.ts';

const METHOD = {
  name: 'PaymentMethod',
  field: 'paymentMethod',
  entity: 'paymentMethod',
  ref: PaymentMethodRef,
} as const;

const PayInAccountInput = builder.inputType('PayInAccountInput', {
  description: 'The bank account of the merchant that receives the payments of a pay-in method.',
  fields: (t) => ({
    bank: t.field({ type: BankRef, required: true, description: 'Bank that holds the account.' }),
    branchCode: t.field({
      type: 'Digits',
      description: 'Branch code: six digits. Defaults to the universal branch code of the bank.',
    }),
    accountNumber: t.string({
      required: true,
      description: `Full account number: at most ${BANK_ACCOUNT_TEXTS.accountNumber.max} digits.`,
    }),
    accountType: t.field({ type: BankAccountTypeRef, required: true, description: 'Type of the bank account.' }),
    accountHolderName: t.string({
      required: true,
      description: `Account holder name, as payers must enter it: at most ${BANK_ACCOUNT_TEXTS.accountHolderName.max} characters.`,
    }),
  }),
});

const DebicheckDefaultsInput = builder.inputType('DebicheckDefaultsInput', {
  description:
    'Default terms of new mandates of the method that do not specify them. An absent field takes the default common to all methods.',
  fields: (t) => ({
    allowDateAdjustment: t.boolean({
      description: 'Whether collections may be made on another date. Defaults to false.',
    }),
    allowVariableAmount: t.boolean({ description: 'Whether the collection amount may vary. Defaults to false.' }),
    allowPaymentTracking: t.boolean({
      description: 'Whether the bank may track the account for funds. Defaults to false.',
    }),
    paymentTrackingMaxDays: t.int({
      description: `Maximum number of days of tracking, 1–${TRACKING_DAYS_MAX}; only with \`allowPaymentTracking\`.`,
    }),
    adjustmentCategory: t.field({
      type: AdjustmentCategoryRef,
      description: `How often the instalment adjusts. Defaults to ${DEBICHECK_DEFAULTS.adjustmentCategory}.`,
    }),
    adjustmentType: t.field({
      type: AdjustmentTypeRef,
      description: 'Whether the instalment adjusts by a rate or by an amount.',
    }),
    adjustmentRate: t.field({ type: 'Rate', description: 'Adjustment rate in percent, for example "5.12345".' }),
    adjustmentAmount: t.field({ type: 'Money', description: 'Adjustment amount in rand.' }),
    approvalWindow: t.field({
      type: ApprovalWindowRef,
      description: `Approval window for the debtor, DebiCheck only. Defaults to ${DEBICHECK_DEFAULTS.approvalWindow}.`,
    }),
  }),
});

/** Returns the input fields that creating and updating a payment method have in common. */
function terms(t: Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0], isNew: boolean) {
  const keeps = isNew ? '' : ' Keeps its value when absent.';
  return {
    clientKey: clientKeyField(t),
    name: t.string({
      description: `Name of the payment method: at most ${METHOD_NAME_LENGTH_MAX} characters.${isNew ? ' Required.' : keeps}`,
    }),
    abbreviatedName: t.string({
      description: `Short name of the merchant on bank statements: at most ${ABBREVIATED_NAME_LENGTH_MAX} characters.${isNew ? ' Required.' : keeps}`,
    }),
    isEnabled: t.boolean({
      description: `Whether new payments and transactions can use the method.${isNew ? ' Defaults to true.' : keeps}`,
    }),
    paymentIndustry: t.field({
      type: PaymentIndustryRef,
      description: `Payment industry (entry class) of mandates that specify none.${isNew ? ' Defaults to ACCOUNT_REPAYMENT.' : keeps}`,
    }),
    dateAdjustmentRule: t.field({
      type: DateAdjustmentRuleRef,
      description: `Rule that moves collections off weekends and public holidays.${isNew ? ' Defaults by type of method.' : ' A change also moves planned collections.'}`,
    }),
    payInAccount: t.field({
      type: PayInAccountInput,
      description: `Account that receives the payments. Required for PAY_IN, forbidden for other types.${keeps}`,
    }),
    itemLimit: t.field({
      type: 'Money',
      description: 'Maximum amount of one collection, in rand; null means no limit.',
    }),
    monthlyLimit: t.field({
      type: 'Money',
      description: 'Maximum total collected in a calendar month by action date, in rand; null means no limit.',
    }),
    connectorId: t.id({
      description: `Connector to the bank, one of \`merchant { connectors }\`.${isNew ? ' Required for a live merchant; the sandbox bank is the default of a sandbox.' : ' What is at the bank stays with the connector it was sent to.'}`,
    }),
    debicheckDefaults: t.field({
      type: DebicheckDefaultsInput,
      description:
        'Default terms of new DebiCheck and registered mandates, replaced as a whole; null restores those common to all methods.',
    }),
  };
}

const CreatePaymentMethodInput = builder.inputType('CreatePaymentMethodInput', {
  description: 'A payment method to create.',
  fields: (t) => ({
    type: t.field({ type: PaymentMethodTypeRef, required: true, description: 'Type of the payment method.' }),
    providerBank: t.field({
      type: ProviderBankRef,
      required: true,
      description: 'Bank that provides the payment method.',
    }),
    ...terms(t, true),
  }),
});

const UpdatePaymentMethodInput = builder.inputType('UpdatePaymentMethodInput', {
  description:
    'Changes of a payment method. Absent fields keep their values; null clears only limits and `debicheckDefaults`.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Identifier of the payment method.' }),
    expectedVersion: t.int({
      description:
        'Version that you last read. The record fails with VERSION_CONFLICT when the method has changed since.',
    }),
    ...terms(t, false),
  }),
});

batchMutation<BatchInput & Pick<CreatePaymentMethods, 'records'>>('createPaymentMethods', {
  description:
    'Creates payment methods. Each pay-in method has its own account; deposits match only payments of their own method.',
  input: builder.inputType('CreatePaymentMethodsInput', {
    description: 'A batch of payment methods to create.',
    fields: (t) => ({ records: recordsField(t, CreatePaymentMethodInput), ...batchOptions(t) }),
  }),
  object: METHOD,
  scope: 'admin',
  records: ({ records }) => records,
  run: createPaymentMethods,
});

batchMutation<BatchInput & Pick<UpdatePaymentMethods, 'records'>>('updatePaymentMethods', {
  description:
    'Updates payment methods: names, limits, defaults, the pay-in account, the connector and whether they are enabled. The type and the provider bank cannot be changed.',
  input: builder.inputType('UpdatePaymentMethodsInput', {
    description: 'A batch of payment methods to update.',
    fields: (t) => ({ records: recordsField(t, UpdatePaymentMethodInput), ...batchOptions(t) }),
  }),
  object: METHOD,
  scope: 'admin',
  records: ({ records }) => records,
  run: updatePaymentMethods,
});
