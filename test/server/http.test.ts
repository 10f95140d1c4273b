import { type AuditResult, auditServer } from 'graphql-http';
import { expect, it } from 'vitest';
import { PaymentMethods } from '../support/documents.ts';
import { writeEvents } from '../support/events.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { open, subscribe } from '../support/raw-socket.ts';
import { captureStatements } from '../support/statements.ts';
import { follow } from '../support/subscription.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

async function post(gateway: TestGateway, body: string, headers: Record<string, string> = JSON_TYPE) {
  const response = await fetch(gateway.url, { method: 'POST', headers, body });
  const answer = (await response.json()) as {
    errors?: Array<{ message: string; extensions: Record<string, unknown> }>;
  };
  return { status: response.status, code: answer.errors?.[0]?.extensions['code'], text: JSON.stringify(answer) };
}

/** What is not as it must or should be. A notice is of what may be otherwise. */
function faultsOf(results: readonly AuditResult[]): string[] {
  return results
    .filter(({ status }) => status === 'warn' || status === 'error')
    .map(({ status, name }) => `${status} ${name}`);
}

/** Without credentials the schema tells little of itself, and the audit asks for more. */
function withKey({ apiKey }: TestGateway): typeof fetch {
  return (url, init) => {
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${apiKey}`);
    return fetch(url, { ...init, headers });
  };
}

it('passes the audit of GraphQL over HTTP', async () => {
  const gateway = await startGateway();
  const results = await auditServer({ url: gateway.url, fetchFn: withKey(gateway) });
  expect(faultsOf(results)).toEqual([]);
});

it('answers what is no request with a code, never with a stack', async () => {
  const gateway = await startGateway();
  const bodies = [
    '',
    '{',
    'null',
    '5',
    '[]',
    '[{"query":"{__typename}"}]',
    '{}',
    '{"query":5}',
    '{"query":"{__typename}","variables":[]}',
  ];
  for (const body of bodies)
    expect({ body, ...(await post(gateway, body)) }).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  expect(await post(gateway, '{"query":"{"}')).toMatchObject({ status: 200, code: 'PARSE_FAILED' });
  expect(await post(gateway, '{"query":"{ nonsense }"}')).toMatchObject({ status: 200, code: 'VALIDATION_FAILED' });
  const strict = { ...JSON_TYPE, accept: 'application/graphql-response+json' };
  expect(await post(gateway, '{"query":"{ nonsense }"}', strict)).toMatchObject({
    status: 400,
    code: 'VALIDATION_FAILED',
  });
  expect(await post(gateway, '{"query":"{ merchant { name } }"}')).toMatchObject({
    status: 401,
    code: 'UNAUTHENTICATED',
  });
  const wrongKey = { ...JSON_TYPE, authorization: 'Bearer nonsense' };
  expect(await post(gateway, '{"query":"{__typename}"}', wrongKey)).toMatchObject({
    status: 401,
    code: 'UNAUTHENTICATED',
  });
  expect(await post(gateway, '{"query":"{__typename}"}', { 'content-type': 'text/plain' })).toMatchObject({
    status: 415,
    code: 'BAD_REQUEST',
  });
  expect(await post(gateway, `{"query":"{__typename}","x":"${'x'.repeat(8_400_000)}"}`)).toMatchObject({
    status: 413,
    code: 'BODY_TOO_LARGE',
  });
  const variables = JSON.stringify({ query: 'query ($id: ID!) { payment(id: $id) { id } }', variables: { id: {} } });
  const refused = await post(gateway, variables, { ...JSON_TYPE, authorization: `Bearer ${gateway.apiKey}` });
  expect(refused).toMatchObject({ status: 200, code: 'BAD_REQUEST' });
  expect(gateway.logged).toEqual([]);
});

it('masks a bug, and logs it once under the id it answers', async () => {
  const gateway = await startGateway();
  await gateway.sql('ALTER TABLE lookup RENAME TO lookup_away');
  const body = JSON.stringify({ query: '{ lookups(type: "payment_status") { id } }' });
  const answer = await post(gateway, body, { ...JSON_TYPE, authorization: `Bearer ${gateway.apiKey}` });
  expect(answer.code).toBe('INTERNAL');
  expect(answer.text).not.toMatch(/lookup_away|prisma|SELECT|relation/i);
  expect(gateway.logged).toHaveLength(1);
});

it('takes the key by Basic too, with the id of the key, for clients that know nothing else', async () => {
  const gateway = await startGateway();
  const [key] = await gateway.sql<{ id: string }>('SELECT id FROM api_key WHERE merchant_id = $1', [
    gateway.merchantId,
  ]);
  const answer = (userAndPassword: string) => {
    const authorization = `Basic ${Buffer.from(userAndPassword).toString('base64')}`;
    return post(gateway, '{"query":"{ merchant { name } }"}', { ...JSON_TYPE, authorization });
  };
  expect(await answer(`${key?.id}:${gateway.apiKey}`)).toMatchObject({ status: 200, code: undefined });
  for (const wrong of [`any:${gateway.apiKey}`, `:${gateway.apiKey}`, `${key?.id}:`, `${key?.id}`, gateway.apiKey]) {
    expect(await answer(wrong)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  }
});

it('refuses what the scopes of a key do not allow, before anything runs', async () => {
  const gateway = await startGateway();
  await gateway.sql("UPDATE api_key SET scopes = '{read}' WHERE merchant_id = $1", [gateway.merchantId]);
  const headers = { ...JSON_TYPE, authorization: `Bearer ${gateway.apiKey}` };
  const advance = '{"query":"mutation { advanceClock(input: { to: \\"2030-01-01T00:00:00Z\\" }) { done } }"}';
  expect(await post(gateway, advance, headers)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  await gateway.sql('UPDATE api_key SET revoked_at = now() WHERE merchant_id = $1', [gateway.merchantId]);
  const refused = async () => (await post(gateway, '{"query":"{ merchant { name } }"}', headers)).status;
  await expect.poll(refused).toBe(401);
});

it('streams over SSE from its own address', async () => {
  const gateway = await startGateway();
  const query = encodeURIComponent('subscription { paymentStatusChanged(filter: { paymentIds: [] }) { cursor } }');
  const response = await fetch(`${gateway.url}/stream?query=${query}`, {
    headers: { authorization: `Bearer ${gateway.apiKey}` },
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  // A stop ends the stream in good order: were the connection cut, the text would not come to its end.
  const text = response.text();
  await gateway.node.stop();
  expect(await text).toContain(':');
});

it('answers a request that takes events too, but is none, before it stops', async () => {
  const gateway = await startGateway();
  const client = await gateway.node.app.database.pool.connect();
  await client.query('BEGIN; LOCK TABLE merchant_clock');
  const headers = {
    ...JSON_TYPE,
    accept: 'application/json, text/event-stream',
    authorization: `Bearer ${gateway.apiKey}`,
  };
  const answered = post(gateway, '{"query":"{ merchant { now } }"}', headers);
  const waiting =
    "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%FROM merchant_clock AS clock WHERE merchant_id%' AND query NOT LIKE '%pg_stat_activity%' AND wait_event_type = 'Lock'";
  await expect.poll(() => gateway.sql(waiting)).toHaveLength(1);
  const stopped = gateway.node.stop();
  await client.query('ROLLBACK');
  client.release();
  expect(await answered).toMatchObject({ status: 200, code: undefined });
  await stopped;
});

it('answers a key that cannot be looked up now with UNAVAILABLE, and a socket with 1013', async () => {
  const gateway = await startGateway();
  const client = await gateway.node.app.database.pool.connect();
  await client.query('BEGIN; LOCK TABLE api_key');
  const headers = { ...JSON_TYPE, authorization: `Bearer ${gateway.apiKey}` };
  const [answer, reason] = await Promise.all([
    post(gateway, '{"query":"{ merchant { name } }"}', headers),
    follow(gateway.socket(), PaymentMethods, {}).ended,
  ]);
  await client.query('ROLLBACK');
  client.release();
  expect(answer).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
  expect(reason).toMatchObject({ code: 1013, reason: 'try again later' });
});

it('tells the metrics of the clock to whoever runs it, and nothing of a merchant', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const read = async () => (await fetch(gateway.url.replace('/graphql', '/metrics'))).text();
  const put = (subjectId: string, details: string) =>
    gateway.sql(
      `INSERT INTO due_work (merchant_id, timeline, kind, subject_id, due_at, details)
       VALUES ($1, '', 'BANK_ANSWER', $2, '2024-09-01T00:00:00Z', $3)`,
      [gateway.merchantId, subjectId, details],
    );
  await put('1', JSON.stringify({ reference: 'unknown', event: 'PAID', code: null }));
  await expect.poll(read).toContain('gateway_due_work_done_total{kind="BANK_ANSWER"} 1');
  const text = await read();
  expect(text).toContain('gateway_bank_answers_quarantined_total 1');
  expect(text).toMatch(/gateway_due_work_lag_seconds_count\{kind="BANK_ANSWER"\} 1/);
  expect(text).toMatch(/gateway_due_work_greatest_lag_seconds \d/);
  expect(text).not.toContain(gateway.merchantId);
  await gateway.sql("ALTER TABLE bank_message ADD CONSTRAINT broken CHECK (message_id <> '3')");
  await put('3', JSON.stringify({ reference: 'unknown', event: 'PAID', code: null }));
  await expect.poll(read).toMatch(/gateway_due_work_failures_total\{kind="BANK_ANSWER"\} [1-9]/);
});

it('tells the metrics of requests, errors, streams and the database', async () => {
  const gateway = await startGateway();
  const read = async () => (await fetch(gateway.url.replace('/graphql', '/metrics'))).text();
  const headers = { ...JSON_TYPE, authorization: `Bearer ${gateway.apiKey}` };
  await post(gateway, '{"query":"{ merchant { name } }"}', headers);
  await post(gateway, '{"query":"{ nonsense }"}', headers);
  const socket = await open(gateway);
  subscribe(socket, '1');
  await socket.take(2);
  expect(await read()).toContain('gateway_connections 1');
  await writeEvents(gateway, 2);
  await expect.poll(read).toMatch(/gateway_event_delivery_seconds_count [12]/);
  const text = await read();
  expect(text).toContain('gateway_errors_total{code="VALIDATION_FAILED"} 1');
  expect(text).toContain('gateway_http_request_seconds_count{transport="POST",status="200"} 2');
  expect(text).toContain('gateway_operations_total{transport="WebSocket"} 1');
  expect(text).toMatch(/gateway_events_unsequenced \d/);
  expect(text).toMatch(/gateway_events_unsequenced_age_seconds \d/);
  expect(text).toMatch(/gateway_database_connections_callers [1-9]/);
  expect(text).toMatch(/nodejs_eventloop_lag_seconds /);
});

it('tells everything else while the database does not answer, and asks it once for all who look at the same time', async () => {
  const gateway = await startGateway();
  const read = async () => {
    const response = await fetch(gateway.url.replace('/graphql', '/metrics'));
    return { status: response.status, text: await response.text() };
  };
  const statements = await captureStatements(() => Promise.all(Array.from({ length: 30 }, read)));
  expect(statements.filter(({ text }) => /FROM event WHERE position IS NULL/.test(text))).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 1_100)); // it is remembered for a second
  await gateway.sql('ALTER TABLE event RENAME TO lost');
  const { status, text } = await read();
  await gateway.sql('ALTER TABLE lost RENAME TO event');
  expect(status).toBe(200);
  expect(text).toContain('gateway_events_unsequenced Nan');
  expect(text).toMatch(/nodejs_eventloop_lag_seconds \d/);
});

it('answers every refusal with a request id, and counts it', async () => {
  const gateway = await startGateway();
  const refused: Array<[string, RequestInit]> = [
    [gateway.url, { headers: { origin: 'https://evil.example' } }],
    [gateway.url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' }],
    [gateway.url, { method: 'PUT' }],
    [gateway.url, { headers: { accept: 'text/xml' } }],
    [gateway.url, { headers: { authorization: 'Bearer wrong' } }],
    [`${gateway.url}/stream?query=x`, { headers: { authorization: 'Bearer wrong' } }],
    [`${gateway.url}/nothing`, {}],
  ];
  for (const [url, init] of refused) {
    const response = await fetch(url, init);
    const { errors } = (await response.json()) as { errors: Array<{ extensions: { requestId: string } }> };
    expect(errors[0]?.extensions.requestId).toMatch(/^req_/);
    expect(response.headers.get('x-request-id')).toBe(errors[0]?.extensions.requestId);
    expect(response.headers.get('cache-control')).toBe('no-store');
  }
  const text = await (await fetch(gateway.url.replace('/graphql', '/metrics'))).text();
  expect(text).toContain('gateway_errors_total{code="FORBIDDEN"} 1');
  expect(text).toContain('gateway_errors_total{code="UNAUTHENTICATED"} 2');
  expect(text).toContain('gateway_errors_total{code="BAD_REQUEST"} 4');
});
