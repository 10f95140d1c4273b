import type { InputFieldMap } from '@pothos/core';
import type { FilterField, FilterKind, Reading } from '../../store/reading/description.ts';
import { type Filter, OPERATORS } from '../../store/reading/where.ts';
import { builder } from '../builder.ts';
import { FILTER_ENUMS } from '../enums/filtered.ts';
import { UnpaidCategoryRef } from '../enums/payment.ts';

const SCALARS = {
  id: 'ID',
  text: 'String',
  searchedText: 'String',
  search: 'String',
  email: 'String',
  phone: 'String',
  date: 'Date',
  instant: 'Date',
  amount: 'Money',
  integer: 'Int',
  unpaidCategory: UnpaidCategoryRef,
  personalNumber: 'String',
  metadata: 'String',
  flag: 'Boolean',
  presence: 'Boolean',
} as const;

const OPERATOR_DESCRIPTIONS: Readonly<Record<string, string>> = {
  eq: 'Equal.',
  in: 'One of these. An empty list matches nothing.',
  gte: 'At least; for instants from the start of that day in Johannesburg.',
  contains: 'Has this text in it, in any case. At least three characters.',
  key: 'This key is there. Required.',
  lte: 'At most; for instants to the end of that day in Johannesburg.',
};

const filterRefs = new Map<string, FilterRef>();
const conditionRefs = new Map<string, FilterRef>();
type FilterRef = ReturnType<typeof newRef>;
const newRef = (name: string) => builder.inputRef<Filter>(name);

/** The filter input of an entity, made from its table of data. */
export function filterInput(reading: Reading): FilterRef {
  const name = `${reading.entity}Filter`;
  const known = filterRefs.get(name);
  if (known) return known;
  const ref = newRef(name);
  filterRefs.set(name, ref);
  ref.implement({
    description: `Conditions on a ${reading.entity}; all of them hold. null is an error, never "any".`,
    fields: (t) => {
      const fields: InputFieldMap = {
        and: t.field({ type: [ref], description: 'All of these hold.' }),
        or: t.field({ type: [ref], description: 'At least one of these holds.' }),
        not: t.field({ type: ref, description: 'This does not hold.' }),
      };
      for (const [name, field] of Object.entries(reading.filters)) {
        const enumType = field.kind === 'enum' ? field.enumType : undefined;
        fields[name] = t.field({ type: conditionInput(field.kind, enumType), description: describeField(name, field) });
      }
      for (const [field, relation] of Object.entries(reading.relations)) {
        fields[field] = t.field({
          type: filterInput(relation.reading()),
          description: `Of a ${field} for which this holds.`,
        });
      }
      return fields as never; // Pothos checks the fields of a ref it knows by name; these come from a table
    },
  });
  return ref;
}

/** What a field of a filter compares. */
function describeField(name: string, field: FilterField): string {
  switch (field.kind) {
    case 'instant':
      return `When: whole days in Johannesburg, wall time for createdAt and updatedAt, and your clock for others.`;
    case 'personalNumber':
      return 'The whole number, however it is written; equal, or one of some.';
    case 'email':
      return 'In any case of letters.';
    case 'phone':
      return 'E.164, or a South African number with its leading zero.';
    case 'search':
      return 'The reference or one of the names has this text in it.';
    case 'metadata':
      return 'A key at the top of the metadata, and its value as text: "5", "true".';
    case 'flag':
      return describeFlag(field);
    case 'unpaidCategory':
      return 'The kind of reason of its return code.';
    case 'presence':
      return `Whether \`${name}\` is set.`;
    default:
      return `Its ${name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}.`;
  }
}

/** `status is ACTIVE, and isBlacklisted is false`. */
function describeFlag({ some, columns }: Extract<FilterField, { kind: 'flag' }>): string {
  const conditions = Object.entries(columns).map(([column, values]) => `${column} is ${values.join(', ')}`);
  return `true: ${some ? `some of its ${some} has: ` : ''}${conditions.join(', and ')}. false: that does not hold.`;
}

/** The input of one column's operators: `{ eq, in, gte, lte }`, as far as its kind has them. */
function conditionInput(kind: FilterKind, enumType: string | undefined): FilterRef {
  const shape = kind === 'presence' ? 'flag' : kind;
  const name = enumType ? `${enumType}Condition` : `${shape.charAt(0).toUpperCase()}${shape.slice(1)}Condition`;
  const known = conditionRefs.get(name);
  if (known) return known;
  const ref = newRef(name);
  conditionRefs.set(name, ref);
  ref.implement({
    description: 'Conditions on one field; all of them hold.',
    fields: (t) => {
      const type = kind === 'enum' ? FILTER_ENUMS[enumType as keyof typeof FILTER_ENUMS] : SCALARS[kind];
      const fields = OPERATORS[kind].map((operator) => {
        const options = { description: OPERATOR_DESCRIPTIONS[operator] ?? '' };
        return [
          operator,
          operator === 'in' ? t.field({ ...options, type: [type] }) : t.field({ ...options, type }),
        ] as const;
      });
      return Object.fromEntries(fields) as never;
    },
  });
  return ref;
}
