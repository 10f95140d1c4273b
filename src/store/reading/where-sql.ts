import { fromRelationSql } from './from-sql.ts';
import { inner, type Statement } from './statement.ts';
import { columnOf, type Relation, type Table, table } from './tables.ts';
import type { Where } from './where.ts';

const COMPARISONS: Readonly<Record<string, string>> = {
  equals: '=',
  gte: '>=',
  lte: '<=',
  gt: '>',
  lt: '<',
  not: '<>',
};

/** Returns a condition in the form of Prisma's `where` as SQL on rows of `alias`. */
export function whereSql(statement: Statement, of: Table, where: Where, alias: string): string {
  const parts = Object.entries(where).map(([name, condition]) => {
    if (name === 'AND' || name === 'OR') return junctionSql(statement, of, name, condition as Where | Where[], alias);
    if (name === 'NOT') return `NOT coalesce(${whereSql(statement, of, condition as Where, alias)}, false)`;
    const relation = of.relations.get(name);
    if (relation) return relationSql(statement, relation, condition as Where, alias);
    return columnSql(statement, `${alias}.${columnOf(of, name).name}`, name, condition);
  });
  const [only, ...rest] = parts.filter((part) => part !== 'true');
  if (only === undefined) return 'true';
  return rest.length === 0 ? only : `(${[only, ...rest].join(' AND ')})`;
}

function junctionSql(
  statement: Statement,
  of: Table,
  name: 'AND' | 'OR',
  conditions: Where | readonly Where[],
  alias: string,
): string {
  const parts = [conditions].flat().map((part) => whereSql(statement, of, part, alias));
  if (name === 'OR') return parts.length === 0 ? 'false' : `(${parts.join(' OR ')})`;
  const needed = parts.filter((part) => part !== 'true');
  if (needed.length < 2) return needed[0] ?? 'true';
  return `(${needed.join(' AND ')})`;
}

function relationSql(statement: Statement, relation: Relation, condition: Where, alias: string): string {
  const [[how, where] = ['is', {}]] = Object.entries(condition) as Array<[string, Where]>;
  const of = table(relation.model);
  const row = inner(alias);
  const held = whereSql(statement, of, where, row);
  const exists = `EXISTS (SELECT ${fromRelationSql(statement, relation, row, alias)} AND ${held})`;
  return how === 'none' ? `NOT ${exists}` : exists;
}

function columnSql(statement: Statement, column: string, name: string, condition: unknown): string {
  if (condition === null) return `${column} IS NULL`;
  if (typeof condition !== 'object' || condition instanceof Date)
    return `${column} = ${statement.parameter(condition)}`;
  const { mode: _insensitive, ...operators } = condition as Record<string, unknown>;
  const parts = Object.entries(operators).map(([operator, value]) => {
    if (operator === 'not' && value === null) return `${column} IS NOT NULL`;
    const comparison = COMPARISONS[operator];
    if (comparison) return `${column} ${comparison} ${statement.parameter(value)}`;
    switch (operator) {
      case 'in':
        // One array and not a parameter each, so that the statement is the same for every length.
        return `${column} = ANY(${statement.parameter(value)})`;
      case 'contains':
        return containsSql(column, name, statement.parameter(`%${String(value)}%`));
      case 'has':
        return `${column} @> ARRAY[${statement.parameter(value)}]`;
      case 'hasSome':
        return `${column} && ${statement.parameter(value)}`;
      default:
        throw new Error(`operator ${operator} of ${name} has no SQL`);
    }
  });
  return parts.length === 1 ? String(parts[0]) : `(${parts.join(' AND ')})`;
}

/** Columns with a trigram index of their own. */
const INDEXED: ReadonlySet<string> = new Set(['transactionReference']);

/**
 * Returns a search for a substring in any letter case. The searched text is stored in lower case and has the index. Another
 * column only narrows what the index finds: as a CASE, so that the planner does not multiply two estimates of the same search.
 */
function containsSql(column: string, name: string, pattern: string): string {
  if (name === 'searchText') return `${column} LIKE lower(${pattern})`;
  if (INDEXED.has(name)) return `${column} ILIKE ${pattern}`;
  return `CASE WHEN ${column} ILIKE ${pattern} THEN true ELSE false END`;
}
