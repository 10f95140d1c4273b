import { updateMerchantSettings } from '../services/update-merchant-settings.ts';
import type { MerchantSettings } from '../store/merchants.ts';
import { acceptAnswer, refuseBatch } from './batch.ts';
import { builder, scoped } from './builder.ts';
import { callerOf } from './context.ts';
import { CdvModeRef } from './enums/bank-account.ts';
import { BlacklistedPaymentsRef } from './enums/customer.ts';
import { MerchantRef } from './merchant.ts';
import { requestError } from './request-error.ts';

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
  }),
});

builder.prismaObjectField(MerchantRef, 'settings', (t) =>
  t.field({
    type: MerchantSettingsRef,
    description: 'What you have settled for yourself.',
    select: { cdvMode: true, emailUnique: true, blacklistRunningPayments: true },
    resolve: (merchant) => merchant,
  }),
);

interface Payload {
  readonly replayed: boolean;
  readonly respondedAt: Date;
}

const UpdateMerchantSettingsPayload = builder.objectRef<Payload>('UpdateMerchantSettingsPayload').implement({
  description: 'The merchant with its settings.',
  fields: (t) => ({
    merchant: t.prismaField({
      description: 'With its settings as they are now.',
      type: MerchantRef,
      resolve: (query, _payload, _args, context) =>
        context.gateway.app.database.prisma.merchant.findUniqueOrThrow({
          ...query,
          where: { id: callerOf(context).merchantId },
        }),
    }),
    replayed: t.exposeBoolean('replayed', {
      description: 'Whether an earlier call with the same key did this already.',
    }),
    requestId: t.id({ description: 'Of this call.', resolve: (_payload, _args, context) => context.requestId }),
    respondedAt: t.expose('respondedAt', { description: 'When this was answered: wall time.', type: 'DateTime' }),
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
    resolve: async (_root, { input: { idempotencyKey = null, ...input } }, context) => {
      refuseBatch([input], idempotencyKey);
      const given = Object.entries(input).filter(([, value]) => value !== undefined);
      const cleared = given.flatMap(([name, value]) => (value === null ? [[name]] : []));
      if (cleared.length > 0)
        throw requestError('BAD_REQUEST', 'A setting has a value: leave it out to keep it.', cleared);
      const settings = Object.fromEntries(given) as Partial<MerchantSettings>;
      const answer = await updateMerchantSettings(context.gateway.app, callerOf(context), { settings, idempotencyKey });
      return { replayed: acceptAnswer(answer).replayed, respondedAt: new Date() };
    },
  }),
);
