import { ATTEMPTS_MAX, DAYS_BETWEEN_MAX, type RetryPolicy } from '../../domain/payment/retry.ts';
import { setHolidays } from '../../services/merchants/set-holidays.ts';
import { updateMerchantSettings } from '../../services/merchants/update-merchant-settings.ts';
import type { MerchantSettings } from '../../store/merchants/merchants.ts';
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
    'How EFT debits and card charges that were not paid are tried again, where the return code allows it. No funds twice in a row stop a recurring payment all the same.',
  fields: (t) => ({
    retriesMax: t.exposeInt('retriesMax', { description: 'So often beyond the first attempt: 1 or 2.' }),
    daysBetween: t.exposeInt('daysBetween', { description: 'From one action date to the next, at least: 1 to 31.' }),
    alignToPaydays: t.exposeBoolean('alignToPaydays', {
      description: 'Whether to wait for the 25th or the last day of the month.',
    }),
  }),
});

const MerchantSettingsRef = builder.objectRef<MerchantSettings>('MerchantSettings').implement({
  description: 'What you have settled for yourself.',
  fields: (t) => ({
    cdvMode: t.expose('cdvMode', { type: CdvModeRef, description: 'ERROR by default.' }),
    emailUnique: t.exposeBoolean('emailUnique', {
      description: 'Whether two customers may not have the same e-mail address. false by default.',
    }),
    blacklistRunningPayments: t.expose('blacklistRunningPayments', {
      type: BlacklistedPaymentsRef,
      description: 'PAUSE by default.',
    }),
    sandboxDefault: t.expose('sandboxDefault', {
      type: SandboxDefaultRef,
      description: 'How accounts behave at the sandbox bank that stand for nothing. HAPPY by default.',
    }),
    lateRunPolicy: t.expose('lateRunPolicy', {
      type: LateRunPolicyRef,
      description: 'What becomes of a collection that the gateway was too late for. NEXT_FEASIBLE by default.',
    }),
    retryPolicy: t.expose('retryPolicy', {
      type: RetryPolicyRef,
      nullable: true,
      description: 'How what was not paid is tried again by itself; null, the default: not at all.',
    }),
  }),
});

builder.prismaObjectField(MerchantRef, 'settings', (t) =>
  t.field({
    type: MerchantSettingsRef,
    description: 'What you have settled for yourself.',
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

/** What a change of the merchant answers. */
function merchantPayload(name: string) {
  return builder.objectRef<CallPayload>(name).implement({
    description: 'The merchant, with its settings as they are now.',
    fields: (t) => ({
      merchant: t.prismaField({
        description: 'The merchant, with its settings as they are now.',
        type: MerchantRef,
        resolve: (query, _payload, _args, context) =>
          context.app.database.prisma.merchant.findUniqueOrThrow({
            ...query,
            where: { id: callerOf(context).merchantId },
          }),
      }),
      warnings: t.field({
        type: [WarningRef],
        description: 'Collections that the change skips, at most 100 of those that are due within ten days.',
        resolve: ({ results }) => results.flatMap(({ warnings }) => warnings),
      }),
      ...callFields(t),
    }),
  });
}

const UpdateMerchantSettingsPayload = merchantPayload('UpdateMerchantSettingsPayload');

const RetryPolicyInput = builder.inputType('RetryPolicyInput', {
  description: 'How what was not paid is tried again.',
  fields: (t) => ({
    retriesMax: t.int({ required: true, description: 'So often beyond the first attempt: 1 or 2.' }),
    daysBetween: t.int({ required: true, description: 'From one action date to the next, at least: 1 to 31.' }),
    alignToPaydays: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether to wait for the 25th or the last day of the month.',
    }),
  }),
});

const DateAdjustmentRuleInput = builder.inputType('DateAdjustmentRuleInput', {
  description: 'The rule of a payment method.',
  fields: (t) => ({
    paymentMethodId: t.id({ required: true, description: 'Of the method.' }),
    rule: t.field({ type: DateAdjustmentRuleRef, required: true, description: 'Where it moves a collection.' }),
  }),
});

const UpdateMerchantSettingsInput = builder.inputType('UpdateMerchantSettingsInput', {
  description: 'Settings to be changed; absent ones keep.',
  fields: (t) => ({
    cdvMode: t.field({ description: 'What a failed check of digits is.', type: CdvModeRef }),
    emailUnique: t.boolean({ description: 'Whether two customers may not have the same e-mail address.' }),
    blacklistRunningPayments: t.field({
      description: 'What becomes of running payments when a customer is blacklisted.',
      type: BlacklistedPaymentsRef,
    }),
    sandboxDefault: t.field({ description: 'How other accounts behave at the sandbox bank.', type: SandboxDefaultRef }),
    lateRunPolicy: t.field({ description: 'What becomes of what the gateway was late for.', type: LateRunPolicyRef }),
    retryPolicy: t.field({ description: 'How to try again; null: not at all.', type: RetryPolicyInput }),
    dateAdjustmentRules: t.field({
      type: [DateAdjustmentRuleInput],
      description: 'Where methods move collections off weekends and holidays; also those that are planned already.',
    }),
    idempotencyKey: t.string({ description: 'At most 255 characters, kept 30 days.' }),
  }),
});

builder.mutationField('updateMerchantSettings', (t) =>
  t.field({
    type: UpdateMerchantSettingsPayload,
    description: 'Changes your settings. They hold for what is made or changed afterwards.',
    args: {
      input: t.arg({ description: 'The settings to change.', type: UpdateMerchantSettingsInput, required: true }),
    },
    ...scoped('admin'),
    resolve: async (_root, { input: { idempotencyKey = null, dateAdjustmentRules, ...input } }, context, info) => {
      refuseBatch([input], idempotencyKey);
      const given = Object.entries(input).filter(([, value]) => value !== undefined);
      const cleared = given.flatMap(([name, value]) => (value === null && name !== 'retryPolicy' ? [[name]] : []));
      if (cleared.length > 0)
        throw requestError('BAD_REQUEST', 'A setting has a value: leave it out to keep it.', cleared);
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
    throw requestError('BAD_REQUEST', `A whole number from 1 to ${max}.`, [['retryPolicy', name]]);
  };
  if (policy.retriesMax < 1 || policy.retriesMax >= ATTEMPTS_MAX) refuse('retriesMax', ATTEMPTS_MAX - 1);
  if (policy.daysBetween < 1 || policy.daysBetween > DAYS_BETWEEN_MAX) refuse('daysBetween', DAYS_BETWEEN_MAX);
}

const HolidayInput = builder.inputType('HolidayInput', {
  description: 'A day on which your banks rest.',
  fields: (t) => ({
    date: t.field({ type: 'Date', description: 'Required.' }),
    name: t.string({ description: 'Required. At most 64 characters.' }),
  }),
});

const HOLIDAYS_MAX = 366;

const SetHolidaysInput = builder.inputType('SetHolidaysInput', {
  description: `Changes of your calendar, at most ${HOLIDAYS_MAX} a call.`,
  fields: (t) => ({
    add: t.field({ type: [HolidayInput], description: 'Days to be added, or named anew.' }),
    remove: t.field({ type: ['Date'], description: 'Days that are none.' }),
    idempotencyKey: t.string({ description: 'At most 255 characters, kept 30 days.' }),
  }),
});

builder.mutationField('setHolidays', (t) =>
  t.field({
    type: merchantPayload('SetHolidaysPayload'),
    description:
      'Changes the days on which your banks rest: those by law are there; add those that are proclaimed. Collections that are planned move with it; transactions that are made stay.',
    args: { input: t.arg({ description: 'The days.', type: SetHolidaysInput, required: true }) },
    ...scoped('admin'),
    resolve: async (_root, { input: { idempotencyKey = null, add, remove } }, context, info) => {
      const holidays = { add: add ?? [], remove: remove ?? [] };
      refuseBatch([holidays], idempotencyKey);
      if (holidays.add.length + holidays.remove.length > HOLIDAYS_MAX) {
        throw requestError('BATCH_TOO_LARGE', `At most ${HOLIDAYS_MAX} days a call.`, [['add'], ['remove']]);
      }
      const change = { ...holidays, idempotencyKey };
      return acceptSound(await answerCall(context, info, () => setHolidays(context.app, callerOf(context), change)));
    },
  }),
);
