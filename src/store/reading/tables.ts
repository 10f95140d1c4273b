import { present } from '../../domain/invariants.ts';
import { snakeCase } from '../connection/rows.ts';
import { getDatamodel } from '../generated/pothos.ts';

/** Type of a column, which decides how its values are written as JSON and read back. */
export type ColumnKind = 'text' | 'enum' | 'integer' | 'cents' | 'boolean' | 'time' | 'json' | 'texts' | 'bytes';

/** A column: its name in the database and its type. A `time` is an instant or a date. */
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly isNullable: boolean;
}

/** A relation: the related table, and the columns of both tables that are equal beside the merchant. */
export interface Relation {
  readonly model: string;
  readonly own: string;
  readonly other: string;
  readonly isMany: boolean;
}

/** A table of the data model, with its columns and relations by their names in Prisma's schema. */
export interface Table {
  readonly name: string;
  readonly columns: ReadonlyMap<string, Column>;
  readonly relations: ReadonlyMap<string, Relation>;
  /** The column that holds the merchant; null for data that belongs to none. */
  readonly merchant: string | null;
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly kind: string;
  readonly isRequired: boolean;
  readonly isList: boolean;
  readonly relationName?: string;
  readonly relationFromFields?: readonly string[];
}

const KINDS: Readonly<Record<string, ColumnKind>> = {
  String: 'text',
  Int: 'integer',
  BigInt: 'cents',
  Boolean: 'boolean',
  DateTime: 'time',
  Json: 'json',
  Bytes: 'bytes',
};

const { models } = (
  getDatamodel() as unknown as { datamodel: { models: Record<string, { fields: readonly Field[] }> } }
).datamodel;

const TABLES: ReadonlyMap<string, Table> = new Map(
  Object.entries(models).map(([model, { fields }]) => [delegateOf(model), tableOf(model, fields)]),
);

/** Returns the table of a model, which is named as in the Prisma client, for example `bankAccount`. */
export function table(model: string): Table {
  return present(TABLES.get(model), `the table of ${model}`);
}

/** Returns the column of a table by its name in Prisma's schema. */
export function columnOf({ name: of, columns }: Table, name: string): Column {
  return present(columns.get(name), `the column ${name} of ${of}`);
}

/** Returns the name of a model in the Prisma client. */
export function delegateOf(model: string): string {
  return `${model.charAt(0).toLowerCase()}${model.slice(1)}`;
}

function tableOf(model: string, fields: readonly Field[]): Table {
  const scalars = fields.filter(({ kind }) => kind !== 'object');
  const columns = new Map(scalars.map((field) => [field.name, columnFrom(field)]));
  const relations = fields.filter(({ kind }) => kind === 'object').map((field) => relationFrom(model, field));
  return {
    name: `"${snakeCase(delegateOf(model))}"`,
    columns,
    relations: new Map(relations),
    merchant: model === 'Merchant' ? 'id' : columns.has('merchantId') ? 'merchant_id' : null,
  };
}

function columnFrom({ name, type, kind, isRequired, isList }: Field): Column {
  const scalar = kind === 'enum' ? 'enum' : present(KINDS[type], `the kind of ${type}`);
  return { name: snakeCase(name), kind: isList ? 'texts' : scalar, isNullable: !isRequired };
}

/** Returns a relation from whichever side declares its foreign key; the merchant is part of every key. */
function relationFrom(model: string, field: Field): readonly [string, Relation] {
  const { name, type, isList, relationName } = field;
  const keyOf = ({ relationFromFields = [] }: Field) => relationFromFields.find((key) => key !== 'merchantId');
  const opposite = models[type]?.fields.find(
    (other) =>
      other.relationName === relationName && other.relationFromFields?.length && (type !== model || other !== field),
  );
  const own = keyOf(field);
  const other = opposite && keyOf(opposite);
  return [
    name,
    {
      model: delegateOf(type),
      own: own ? snakeCase(own) : 'id',
      other: other && !own ? snakeCase(other) : own ? 'id' : 'merchant_id',
      isMany: isList,
    },
  ];
}
