import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type GraphQLField, getNamedType, parse } from 'graphql';
import { expect, it } from 'vitest';
import { makeDemoHistory } from '../../src/services/sandbox/make-demo-history.ts';
import type { ReusingQueryable } from '../../src/store/connection/database.ts';
import { answerOf, type Document, enginesOf } from '../support/engines.ts';
import { startGateway } from '../support/harness.ts';
import { documentOf, pick } from '../support/schema-documents.ts';
import { createRandom } from '../torture/random.ts';

// Three engines, one answer: PostgreSQL's JSON spliced into the response, rows of the compiler resolved by graphql-js, and rows of
// Prisma resolved by graphql-js. Short by default; `npm run torture -- engines` compares 20,000 documents.
const DOCUMENTS = Number(process.env['ENGINE_DOCUMENTS'] ?? 800);
const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);

const LISTS = {
  customers: 'CustomerConnection',
  bankAccounts: 'BankAccountConnection',
  mandates: 'MandateConnection',
  payments: 'PaymentConnection',
  transactions: 'TransactionConnection',
};
type Lists = Record<string, { edges: Array<{ cursor: string }> }>;

/** A gateway with some months of payments of every kind, beside another merchant's, and the ids of all. */
async function startWithHistory() {
  const gateway = await startGateway();
  let asked = 0;
  await makeDemoHistory(gateway.node.withClock, gateway.merchantId, () => {
    asked += 1;
    return asked > 60;
  });
  const stranger = await gateway.addMerchant();
  await makeDemoHistory(gateway.node.withClock, stranger.merchantId, () => {
    asked += 1;
    return asked > 70;
  });
  const rows = await gateway.sql<{ id: string }>(
    ['customer', 'bank_account', 'mandate', 'payment', 'transaction', 'payment_method']
      .map((table) => `(SELECT id FROM ${table} ORDER BY md5(id) LIMIT 12)`)
      .join(' UNION ALL '),
  );
  const ids = [...rows.map(({ id }) => id), 'pay_0000000000000000000A1', 'x', ''];
  const cursors = new Map<string, string[]>();
  for (const [list, type] of Object.entries(LISTS)) {
    for (const orderBy of ['', ', orderBy: { field: CREATED_AT, direction: ASC }']) {
      const query = parse(`{ ${list}(first: 9${orderBy}) { edges { cursor } } }`) as TypedDocumentNode<Lists>;
      const found = (await gateway.data(query))[list]?.edges.map(({ cursor }) => cursor) ?? [];
      cursors.set(type, [...(cursors.get(type) ?? []), ...found]);
    }
  }
  return { gateway, known: { ids, cursors } };
}

/** Whether a field needs no JavaScript; half of the documents have only such fields, so that enough are spliced. */
function isPlain({ extensions, name }: GraphQLField<unknown, unknown>): boolean {
  const marks = ['direct', 'pothosExposedField', 'pothosPrismaRelationField'];
  return marks.some((mark) => extensions[mark] !== undefined) || LIST_PARTS.has(name);
}
const LIST_PARTS: ReadonlySet<string> = new Set([
  'nodes',
  'edges',
  'node',
  'cursor',
  'pageInfo',
  'hasNextPage',
  'hasPreviousPage',
  'startCursor',
  'endCursor',
  'totalCount',
  'streamCursor',
]);

/** What documents ask for: the objects that there are, and cursors of their lists by the type of the connection. */
interface Known {
  readonly ids: readonly string[];
  readonly cursors: ReadonlyMap<string, readonly string[]>;
}

function withSortedErrors(text: string): string {
  const { errors, ...rest } = JSON.parse(text) as { errors?: readonly unknown[] };
  return JSON.stringify({ errors: errors?.map((error) => JSON.stringify(error)).sort(), ...rest });
}

/** A document of any shape, or one of plain fields with arguments that find something. */
function documentFor(random: ReturnType<typeof createRandom>, { ids, cursors }: Known): Document {
  const any = { ids, mutations: 0, damaged: 0, odd: 0.01 };
  const argument = (name: string, { type }: GraphQLField<unknown, unknown>) => {
    const known = cursors.get(getNamedType(type).name) ?? [];
    if (name === 'first') return random.chance(0.7) ? String(random.below(12)) : null;
    if (name === 'after') return random.chance(0.2) && known.length > 0 ? JSON.stringify(pick(random, known)) : null;
    if (name === 'last' || name === 'before') return null;
    return name === 'filter' && !random.chance(0.15) ? null : undefined;
  };
  const plain = { ...any, odd: 0, takes: isPlain, argument };
  for (;;) {
    const document = documentOf(random, random.chance(0.7) ? plain : any);
    if (!CHANGING.test(document.query)) return document;
  }
}

/** Time and the audit log change from one answer to the next. */
const CHANGING =
  /\bnow\b|pointsLeft|auditLog|idempotencyRecord|nextCollection|availableActions|previewSchedule|schedule/;

it(`answers ${DOCUMENTS} documents byte for byte as Prisma and graphql-js do, by compiler and by splice (seed ${seed})`, {
  timeout: 900_000 + DOCUMENTS * 500,
}, async () => {
  const random = createRandom(seed);
  const { gateway, known } = await startWithHistory();
  const [spliced, ...others] = enginesOf(gateway);
  if (!spliced) throw new Error('no engines');
  const faults: unknown[] = [];
  const counts = { compared: 0, direct: 0, withData: 0 };
  while (counts.compared < DOCUMENTS) {
    const document = documentFor(random, known);
    const { text, isDirect } = await answerOf(spliced, gateway, document);
    counts.compared += 1;
    counts.direct += Number(isDirect);
    counts.withData += Number(!text.includes('"data":null') && text.includes('"data"'));
    for (const other of others) {
      const expected = await answerOf(other, gateway, document);
      // graphql-js lists the errors of fields that wait for the same loader in the order in which they are noticed.
      const isEqual = isDirect ? expected.text === text : withSortedErrors(expected.text) === withSortedErrors(text);
      if (!isEqual) faults.push({ ...document, by: other.name, expected: expected.text, found: text, isDirect });
    }
  }
  console.log(counts);
  expect(faults.slice(0, 3)).toEqual([]);
  expect(counts.direct).toBeGreaterThan(DOCUMENTS / 5);
});

it('would notice a fault of the compiler, of the splice, and of the tenants', async () => {
  const { gateway, known } = await startWithHistory();
  const altered =
    (alter: (sql: string) => string) =>
    (database: ReusingQueryable): ReusingQueryable => ({
      query: (sql, values) => database.query(alter(sql), values),
      queryAgain: (sql, values) => database.queryAgain(alter(sql), values),
    });
  const faults = {
    'an order that is turned round': altered((sql) => sql.replaceAll('.id DESC', '.id ASC')),
    'an amount without its cents': altered((sql) => sql.replaceAll(' * 0.01', ' / 100')),
    'a relation of all merchants': altered((sql) => sql.replace(/merchant_id = \$\d+ AND/, 'true AND')),
  };
  const random = createRandom(seed);
  // Whatever the seed, one document shows each fault.
  const sure = { query: '{ payments(first: 5) { nodes { id amount customer { id } } } }', variables: {} };
  const documents = [sure, ...Array.from({ length: 60 }, () => documentFor(random, known))];
  for (const [name, alter] of Object.entries(faults)) {
    const [spliced, compiled, prisma] = enginesOf(gateway, alter);
    if (!spliced || !compiled || !prisma) throw new Error('no engines');
    const differing = { spliced: 0, compiled: 0 };
    for (const document of documents) {
      const expected = (await answerOf(prisma, gateway, document).catch(() => null))?.text;
      if ((await answerOf(spliced, gateway, document)).text !== expected) differing.spliced += 1;
      if ((await answerOf(compiled, gateway, document)).text !== expected) differing.compiled += 1;
    }
    console.log(name, differing);
    expect([name, differing.spliced > 0]).toEqual([name, true]);
  }
});

it('answers a switch that is null, and statements that fail, as graphql-js does', async () => {
  const { gateway } = await startWithHistory();
  const failing = (database: ReusingQueryable): ReusingQueryable => ({
    query: (sql, values) =>
      sql.includes('"customer" AS r1') ? Promise.reject(new Error('disk failure')) : database.query(sql, values),
    queryAgain: (sql, values) =>
      sql.includes('"customer" AS r1') ? Promise.reject(new Error('disk failure')) : database.queryAgain(sql, values),
  });
  const [spliced, compiled] = enginesOf(gateway, failing);
  if (!spliced || !compiled) throw new Error('no engines');
  const cases: readonly Document[] = [
    {
      query: 'query ($v: Boolean = true) { payments(first: 1) { nodes { id status @include(if: $v) } } }',
      variables: { v: null },
    },
    { query: '{ customers(first: 1) { nodes { id } } payments(first: 1) { nodes { id } } }', variables: {} },
    { query: '{ customer(id: "cus_1") { id } payments(first: 1) { nodes { id } } }', variables: {} },
    { query: '{ customers(first: 1) { nodes { id } } more: customers(first: 2) { nodes { id } } }', variables: {} },
  ];
  for (const document of cases) {
    const { text } = await answerOf(spliced, gateway, document);
    expect([document.query, text]).toEqual([document.query, (await answerOf(compiled, gateway, document)).text]);
    expect(text).toContain('"errors"');
  }
});

it('refuses a document whose fragments unfold into more fields than a statement may have', async () => {
  const { gateway } = await startWithHistory();
  const [spliced] = enginesOf(gateway);
  if (!spliced) throw new Error('no engines');
  const lists = ['bankAccounts', 'mandates', 'payments', 'transactions'];
  const fragments = [1, 2, 3, 4, 5].map((level) => {
    const pages = lists.map((list) => `${list}(first: 0) { nodes { customer { ...C${level - 1} } } }`);
    return `fragment C${level} on Customer { ${pages.join(' ')} }`;
  });
  const query = `{ customers(first: 0) { nodes { ...C5 } } } fragment C0 on Customer { id email } ${fragments.join(' ')}`;
  const { text } = await answerOf(spliced, gateway, { query, variables: {} });
  expect(text).toContain('QUERY_TOO_COSTLY');
});
