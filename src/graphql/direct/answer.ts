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
import type { TextReader } from '../../store/reading/reader.ts';
import { InvalidFilter } from '../../store/reading/where.ts';
import type { Context } from '../context.ts';
import { logHead } from '../lists/log-head.ts';
import { type Binding, bound } from './bound.ts';
import { JsonText } from './json-text.ts';
import { NotDirect, planQuery, type RootField, type RootRead } from './plan.ts';

/**
 * Answers a query by splicing the JSON that PostgreSQL wrote, with one statement per root field. Returns null when the
 * query has to be executed: a field of it needs JavaScript, or an argument of it is refused.
 */
export async function answerDirectly(args: ExecutionArgs): Promise<ExecutionResult | null> {
  const { schema, document, operationName, variableValues } = args;
  const context = args.contextValue as Context;
  const { texts } = context.reader;
  const operation = getOperationAST(document, operationName);
  if (!texts || !operation) return null;
  const plans = plansOf(args, operation);
  if (!plans.mayBeDirect) return null;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {});
  const roots = coerced && plans.planFor(coerced);
  if (!coerced || !roots) return null;
  const streamCursor = plans.selectsStreamCursor ? await logHead(context) : null;
  const reads = bind(roots, { context, variables: coerced, streamCursor });
  return reads && splice(roots, await Promise.allSettled(reads.map((read) => textOf(texts, read))));
}

/** Returns what the root fields read; null when the request needs JavaScript or is refused, which graphql-js reports. */
function bind(roots: readonly RootField[], binding: Binding): RootRead[] | null {
  try {
    return roots.map((root) => bound(root.read, binding));
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

/** Returns the result of texts in the order of their fields. A field that failed is null, as graphql-js has it. */
function splice(roots: readonly RootField[], texts: ReadonlyArray<PromiseSettledResult<string>>): ExecutionResult {
  const errors: GraphQLError[] = [];
  let isNull = false;
  const members = roots.map(({ key, nodes, isNullable }, index) => {
    const text = texts[index];
    if (text?.status === 'fulfilled') return `"${key}":${text.value}`;
    errors.push(locatedError(text?.reason, nodes, [key]));
    isNull ||= !isNullable;
    return `"${key}":null`;
  });
  const data = isNull ? null : new JsonText(`{${members.join(',')}}`);
  return { ...(errors.length > 0 ? { errors } : {}), data: data as ExecutionResult['data'] & JsonText };
}

/** The plans of one operation: one for each combination of the variables that its directives use. */
class Plans {
  readonly selectsStreamCursor: boolean;
  private readonly args: Pick<ExecutionArgs, 'schema' | 'document'>;
  private readonly operation: OperationDefinitionNode;
  private readonly switches: readonly string[];
  private readonly known = new Map<string, readonly RootField[] | null>();

  constructor(args: Pick<ExecutionArgs, 'schema' | 'document'>, operation: OperationDefinitionNode) {
    this.args = args;
    this.operation = operation;
    const switches = new Set<string>();
    let selectsStreamCursor = false;
    visit(args.document, {
      [Kind.DIRECTIVE]: ({ arguments: given = [] }) => {
        for (const { value } of given) if (value.kind === Kind.VARIABLE) switches.add(value.name.value);
      },
      [Kind.FIELD]: ({ name }) => {
        selectsStreamCursor ||= name.value === 'streamCursor';
      },
    });
    this.switches = [...switches];
    this.selectsStreamCursor = selectsStreamCursor;
  }

  /** Whether the operation may have a plan. A document with many switches is executed, so that its plans stay few. */
  get mayBeDirect(): boolean {
    return this.operation.operation === 'query' && this.switches.length <= SWITCHES_MAX && this.known.get('') !== null;
  }

  planFor(variables: Record<string, unknown>): readonly RootField[] | null {
    const key = this.switches.map((name) => String(variables[name])).join();
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const { schema, document } = this.args;
    const plan = planQuery({ schema, fragments: fragmentsOf(document), variables }, this.operation);
    this.known.set(key, plan);
    return plan;
  }
}

/** Maximum number of variables in directives of a document that is answered directly. */
const SWITCHES_MAX = 4;

const plansByDocument = new WeakMap<DocumentNode, Map<OperationDefinitionNode, Plans>>();

function plansOf({ schema, document }: ExecutionArgs, operation: OperationDefinitionNode): Plans {
  const plans = plansByDocument.get(document) ?? new Map<OperationDefinitionNode, Plans>();
  plansByDocument.set(document, plans);
  const known = plans.get(operation) ?? new Plans({ schema, document }, operation);
  plans.set(operation, known);
  return known;
}

function fragmentsOf({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment]));
}
