import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type ExecutionResult, print } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { inject, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type Node, startNode } from '../../src/server/gateway.ts';
import type { TokenVerifier } from '../../src/server/identity/token-verifier.ts';
import type { ListenerOptions } from '../../src/server/listener.ts';
import { HELD } from '../../src/server/metrics/loop-watch.ts';
import { newApiKey } from '../../src/services/access/api-key.ts';
import { type Log, SCOPES } from '../../src/services/app.ts';
import { createMerchant } from '../../src/services/merchants/create-merchant.ts';
import { queryable } from '../../src/store/connection/database.ts';
import { deriveSecrets } from '../../src/store/secrets.ts';
import { administer, databaseUrl } from './database-server.ts';
import { OF_TEST } from './one-merchant.ts';

/** A gateway of a test's own: a database, a node that serves it, and a merchant with a key for everything. */
export interface TestGateway {
  readonly url: string;
  readonly databaseUrl: string;
  readonly node: Node;
  readonly merchantId: string;
  readonly apiKey: string;
  /** What was logged as an error or warning. */
  readonly logged: unknown[];
  /** Sends a document over HTTP; the whole answer. */
  execute<Result, Variables>(
    document: TypedDocumentNode<Result, Variables>,
    variables?: Variables,
    options?: { apiKey?: string | null },
  ): Promise<ExecutionResult<Result>>;
  /** Sends a document that must succeed; its data. */
  data<Result, Variables>(document: TypedDocumentNode<Result, Variables>, variables?: Variables): Promise<Result>;
  /** Another merchant on the same gateway. */
  addMerchant(clockStart?: Date): Promise<{ merchantId: string; apiKey: string }>;
  sql<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** A stock graphql-ws client. */
  socket(apiKey?: string): Client;
}

/** The documents' dates are past: their tests run on a clock that starts before them. */
export const DOCUMENTS_CLOCK = new Date('2024-09-01T08:00:00+02:00');

/** The limits as they are by default, but room for what tests open and spend, and nobody to spread a stop for. */
export const LISTENER = {
  connections: { perClientMax: 10_000, perNodeMax: 20_000 },
  sockets: { subscriptionsMax: 20, pingMs: 15_000, idleMs: 60_000, messagesPerSecond: 1_000 },
  spreadMs: 0,
  hasIntrospection: true,
  deadlineMs: 30_000,
  inFlightMax: 1_000,
  intake: { bodyBytesMax: 8 * 1_024 * 1_024, valuesMax: 200_000, keysMax: 100_000 },
  receiving: { bytesMax: 128 * 1_024 * 1_024, bytesPerPayerMax: 32 * 1_024 * 1_024 },
  corsOrigins: [],
  trustedProxies: 0,
  authFailuresPerMinute: 100_000,
  limits: {
    textBytesMax: 256 * 1_024,
    tokensMax: 4_000,
    depthMax: 20,
    aliasesMax: 50,
    directivesMax: 20,
    nodesMax: 20_000,
    costMax: 10_000,
    bucketPoints: 10_000_000,
    refillPerSecond: 5_000,
  },
} satisfies Partial<ListenerOptions>;

export interface GatewayOptions {
  readonly listener?: Partial<ListenerOptions>;
  readonly clockStart?: Date;
  /** WARN, as the demo merchant has it: the documents' own sample account fails its check digits (DOMAIN T7). */
  readonly cdvMode?: 'ERROR' | 'WARN';
  readonly tokens?: (log: Log) => TokenVerifier;
}

export async function startGateway(options: GatewayOptions = {}): Promise<TestGateway> {
  const { url: database, drop } = await createDatabase();
  const logged: unknown[] = [];
  // How long the loop was held is wall time, and this machine's.
  const note = (fields: object, message: string) => message !== HELD && logged.push({ ...fields, message });
  const log: Log = { debug: () => {}, info: () => {}, warn: note, error: note };
  const secrets = deriveSecrets(randomBytes(32));
  const { cdvMode = 'WARN', tokens } = options;
  const node = await startNode({
    url: database,
    secrets: async () => secrets,
    connectionsMax: 10,
    retentionDays: 30,
    allowsLocalWebhooks: true,
    log,
    tokens: tokens?.(log) ?? null,
  });
  const { port } = await node.serve({
    port: 0,
    host: '127.0.0.1',
    graphiql: null,
    console: null,
    ...LISTENER,
    ...options.listener,
  });
  const url = `http://127.0.0.1:${port}/graphql`;
  const addMerchant = async (clockStart: Date | null = null) => {
    const apiKey = newApiKey('SANDBOX');
    const key = { name: 'a key', apiKey, scopes: SCOPES };
    return { apiKey, merchantId: await createMerchant(node.app, { name: 'A merchant', clockStart, cdvMode, key }) };
  };
  const own = await addMerchant(options.clockStart ?? null);
  onTestFinished(async () => {
    await node.stop();
    await drop();
  });

  const execute: TestGateway['execute'] = async (document, variables, { apiKey = own.apiKey } = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) },
      body: JSON.stringify({ query: print(document), variables }),
    });
    return (await response.json()) as never;
  };
  return {
    url,
    databaseUrl: database,
    node,
    ...own,
    logged,
    execute,
    async data(document, variables) {
      const { data, errors } = await execute(document, variables);
      if (!data || errors)
        throw new Error(`${print(document)}\n${JSON.stringify({ variables, errors }, null, 2)}\n${inspect(logged)}`);
      return data;
    },
    addMerchant: (clockStart) => addMerchant(clockStart ?? null),
    sql: (text, values) => queryable(node.app.database).query(`${OF_TEST} ${text}`, values),
    socket: (apiKey = own.apiKey) =>
      createClient({
        url: url.replace('http:', 'ws:'),
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${apiKey}` },
        retryAttempts: 0,
      }),
  };
}

/** A database of the test's own, copied from the migrated template. */
export function createDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  return newDatabase(`TEMPLATE ${inject('template')}`);
}

/** A database of a test's own without any table. */
export function emptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  return newDatabase('');
}

async function newDatabase(template: string): Promise<{ url: string; drop(): Promise<void> }> {
  const serverUrl = inject('serverUrl');
  const name = `gateway_test_${randomBytes(6).toString('hex')}`;
  await administer(serverUrl, `CREATE DATABASE ${name} ${template}`);
  return { url: databaseUrl(serverUrl, name), drop: () => administer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`) };
}
