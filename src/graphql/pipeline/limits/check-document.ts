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

/** What is asked of a document before it is validated, which may be dear. Each part of it is looked at once. */
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
      ...rejecting('QUERY_TOO_DEEP', `Fields are nested at most ${depthMax} deep.`),
    }),
    maxAliasesRule({
      n: aliasesMax,
      allowList: [],
      ...rejecting('TOO_MANY_ALIASES', `At most ${aliasesMax} aliases in a document.`),
    }),
    maxDirectivesRule({
      n: directivesMax,
      ...rejecting('TOO_MANY_DIRECTIVES', `At most ${directivesMax} directives in a document.`),
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
          'The schema is not told here; it is published beside the gateway.',
        );
      }
    },
  };
}

/** The refusals of documents that were seen before: a document is checked once. */
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
