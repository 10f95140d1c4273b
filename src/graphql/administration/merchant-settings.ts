import { IDEMPOTENCY_KEY_KEPT_DAYS, IDEMPOTENCY_KEY_LENGTH_MAX, NAMED_IDS_MAX } from '../../domain/batch.ts';
import { ATTEMPTS_MAX, DAYS_BETWEEN_MAX, type RetryPolicy } from '../../domain/payment/retry.ts';
import { CALENDAR_CHECKED_COLLECTIONS_MAX, CALENDAR_WARNING_DAYS } from '../../services/collections/skipped-cycles.ts';
import { HOLIDAY_NAME_LENGTH_MAX, setHolidays } from '../../services/merchants/set-holidays.ts';
import { updateMerchantSettings } from '../../services/merchants/update-merchant-settings.ts';
import { findMerchant } from '../../store/merchants/read.ts';
import type { MerchantSettings } from '../../store/merchants/settings.ts';
import { refuseBatch } from '../batch/batch.ts';
import { answerCall, type CallPayload, callFields } from '../batch/call-payload.ts';
import { WarningRef } from '../batch/warning.ts';
import { builder, scoped } from '../builder.ts';
import { callerOf } from '../context.ts';
import { CdvModeRef } from '../enums/bank-account.ts';
import { BlacklistedPaymentsRef } from '../enums/customer.ts';
import { LateRunPolicyRef, SandboxDefaultRef } from '../enums/merchant.ts';
import { DateAdjustmentRuleRef } from '../enums/payment.ts';
import { acceptSound } from '../pipeline/accept-answer.ts';
import { requestError } from '../pipeline/request-error.ts';
import { MerchantRef } from './merchant.ts';

const RetryPolicyRef = builder.objectRef<RetryPolicy>('RetryPolicy').implement({
  description:
    'Automatic retry policy for unpaid EFT debits and declined card charges whose return code allows a retry. Insufficient funds twice in a row still stop a recurring payment.',
  fields: (t) => ({
    retriesMax: t.exposeInt('retriesMax', {
      description: `Maximum number of retries after the first attempt: 1 to ${ATTEMPTS_MAX - 1}.`,
    }),
    daysBetween: t.exposeInt('daysBetween', {
      description: `Minimum number of calendar days between two action dates: 1 to ${DAYS_BETWEEN_MAX}.`,
    }),
    alignToPaydays: t.exposeBoolean('alignToPaydays', {
      description: 'Whether a retry waits for the next payday: the 25th or the last day of the month.',
    }),
  }),
});

const MerchantSettingsRef = builder.objectRef<MerchantSettings>('MerchantSettings').implement({
  description: 'Settings that the merchant chooses for itself.',
  fields: (t) => ({
    cdvMode: t.expose('cdvMode', {
      type: CdvModeRef,
      description: 'Effect of a failed check-digit verification (CDV) of an account number. Defaults to ERROR.',
    }),
    emailUnique: t.exposeBoolean('emailUnique', {
      description: 'Whether e-mail addresses of customers must be unique. Defaults to false.',
    }),
    blacklistRunningPayments: t.expose('blacklistRunningPayments', {
      type: BlacklistedPaymentsRef,
      description: 'Effect of blacklisting a customer on its running payments. Defaults to PAUSE.',
    }),
    sandboxDefault: t.expose('sandboxDefault', {
      type: SandboxDefaultRef,
      description: 'Behaviour of sandbox bank accounts whose number selects no scenario. Defaults to HAPPY.',
    }),
    lateRunPolicy: t.expose('lateRunPolicy', {
      type: LateRunPolicyRef,
      description: 'Handling of a collection whose cut-off the gateway missed. Defaults to NEXT_FEASIBLE.',
    }),
    retryPolicy: t.expose('retryPolicy', {
      type: RetryPolicyRef,
      nullable: true,
      description: 'Automatic retry policy for unpaid debits; null, the default, disables it.',
    }),
  }),
});

builder.prismaObjectField(MerchantRef, 'settings', (t) =>
  t.field({
    type: MerchantSettingsRef,
    description: 'Current settings of the merchant.',
    select: {
      cdvMode: true,
      emailUnique: true,
      blacklistRunningPayments: true,
      sandboxDefault: true,
      lateRunPolicy: true,
      retryPolicy: true,
    },
    resolve: ({ retryPolicy, ...merchant }) => ({
      ...merchant,
      retryPolicy: retryPolicy as unknown as RetryPolicy | null,
    }),
  }),
);

/** Creates the payload type of a mutation that changes the merchant. */
function merchantPayload(name: string) {
  return builder.objectRef<CallPayload>(name).implement({
    description: 'The merchant with its settings after the call.',
    fields: (t) => ({
      merchant: t.prismaField({
        description: 'The merchant with its settings after the call.',
        type: MerchantRef,
        resolve: (query, _payload, _args, { reader }) => findMerchant(reader, query),
      }),
      warnings: t.field({
        type: [WarningRef],
        description: `Warnings for collections due within ${CALENDAR_WARNING_DAYS} days that the change causes to be skipped: at most ${NAMED_IDS_MAX}. Only the next ${CALENDAR_CHECKED_COLLECTIONS_MAX} planned collections are checked.`,
        resolve: ({ results }) => results.flatMap(({ warnings }) => warnings),
      }),
      ...callFields(t),
    }),
  });
}

const UpdateMerchantSettingsPayload = merchantPayload('UpdateMerchantSettingsPayload');

const RetryPolicyInput = builder.inputType('RetryPolicyInput', {
  description: 'Automatic retry policy for unpaid debits.',
  fields: (t) => ({
    retriesMax: t.int({
      required: true,
      description: `Maximum number of retries after the first attempt: 1 to ${ATTEMPTS_MAX - 1}.`,
    }),
    daysBetween: t.int({
      required: true,
      description: `Minimum number of calendar days between two action dates: 1 to ${DAYS_BETWEEN_MAX}.`,
    }),
    alignToPaydays: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether a retry waits for the next payday: the 25th or the last day of the month.',
    }),
  }),
});

const DateAdjustmentRuleInput = builder.inputType('DateAdjustmentRuleInput', {
  description: 'Date adjustment rule to set on a payment method.',
  fields: (t) => ({
    paymentMethodId: t.id({ required: true, description: 'Identifier of the payment method.' }),
    rule: t.field({
      type: DateAdjustmentRuleRef,
      required: true,
      description: 'Rule that moves collections off weekends and public holidays.',
    }),
  }),
});

const UpdateMerchantSettingsInput = builder.inputType('UpdateMerchantSettingsInput', {
  description:
    'Settings to change. An absent setting keeps its value. Null disables `retryPolicy`, leaves `dateAdjustmentRules` unchanged, and is an error for the others.',
  fields: (t) => ({
    cdvMode: t.field({
      description: 'Effect of a failed check-digit verification (CDV) of an account number.',
      type: CdvModeRef,
    }),
    emailUnique: t.boolean({ description: 'Whether e-mail addresses of customers must be unique.' }),
    blacklistRunningPayments: t.field({
      description: 'Effect of blacklisting a customer on its running payments.',
      type: BlacklistedPaymentsRef,
    }),
    sandboxDefault: t.field({
      description: 'Behaviour of sandbox bank accounts whose number selects no scenario.',
      type: SandboxDefaultRef,
    }),
    lateRunPolicy: t.field({
      description: 'Handling of a collection whose cut-off the gateway missed.',
      type: LateRunPolicyRef,
    }),
    retryPolicy: t.field({
      description: 'Automatic retry policy for unpaid debits; null disables it.',
      type: RetryPolicyInput,
    }),
    dateAdjustmentRules: t.field({
      type: [DateAdjustmentRuleInput],
      description:
        'Date adjustment rules to set on payment methods. They also move collections that are already planned.',
    }),
    idempotencyKey: t.string({
      description: `Idempotency key: at most ${IDEMPOTENCY_KEY_LENGTH_MAX} characters, kept for ${IDEMPOTENCY_KEY_KEPT_DAYS} days. A repeated call returns the result of the first.`,
    }),
  }),
});

builder.mutationField('updateMerchantSettings', (t) =>
  t.field({
    type: UpdateMerchantSettingsPayload,
    description:
      'Changes settings of the merchant. They apply to objects created or changed afterwards; date adjustment rules also apply to planned collections.',
    args: {
      input: t.arg({ description: 'The settings to change.', type: UpdateMerchantSettingsInput, required: true }),
    },
    ...scoped('admin'),
    resolve: async (_root, { input: { idempotencyKey = null, dateAdjustmentRules, ...input } }, context, info) => {
      refuseBatch([input], idempotencyKey);
      const given = Object.entries(input).filter(([, value]) => value !== undefined);
      const cleared = given.flatMap(([name, value]) => (value === null && name !== 'retryPolicy' ? [[name]] : []));
      if (cleared.length > 0)
        throw requestError('BAD_REQUEST', 'This setting cannot be null; omit it to keep its value.', cleared);
      const settings = Object.fromEntries(given) as Partial<MerchantSettings>;
      refuseRetryPolicy(settings.retryPolicy ?? null);
      const change = { settings, dateAdjustmentRules: dateAdjustmentRules ?? [], idempotencyKey };
      return acceptSound(
        await answerCall(context, info, () => updateMerchantSettings(context.app, callerOf(context), change)),
      );
    },
  }),
);

function refuseRetryPolicy(policy: RetryPolicy | null): void {
  if (!policy) return;
  const refuse = (name: string, max: number): never => {
    throw requestError('BAD_REQUEST', `Pass a whole number from 1 to ${max}.`, [['retryPolicy', name]]);
  };
  if (policy.retriesMax < 1 || policy.retriesMax >= ATTEMPTS_MAX) refuse('retriesMax', ATTEMPTS_MAX - 1);
  if (policy.daysBetween < 1 || policy.daysBetween > DAYS_BETWEEN_MAX) refuse('daysBetween', DAYS_BETWEEN_MAX);
}

const HolidayInput = builder.inputType('HolidayInput', {
  description: 'A bank holiday to add to the calendar of the merchant.',
  fields: (t) => ({
    date: t.field({ type: 'Date', description: 'Date of the holiday (civil date in Johannesburg). Required.' }),
    name: t.string({ description: `Name of the holiday: at most ${HOLIDAY_NAME_LENGTH_MAX} characters. Required.` }),
  }),
});

/** Maximum number of dates that one `setHolidays` call adds and removes together. */
const HOLIDAYS_MAX = 366;

const SetHolidaysInput = builder.inputType('SetHolidaysInput', {
  description: `Changes of the holiday calendar of the merchant: at most ${HOLIDAYS_MAX} dates in one call.`,
  fields: (t) => ({
    add: t.field({
      type: [HolidayInput],
      description: 'Holidays to add. A date that is already a holiday is renamed.',
    }),
    remove: t.field({ type: ['Date'], description: 'Dates that are no longer holidays.' }),
    idempotencyKey: t.string({
      description: `Idempotency key: at most ${IDEMPOTENCY_KEY_LENGTH_MAX} characters, kept for ${IDEMPOTENCY_KEY_KEPT_DAYS} days. A repeated call returns the result of the first.`,
    }),
  }),
});

builder.mutationField('setHolidays', (t) =>
  t.field({
    type: merchantPayload('SetHolidaysPayload'),
    description:
      'Adds and removes bank holidays of the merchant. Statutory holidays are included already; add those that are proclaimed. Planned collections move with the calendar; existing transactions keep their dates.',
    args: { input: t.arg({ description: 'The holidays to add and remove.', type: SetHolidaysInput, required: true }) },
    ...scoped('admin'),
    resolve: async (_root, { input: { idempotencyKey = null, add, remove } }, context, info) => {
      const holidays = { add: add ?? [], remove: remove ?? [] };
      refuseBatch([holidays], idempotencyKey);
      if (holidays.add.length + holidays.remove.length > HOLIDAYS_MAX) {
        throw requestError('BATCH_TOO_LARGE', `Pass at most ${HOLIDAYS_MAX} dates in one call.`, [['add'], ['remove']]);
      }
      const change = { ...holidays, idempotencyKey };
      return acceptSound(await answerCall(context, info, () => setHolidays(context.app, callerOf(context), change)));
    },
  }),
);
