import { request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { createSchema, createYoga } from 'graphql-yoga';
import { expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { TRANSPORTS, URL_LENGTH_MAX } from '../support/transports.ts';

// What people send who mean ill, and what they are answered: over each transport the same.

const repeated = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');
const many = (count: number, part: (index: number) => string) => `{ merchant { ${repeated(count, part)} } }`;
const PAGE = 'query ($n: Int) { payments(first: $n) { nodes { id } } }';
const SUBMIT = 'mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { results { outcome } } }';

/** Each is answered in some milliseconds; on a machine that does other things besides, nothing that is well takes so long. */
const HANG_MS = 5_000;

/** Document, variables, the answer. */
const DOCUMENTS: Readonly<Record<string, readonly [string, object, string, string?]>> = {
  'syntax error': ['{ merchant {', {}, 'PARSE_FAILED'],
  'empty document': ['', {}, 'PARSE_FAILED'],
  'only a comment': ['# nothing', {}, 'PARSE_FAILED'],
  'five thousand tokens': [many(5_000, () => 'name'), {}, 'QUERY_TOO_LARGE'],
  'a comment of 300 KB': [`{ merchant { name } } #${'x'.repeat(300_000)}`, {}, 'QUERY_TOO_LARGE'],
  'a string of 300 KB': [`{ customer(id: "${'x'.repeat(300_000)}") { id } }`, {}, 'QUERY_TOO_LARGE'],
  'sixty aliases': [many(60, (index) => `a${index}: name`), {}, 'TOO_MANY_ALIASES'],
  'sixty aliases of __typename': [`{ ${repeated(60, (index) => `a${index}: __typename`)} }`, {}, 'TOO_MANY_ALIASES'],
  'the same field 3,000 times': [many(3_000, () => 'name'), {}, 'VALIDATION_FAILED'],
  'unknown directives': [many(15, () => 'name @nonsense'), {}, 'VALIDATION_FAILED'],
  'three hundred directives': [many(300, () => 'name @include(if: true)'), {}, 'TOO_MANY_DIRECTIVES'],
  'a directive twice': [many(1, () => 'name @skip(if: false) @skip(if: false)'), {}, 'VALIDATION_FAILED'],
  'a circle of fragments': [
    '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
    {},
    'VALIDATION_FAILED',
  ],
  'a fragment that spreads itself': ['{ ...A } fragment A on Query { ...A }', {}, 'VALIDATION_FAILED'],
  'a fragment named __schema': [
    '{ ...__schema } fragment __schema on Query { merchant { nonsense } }',
    {},
    'VALIDATION_FAILED',
  ],
  'fields that overlap': [many(900, () => 'holidays(year: 2026) { date }'), {}, 'QUERY_TOO_LARGE'],
  'a field that is not there': ['{ merchantt { name } }', {}, 'VALIDATION_FAILED'],
  'an unknown operation': ['query A { merchant { name } }', {}, 'BAD_REQUEST', 'B'],
  'two operations and no name': ['query A { __typename } query B { __typename }', {}, 'BAD_REQUEST'],
  '@defer, undeclared': ['{ ... @defer { merchant { name } } }', {}, 'VALIDATION_FAILED'],
  'a page of a billion': [PAGE, { n: 1_000_000_000 }, 'PAGE_OUT_OF_RANGE'],
  'a negative page': [PAGE, { n: -1 }, 'PAGE_OUT_OF_RANGE'],
  'an integer of 64 bits': [PAGE, { n: 2 ** 40 }, 'BAD_REQUEST'],
  'a fraction for an integer': [PAGE, { n: 1.5 }, 'BAD_REQUEST'],
  'a missing variable': ['query ($id: ID!) { customer(id: $id) { id } }', {}, 'BAD_REQUEST'],
  'an object for an id': ['query ($id: ID!) { customer(id: $id) { id } }', { id: { $ne: 1 } }, 'BAD_REQUEST'],
  'NUL in a string': ['query ($id: ID!) { customer(id: $id) { id } }', { id: 'a\0b' }, 'BAD_REQUEST'],
  'half a character': ['query ($id: ID!) { customer(id: $id) { id } }', { id: '\ud800' }, 'BAD_REQUEST'],
  '__proto__ in an input': [SUBMIT, JSON.parse('{"input":{"records":[],"__proto__":{"admin":true}}}'), 'BAD_REQUEST'],
  'SQL in an id': ['query ($id: ID!) { customer(id: $id) { id } }', { id: "'; DROP TABLE payment; --" }, 'OK'],
  'a foreign cursor': [
    'query ($after: String) { events(after: $after) { nodes { id } } }',
    { after: 'eyJ9.AAAA' },
    'CURSOR_INVALID',
  ],
};

it('answers hostile documents with a code, over every transport, and lives on', async () => {
  const gateway = await startGateway();
  const wrong: unknown[] = [];
  for (const [transport, ask] of Object.entries(TRANSPORTS)) {
    for (const [name, [query, variables, code, operationName]] of Object.entries(DOCUMENTS)) {
      if (transport === 'GET' && (query.length > URL_LENGTH_MAX || query === '' || query.startsWith('mutation')))
        continue;
      const begunAt = Date.now();
      const answer = await ask(gateway, query, variables, operationName);
      if (answer.code !== code) wrong.push([transport, name, answer.code]);
      expect([transport, name, Date.now() - begunAt < HANG_MS]).toEqual([transport, name, true]);
      if (answer.status !== undefined) expect(answer.status).toBeLessThan(500);
    }
  }
  expect(wrong).toEqual([]);
  expect(gateway.logged).toEqual([]);
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Bytes over HTTP as they are; the status, 0 when the connection was cut. */
function send(
  gateway: TestGateway,
  { method = 'POST', path = '/graphql', headers = {}, body = '' }: Sent,
): Promise<number> {
  const key = { authorization: `Bearer ${gateway.apiKey}` };
  return new Promise((resolve) => {
    const asked = request(
      new URL(path, gateway.url),
      {
        method,
        agent: false,
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json',
          ...key,
          ...headers,
        },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    asked.on('error', () => resolve(0));
    asked.end(body);
  });
}

const QUERY = '{"query":"{ merchant { name } }"}';
const HTTP: Readonly<Record<string, readonly [Sent, number]>> = {
  'an empty body': [{}, 400],
  'half a body': [{ body: '{' }, 400],
  null: [{ body: 'null' }, 400],
  'a number': [{ body: '5' }, 400],
  'an array of operations': [{ body: `[${QUERY}]` }, 400],
  'a number as query': [{ body: '{"query":5}' }, 400],
  'an array as variables': [{ body: '{"query":"{ __typename }","variables":[]}' }, 400],
  'no query': [{ body: '{"extensions":{"persistedQuery":{"version":1}}}' }, 400],
  'variables nested 5,000 deep': [
    { body: `{"query":"{ merchant { name } }","variables":{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}}` },
    400,
  ],
  'text, as a form sends it without asking': [{ headers: { 'content-type': 'text/plain' }, body: QUERY }, 415],
  'a form': [{ headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'query=%7B__typename%7D' }, 415],
  'a form of parts': [{ headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x--' }, 415],
  'UTF-16': [
    { headers: { 'content-type': 'application/json; charset=utf-16' }, body: Buffer.from(QUERY, 'utf16le') },
    415,
  ],
  gzip: [{ headers: { 'content-encoding': 'gzip' }, body: gzipSync('x'.repeat(5_000_000)) }, 400],
  'nine megabytes': [{ body: `{"query":"${'x'.repeat(9_000_000)}"}` }, 413],
  'a mutation by GET': [
    { method: 'GET', path: `/graphql?query=${encodeURIComponent('mutation { freezeClock(input: {}) { now } }')}` },
    405,
  ],
  PUT: [{ method: 'PUT', body: QUERY }, 405],
  DELETE: [{ method: 'DELETE' }, 405],
  'a host that is none': [{ method: 'GET', path: '/graphql?query=%7B__typename%7D', headers: { host: '[' } }, 200],
  'variables by GET that are no JSON': [
    { method: 'GET', path: '/graphql?query=%7B__typename%7D&variables=%7Bbad' },
    400,
  ],
  'variables by GET that are no object': [{ method: 'GET', path: '/graphql?query=%7B__typename%7D&variables=5' }, 400],
  'nothing by GET': [{ method: 'GET', path: '/graphql' }, 400],
  'an answer in XML': [{ headers: { accept: 'text/xml' }, body: QUERY }, 406],
  'another path': [{ path: '/graphql/../../etc/passwd', body: QUERY }, 404],
};

it('answers hostile requests with their status, and lives on', async () => {
  const gateway = await startGateway();
  const wrong: unknown[] = [];
  for (const [name, [sent, status]] of Object.entries(HTTP)) {
    const answered = await send(gateway, sent);
    if (answered !== status) wrong.push([name, answered]);
  }
  expect(wrong).toEqual([]);
  // Node answers 431 and hangs up; a client that is still writing may see the one or the other.
  expect([431, 0]).toContain(await send(gateway, { headers: { 'x-long': 'x'.repeat(100_000) }, body: QUERY }));
  expect(await send(gateway, { body: QUERY })).toBe(200);
  expect(gateway.logged).toEqual([]);
});

const MEGABYTE = 1_024 * 1_024;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** How much more is in use after as many floods again, in megabytes. */
async function growth(flood: (nth: number) => Promise<unknown>): Promise<number> {
  const FLOODS = 6;
  const used = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed / MEGABYTE;
  };
  for (let nth = 0; nth < FLOODS; nth += 1) await flood(nth);
  const before = used();
  for (let nth = 0; nth < FLOODS; nth += 1) await flood(FLOODS + nth);
  return used() - before;
}

type Send = (url: string, init: RequestInit) => Promise<Response> | Response;

it('has no more memory in use the more documents come; Yoga by itself has', async () => {
  const gateway = await startGateway();
  const yoga = createYoga({ schema: createSchema({ typeDefs: 'type Query { a: Int }' }), logging: false });
  /** Seven megabytes that are refused, and large documents; none is ever sent again. */
  const flood = async (send: Send, nth: number) => {
    const large = `{ a } # ${nth} ${'x'.repeat(7 * MEGABYTE)}\n}`;
    const many = Array.from({ length: 20 }, (_, at) => `{ ${repeated(1_900, () => 'a')} } # ${nth} ${at}`);
    for (const query of [large, ...many]) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` };
      await (await send(gateway.url, { method: 'POST', headers, body: JSON.stringify({ query }) })).text();
    }
  };
  expect(await growth((nth) => flood(fetch, nth))).toBeLessThan(15);
  expect(await growth((nth) => flood(yoga.fetch, nth))).toBeGreaterThan(50);
});
