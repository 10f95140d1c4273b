import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLLeafType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import { withoutValues } from './without-values.ts';

/** A fault in the value of a variable: its path and the expected type. It never quotes the value. */
export interface Fault {
  readonly path: readonly string[];
  readonly message: string;
}

/** Maximum number of characters of a field name that an error message repeats. */
const NAME_LENGTH_MAX = 64;

/**
 * Returns the first fault of a value by the GraphQL rules of input coercion, or null. graphql-js collects up to fifty
 * faults and prints the whole value with each, which blocks the event loop for large values.
 */
export function findFault(value: unknown, type: GraphQLInputType): Fault | null {
  if (isNonNullType(type)) {
    if (value === null || value === undefined)
      return { path: [], message: `Expected non-nullable type "${type}" not to be null.` };
    return findFault(value, type.ofType as GraphQLInputType);
  }
  if (value === null || value === undefined) return null;
  if (isListType(type)) {
    if (!Array.isArray(value)) return findFault(value, type.ofType as GraphQLInputType);
    return firstOf(value.length, (index) => [String(index), value[index], type.ofType as GraphQLInputType]);
  }
  return isInputObjectType(type) ? faultOfObject(value, type) : faultOfLeaf(value, type);
}

function faultOfObject(value: unknown, type: GraphQLInputObjectType): Fault | null {
  if (typeof value !== 'object' || Array.isArray(value))
    return { path: [], message: `Expected type "${type.name}" to be an object.` };
  const given = value as Readonly<Record<string, unknown>>;
  const fields = type.getFields();
  for (const name in given) {
    if (Object.hasOwn(fields, name)) continue;
    const shown = name.slice(0, NAME_LENGTH_MAX);
    return { path: [shown], message: `Field "${shown}" is not defined by type "${type.name}".` };
  }
  const missing = Object.values(fields).find((field) => isRequiredInputField(field) && given[field.name] === undefined);
  if (missing) {
    const message = `Field "${missing.name}" of required type "${missing.type}" was not provided.`;
    return { path: [missing.name], message };
  }
  const present = Object.values(fields).filter(({ name }) => given[name] !== undefined);
  return firstOf(present.length, (at) => [present[at]?.name ?? '', given[present[at]?.name ?? ''], present[at]?.type]);
}

/** Returns the first fault among the parts of a value, each given by name, value and type. */
function firstOf(
  count: number,
  part: (at: number) => readonly [name: string, value: unknown, type: GraphQLInputType | undefined],
): Fault | null {
  for (let at = 0; at < count; at += 1) {
    const [name, value, type] = part(at);
    const fault = type ? findFault(value, type) : null;
    if (fault) return { ...fault, path: [name, ...fault.path] };
  }
  return null;
}

/** Scalars whose value is a JSON object. */
const STRUCTURED: ReadonlySet<string> = new Set(['JSONObject', '_Any']);

function faultOfLeaf(value: unknown, type: GraphQLLeafType): Fault | null {
  // graphql-js would print the value.
  if (typeof value === 'object' && !STRUCTURED.has(type.name))
    return { path: [], message: `Expected a value of type "${type.name}".` };
  try {
    if (type.parseValue(value) !== undefined) return null;
  } catch (error) {
    return { path: [], message: withoutValues(error instanceof Error ? error.message : String(error)) };
  }
  return { path: [], message: `Expected type "${type.name}".` };
}
