import {
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  isObjectType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Scope } from '../../services/app.ts';
import type { Context } from '../context.ts';
import { requestError } from './request-error.ts';

const known = new WeakMap<DocumentNode, ReadonlySet<Scope>>();

/**
 * Refuses a document that its caller may not run, before anything of it runs. A document is read once; a request costs a
 * look at its scopes. Introspection and `__typename` need no caller.
 */
export function authorize(schema: GraphQLSchema, document: DocumentNode, context: Pick<Context, 'caller'>): void {
  const scopes = scopesOf(schema, document);
  if (scopes.size === 0) return;
  if (!context.caller)
    throw requestError('UNAUTHENTICATED', 'An API key is needed: send it as "Authorization: Bearer <key>".');
  const missing = [...scopes].filter((scope) => !context.caller?.scopes.has(scope));
  if (missing.length > 0) throw requestError('FORBIDDEN', `The API key lacks the scope ${missing.join(', ')}.`);
}

/** What a document needs its caller to be allowed. */
export function scopesOf(schema: GraphQLSchema, document: DocumentNode): ReadonlySet<Scope> {
  const scopes = known.get(document) ?? readScopes(schema, document);
  known.set(document, scopes);
  return scopes;
}

function readScopes(schema: GraphQLSchema, document: DocumentNode): ReadonlySet<Scope> {
  const scopes = new Set<Scope>();
  const types = new TypeInfo(schema);
  const visitor = {
    [Kind.FIELD]: () => {
      const scope = types.getFieldDef()?.extensions['scope'] as Scope | undefined;
      if (scope) scopes.add(scope);
      if (isReading(types.getParentType(), types.getFieldDef()?.name)) scopes.add('read');
    },
  };
  visit(document, visitWithTypeInfo(types, visitor));
  return scopes;
}

/** What an object in the payload of a mutation tells who may write but not read: which it is, and by which references it was sent. */
const IDENTIFYING: ReadonlySet<string> = new Set([
  '__typename',
  'id',
  'version',
  'reference',
  'contractReference',
  'transactionReference',
  'batchReference',
  'externalId',
]);

/** Types without an id that tell of the graph all the same. */
const READ_TOO: ReadonlySet<string> = new Set(['Merchant', 'ScheduledCollection']);

/** Whether a field tells more of an object of the graph than which it is. */
function isReading(parent: GraphQLCompositeType | undefined | null, field: string | undefined): boolean {
  if (!isObjectType(parent) || field === undefined || IDENTIFYING.has(field)) return false;
  return READ_TOO.has(parent.name) || parent.getInterfaces().some(({ name }) => name === 'Node');
}

/** The root fields that name no scope: there must be none. */
export function unscopedRootFields(schema: GraphQLSchema): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return roots.flatMap((root) =>
    Object.values(root?.getFields() ?? {})
      .filter((field) => field.extensions['scope'] === undefined)
      .map((field) => `${root?.name}.${field.name}`),
  );
}
