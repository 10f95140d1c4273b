import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { subgraphOf } from '../../src/graphql/federation.ts';
import type { DocumentMode } from '../../src/graphql/pipeline/trusted-documents.ts';
import { schema } from '../../src/graphql/schema.ts';
import { loadDocuments } from '../../src/server/documents.ts';
import { createCustomer, person } from '../support/customers.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';

const NAME = 'query Name { merchant { name } }';
/** More aliases than a document of a stranger may have. */
const WIDE = `query Wide { ${Array.from({ length: 400 }, (_, index) => `a${index}: __typename`).join(' ')} }`;
const WATCH = 'subscription Watch($after: String) { events(after: $after) { ... on Event { cursor type } } }';
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

function manifestOf(texts: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'documents-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'manifest.json');
  writeFileSync(file, JSON.stringify(texts));
  return file;
}

async function start(
  mode: DocumentMode,
  texts: Readonly<Record<string, string>> = { name: NAME, wide: WIDE, watch: WATCH },
) {
  const warned: object[] = [];
  const log = { debug() {}, info() {}, error() {}, warn: (fields: object) => warned.push(fields) };
  const documents = loadDocuments({ file: manifestOf(texts), mode, hasConsole: true }, log);
  return { gateway: await startGateway({ listener: { documents } }), warned };
}

async function post(gateway: TestGateway, body: object) {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` },
    body: JSON.stringify(body),
  });
  const { data, errors } = (await response.json()) as {
    data?: object;
    errors?: Array<{ message: string; extensions: { code: string } }>;
  };
  return data ?? errors?.map(({ message, extensions: { code } }) => `${code}: ${message}`);
}

const persisted = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });
const ANSWER = { merchant: { name: 'A merchant' } };

it('runs trusted documents by id, by hash and by text over every transport, and others as well when it is off', async () => {
  const { gateway } = await start('OFF');
  for (const body of [
    { documentId: 'name' },
    { documentId: `sha256:${hashOf(NAME)}` },
    persisted(hashOf(NAME)),
    { query: NAME },
    { query: '{ merchant { name } }' },
  ])
    expect(await post(gateway, body)).toEqual(ANSWER);
  // Apollo Client sends the text after this.
  expect(await post(gateway, persisted(hashOf('{ merchant { id } }')))).toEqual([
    'PERSISTED_QUERY_NOT_FOUND: PersistedQueryNotFound',
  ]);
  expect(await post(gateway, {})).toEqual(['BAD_REQUEST: "query" must be a string, or "documentId" given.']);
  const got = await fetch(`${gateway.url}?documentId=name`, { headers: { authorization: `Bearer ${gateway.apiKey}` } });
  expect(await got.json()).toMatchObject({ data: ANSWER });
  // What the operator trusts is not held to the limits of strangers.
  expect(await post(gateway, { documentId: 'wide' })).toMatchObject({ a399: 'Query' });
  expect(await post(gateway, { query: `${WIDE} ` })).toEqual([expect.stringMatching(/^TOO_MANY_ALIASES/)]);

  const socket = createClient({
    url: gateway.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${gateway.apiKey}` },
  });
  onTestFinished(() => void socket.dispose());
  const changes = socket.iterate({ query: '', documentId: 'watch' } as never);
  const streamed = fetch(`${gateway.url}/stream?documentId=watch`, {
    headers: { authorization: `Bearer ${gateway.apiKey}`, accept: 'text/event-stream' },
  });
  const next = changes.next();
  const reader = (await streamed).body?.getReader();
  let text = '';
  const decoder = new TextDecoder();
  while (!text.includes('customer.created')) {
    await createCustomer(gateway, person(`A${Math.random()}`));
    text += decoder.decode((await reader?.read())?.value);
  }
  expect((await next).value).toMatchObject({ data: { events: { type: 'customer.created' } } });
  await reader?.cancel();
});

it('takes a stream ticket for the text that an id names, and for no other', async () => {
  const { gateway } = await start('OFF');
  const create = 'mutation ($of: String!) { createStreamTicket(input: { query: $of }) { ticket } }';
  const { createStreamTicket } = (await post(gateway, { query: create, variables: { of: WATCH } })) as unknown as {
    createStreamTicket: { ticket: string };
  };
  const statusOf = async (documentId: string): Promise<number> => {
    const leaving = new AbortController();
    const asked = new URLSearchParams({ documentId, ticket: createStreamTicket.ticket });
    const { status } = await fetch(`${gateway.url}/stream?${asked}`, { signal: leaving.signal });
    leaving.abort();
    return status;
  };
  expect([await statusOf('watch'), await statusOf('name'), await statusOf('nonsense')]).toEqual([200, 401, 401]);
});

it('refuses every other document when it enforces, over every transport', async () => {
  const { gateway } = await start('ENFORCE');
  expect(await post(gateway, { query: NAME })).toEqual(ANSWER);
  expect(await post(gateway, { documentId: 'name' })).toEqual(ANSWER);
  const refused = 'DOCUMENT_NOT_TRUSTED: Only documents that the operator of the gateway trusts may run.';
  for (const query of ['{ merchant { name } }', ` ${NAME}`, '{ __schema { queryType { name } } }'])
    expect(await post(gateway, { query })).toEqual([refused]);
  expect(await post(gateway, { query: '{ merchant { id } }', ...persisted(hashOf('{ merchant { id } }')) })).toEqual([
    refused,
  ]);
  // A text under the id of a trusted one is judged by itself.
  expect(await post(gateway, { query: '{ merchant { id } }', documentId: 'name' })).toEqual([refused]);
  const socket = gateway.socket();
  onTestFinished(() => void socket.dispose());
  const answer = await socket
    .iterate({ query: '{ merchant { name } }' })
    .next()
    .catch((errors: unknown) => ({ errors }));
  expect(JSON.stringify(answer)).toContain('DOCUMENT_NOT_TRUSTED');
  // The client reads the end of the log before it follows it.
  expect(await post(gateway, { query: 'query StreamHead { events(first: 0) { streamCursor } }' })).toMatchObject({
    events: {},
  });
});

it('logs every other document once when it only looks', async () => {
  const { gateway, warned } = await start('LOG');
  for (let nth = 0; nth < 3; nth += 1) expect(await post(gateway, { query: '{ merchant { name } }' })).toEqual(ANSWER);
  expect(warned).toEqual([expect.objectContaining({ sha256: hashOf('{ merchant { name } }') })]);
});

it('does not start with a document that is not valid, or a manifest that cannot be read', async () => {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const load = (file: string) => () => loadDocuments({ file, mode: 'OFF', hasConsole: false }, log);
  expect(load(manifestOf({ bad: '{ nonsense }' }))).toThrow(
    /trusted document bad is not valid: Cannot query field "nonsense"/,
  );
  expect(load(manifestOf({ bad: 'fragment Alone on Customer { id }' }))).toThrow('trusted document bad is not valid');
  const entities = manifestOf({ router: 'query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }' });
  expect(load(entities)).toThrow('trusted document router is not valid');
  expect(loadDocuments({ file: entities, mode: 'ENFORCE', hasConsole: true }, log, subgraphOf(schema))).toBeDefined();
  expect(load(manifestOf({ bad: '{' }))).toThrow('trusted document bad is not valid');
  expect(load(manifestOf({ bad: 1 as never }))).toThrow('must be an object');
  expect(load('/nonexistent.json')).toThrow('cannot be read');
  expect(load(manifestOf(null as never))).toThrow('must be an object');
  expect(load(manifestOf({ operations: [null] } as never))).toThrow('must be an object');
  expect(() => loadDocuments({ file: null, mode: 'ENFORCE', hasConsole: true }, log)).toThrow('set DOCUMENTS');
  const apollo = manifestOf({ operations: [{ id: 'a', body: NAME }] } as never);
  expect(load(apollo)().find({ query: null, documentId: 'a' }, { requestId: '', identity: null })).not.toBe(null);
});
