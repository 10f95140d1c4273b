import type { Property, Shape } from './shape.ts';
import { columnOf, type Relation, type Table, table } from './tables.ts';
import type { Where } from './where.ts';

/** The columns and relations to read, in the form of Prisma's `select` or `include`. Pothos derives it from a document. */
export interface Query {
  readonly select?: Selection | undefined;
  readonly include?: Selection | undefined;
}

type Selection = Readonly<Record<string, unknown>>;

interface RelationQuery extends Query {
  readonly where?: Where;
  readonly orderBy?: Order | readonly Order[];
  readonly take?: number;
}
type Order = Readonly<Record<string, 'asc' | 'desc'>>;

/** Returns the JSON objects that hold the rows of a query. A query without `select` reads all columns. */
export function shapeOf(of: Table, { select, include }: Query): Shape {
  const columns = select ? [] : [...of.columns.keys()].filter((name) => columnOf(of, name).kind !== 'bytes');
  const selected = Object.entries({ ...select, ...include }).filter(([, value]) => value);
  return [
    ...columns.map((name) => columnProperty(of, name)),
    ...selected.map(([name, value]) => {
      const relation = of.relations.get(name);
      return relation ? relationProperty(name, relation, value) : columnProperty(of, name);
    }),
  ];
}

function columnProperty(of: Table, name: string): Property {
  return { key: name, is: 'COLUMN', column: columnOf(of, name), format: 'RAW' };
}

function relationProperty(key: string, relation: Relation, value: unknown): Property {
  const query = (value === true ? {} : value) as RelationQuery;
  const shape = shapeOf(table(relation.model), query);
  if (!relation.isMany) return { key, is: 'ONE', relation, shape };
  const { where = {}, orderBy = [], take = null } = query;
  return { key, is: 'MANY', relation, shape, query: { where, orderBy: [orderBy].flat(), take } };
}

/**
 * Converts the values of a row that JSON has no type for, in place: instants and dates to `Date`, amounts to `bigint`.
 */
export function decodeRow(row: Record<string, unknown>, shape: Shape): void {
  for (const property of shape) {
    const value = row[property.key];
    if (value === null) continue;
    if (property.is === 'COLUMN') {
      if (property.column.kind === 'time') row[property.key] = new Date(value as string);
      else if (property.column.kind === 'cents') row[property.key] = BigInt(value as number);
    } else if (property.is === 'ONE') decodeRow(value as Record<string, unknown>, property.shape);
    else if (property.is === 'MANY') {
      for (const item of value as Array<Record<string, unknown>>) decodeRow(item, property.shape);
    }
  }
}
