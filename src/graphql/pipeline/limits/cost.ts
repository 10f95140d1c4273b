import {
  type DocumentNode,
  type ExecutionArgs,
  type FieldNode,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { NESTED_PAGE_SIZE, PAGE_SIZE_MAX, ROOT_PAGE_SIZE } from '../../../store/reading/keyset.ts';

/** The cost of a request, estimated before execution. */
export interface Cost {
  /** One point for each field, multiplied by the rows of the pages that contain it. */
  readonly points: number;
  /** Rows, by the declared page sizes. */
  readonly nodes: number;
  /** Fields that a statement is written for: those of a fragment count wherever it is spread, whatever the rows. */
  readonly fields: number;
}

/** Points of an introspection field, which is computed without reading any data. */
const INTROSPECTION_POINTS = 0.5;

type Place = 'ROOT' | 'TYPES' | 'FIELDS' | 'INNER';

/**
 * Returns the place of the selection under an introspection field: the root, all types, the fields of all types, or
 * elsewhere.
 */
function innerPlace(place: Place, name: string): Place {
  if (place === 'ROOT') return name === '__schema' ? 'ROOT' : name === 'types' ? 'TYPES' : 'INNER';
  return place === 'TYPES' && (name === 'fields' || name === 'inputFields' || name === 'enumValues')
    ? 'FIELDS'
    : 'INNER';
}

interface Counts {
  readonly averages: ReadonlyMap<string, number>;
  readonly maxima: ReadonlyMap<string, number>;
}

/**
 * Returns the average and maximum length of each introspection list: `types` of the schema, `fields` of a type, `args`
 * of a field, …
 */
function countsOf(schema: GraphQLSchema): Counts {
  const known = counts.get(schema);
  if (known) return known;
  const types = Object.values(schema.getTypeMap());
  const fields = types.map((type) => (isObjectType(type) || isInterfaceType(type) ? fieldsOf(type) : []));
  const lists: Readonly<Record<string, readonly number[]>> = {
    types: [types.length],
    directives: [schema.getDirectives().length],
    fields: fields.map(({ length }) => length),
    args: fields.flat().map(({ args }) => args.length),
    inputFields: types.map((type) => (isInputObjectType(type) ? Object.keys(type.getFields()).length : 0)),
    enumValues: types.map((type) => (isEnumType(type) ? type.getValues().length : 0)),
    possibleTypes: types.map((type) => (isAbstractType(type) ? schema.getPossibleTypes(type).length : 0)),
    interfaces: types.map((type) => (isObjectType(type) || isInterfaceType(type) ? type.getInterfaces().length : 0)),
  };
  const entries = Object.entries(lists);
  const found: Counts = {
    averages: new Map(entries.map(([name, list]) => [name, list.reduce((sum, count) => sum + count, 0) / list.length])),
    maxima: new Map(entries.map(([name, list]) => [name, Math.max(...list)])),
  };
  counts.set(schema, found);
  return found;
}

const counts = new WeakMap<GraphQLSchema, Counts>();

function fieldsOf(type: GraphQLObjectType | GraphQLInterfaceType): Array<GraphQLField<unknown, unknown>> {
  return Object.values(type.getFields());
}

const NOTHING: Cost = { points: 0, nodes: 0, fields: 0 };

/**
 * Returns the cost of an operation with its variables, by the page sizes it declares. A batch costs its selection once,
 * regardless of its number of records. Each fragment is evaluated once, so that the work is linear in the document
 * length.
 */
export function costOf(args: ExecutionArgs): Cost {
  const { schema, document, operationName, variableValues } = args;
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root) return NOTHING;
  const costs = knownCosts.get(operation) ?? {
    sizes: sizeVariables(document),
    bySizes: new LRUCache({ max: COSTS_MAX }),
  };
  knownCosts.set(operation, costs);
  const key = costs.sizes.map((name) => sizeIn(variableValues?.[name])).join();
  const known = costs.bySizes.get(key);
  if (known) return known;
  const walk = new Walk(schema, document, operation, variableValues ?? {});
  const cost = walk.selection(operation.selectionSet, root, ROOT_PAGE_SIZE);
  costs.bySizes.set(key, cost);
  return cost;
}

/** The costs of an operation by the values of the variables that give sizes. */
interface KnownCosts {
  readonly sizes: readonly string[];
  readonly bySizes: LRUCache<string, Cost>;
}
const knownCosts = new WeakMap<OperationDefinitionNode, KnownCosts>();
const COSTS_MAX = 50;

/** Returns the names of the variables in arguments that give a page size or a list of ids. */
function sizeVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    [Kind.ARGUMENT]({ name, value }) {
      if (SIZES.has(name.value) && value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
const SIZES: ReadonlySet<string> = new Set(['first', 'last', 'ids', 'representations']);
/** Arguments that list the objects of a field. */
const IDS: ReadonlySet<string> = new Set(['ids', 'representations']);

/** Returns the part of a variable that the cost depends on. */
function sizeIn(value: unknown): string {
  return Array.isArray(value) ? `[${value.length}]` : typeof value === 'number' ? String(value) : typeof value;
}

/** Extension of a field whose items cost more than what is selected of them: points of each, and their number by default. */
export interface ItemCost {
  readonly points: number;
  readonly count: number;
}

class Walk {
  private readonly schema: GraphQLSchema;
  private readonly fragments = new Map<string, { readonly on: string; readonly selectionSet: SelectionSetNode }>();
  private readonly costs = new Map<string, Cost>();
  private readonly fragmentsTold = new Map<string, number>();
  private readonly variables: Readonly<Record<string, unknown>>;

  constructor(
    schema: GraphQLSchema,
    { definitions }: DocumentNode,
    { variableDefinitions = [] }: OperationDefinitionNode,
    given: Readonly<Record<string, unknown>>,
  ) {
    this.schema = schema;
    for (const definition of definitions) {
      if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
      const { name, typeCondition, selectionSet } = definition;
      this.fragments.set(name.value, { on: typeCondition.name.value, selectionSet });
    }
    const defaults = variableDefinitions.flatMap(({ variable, defaultValue }): Array<readonly [string, unknown]> => {
      if (defaultValue?.kind === Kind.INT) return [[variable.name.value, Number(defaultValue.value)]];
      return defaultValue?.kind === Kind.LIST ? [[variable.name.value, defaultValue.values]] : [];
    });
    this.variables = { ...Object.fromEntries(defaults), ...given };
  }

  /**
   * Returns the cost of a selection. `pageSize`: default page size of connections in it; `rows`: rows of the connection
   * around it.
   */
  selection({ selections }: SelectionSetNode, type: GraphQLNamedType, pageSize: number, rows = 1): Cost {
    return sum(
      selections.map((node) => {
        if (node.kind === Kind.FIELD) return this.field(node, type, pageSize, rows);
        if (node.kind === Kind.FRAGMENT_SPREAD) return this.fragment(node.name.value, pageSize, rows);
        const on = node.typeCondition ? this.schema.getType(node.typeCondition.name.value) : type;
        return on ? this.selection(node.selectionSet, on, pageSize, rows) : NOTHING;
      }),
    );
  }

  private fragment(name: string, pageSize: number, rows: number): Cost {
    const key = `${pageSize} ${rows} ${name}`;
    const known = this.costs.get(key);
    if (known) return known;
    const fragment = this.fragments.get(name);
    const type = fragment && this.schema.getType(fragment.on);
    this.costs.set(key, NOTHING); // ends the recursion of a cyclic fragment, which validation refuses
    const cost = fragment && type ? this.selection(fragment.selectionSet, type, pageSize, rows) : NOTHING;
    this.costs.set(key, cost);
    return cost;
  }

  private field(node: FieldNode, on: GraphQLNamedType, pageSize: number, rows: number): Cost {
    const field = isObjectType(on) || isInterfaceType(on) ? on.getFields()[node.name.value] : undefined;
    if (!field || isIntrospectionType(on)) return this.introspection(node);
    if (!node.selectionSet) return { points: 1, nodes: 0, fields: 1 };
    const type = getNamedType(field.type);
    const isConnection = type.name.endsWith('Connection');
    const innerRows = isConnection ? this.sizeOf(node, pageSize) : 1;
    const inner = this.selection(node.selectionSet, type, NESTED_PAGE_SIZE, innerRows);
    const { points, nodes } = inner;
    const items = field.extensions['items'] as ItemCost | undefined;
    if (items)
      return { points: 1 + points + items.points * this.sizeOf(node, items.count), nodes, fields: 1 + inner.fields };
    const fields = 1 + inner.fields;
    const ids = this.countOfIds(node);
    if (ids !== null) return { points: 1 + Math.max(ids, 1) * points, nodes: ids * (1 + nodes), fields };
    const areRows = on.name.endsWith('Connection') && (node.name.value === 'nodes' || node.name.value === 'edges');
    // An empty page costs its selection once: a statement is written for it all the same.
    if (areRows) return { points: 1 + Math.max(rows, 1) * points, nodes: rows * (1 + nodes), fields };
    return { points: 1 + points, nodes, fields };
  }

  /** Returns the cost of an introspection field. */
  private introspection({ name, selectionSet }: FieldNode, place: Place = 'ROOT'): Cost {
    if (!selectionSet) return { points: INTROSPECTION_POINTS, nodes: 0, fields: 0 };
    const { averages, maxima } = countsOf(this.schema);
    // Over all types, a list has its average length; under a single type, it can have the maximum length.
    const isOfAll = place === 'ROOT' || place === 'TYPES' || (place === 'FIELDS' && name.value === 'args');
    const count = (isOfAll ? averages : maxima).get(name.value) ?? 1;
    const inner = this.told(selectionSet, innerPlace(place, name.value));
    return { points: INTROSPECTION_POINTS + count * inner, nodes: 0, fields: 0 };
  }

  private told({ selections }: SelectionSetNode, place: Place): number {
    let points = 0;
    for (const node of selections) {
      if (node.kind === Kind.FIELD) points += this.introspection(node, place).points;
      else if (node.kind === Kind.INLINE_FRAGMENT) points += this.told(node.selectionSet, place);
      else points += this.toldByFragment(node.name.value, place);
    }
    return points;
  }

  private toldByFragment(name: string, place: Place): number {
    const key = `${place} ${name}`;
    const known = this.fragmentsTold.get(key);
    if (known !== undefined) return known;
    this.fragmentsTold.set(key, 0); // ends the recursion of a cyclic fragment, which validation refuses
    const fragment = this.fragments.get(name);
    const points = fragment ? this.told(fragment.selectionSet, place) : 0;
    this.fragmentsTold.set(key, points);
    return points;
  }

  /** Returns the number of objects that a field with an `ids` argument returns; null for other fields. */
  private countOfIds({ arguments: given = [] }: FieldNode): number | null {
    const value = given.find(({ name }) => IDS.has(name.value))?.value;
    if (value === undefined) return null;
    const ids: unknown = value.kind === Kind.VARIABLE ? this.variables[value.name.value] : value;
    if (Array.isArray(ids)) return ids.length;
    return value.kind === Kind.LIST ? value.values.length : 1;
  }

  /**
   * Returns the requested page size, clamped to the valid range. A value out of range is refused elsewhere, with its
   * own code.
   */
  private sizeOf({ arguments: given = [] }: FieldNode, pageSize: number): number {
    const sizes = given
      .filter(({ name }) => name.value === 'first' || name.value === 'last')
      .map(({ value }) => {
        if (value.kind === Kind.INT) return Number(value.value);
        return value.kind === Kind.VARIABLE ? this.variables[value.name.value] : null;
      })
      .filter((size) => typeof size === 'number');
    const size = sizes.length > 0 ? Math.max(...sizes) : pageSize;
    return Math.min(Math.max(size, 0), PAGE_SIZE_MAX);
  }
}

function sum(costs: readonly Cost[]): Cost {
  return costs.reduce(
    (all, cost) => ({
      points: all.points + cost.points,
      nodes: all.nodes + cost.nodes,
      fields: all.fields + cost.fields,
    }),
    NOTHING,
  );
}
