import { availableMandateActions, type MandateAction } from '../../domain/mandate/actions.ts';
import { type Withdrawal, withdrawalIn } from '../../domain/mandate/authority.ts';
import type { DebtorSnapshot, MandateTerms } from '../../domain/mandate/mandate.ts';
import { isMandateType } from '../../domain/mandate/state-machine.ts';
import { builder } from '../builder.ts';
import { BankAccountTypeRef, BankRef } from '../enums/bank-account.ts';
import { IdTypeRef } from '../enums/customer.ts';
import { AmendmentStatusRef, ApprovalWindowRef, MandateActionRef, MandateCancelReasonRef } from '../enums/mandate.ts';
import { MandateRef } from './mandate.ts';
import { MandateAmendmentRef, shownTerms, TERM_COLUMNS } from './mandate-terms.ts';

const DebtorSnapshotRef = builder.objectRef<DebtorSnapshot>('DebtorSnapshot').implement({
  description:
    'Who the bank was shown as the debtor, and which account, for the approval. No later change of the customer reaches it; only an approved amendment renews it.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Of the person or the company.' }),
    idType: t.field({
      description: 'What kind of document the number is from.',
      type: IdTypeRef,
      nullable: true,
      resolve: ({ idType }) => idType as typeof IdTypeRef.$inferType | null,
    }),
    idNumberMasked: t.exposeString('idNumberMasked', { description: 'But for its end.', nullable: true }),
    contactNumber: t.exposeString('contactNumber', { description: 'In E.164.', nullable: true }),
    accountHolderName: t.exposeString('accountHolderName', { description: 'Of the account.' }),
    accountNumberMasked: t.exposeString('accountNumberMasked', { description: 'But for its end.' }),
    accountType: t.field({
      description: 'Its type at the bank.',
      type: BankAccountTypeRef,
      resolve: ({ accountType }) => accountType as typeof BankAccountTypeRef.$inferType,
    }),
    bank: t.field({
      description: 'Where it is.',
      type: BankRef,
      resolve: ({ bank }) => bank as typeof BankRef.$inferType,
    }),
    branchCode: t.exposeString('branchCode', { description: 'Six digits.' }),
  }),
});

const AvailableMandateActionRef = builder
  .objectRef<{ action: MandateAction; allowed: boolean; reason: string | null }>('AvailableMandateAction')
  .implement({
    description: 'An action, and whether it can be taken now.',
    fields: (t) => ({
      action: t.expose('action', { description: 'What.', type: MandateActionRef }),
      allowed: t.exposeBoolean('allowed', { description: 'Whether it can be taken now.' }),
      reason: t.exposeString('reason', { description: 'Why not, for people; null when allowed.', nullable: true }),
    }),
  });

/** How it was approved, or not. */
builder.prismaObjectFields(MandateRef, (t) => ({
  approvalWindow: t.expose('approvalWindow', {
    type: ApprovalWindowRef,
    nullable: true,
    description: 'How the debtor was asked, for DebiCheck.',
  }),
  approvalExpiresAt: t.expose('approvalExpiresAt', {
    type: 'DateTime',
    nullable: true,
    description:
      'Until when the debtor can answer, on your clock. In real time an answer is taken, and silence final, a minute later.',
  }),
  attemptCount: t.exposeInt('attempts', { description: 'How often the bank was asked. At most 3.' }),
  requestedAt: t.expose('requestedAt', {
    type: 'DateTime',
    nullable: true,
    description: 'When approval was last asked for, on your clock.',
  }),
  approvedAt: t.expose('approvedAt', { type: 'DateTime', nullable: true, description: 'When it was approved.' }),
  authenticationReference: t.exposeString('authenticationReference', {
    nullable: true,
    description: "The bank's word that it was approved.",
  }),
  rejectionCode: t.exposeString('rejectionCode', {
    nullable: true,
    description: 'Why it was refused, in the code of the scheme; NORESP when nobody answered.',
  }),
  rejectionReason: t.exposeString('rejectionReason', { nullable: true, description: 'The same, for people.' }),
  suspendedAt: t.expose('suspendedAt', { type: 'DateTime', nullable: true, description: 'Since when it is held.' }),
  cancelledAt: t.expose('cancelledAt', { type: 'DateTime', nullable: true, description: 'When it was cancelled.' }),
  cancelReason: t.field({
    description: 'Why.',
    type: MandateCancelReasonRef,
    nullable: true,
    select: { cancelReason: true },
    resolve: ({ cancelReason }) => cancelReason as typeof MandateCancelReasonRef.$inferType | null,
  }),
  archivedAt: t.expose('archivedAt', { type: 'DateTime', nullable: true, description: 'When it was archived.' }),
  debtorSnapshot: t.field({
    description: 'Frozen when it was approved; null before, and for EFT.',
    type: DebtorSnapshotRef,
    nullable: true,
    select: { debtorSnapshot: true },
    resolve: ({ debtorSnapshot }) => debtorSnapshot as unknown as DebtorSnapshot | null,
  }),
}));

const AuthorityWithdrawnRef = builder.objectRef<Withdrawal>('AuthorityWithdrawn').implement({
  description:
    "How the debtor's authority for a mandate was withdrawn. A new mandate is needed, unless the dispute that withdrew it is itself withdrawn.",
  fields: (t) => ({
    at: t.expose('at', {
      type: 'DateTime',
      description: 'The instant of the withdrawal, on the clock of the merchant.',
    }),
    code: t.exposeString('code', { description: 'The return code of the bank that withdrew it, as "04".' }),
    reason: t.exposeString('reason', { description: 'The meaning of the return code, for people.' }),
  }),
});

/** Whether it can be used. */
builder.prismaObjectField(MandateRef, 'authorityWithdrawn', (t) =>
  t.field({
    type: AuthorityWithdrawnRef,
    nullable: true,
    description:
      'Set when a return code withdrew the authority: EFT by 04, 30, 32, 34 or 36; every mandate by 08 or 18, or by 02 twice in a row. Every use is then a STATE_CONFLICT on `mandateId`. null while the authority stands; a withdrawn dispute restores it.',
    select: { authorityWithdrawnAt: true, authorityWithdrawnCode: true, authorityWithdrawnReason: true },
    resolve: (mark) => withdrawalIn(mark),
  }),
);

/** What can become of it. */
builder.prismaObjectFields(MandateRef, (t) => ({
  amendmentStatus: t.expose('amendmentStatus', {
    description: 'Whether other terms await approval.',
    type: AmendmentStatusRef,
  }),
  amendment: t.field({
    description: 'The mandate as it is to be; null unless an amendment is PENDING.',
    type: MandateAmendmentRef,
    nullable: true,
    select: { ...TERM_COLUMNS, amendment: true, amendmentExpiresAt: true },
    resolve: ({ amendment, amendmentExpiresAt, ...mandate }) =>
      amendment === null
        ? null
        : { terms: shownTerms(mandate, amendment as Partial<MandateTerms>), expiresAt: amendmentExpiresAt },
  }),
  amendmentReason: t.exposeString('amendmentReason', {
    nullable: true,
    description: 'Why the last amendment was asked for, withdrawn or refused.',
  }),
  availableActions: t.field({
    type: [AvailableMandateActionRef],
    description: 'Every action, whether it can be taken now, and why not.',
    select: {
      id: true,
      status: true,
      amendmentStatus: true,
      attempts: true,
      approvalWindow: true,
      requestedAt: true,
      authorityWithdrawnAt: true,
      authorityWithdrawnCode: true,
      authorityWithdrawnReason: true,
      paymentMethod: { select: { type: true, providerBank: true } },
    },
    resolve: async ({ paymentMethod: { type, providerBank }, ...mandate }, _args, { loaders }) => {
      const ties = await loaders.mandateTies.load(mandate.id);
      if (!isMandateType(type)) throw new Error(`mandate ${mandate.id} is of ${type}`);
      return availableMandateActions({ ...mandate, methodType: type, providerBank }, ties, await loaders.now());
    },
  }),
}));
