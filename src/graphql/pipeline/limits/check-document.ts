import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import {
  type ASTVisitor,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  TypeInfo,
  ValidationContext,
  visit,
  visitInParallel,
} from 'graphql';
import { type RequestErrorCode, requestError } from '../request-error.ts';
import type { Limits } from './limits.ts';

/**
 * Checks the limits of a document before validation, which can be expensive. Visits each node once; throws the first
 * violation.
 */
export function checkDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  { depthMax, aliasesMax, directivesMax }: Limits,
  hasIntrospection: boolean,
): void {
  const context = new ValidationContext(schema, document, new TypeInfo(schema), () => {});
  const rejecting = (code: RequestErrorCode, message: string) => ({
    onReject: [
      () => {
        throw requestError(code, message);
      },
    ],
  });
  const rules = [
    maxDepthRule({
      n: depthMax,
      flattenFragments: true,
      ...rejecting('QUERY_TOO_DEEP', `Fields can be nested at most ${depthMax} levels deep.`),
    }),
    maxAliasesRule({
      n: aliasesMax,
      allowList: [],
      ...rejecting('TOO_MANY_ALIASES', `A document can have at most ${aliasesMax} aliases.`),
    }),
    maxDirectivesRule({
      n: directivesMax,
      ...rejecting('TOO_MANY_DIRECTIVES', `A document can have at most ${directivesMax} directives.`),
    }),
  ].map((rule) => rule(context) as unknown as ASTVisitor);
  visit(document, visitInParallel(hasIntrospection ? rules : [...rules, refuseIntrospection()]));
}

function refuseIntrospection(): ASTVisitor {
  return {
    Field: ({ name }) => {
      if (name.value === '__schema' || name.value === '__type') {
        throw requestError(
          'INTROSPECTION_DISABLED',
          'Introspection is disabled. Use the schema file published with the gateway.',
        );
      }
    },
  };
}

/** Caches the result of `checkDocument` per document, so that each document is checked once. */
export class DocumentChecks {
  private readonly known = new WeakMap<DocumentNode, GraphQLError | null>();
  private readonly schema: GraphQLSchema;
  private readonly limits: Limits;
  private readonly hasIntrospection: boolean;

  constructor(schema: GraphQLSchema, limits: Limits, hasIntrospection: boolean) {
    this.schema = schema;
    this.limits = limits;
    this.hasIntrospection = hasIntrospection;
  }

  refusalOf(document: DocumentNode): GraphQLError | null {
    const known = this.known.get(document);
    if (known !== undefined) return known;
    let refusal: GraphQLError | null = null;
    try {
      checkDocument(this.schema, document, this.limits, this.hasIntrospection);
    } catch (error) {
      refusal = error as GraphQLError;
    }
    this.known.set(document, refusal);
    return refusal;
  }
}
