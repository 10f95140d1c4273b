import { createClient } from 'graphql-ws';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { attributeOf, type Collector, type ReceivedSpan, startCollector } from '../support/collector.ts';
import { makeDataDirectory } from '../support/data-directory.ts';
import { freePort, type GatewayProcess, spawnGateway, startGatewayProcess, until } from '../support/gateway-process.ts';
import { startReceiver } from '../support/receiver.ts';

const KEY = 'tracing_test_key_tracing_test_key_1';
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const SURNAME = 'Untraceablename';

const CREATE = `mutation Create($input: CreateCustomersInput!) {
  createCustomers(input: $input) { results { outcome customer { id personSurname } } }
}`;

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: ReadonlyArray<{ readonly extensions: Readonly<Record<string, unknown>> }>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

interface Traced {
  readonly gateway: GatewayProcess;
  readonly url: string;
  readonly env: NodeJS.ProcessEnv;
}

async function startTraced(more: NodeJS.ProcessEnv): Promise<Traced> {
  const env = {
    PORT: String(await freePort()),
    DATA_DIR: makeDataDirectory(),
    DEMO_API_KEY: KEY,
    STOP_NOTICE_SECONDS: '0',
    OTEL_BSP_SCHEDULE_DELAY: '50',
    ...more,
  };
  const gateway = await startGatewayProcess(env);
  return { gateway, url: gateway.url, env };
}

async function ask(url: string, query: string, variables = {}, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

async function spanNamed({ spans }: Collector, name: string, traceId?: string): Promise<ReceivedSpan> {
  const find = () => spans.find((span) => span.name === name && (traceId === undefined || span.traceId === traceId));
  await until(() => find() !== undefined);
  return find() as ReceivedSpan;
}

it('traces a request down to its statements, without a value, and everything that the gateway does by itself', async () => {
  const collector = await startCollector();
  const { gateway, url, env } = await startTraced({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, LOG_LEVEL: 'debug' });
  const traceparent = `00-${TRACE}-${CALLER}-01`;
  const records = [{ reference: 'traced', personName: 'Thandi', personSurname: SURNAME, email: 'traced@example.com' }];
  const answer = await ask(url, CREATE, { input: { records } }, { traceparent });
  expect(JSON.stringify(answer.data)).toContain(SURNAME);
  expect(answer.extensions?.['traceId']).toBe(TRACE);

  const request = await spanNamed(collector, 'POST /graphql', TRACE);
  expect(request.parentSpanId).toBe(CALLER);
  expect(attributeOf(request, 'http.response.status_code')).toBe(200);
  const operation = await spanNamed(collector, 'mutation Create', TRACE);
  expect(operation.parentSpanId).toBe(request.spanId);
  expect(attributeOf(operation, 'graphql.operation.type')).toBe('mutation');
  await spanNamed(collector, 'COMMIT', TRACE);
  const insert = await spanNamed(collector, 'INSERT customer', TRACE);
  expect(insert.parentSpanId).toBe(operation.spanId);
  expect(attributeOf(insert, 'db.query.text')).toContain('INSERT INTO "customer"');
  const found = await ask(url, `{ customers(filter: { personSurname: { eq: "${SURNAME}" } }) { nodes { email } } }`);
  expect(JSON.stringify(found.data)).toContain('traced@example.com');
  expect(gateway.output()).toContain(`"traceId":"${TRACE}","spanId":"${operation.spanId}"`);

  const refused = await ask(url, '{ payments(first: 100000) { nodes { id } } }', {}, { traceparent });
  expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'PAGE_OUT_OF_RANGE', traceId: TRACE });
  const failed = await spanNamed(collector, 'query', TRACE);
  expect(attributeOf(failed, 'error.type')).toBe('PAGE_OUT_OF_RANGE');
  expect(failed.status.code).toBe(2);

  const socketTrace = TRACE.replace('0af', '0bf');
  const client = createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${KEY}` },
  });
  const extensions = { traceparent: `00-${socketTrace}-${CALLER}-01` };
  await new Promise<void>((resolve, reject) =>
    client.subscribe(
      { query: 'query OverSocket { merchant { id } }', extensions },
      { next: () => {}, error: reject, complete: resolve },
    ),
  );
  await client.dispose();
  const overSocket = await spanNamed(collector, 'WebSocket subscribe', socketTrace);
  expect(overSocket.parentSpanId).toBe(CALLER);
  expect((await spanNamed(collector, 'query OverSocket', socketTrace)).parentSpanId).toBe(overSocket.spanId);

  const receiver = await startReceiver();
  const endpoint = await ask(
    url,
    `mutation { createWebhookEndpoints(input: { records: [{ name: "Traced", url: "${receiver.url}" }] }) { results { webhookEndpoint { id } errors { message } } } }`,
  );
  const [, id = ''] = /"id":"([^"]+)"/.exec(JSON.stringify(endpoint)) ?? [];
  await ask(url, `mutation { testWebhookEndpoints(input: { ids: ["${id}"] }) { results { outcome } } }`);
  const delivery = await spanNamed(collector, 'webhook POST');
  expect(attributeOf(delivery, 'gateway.webhook_endpoint_id')).toBe(id);
  await until(() => receiver.messages.length > 0);
  await receiver.close();
  expect(receiver.messages[0]?.headers['traceparent']).toBe(`00-${delivery.traceId}-${delivery.spanId}-01`);

  const demo = spawnGateway(env, undefined, ['demo']);
  expect(await demo.exited).toBe(0);
  const submission = await spanNamed(collector, 'bank submit');
  const step = collector.spans.find(({ spanId }) => spanId === submission.parentSpanId);
  expect(step?.name).toBe('due work SEND_TRANSACTION');
  expect(attributeOf(await spanNamed(collector, 'due work BANK_ANSWER'), 'gateway.due_work.jobs')).toBeGreaterThan(0);

  // Names and e-mail addresses are values of statements and variables, and part of no span.
  expect(collector.text()).not.toContain(SURNAME);
  expect(collector.text()).not.toContain('traced@example.com');
  expect(collector.text()).toContain('collections-gateway');
  expect(await gateway.kill('SIGTERM')).toBe(0);
});

it('answers as ever when the collector does not, and without one says nothing of traces', async () => {
  const dead = await startTraced({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
  const answer = await ask(dead.url, '{ merchant { id } }');
  expect(answer.data).toMatchObject({ merchant: { id: expect.any(String) } });
  expect(answer.extensions?.['traceId']).toMatch(/^[0-9a-f]{32}$/);
  await until(() => dead.gateway.output().includes('traces: spans may be lost'));
  expect(await dead.gateway.kill('SIGTERM')).toBe(0);

  const off = await startTraced({});
  const traceparent = `00-${TRACE}-${CALLER}-01`;
  expect(await ask(off.url, '{ merchant { id } }', {}, { traceparent })).toEqual({
    data: { merchant: { id: expect.any(String) } },
    extensions: { cost: expect.anything() },
  });
  expect(await off.gateway.kill('SIGTERM')).toBe(0);
});
