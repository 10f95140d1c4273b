import type { InputFieldMap } from '@pothos/core';
import { present } from '../../domain/invariants.ts';
import type { FilterField, FilterKind, Reading } from '../../store/reading/reading.ts';
import { type Filter, OPERATORS } from '../../store/reading/where.ts';
import { builder } from '../builder.ts';
import { FILTER_ENUMS } from '../enums/filtered.ts';
import { UnpaidCategoryRef } from '../enums/payment.ts';

const SCALARS = {
  id: 'ID',
  text: 'String',
  searchedText: 'String',
  indexedText: 'String',
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
  eq: 'Matches values equal to this one.',
  in: 'Matches values equal to one of these. An empty list matches nothing.',
  gte: 'Matches values greater than or equal to this one.',
  contains: 'Matches text that contains this substring, ignoring letter case. Very short substrings are refused.',
  key: 'Matches objects whose metadata has this top-level key. Required.',
  lte: 'Matches values less than or equal to this one.',
};

const INSTANT_DESCRIPTIONS: Readonly<Record<string, string>> = {
  gte: 'Matches instants from the start of this day in Johannesburg (YYYY-MM-DD), or from this instant (ISO 8601 with seconds and an offset).',
  lte: 'Matches instants up to the end of this day in Johannesburg, or up to and including this instant.',
};

/** Instants that are wall-clock times even when the merchant's clock was moved. */
const WALL_TIMES: ReadonlySet<string> = new Set(['createdAt', 'updatedAt']);

const filterRefs = new Map<string, FilterRef>();
const conditionRefs = new Map<string, FilterRef>();
type FilterRef = ReturnType<typeof newRef>;
const newRef = (name: string) => builder.inputRef<Filter>(name);

/** Returns the filter input type of an entity, built from its table of filter fields. */
export function filterInput(reading: Reading): FilterRef {
  const name = `${reading.entity}Filter`;
  const known = filterRefs.get(name);
  if (known) return known;
  const ref = newRef(name);
  filterRefs.set(name, ref);
  ref.implement({
    description: `Filter for ${reading.entity} objects. All conditions must hold. A null condition is an error; omit the field instead.`,
    fields: (t) => {
      const fields: InputFieldMap = {
        and: t.field({ type: [ref], description: 'Matches when all of these filters match.' }),
        or: t.field({
          type: [ref],
          description: 'Matches when at least one of these filters matches. An empty list matches nothing.',
        }),
        not: t.field({ type: ref, description: 'Matches when this filter does not match.' }),
      };
      for (const [name, field] of Object.entries(reading.filters)) {
        const enumType = field.kind === 'enum' ? field.enumType : undefined;
        fields[name] = t.field({ type: conditionInput(field.kind, enumType), description: describeField(name, field) });
      }
      for (const [field, relation] of Object.entries(reading.relations)) {
        fields[field] = t.field({
          type: filterInput(relation.reading()),
          description: `Matches objects whose ${spaced(field)} matches this filter.`,
        });
      }
      return fields as never; // Pothos types the fields of a ref by name; these names come from a table
    },
  });
  return ref;
}

/** Returns a field name in words: `bankAccountId` is "bank account id". */
export function spaced(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Returns the description of a filter field. */
function describeField(name: string, field: FilterField): string {
  switch (field.kind) {
    case 'instant':
      return `Condition on \`${name}\` by whole days in Johannesburg or by instants, both ends inclusive, ${WALL_TIMES.has(name) ? 'in wall-clock time' : "by the merchant's clock"}.`;
    case 'personalNumber':
      return `Condition on the full ${spaced(name)}. Spaces, slashes${name === 'accountNumber' ? ', leading zeros' : ''} and letter case are ignored.`;
    case 'email':
      return 'Condition on the email address, ignoring letter case.';
    case 'phone':
      return 'Condition on the phone number, in E.164 format or as a South African number with a leading zero.';
    case 'search':
      return 'Searches the reference and the names for a substring.';
    case 'metadata':
      return 'Condition on a top-level metadata key, and optionally on its value written as text, e.g. "5" or "true".';
    case 'flag':
      return describeFlag(field);
    case 'unpaidCategory':
      return 'Condition on the category of the return code.';
    case 'presence':
      return `Condition on whether \`${name}\` is set.`;
    default:
      return `Condition on the ${spaced(name)}.`;
  }
}

/** Returns a sentence such as "Whether status is ACTIVE and isBlacklisted is false." */
function describeFlag({ some, columns }: Extract<FilterField, { kind: 'flag' }>): string {
  const conditions = Object.entries(columns).map(([column, values]) => `${column} is ${values.join(' or ')}`);
  return `Whether ${some ? `any of its ${some} meets this condition: ` : ''}${conditions.join(' and ')}.`;
}

/** Returns the input type with the operators of one field, for example `{ eq, in, gte, lte }`, as its kind allows. */
function conditionInput(kind: FilterKind, enumType: string | undefined): FilterRef {
  const shape = kind === 'presence' ? 'flag' : kind;
  const name = enumType ? `${enumType}Condition` : `${shape.charAt(0).toUpperCase()}${shape.slice(1)}Condition`;
  const known = conditionRefs.get(name);
  if (known) return known;
  const ref = newRef(name);
  conditionRefs.set(name, ref);
  ref.implement({
    description: 'Conditions on one field. All given operators must match.',
    fields: (t) => {
      const type = kind === 'enum' ? FILTER_ENUMS[enumType as keyof typeof FILTER_ENUMS] : SCALARS[kind];
      const fields = OPERATORS[kind].map((operator) => {
        const descriptions = kind === 'instant' ? INSTANT_DESCRIPTIONS : OPERATOR_DESCRIPTIONS;
        const options = { description: present(descriptions[operator], `the description of ${operator}`) };
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
