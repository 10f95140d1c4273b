import { randomUUID } from 'node:crypto';
import {
  type ExecutionArgs,
  GraphQLError,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';
import { BATCH_RECORDS_MAX } from '../../domain/batch.ts';
import type { UnreadableRecord } from '../../services/batch/batch.ts';
import type { Context } from '../context.ts';
import { type Fault, findFault } from './find-fault.ts';

/**
 * Checks the variables of an operation before graphql-js coerces them. A batch record that cannot be coerced is
 * replaced by a placeholder of the right type and reported as FAILED, so that one wrong value fails one record and not
 * the whole call. Any other fault refuses the call; only the first one is reported.
 */
export function checkVariables(args: ExecutionArgs): ExecutionArgs | GraphQLError {
  const { schema, document, operationName, variableValues } = args;
  const operation = getOperationAST(document, operationName);
  if (!operation?.variableDefinitions?.length) return args;
  const unreadable = new Map<string, UnreadableRecord>();
  const variables: Record<string, unknown> = { ...variableValues };
  for (const definition of operation.variableDefinitions) {
    const name = definition.variable.name.value;
    const type = typeOf(schema, definition);
    if (!type || (variables[name] === undefined && definition.defaultValue)) continue;
    if (operation.operation === 'mutation') variables[name] = readable(variables[name], type, schema, unreadable);
    const fault = findFault(variables[name], type);
    if (fault) return refusalOf(definition, type, fault, variables[name] === undefined);
  }
  if (unreadable.size === 0) return args;
  const contextValue = (args.contextValue as Context).withUnreadable(unreadable);
  return { ...args, variableValues: variables, contextValue };
}

function refusalOf(
  { variable }: VariableDefinitionNode,
  type: GraphQLInputType,
  { path, message }: Fault,
  isAbsent: boolean,
): GraphQLError {
  const { value: name } = variable.name;
  if (isAbsent) {
    const absent = `Variable "$${name}" of required type "${type}" was not provided.`;
    return new GraphQLError(absent, { nodes: variable, extensions: { code: 'BAD_REQUEST' } });
  }
  const at = path.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join('');
  const text = `Variable "$${name}" got an invalid value${at ? ` at "${name}${at}"` : ''}; ${message}`;
  const extensions = { code: 'BAD_REQUEST', ...(path.length > 0 ? { paths: [path] } : {}) };
  return new GraphQLError(text, { nodes: variable, extensions });
}

function typeOf(schema: GraphQLSchema, { type }: VariableDefinitionNode): GraphQLInputType | undefined {
  const found = typeFromAST(schema, type);
  return isInputType(found) ? found : undefined;
}

/**
 * Returns a variable with placeholders for unreadable records. It can hold a batch input, a list of records or one
 * record.
 */
function readable(
  value: unknown,
  type: GraphQLInputType,
  schema: GraphQLSchema,
  unreadable: Map<string, UnreadableRecord>,
): unknown {
  const named = getNamedType(type);
  if (typeof value !== 'object' || value === null || !isInputObjectType(named)) return value;
  if (recordTypes(schema).has(named)) {
    const read = (record: unknown) => readRecord(record, named, unreadable);
    if (!isList(type) || !Array.isArray(value)) return read(value);
    // Larger batches are refused later as BATCH_TOO_LARGE.
    return value.length > BATCH_RECORDS_MAX ? value : value.map(read);
  }
  const { records } = named.getFields();
  if (!records || !('records' in value)) return value;
  return { ...value, records: readable(value.records, records.type, schema, unreadable) };
}

function isList(type: GraphQLInputType): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

const known = new WeakMap<GraphQLSchema, ReadonlySet<GraphQLInputObjectType>>();

/** Returns the record input types of all batches. */
function recordTypes(schema: GraphQLSchema): ReadonlySet<GraphQLInputObjectType> {
  const found = known.get(schema);
  if (found) return found;
  const types = Object.values(schema.getTypeMap()).flatMap((type) => {
    const records = isInputObjectType(type) ? type.getFields()['records'] : undefined;
    const named = records && getNamedType(records.type);
    return isInputObjectType(named) && named.getFields()['clientKey'] ? [named] : [];
  });
  const set = new Set(types);
  known.set(schema, set);
  return set;
}

/** Returns the record, or a placeholder whose random client key identifies the unreadable record. */
function readRecord(record: unknown, type: GraphQLInputObjectType, unreadable: Map<string, UnreadableRecord>): unknown {
  if (record === null) return record;
  const fault = findFault(record, type);
  if (fault === null) return record;
  const { path, message } = fault;
  const standIn = randomUUID();
  const clientKey = (record as { clientKey?: unknown }).clientKey;
  unreadable.set(standIn, { path, message, record, clientKey: typeof clientKey === 'string' ? clientKey : null });
  return { ...(filler(type) as object), clientKey: standIn };
}

/** Returns an arbitrary valid value of a type, for placeholders. */
function filler(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return filler(type.ofType as GraphQLInputType);
  if (isListType(type)) return [];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) return FILLERS[type.name] ?? '1';
  const required = Object.values(type.getFields()).filter((field) => isRequiredInputField(field));
  return Object.fromEntries(required.map((field) => [field.name, filler(field.type)]));
}

const FILLERS: Readonly<Record<string, unknown>> = { Boolean: false, Int: 1, Float: 1, JSONObject: {} };
