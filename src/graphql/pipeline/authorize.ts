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
 * Throws UNAUTHENTICATED or FORBIDDEN when the caller may not run the document, before any part of it runs. The scopes
 * of a document are computed once and cached. Introspection and `__typename` need no caller.
 */
export function authorize(schema: GraphQLSchema, document: DocumentNode, context: Pick<Context, 'caller'>): void {
  const scopes = scopesOf(schema, document);
  if (scopes.size === 0) return;
  if (!context.caller)
    throw requestError(
      'UNAUTHENTICATED',
      'Authentication is required: send an API key as "Authorization: Bearer <key>".',
    );
  const missing = [...scopes].filter((scope) => !context.caller?.scopes.has(scope));
  if (missing.length > 0)
    throw requestError('FORBIDDEN', `The API key lacks the required scope: ${missing.join(', ')}.`);
}

/** Returns the scopes that a caller needs to run the document. */
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

/**
 * The fields of an object that a caller without the `read` scope can select in a mutation payload: ids, version and
 * references.
 */
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

/** Types that require the `read` scope although they do not implement `Node`. */
const READ_TOO: ReadonlySet<string> = new Set(['Merchant', 'ScheduledCollection']);

/** Returns whether selecting the field requires the `read` scope. */
function isReading(parent: GraphQLCompositeType | undefined | null, field: string | undefined): boolean {
  if (!isObjectType(parent) || field === undefined || IDENTIFYING.has(field)) return false;
  return READ_TOO.has(parent.name) || parent.getInterfaces().some(({ name }) => name === 'Node');
}

/** Returns the root fields that declare no scope; a test requires the list to be empty. */
export function unscopedRootFields(schema: GraphQLSchema): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return roots.flatMap((root) =>
    Object.values(root?.getFields() ?? {})
      .filter((field) => field.extensions['scope'] === undefined)
      .map((field) => `${root?.name}.${field.name}`),
  );
}
