import { ABBREVIATED_NAME_LENGTH_MAX, METHOD_NAME_LENGTH_MAX } from '../../domain/method/method.ts';
import { type CreatePaymentMethods, createPaymentMethods } from '../../services/merchants/create-payment-methods.ts';
import { type UpdatePaymentMethods, updatePaymentMethods } from '../../services/merchants/update-payment-methods.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from '../batch/batch.ts';
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
  description: 'The account of the merchant into which the payers of a pay-in method pay.',
  fields: (t) => ({
    bank: t.field({ type: BankRef, required: true, description: 'The bank that holds the account.' }),
    branchCode: t.field({ type: 'Digits', description: 'Six digits; the universal code of the bank when absent.' }),
    accountNumber: t.string({ required: true, description: 'The account number: at most 17 digits.' }),
    accountType: t.field({ type: BankAccountTypeRef, required: true, description: 'The type of the account.' }),
    accountHolderName: t.string({ required: true, description: 'The name that payers write: at most 30 characters.' }),
  }),
});

const DebicheckDefaultsInput = builder.inputType('DebicheckDefaultsInput', {
  description:
    'Terms for new mandates of the method that do not say; what is absent takes the default of every method.',
  fields: (t) => ({
    allowDateAdjustment: t.boolean({
      description: 'Whether collections may be made on another day. false by default.',
    }),
    allowVariableAmount: t.boolean({ description: 'Whether collections may be of another amount. false by default.' }),
    allowPaymentTracking: t.boolean({ description: 'Whether the bank may track the account. false by default.' }),
    paymentTrackingMaxDays: t.int({ description: 'Days of tracking, 1 to 10; with tracking alone.' }),
    adjustmentCategory: t.field({
      type: AdjustmentCategoryRef,
      description: 'How often amounts adjust. NEVER by default.',
    }),
    adjustmentType: t.field({
      type: AdjustmentTypeRef,
      description: 'Whether amounts adjust by a rate or by an amount.',
    }),
    adjustmentRate: t.field({ type: 'Rate', description: 'Percentage by which amounts adjust, as "5.12345".' }),
    adjustmentAmount: t.field({ type: 'Money', description: 'Amount in rand by which amounts adjust.' }),
    approvalWindow: t.field({ type: ApprovalWindowRef, description: 'How debtors are asked; DebiCheck alone.' }),
  }),
});

/** What a caller says of a method, new or there. */
function terms(t: Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0], isNew: boolean) {
  const keeps = isNew ? '' : ' Absent keeps it.';
  return {
    clientKey: t.string({ description: 'A key of your own, returned with the result.' }),
    name: t.string({ description: `The name of the method: at most ${METHOD_NAME_LENGTH_MAX} characters.${keeps}` }),
    abbreviatedName: t.string({
      description: `Your short name on bank statements: at most ${ABBREVIATED_NAME_LENGTH_MAX} characters.${keeps}`,
    }),
    isEnabled: t.boolean({
      description: `Whether new payments and transactions are made by it.${isNew ? ' true by default.' : keeps}`,
    }),
    paymentIndustry: t.field({
      type: PaymentIndustryRef,
      description: `The entry class of mandates that name none.${isNew ? ' ACCOUNT_REPAYMENT by default.' : keeps}`,
    }),
    dateAdjustmentRule: t.field({
      type: DateAdjustmentRuleRef,
      description: `Where a collection goes whose day is a weekend or a holiday.${isNew ? ' By type when absent.' : ' Moves what is planned as well.'}`,
    }),
    payInAccount: t.field({
      type: PayInAccountInput,
      description: `The account that is paid into. Required for PAY_IN, forbidden for other types.${keeps}`,
    }),
    itemLimit: t.field({ type: 'Money', description: 'The most that one collection may be, in rand; null: no limit.' }),
    monthlyLimit: t.field({
      type: 'Money',
      description: 'The most that is collected in a calendar month, by action date, in rand; null: no limit.',
    }),
    debicheckDefaults: t.field({
      type: DebicheckDefaultsInput,
      description: 'Terms for new DebiCheck and registered mandates, replaced as a whole; null: those of every method.',
    }),
  };
}

const CreatePaymentMethodInput = builder.inputType('CreatePaymentMethodInput', {
  description: 'A payment method to be created.',
  fields: (t) => ({
    type: t.field({ type: PaymentMethodTypeRef, required: true, description: 'How money is collected by it.' }),
    providerBank: t.field({ type: ProviderBankRef, required: true, description: 'The bank that provides it.' }),
    ...terms(t, true),
  }),
});

const UpdatePaymentMethodInput = builder.inputType('UpdatePaymentMethodInput', {
  description: 'A change of a payment method. Absent fields keep their values; null clears limits and defaults alone.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The id of the payment method.' }),
    expectedVersion: t.int({
      description: 'The version you have seen: VERSION_CONFLICT when it has changed since.',
    }),
    ...terms(t, false),
  }),
});

batchMutation<BatchInput & Pick<CreatePaymentMethods, 'records'>>('createPaymentMethods', {
  description:
    'Creates payment methods. Several pay-in methods have an account each: deposits match payments of their own method.',
  input: builder.inputType('CreatePaymentMethodsInput', {
    description: 'A batch of payment methods to be created.',
    fields: (t) => ({ records: recordsField(t, CreatePaymentMethodInput), ...batchOptions(t) }),
  }),
  object: METHOD,
  scope: 'admin',
  records: ({ records }) => records,
  run: createPaymentMethods,
});

batchMutation<BatchInput & Pick<UpdatePaymentMethods, 'records'>>('updatePaymentMethods', {
  description:
    'Changes payment methods: names, limits, defaults, the pay-in account, and whether they are enabled. Type and provider bank never change.',
  input: builder.inputType('UpdatePaymentMethodsInput', {
    description: 'A batch of changes of payment methods.',
    fields: (t) => ({ records: recordsField(t, UpdatePaymentMethodInput), ...batchOptions(t) }),
  }),
  object: METHOD,
  scope: 'admin',
  records: ({ records }) => records,
  run: updatePaymentMethods,
});
