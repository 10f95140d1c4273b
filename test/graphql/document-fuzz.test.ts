import {
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
} from 'graphql';
import { expect, it } from 'vitest';
import { REQUEST_ERRORS } from '../../src/graphql/request-error.ts';
import { schema } from '../../src/graphql/schema.ts';
import { startOneTimePayment } from '../support/customers.ts';
import { DOCUMENTS_CLOCK, DOOR, startGateway } from '../support/harness.ts';
import { createRandom } from '../torture/random.ts';

// Documents of any shape that the schema allows, and some that it does not, with values of every kind: never a 5xx, never more than
// a second, always a code of the list. Short by default; `npm run torture:fuzz` sends 50,000.
const DOCUMENTS = Number(process.env['FUZZ_DOCUMENTS'] ?? 600);
const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);
const AT_ONCE = 4;

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

function fieldOf(random: Random, field: GraphQLField<unknown, unknown>, ids: readonly string[], depth: number): string {
  const args = field.args.filter((argument) => isNonNullType(argument.type) || random.chance(0.3));
  const given = args.map((argument) => `${argument.name}: ${valueFor(random, argument.type, ids, 0)}`).join(', ');
  const selection = selectionOf(random, getNamedType(field.type), ids, depth + 1);
  const alias = random.chance(0.05) ? `a${random.below(100)}: ` : '';
  return `${alias}${field.name}${given === '' ? '' : `(${given})`}${selection}`;
}

function selectionOf(random: Random, type: GraphQLNamedType, ids: readonly string[], depth: number): string {
  if (isUnionType(type) || isInterfaceType(type)) {
    const members = schema.getPossibleTypes(type).filter(() => random.chance(0.4));
    const parts = members.map((member) => `... on ${member.name} ${selectionOf(random, member, ids, depth + 1)}`);
    return `{ __typename ${parts.join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  const all = Object.values(type.getFields());
  const chosen = depth > 7 ? [] : Array.from({ length: 1 + random.below(4) }, () => pick(random, all));
  return ` { __typename ${chosen.map((field) => fieldOf(random, field, ids, depth)).join(' ')} }`;
}

/** A document, now and then damaged. */
function documentOf(random: Random, ids: readonly string[]): string {
  const isMutation = random.chance(0.4);
  const root = isMutation ? schema.getMutationType() : schema.getQueryType();
  const fields = Object.values(root?.getFields() ?? {}).filter(
    ({ name }) => !/advanceClock|resetSandbox|revokeApiKeys/.test(name),
  );
  const body = Array.from({ length: isMutation ? 1 : 1 + random.below(3) }, () =>
    fieldOf(random, pick(random, fields), ids, 0),
  );
  const document = `${isMutation ? 'mutation' : 'query'} { ${body.join(' ')} }`;
  if (!random.chance(0.1)) return document;
  const at = random.below(document.length);
  return (
    document.slice(0, at) +
    pick(random, ['', '}', '{', '(', '"', '@include(if: true)', '...', '\0', '#']) +
    document.slice(at + random.below(5))
  );
}

it(`answers ${DOCUMENTS} documents of any shape with a code or data, within a second (seed ${seed})`, {
  timeout: 30_000 + DOCUMENTS * 100,
}, async () => {
  const random = createRandom(seed);
  const gateway = await startGateway({
    clockStart: DOCUMENTS_CLOCK,
    door: { limits: { ...DOOR.limits, bucketPoints: 1_000_000_000 } },
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
  const headers = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json',
    authorization: `Bearer ${gateway.apiKey}`,
  };
  const codes: Record<string, number> = {};
  const faults: unknown[] = [];
  const slowest = { ms: 0, query: '' };
  let sent = 0;
  const run = async (): Promise<void> => {
    while (sent < DOCUMENTS) {
      sent += 1;
      const query = documentOf(random, ids);
      const begunAt = Date.now();
      const response = await fetch(gateway.url, { method: 'POST', headers, body: JSON.stringify({ query }) });
      const { data, errors } = (await response.json()) as {
        data?: unknown;
        errors?: Array<{ extensions?: { code?: string } }>;
      };
      const ms = Date.now() - begunAt;
      if (ms > slowest.ms) Object.assign(slowest, { ms, query });
      const code = errors?.[0]?.extensions?.code ?? (data === undefined ? 'NEITHER' : 'OK');
      codes[code] = (codes[code] ?? 0) + 1;
      const isKnown = code === 'OK' || (code in REQUEST_ERRORS && code !== 'INTERNAL');
      if (!isKnown || response.status >= 500) faults.push({ status: response.status, code, query });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, run));
  console.log(codes, slowest.ms);
  expect(faults.slice(0, 3)).toEqual([]);
  expect(gateway.logged.slice(0, 3)).toEqual([]);
  expect(slowest.ms).toBeLessThan(AT_ONCE * 1_000);
  expect(codes['OK']).toBeGreaterThan(DOCUMENTS / 20);
});
