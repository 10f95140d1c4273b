import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type FragmentDefinitionNode,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  Kind,
  locatedError,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { TextReader } from '../../store/reading/reader.ts';
import { InvalidFilter } from '../../store/reading/where.ts';
import type { Context } from '../context.ts';
import { logHead, selectsLogHead } from '../lists/log-head.ts';
import { costOf } from '../pipeline/limits/cost.ts';
import { bound } from './bound.ts';
import { JsonText } from './json-text.ts';
import { NotDirect, planQuery, type RootField, type RootRead } from './plan.ts';

/**
 * Answers a query by splicing the JSON that PostgreSQL wrote, with one statement per root field. Returns null when the
 * query has to be executed: a field of it needs JavaScript, or an argument of it is refused.
 */
export async function answerDirectly(args: ExecutionArgs): Promise<ExecutionResult | null> {
  const { document, operationName, contextValue } = args;
  const context = contextValue as Context;
  const { texts } = context.reader;
  const operation = getOperationAST(document, operationName);
  if (!texts || operation?.operation !== 'query') return null;
  const streamCursor = selectsLogHead(document) ? await logHead(context) : null;
  const direct = bind(args, operation, streamCursor);
  return direct && splice(direct.roots, await Promise.allSettled(direct.reads.map((read) => textOf(texts, read))));
}

/** Returns what the root fields read; null when the request needs JavaScript or is refused, which graphql-js reports. */
function bind(args: ExecutionArgs, operation: OperationDefinitionNode, streamCursor: string | null) {
  const { schema, variableValues, contextValue } = args;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {});
  if (!coerced) return null;
  try {
    const roots = planOf(args, operation, coerced);
    const binding = { context: contextValue as Context, variables: coerced, streamCursor };
    return roots && { roots, reads: roots.map((root) => bound(root.read, binding)) };
  } catch (error) {
    if (error instanceof NotDirect || error instanceof GraphQLError || error instanceof InvalidFilter) return null;
    throw error;
  }
}

async function textOf(texts: TextReader, read: RootRead): Promise<string> {
  switch (read.is) {
    case 'CONSTANT':
      return read.json;
    case 'OBJECT':
      return texts.object(read.model, read.where, read.shape);
    case 'PAGE':
      return texts.page(read.page, read.parts);
  }
}

/**
 * Returns the result of texts in the order of their fields. A field that failed is null, or the whole data when the field
 * cannot be null, with one error, as graphql-js has it.
 */
function splice(roots: readonly RootField[], texts: ReadonlyArray<PromiseSettledResult<string>>): ExecutionResult {
  const errors: GraphQLError[] = [];
  const members: string[] = [];
  for (const [index, { key, nodes, isNullable }] of roots.entries()) {
    const text = texts[index];
    if (text?.status === 'rejected') {
      errors.push(locatedError(text.reason, nodes, [key]));
      if (!isNullable) return { errors: errors.slice(-1), data: null };
    }
    members.push(`"${key}":${text?.status === 'fulfilled' ? text.value : 'null'}`);
  }
  const data = new JsonText(`{${members.join(',')}}`) as ExecutionResult['data'] & JsonText;
  return errors.length > 0 ? { errors, data } : { data };
}

/** Maximum number of fields of all plans in memory. */
const FIELDS_MAX = 50_000;

/** The plans of the node, by operation and the variables of its directives; a false plan needs JavaScript. */
const plans = new LRUCache<string, { readonly roots: readonly RootField[] | null; readonly fields: number }>({
  maxSize: FIELDS_MAX,
  sizeCalculation: ({ fields }) => Math.max(fields, 1),
});

/** Returns the plan of a query with these variables, made once for each combination of the variables of its directives. */
function planOf(args: ExecutionArgs, operation: OperationDefinitionNode, variables: Record<string, unknown>) {
  const { id, switches } = describedOperation(args.document, operation);
  const key = [id, ...switches.map((name) => String(variables[name]))].join(' ');
  const known = plans.get(key);
  if (known) return known.roots;
  const { schema, document } = args;
  const roots = planQuery({ schema, fragments: fragmentsOf(document), variables }, operation);
  plans.set(key, { roots, fields: costOf(args).fields });
  return roots;
}

/** A number for an operation, and the names of the variables that its directives use. */
interface Described {
  readonly id: number;
  readonly switches: readonly string[];
}
const described = new WeakMap<OperationDefinitionNode, Described>();
let operations = 0;

function describedOperation(document: DocumentNode, operation: OperationDefinitionNode): Described {
  const known = described.get(operation);
  if (known) return known;
  const switches = new Set<string>();
  visit(document, {
    [Kind.DIRECTIVE]: ({ arguments: given = [] }) => {
      for (const { value } of given) if (value.kind === Kind.VARIABLE) switches.add(value.name.value);
    },
  });
  operations += 1;
  const found = { id: operations, switches: [...switches] };
  described.set(operation, found);
  return found;
}

function fragmentsOf({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment]));
}
