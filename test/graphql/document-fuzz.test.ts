import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  parseValue,
  valueFromASTUntyped,
} from 'graphql';
import { expect, it } from 'vitest';
import { REQUEST_ERRORS } from '../../src/graphql/pipeline/request-error.ts';
import { schema } from '../../src/graphql/schema.ts';
import { startOneTimePayment } from '../support/customers.ts';
import { DOCUMENTS_CLOCK, LISTENER, startGateway } from '../support/harness.ts';
import { byPost, bySse, byWebSocket } from '../support/transports.ts';
import { createRandom } from '../torture/random.ts';

// Documents of any shape that the schema allows, and some that it does not, with values of every kind: never a 5xx, never a
// hang, always a code of the list. Short by default; `npm run torture -- fuzz` sends 50,000.
const DOCUMENTS = Number(process.env['FUZZ_DOCUMENTS'] ?? 600);
const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);
const AT_ONCE = 2;
/** The slowest is printed; on a machine that does other things besides, nothing that is well takes so long. */
const HANG_MS = 5_000;

type Random = ReturnType<typeof createRandom>;
const pick = <Item>(random: Random, items: readonly Item[]): Item => items[random.below(items.length)] as Item;

const ODD = [
  'null',
  '0',
  '-1',
  '1',
  '200',
  '2147483647',
  '2147483648',
  '1e9',
  '1.5',
  'true',
  '""',
  '"x"',
  '"\\u0000"',
  '"-0.01"',
  '"1e3"',
  '"2024-02-30"',
  '"2024-09-16"',
  '"9999-12-31T23:59:59-23:59"',
  '[]',
  '[[[]]]',
  '{}',
  'NONSENSE',
  '"😀"',
  '"‮abc"',
  '{ a: { b: 1 } }',
  `"${'x'.repeat(300)}"`,
];

function valueFor(random: Random, type: GraphQLInputType, ids: readonly string[], depth: number): string {
  if (random.chance(0.05)) return pick(random, ODD);
  if (isNonNullType(type)) return valueFor(random, type.ofType, ids, depth);
  if (isListType(type)) {
    return `[${Array.from({ length: random.below(3) }, () => valueFor(random, type.ofType, ids, depth)).join(', ')}]`;
  }
  if (isEnumType(type)) return pick(random, type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) || (depth < 4 && random.chance(0.3)),
    );
    return `{ ${fields.map((field) => `${field.name}: ${valueFor(random, field.type, ids, depth + 1)}`).join(', ')} }`;
  }
  switch (getNamedType(type).name) {
    case 'Int':
      return String(pick(random, [0, 1, 2, 10, 50, 200, 201, -1]));
    case 'Boolean':
      return pick(random, ['true', 'false']);
    case 'ID':
      return JSON.stringify(pick(random, ids));
    case 'Date':
      return pick(random, ['"2024-09-16"', '"2024-02-29"', '"2023-02-29"']);
    case 'DateTime':
      return pick(random, ['"2024-09-16T00:00:00Z"', '"2024-09-16"']);
    default:
      return pick(random, ['"45.00"', '"abc"', '"1"', '1']);
  }
}

/** What a document is made of beside its fields. */
interface Parts {
  readonly ids: readonly string[];
  /** By name: the type, and the value. */
  readonly variables: Map<string, { readonly type: string; readonly value: unknown }>;
}

/** A value where it stands, or as a variable. */
function argumentFor(random: Random, { name, type }: GraphQLArgument, { ids, variables }: Parts): string {
  const literal = valueFor(random, type, ids, 0);
  if (random.chance(0.7)) return `${name}: ${literal}`;
  const variable = `v${variables.size}`;
  variables.set(variable, { type: String(type), value: valueFromASTUntyped(parseValue(literal)) });
  return `${name}: $${variable}`;
}

function fieldOf(random: Random, field: GraphQLField<unknown, unknown>, parts: Parts, depth: number): string {
  const args = field.args.filter((argument) => isNonNullType(argument.type) || random.chance(0.3));
  const given = args.map((argument) => argumentFor(random, argument, parts)).join(', ');
  const selection = selectionOf(random, getNamedType(field.type), parts, depth + 1);
  const alias = random.chance(0.05) ? `a${random.below(100)}: ` : '';
  return `${alias}${field.name}${given === '' ? '' : `(${given})`}${selection}`;
}

function selectionOf(random: Random, type: GraphQLNamedType, parts: Parts, depth: number): string {
  if (isUnionType(type) || isInterfaceType(type)) {
    const members = schema.getPossibleTypes(type).filter(() => random.chance(0.4));
    const spreads = members.map((member) => `... on ${member.name} ${selectionOf(random, member, parts, depth + 1)}`);
    return `{ __typename ${spreads.join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  const all = Object.values(type.getFields());
  const chosen = depth > 7 ? [] : Array.from({ length: 1 + random.below(4) }, () => pick(random, all));
  return ` { __typename ${chosen.map((field) => fieldOf(random, field, parts, depth)).join(' ')} }`;
}

/** A document with its variables, now and then damaged. */
function documentOf(random: Random, ids: readonly string[]): { query: string; variables: object } {
  const parts: Parts = { ids, variables: new Map() };
  const isMutation = random.chance(0.4);
  const root = isMutation ? schema.getMutationType() : schema.getQueryType();
  const fields = Object.values(root?.getFields() ?? {}).filter(
    ({ name }) => !/advanceClock|resetSandbox|revokeApiKeys/.test(name),
  );
  const body = Array.from({ length: isMutation ? 1 : 1 + random.below(3) }, () =>
    fieldOf(random, pick(random, fields), parts, 0),
  );
  const declared = [...parts.variables].map(([name, { type }]) => `$${name}: ${type}`).join(', ');
  const variables = Object.fromEntries([...parts.variables].map(([name, { value }]) => [name, value]));
  const head = `${isMutation ? 'mutation' : 'query'}${declared === '' ? '' : ` (${declared})`}`;
  const document = `${head} { ${body.join(' ')} }`;
  if (!random.chance(0.1)) return { query: document, variables };
  const at = random.below(document.length);
  const damage = pick(random, ['', '}', '{', '(', '"', '@include(if: true)', '...', '\0', '#']);
  return { query: document.slice(0, at) + damage + document.slice(at + random.below(5)), variables };
}

it(`answers ${DOCUMENTS} documents of any shape with a code or data, and never hangs (seed ${seed})`, {
  timeout: 900_000 + DOCUMENTS * 100,
}, async () => {
  const random = createRandom(seed);
  const gateway = await startGateway({
    clockStart: DOCUMENTS_CLOCK,
    listener: { limits: { ...LISTENER.limits, bucketPoints: 1_000_000_000 } },
  });
  const made = await startOneTimePayment(gateway, 'FUZZ', '2024-09-16');
  const ids = [
    made.customerId,
    made.bankAccountId,
    made.mandateId,
    made.paymentId,
    'pay_0000000000000000000A1',
    'x',
    '',
  ];
  const codes: Record<string, number> = {};
  const faults: unknown[] = [];
  const slowest = { ms: 0, query: '' };
  let sent = 0;
  const run = async (): Promise<void> => {
    while (sent < DOCUMENTS) {
      sent += 1;
      const { query, variables } = documentOf(random, ids);
      const ask = random.chance(0.8) ? byPost : pick(random, [bySse, byWebSocket]);
      const begunAt = Date.now();
      const { code, status = 200 } = await ask(gateway, query, variables);
      const ms = Date.now() - begunAt;
      if (ms > slowest.ms) Object.assign(slowest, { ms, query });
      codes[code] = (codes[code] ?? 0) + 1;
      const isKnown = code === 'OK' || (code in REQUEST_ERRORS && code !== 'INTERNAL');
      if (!isKnown || status >= 500) faults.push({ status, code, query, variables });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, run));
  console.log(codes, slowest.ms);
  expect(faults.slice(0, 3)).toEqual([]);
  expect(gateway.logged.slice(0, 3)).toEqual([]);
  expect(slowest.ms).toBeLessThan(HANG_MS);
  expect(codes['OK']).toBeGreaterThan(DOCUMENTS / 20);
});
