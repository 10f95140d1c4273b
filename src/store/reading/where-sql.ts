import { snakeCase } from '../connection/database.ts';
import type { Entity } from './rows.ts';
import type { Where } from './where.ts';

/** A relation used in conditions: the related entity and the columns of the join. */
interface Join {
  readonly entity: Entity;
  readonly own: string;
  readonly other: string;
}

const one = (entity: Entity, own: string): Join => ({ entity, own, other: 'id' });

/** The relations of filters by entity, named as in the Prisma schema. */
const JOINS: Partial<Record<Entity, Readonly<Record<string, Join>>>> = {
  customer: { payments: { entity: 'payment', own: 'id', other: 'customer_id' } },
  bankAccount: { customer: one('customer', 'customer_id') },
  mandate: {
    customer: one('customer', 'customer_id'),
    bankAccount: one('bankAccount', 'bank_account_id'),
    paymentMethod: one('paymentMethod', 'payment_method_id'),
  },
  payment: {
    customer: one('customer', 'customer_id'),
    bankAccount: one('bankAccount', 'bank_account_id'),
    mandate: one('mandate', 'mandate_id'),
    paymentMethod: one('paymentMethod', 'payment_method_id'),
  },
  transaction: {
    payment: one('payment', 'payment_id'),
    customer: one('customer', 'customer_id'),
    bankAccount: one('bankAccount', 'bank_account_id'),
    mandate: one('mandate', 'mandate_id'),
    paymentMethod: one('paymentMethod', 'payment_method_id'),
  },
};

const COMPARISONS: Readonly<Record<string, string>> = { equals: '=', gte: '>=', lte: '<=', lt: '<' };

/**
 * Returns a Prisma condition as SQL on rows of `alias`, for queries that Prisma cannot express. Values are appended to
 * `values` and referenced as parameters; $1 must be the merchant.
 */
export function whereSql(entity: Entity, where: Where, alias: string, values: unknown[]): string {
  const parts = Object.entries(where).map(([name, condition]) => {
    if (name === 'AND' || name === 'OR') {
      const inner = (condition as Where[]).map((part) => whereSql(entity, part, alias, values));
      if (inner.length === 0) return String(name === 'AND');
      return `(${inner.join(` ${name} `)})`;
    }
    if (name === 'NOT') return `NOT coalesce(${whereSql(entity, condition as Where, alias, values)}, false)`;
    const join = JOINS[entity]?.[name];
    return join ? relationSql(join, condition as Where, alias, values) : columnSql(name, condition, alias, values);
  });
  return parts.length === 0 ? 'true' : `(${parts.join(' AND ')})`;
}

function relationSql(join: Join, condition: Where, alias: string, values: unknown[]): string {
  const [[how, where] = ['is', {}]] = Object.entries(condition) as Array<[string, Where]>;
  const inner = `${alias}_${join.entity.toLowerCase()}`;
  const held = whereSql(join.entity, where, inner, values);
  const exists = `EXISTS (SELECT FROM ${snakeCase(join.entity)} AS ${inner}
    WHERE ${inner}.merchant_id = $1 AND ${inner}.${join.other} = ${alias}.${join.own} AND ${held})`;
  return how === 'none' ? `NOT ${exists}` : exists;
}

function columnSql(name: string, condition: unknown, alias: string, values: unknown[]): string {
  const column = `${alias}.${snakeCase(name)}`;
  if (condition === null) return `${column} IS NULL`;
  if (typeof condition !== 'object' || condition instanceof Date) return `${column} = ${parameter(condition, values)}`;
  const { mode, ...operators } = condition as Record<string, unknown>;
  const parts = Object.entries(operators).map(([operator, value]) => {
    const comparison = COMPARISONS[operator];
    if (comparison) return `${column} ${comparison} ${parameter(value, values)}`;
    switch (operator) {
      case 'not':
        return value === null ? `${column} IS NOT NULL` : `${column} <> ${parameter(value, values)}`;
      case 'in':
        return inSql(column, value as unknown[], values);
      case 'contains':
        return `${column} ${mode === 'insensitive' ? 'ILIKE' : 'LIKE'} ${parameter(`%${String(value)}%`, values)}`;
      case 'has':
        return `${column} @> ARRAY[${parameter(value, values)}]`;
      case 'hasSome':
        return (value as unknown[]).length === 0
          ? 'false'
          : `${column} && ARRAY[${(value as unknown[]).map((item) => parameter(item, values)).join(', ')}]`;
      default:
        throw new Error(`operator ${operator} of ${name} has no SQL`);
    }
  });
  return `(${parts.join(' AND ')})`;
}

function inSql(column: string, list: readonly unknown[], values: unknown[]): string {
  return list.length === 0 ? 'false' : `${column} IN (${list.map((item) => parameter(item, values)).join(', ')})`;
}

/** Adds a parameter without a type; PostgreSQL infers it from the comparison. */
function parameter(value: unknown, values: unknown[]): string {
  // Dates and instants are passed in UTC, whatever the time zone of the process.
  values.push(typeof value === 'bigint' ? value.toString() : value instanceof Date ? value.toISOString() : value);
  return `$${values.length}`;
}
