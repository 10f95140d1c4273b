import { ATTEMPTS_MAX, availableMandateActions, type MandateAction } from '../../domain/mandate/actions.ts';
import { GRACE_SECONDS } from '../../domain/mandate/approval-window.ts';
import { type Withdrawal, withdrawalIn } from '../../domain/mandate/authority.ts';
import type { DebtorSnapshot, MandateTerms } from '../../domain/mandate/mandate.ts';
import { isMandateType } from '../../domain/mandate/state-machine.ts';
import { builder } from '../builder.ts';
import { marked } from '../direct/marks.ts';
import { BankAccountTypeRef, BankRef } from '../enums/bank-account.ts';
import { IdTypeRef } from '../enums/customer.ts';
import { AmendmentStatusRef, ApprovalWindowRef, MandateActionRef, MandateCancelReasonRef } from '../enums/mandate.ts';
import { MandateRef } from './mandate.ts';
import { MandateAmendmentRef, shownTerms, TERM_COLUMNS } from './mandate-terms.ts';

const DebtorSnapshotRef = builder.objectRef<DebtorSnapshot>('DebtorSnapshot').implement({
  description:
    'Debtor and bank account as they were when the mandate was approved. Later changes to the customer do not affect it; an approved amendment renews it.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the person or company.' }),
    idType: t.field({
      description: 'Type of the identity document.',
      type: IdTypeRef,
      nullable: true,
      resolve: ({ idType }) => idType as typeof IdTypeRef.$inferType | null,
    }),
    idNumberMasked: t.exposeString('idNumberMasked', {
      description: 'Identity number with all but its last four characters masked.',
      nullable: true,
    }),
    contactNumber: t.exposeString('contactNumber', { description: 'Contact number in E.164 format.', nullable: true }),
    accountHolderName: t.exposeString('accountHolderName', { description: 'Name of the account holder.' }),
    accountNumberMasked: t.exposeString('accountNumberMasked', {
      description: 'Account number with all but its last four digits masked.',
    }),
    accountType: t.field({
      description: 'Type of the bank account.',
      type: BankAccountTypeRef,
      resolve: ({ accountType }) => accountType as typeof BankAccountTypeRef.$inferType,
    }),
    bank: t.field({
      description: 'Bank that holds the account.',
      type: BankRef,
      resolve: ({ bank }) => bank as typeof BankRef.$inferType,
    }),
    branchCode: t.exposeString('branchCode', { description: 'Branch code of the bank, six digits.' }),
  }),
});

const AvailableMandateActionRef = builder
  .objectRef<{ action: MandateAction; allowed: boolean; reason: string | null }>('AvailableMandateAction')
  .implement({
    description: 'An action on a mandate and whether it is currently allowed.',
    fields: (t) => ({
      action: t.expose('action', { description: 'The action on the mandate.', type: MandateActionRef }),
      allowed: t.exposeBoolean('allowed', { description: 'Whether the action is currently allowed.' }),
      reason: t.exposeString('reason', {
        description: 'Human-readable reason why the action is not allowed; null if it is allowed.',
        nullable: true,
      }),
    }),
  });

/** Approval, rejection, suspension and cancellation of a mandate. */
builder.prismaObjectFields(MandateRef, (t) => ({
  approvalWindow: t.expose('approvalWindow', {
    type: ApprovalWindowRef,
    nullable: true,
    description: 'Approval window of a DebiCheck mandate; null for other methods.',
  }),
  approvalExpiresAt: t.expose('approvalExpiresAt', {
    type: 'DateTime',
    nullable: true,
    description: `Deadline for the debtor's approval (UTC, on the merchant's clock); null if no approval window applies. Real-time windows accept an answer for another ${GRACE_SECONDS} seconds, and the mandate expires only then.`,
  }),
  attemptCount: t.exposeInt('attempts', {
    description: `Number of approval requests made to the bank, at most ${ATTEMPTS_MAX}.`,
  }),
  requestedAt: t.expose('requestedAt', {
    type: 'DateTime',
    nullable: true,
    description: "Time of the last approval request (UTC, on the merchant's clock); null if there was none.",
  }),
  approvedAt: t.expose('approvedAt', {
    type: 'DateTime',
    nullable: true,
    description: "Time of the approval (UTC, on the merchant's clock); null if the mandate was not approved.",
  }),
  authenticationReference: t.exposeString('authenticationReference', {
    nullable: true,
    description: 'Reference by which the bank confirmed the approval; null if the mandate was not approved.',
  }),
  rejectionCode: t.exposeString('rejectionCode', {
    nullable: true,
    description:
      'Scheme code of the rejection; NORESP if the approval window elapsed without an answer. null if not rejected.',
  }),
  rejectionReason: t.exposeString('rejectionReason', {
    nullable: true,
    description: 'Human-readable meaning of `rejectionCode`; null if not rejected.',
  }),
  suspendedAt: t.expose('suspendedAt', {
    type: 'DateTime',
    nullable: true,
    description: "Time of the suspension (UTC, on the merchant's clock); null if there was none or it was lifted.",
  }),
  cancelledAt: t.expose('cancelledAt', {
    type: 'DateTime',
    nullable: true,
    description: "Time of the cancellation (UTC, on the merchant's clock); null if the mandate was not cancelled.",
  }),
  cancelReason: t.field({
    description: 'Reason for the cancellation; null if the mandate was not cancelled.',
    type: MandateCancelReasonRef,
    nullable: true,
    extensions: marked({ column: 'cancelReason' }),
    select: { cancelReason: true },
    resolve: ({ cancelReason }) => cancelReason as typeof MandateCancelReasonRef.$inferType | null,
  }),
  archivedAt: t.expose('archivedAt', {
    type: 'DateTime',
    nullable: true,
    description: "Time at which the mandate was archived (UTC, on the merchant's clock); null if it was not.",
  }),
  debtorSnapshot: t.field({
    description: 'Debtor and bank account recorded at the approval; null before it, and for EFT mandates.',
    type: DebtorSnapshotRef,
    nullable: true,
    select: { debtorSnapshot: true },
    resolve: ({ debtorSnapshot }) => debtorSnapshot as unknown as DebtorSnapshot | null,
  }),
}));

const AuthorityWithdrawnRef = builder.objectRef<Withdrawal>('AuthorityWithdrawn').implement({
  description:
    "Withdrawal of the debtor's authority for a mandate. A new mandate is needed, unless the dispute that withdrew the authority is itself withdrawn.",
  fields: (t) => ({
    at: t.expose('at', {
      type: 'DateTime',
      description: "Time of the withdrawal (UTC, on the merchant's clock).",
    }),
    code: t.exposeString('code', { description: 'Return code that withdrew the authority, e.g. "04".' }),
    reason: t.exposeString('reason', { description: 'Human-readable meaning of the return code.' }),
  }),
});

/** Validity of the debtor's authority. */
builder.prismaObjectField(MandateRef, 'authorityWithdrawn', (t) =>
  t.field({
    type: AuthorityWithdrawnRef,
    nullable: true,
    description:
      "Withdrawal of the debtor's authority by a return code; null while the authority is valid. EFT mandates: code 04, 30, 32, 34 or 36. All mandates: code 08 or 18, or code 02 twice in a row. Every use of the mandate then fails with STATE_CONFLICT on `mandateId`; a withdrawn dispute restores the authority.",
    select: { authorityWithdrawnAt: true, authorityWithdrawnCode: true, authorityWithdrawnReason: true },
    resolve: (mark) => withdrawalIn(mark),
  }),
);

/** Amendment and available actions of a mandate. */
builder.prismaObjectFields(MandateRef, (t) => ({
  amendmentStatus: t.expose('amendmentStatus', {
    description: 'Status of the amendment: whether changed terms await approval.',
    type: AmendmentStatusRef,
  }),
  amendment: t.field({
    description: 'Terms of the mandate once the amendment is approved; null unless an amendment is PENDING.',
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
    description: 'Reason given for the last amendment, its withdrawal or its rejection; null if there is none.',
  }),
  availableActions: t.field({
    type: [AvailableMandateActionRef],
    description: 'All actions on a mandate, each with whether it is currently allowed and, if not, the reason.',
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
      if (!isMandateType(type))
        throw new Error(`mandate ${mandate.id} has payment method type ${type}, which takes no mandates`);
      return availableMandateActions({ ...mandate, methodType: type, providerBank }, ties, await loaders.now());
    },
  }),
}));
