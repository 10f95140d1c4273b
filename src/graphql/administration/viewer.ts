import { BATCH_RECORDS_MAX } from '../../domain/batch.ts';
import type { MerchantMode } from '../../domain/merchant.ts';
import type { Caller, Scope } from '../../services/app.ts';
import { findMerchant } from '../../store/merchants/read.ts';
import { PAGE_SIZE_MAX } from '../../store/reading/keyset.ts';
import { builder, scoped } from '../builder.ts';
import { callerOf } from '../context.ts';
import { MerchantModeRef } from '../enums/merchant.ts';
import { ScopeRef } from '../enums/scope.ts';
import type { Limits } from '../pipeline/limits/limits.ts';

const ViewerLimitsRef = builder.objectRef<Limits>('ViewerLimits').implement({
  description: 'Limits that apply to the requests of the caller.',
  fields: (t) => ({
    cost: t.exposeInt('costMax', { description: 'Maximum cost of one request, in points.' }),
    nodes: t.exposeInt('nodesMax', { description: 'Maximum number of objects of one request, by its page sizes.' }),
    depth: t.exposeInt('depthMax', { description: 'Maximum depth of a document, in levels of fields.' }),
    aliases: t.exposeInt('aliasesMax', { description: 'Maximum number of aliases in a document.' }),
    documentBytes: t.exposeInt('textBytesMax', { description: 'Maximum length of a document, in bytes of UTF-8.' }),
    pageSize: t.int({ description: 'Maximum number of objects on a page.', resolve: () => PAGE_SIZE_MAX }),
    records: t.int({ description: 'Maximum number of records in a batch.', resolve: () => BATCH_RECORDS_MAX }),
    points: t.exposeInt('bucketPoints', {
      description: 'Points that the caller can spend at once; each node counts its own.',
    }),
    pointsPerSecond: t.exposeInt('refillPerSecond', { description: 'Points that the caller regains in a second.' }),
  }),
});

const ViewerRef = builder.objectRef<Caller>('Viewer').implement({
  description: 'The caller: who it is, what it may do and how much of its allowance is left.',
  fields: (t) => ({
    actor: t.exposeString('clientId', {
      description: 'Client that the audit log and `createdBy` name: the id of an API key, or "user:" and the user.',
    }),
    scopes: t.field({
      type: [ScopeRef],
      description: 'Scopes that the caller holds; a field or a mutation that needs another one is refused.',
      resolve: ({ scopes }) => [...scopes] as Scope[],
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Time at which the token of the caller expires (UTC wall clock); null for an API key.',
    }),
    merchant: t.prismaField({
      type: 'Merchant',
      description: 'Merchant to which the caller belongs.',
      resolve: (query, _viewer, _args, { reader }) => findMerchant(reader, query),
    }),
    mode: t.field({
      type: MerchantModeRef,
      description: 'Mode of the merchant.',
      resolve: async (_viewer, _args, { reader }) => {
        const { mode }: { mode: MerchantMode } = await findMerchant(reader, { select: { mode: true } });
        return mode;
      },
    }),
    limits: t.field({
      type: ViewerLimitsRef,
      description: 'Limits that apply to the requests of the caller.',
      resolve: (_viewer, _args, { limits }) => limits,
    }),
    pointsLeft: t.int({
      description: 'Points that the caller has left on the node that answers, after this request was charged.',
      resolve: (_viewer, _args, context) => context.pointsLeft(),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerRef,
    description: 'Returns the caller, so that an app can hide what its user may not do.',
    ...scoped('read'),
    resolve: (_root, _args, context) => callerOf(context),
  }),
);
