import {
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isLeafType,
  isListType,
  isScalarType,
} from 'graphql';
import { CommandError } from './command.ts';

/** A value of a record, its objects and lists. */
type Value = string | number | boolean | Value[] | { [name: string]: Value };

/** A column of a file: where its values belong in a record, and what they are. */
interface Column {
  readonly path: readonly string[];
  readonly scalar: string;
}

/**
 * Returns the columns of a file by its header. A name is a path into the record, such as `bankAccount.accountNumber`,
 * `items.0.name` or `metadata.tier`. Throws a CommandError for a name that the record does not have.
 */
export function columnsOf(header: readonly string[], record: GraphQLInputType): Column[] {
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) throw new CommandError(`the column ${twice} is there twice`);
  return header.map((name) => {
    const path = name.trim().split('.');
    const scalar = scalarAt(record, path);
    if (scalar === null) throw new CommandError(`there is no field ${name} in ${getNamedType(record).name}`);
    return { path, scalar };
  });
}

/** Name of the scalar or enum at a path; null when there is none. */
function scalarAt(type: GraphQLInputType, [name, ...rest]: readonly string[]): string | null {
  const own = getNullableType(type);
  if (name === undefined) return isLeafType(own) && own.name !== 'JSONObject' ? own.name : null;
  if (isListType(own)) return /^\d{1,3}$/.test(name) ? scalarAt(own.ofType, rest) : null;
  if (isScalarType(own) && own.name === 'JSONObject')
    return rest.length === 0 && name !== '__proto__' ? 'String' : null;
  const field = isInputObjectType(own) ? own.getFields()[name] : undefined;
  return field ? scalarAt(field.type, rest) : null;
}

/** Returns the record of a row. An empty cell is an absent field. */
export function recordOf(cells: readonly string[], columns: readonly Column[]): Record<string, Value> {
  const record: Record<string, Value> = {};
  for (const [index, { path, scalar }] of columns.entries()) {
    const cell = cells[index]?.trim() ?? '';
    if (cell !== '') put(record, path, typed(cell, scalar));
  }
  return record;
}

/** A cell as its type; what does not fit stays a text, which the API refuses with the reason. */
function typed(cell: string, scalar: string): Value {
  if (scalar === 'Int') return /^-?\d+$/.test(cell) ? Number(cell) : cell;
  if (scalar === 'Boolean') return { true: true, false: false }[cell.toLowerCase()] ?? cell;
  return cell;
}

function put(record: Record<string, Value>, path: readonly string[], value: Value): void {
  let place: Value = record;
  for (const [depth, name] of path.entries()) {
    const own = place as Record<string, Value>;
    if (depth === path.length - 1) own[name] = value;
    else own[name] ??= /^\d+$/.test(path[depth + 1] ?? '') ? [] : {};
    place = own[name] as Value;
  }
}
