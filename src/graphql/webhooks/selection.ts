import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
} from 'graphql';
import { type RecordFault, SELECTION_LENGTH_MAX } from '../../domain/webhook/endpoint.ts';
import type { Context } from '../context.ts';
import { scopesOf } from '../pipeline/authorize.ts';
import { costOf } from '../pipeline/limits/cost.ts';

/** Maximum cost of resolving the selection of an endpoint for one event, in points. */
export const SELECTION_POINTS_MAX = 500;

/**
 * Returns the subscription whose events have a selection, for example of "{ id payment { status } }"; null when the text is not one
 * selection set.
 */
export function documentOf(selection: string): string | null {
  const set = selectionSetOf(selection);
  return set && `subscription { events { ... on Event ${print(set)} } }`;
}

function selectionSetOf(text: string): OperationDefinitionNode['selectionSet'] | null {
  try {
    const [only, ...others] = parse(text, { noLocation: true, maxTokens: SELECTION_LENGTH_MAX }).definitions;
    const isShorthand = text.trimStart().startsWith('{');
    return only?.kind === Kind.OPERATION_DEFINITION && isShorthand && others.length === 0 ? only.selectionSet : null;
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
}

/** Returns why a selection cannot be the body of a webhook of the caller; null when it can. */
export function faultOf(selection: string, schema: GraphQLSchema, context: Context): RecordFault | null {
  const fault = (rule: string, message: string): RecordFault => ({ field: 'selection', rule, message });
  if (selection.length > SELECTION_LENGTH_MAX)
    return fault('length', `Must have at most ${SELECTION_LENGTH_MAX} characters.`);
  const text = documentOf(selection);
  if (text === null)
    return fault('selection', 'Must be one selection of fields of Event without fragments, for example "{ id type }".');
  const { document, errors } = context.prepare(text);
  if (errors[0]) return fault('selection', errors[0].message);
  const missing = missingScopes(document, schema, context);
  if (missing.length > 0) return fault('scope', `The selection requires the scope ${missing.join(', ')}.`);
  const { points } = costOf({ schema, document });
  if (points <= SELECTION_POINTS_MAX) return null;
  return fault('cost', `The selection costs ${Math.ceil(points)} points; at most ${SELECTION_POINTS_MAX} are allowed.`);
}

function missingScopes(document: DocumentNode, schema: GraphQLSchema, { caller }: Context): string[] {
  return [...scopesOf(schema, document)].filter((scope) => !caller?.scopes.has(scope));
}
