import { spawn } from 'node:child_process';
import { get, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { CreateCustomers } from '../support/customer-documents.ts';
import { createCustomer, person, startOneTimePayment, startRecurringPayment } from '../support/customers.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';

const CreateKeyFor = graphql(`
  mutation CreateKeyForExport($input: CreateApiKeysInput!) { createApiKeys(input: $input) { results { apiKey { key } } } }
`);
const ExportAudit = graphql(`
  query ExportAudit { auditLog(first: 5) { nodes { action field } } }
`);
const ListedEvents = graphql(`query ListedEvents { events(first: 200) { nodes { id cursor type } } }`);

/** Exit code of curl for a connection that was reset. */
const CURLE_RECV_ERROR = 56;

type Parameters = Readonly<Record<string, string>>;

async function ask(gateway: TestGateway, name: string, parameters: Parameters = {}, key = gateway.apiKey) {
  const url = `${gateway.url.replace('/graphql', '/export/')}${name}?${new URLSearchParams(parameters)}`;
  return fetch(url, { headers: { authorization: `Bearer ${key}` } });
}

async function rowsOf(gateway: TestGateway, name: string, parameters: Parameters = {}, key = gateway.apiKey) {
  const text = await (await ask(gateway, name, parameters, key)).text();
  const lines = text.split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

it('exports every type as lines of JSON with the filters of its list, resumes after a row, and records it', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  await startRecurringPayment(gateway);
  const { paymentId, customerId } = await startOneTimePayment(gateway, 'A', '2024-09-20');
  const response = await ask(gateway, 'payments');
  expect(response.headers.get('content-type')).toContain('application/x-ndjson');
  const payments = await rowsOf(gateway, 'payments');
  expect(payments.map(({ id }) => id)).toEqual(payments.map(({ id }) => id).toSorted());
  expect(payments.find(({ id }) => id === paymentId)).toMatchObject({
    transactionReference: 'INV-A',
    status: 'RUNNING',
    amount: '45.00',
    customerId,
    firstNominalDate: '2024-09-20',
    version: 1,
  });
  const [first, second] = payments;
  expect(await rowsOf(gateway, 'payments', { after: String(first?.['id']) })).toEqual([second]);
  const filter = JSON.stringify({ customer: { reference: { eq: 'CUS-A' } }, createdAt: { gte: '2020-01-01' } });
  expect((await rowsOf(gateway, 'payments', { filter })).map(({ id }) => id)).toEqual([paymentId]);
  for (const [name, count] of [
    ['mandates', 2],
    ['customers', 2],
    ['deposits', 0],
  ] as const)
    expect([name, (await rowsOf(gateway, name)).length]).toEqual([name, count]);
  const { auditLog } = await gateway.data(ExportAudit);
  expect(auditLog.nodes).toContainEqual({ action: 'EXPORTED', field: 'payments' });
});

it('exports events with their cursors, from which a subscription and the next export go on', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  await startOneTimePayment(gateway, 'A', '2024-09-20');
  // An event is in the log, and in the export, once it has its position.
  await expect
    .poll(async () => (await gateway.data(ListedEvents)).events.nodes.map(({ type }) => type))
    .toContain('payment.created');
  const { events } = await gateway.data(ListedEvents);
  const response = await ask(gateway, 'events');
  const exported = (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(exported.map(({ id, cursor, type }) => ({ id, cursor, type }))).toEqual(events.nodes);
  expect(response.headers.get('x-stream-cursor')).toBe(events.nodes.at(-1)?.cursor);
  const rest = await rowsOf(gateway, 'events', { after: events.nodes[0]?.cursor ?? '' });
  expect(rest.map(({ id }) => id)).toEqual(events.nodes.slice(1).map(({ id }) => id));
  const filter = JSON.stringify({ about: ['PAYMENT'] });
  expect((await rowsOf(gateway, 'events', { filter })).map(({ type }) => type)).toEqual(['payment.created']);
  const csv = await (await ask(gateway, 'events', { format: 'csv', after: events.nodes[0]?.cursor ?? '' })).text();
  expect(csv.split('\r\n')[1]?.split(',').slice(0, 2)).toEqual([events.nodes[1]?.cursor, events.nodes[1]?.id]);
});

it('writes CSV that spreadsheets open as it is and take for no formula', async () => {
  const gateway = await startGateway();
  const names = ['=1+1', '+27', '-2', '@SUM(A1)', '\u{FF1D}1', 'Say "hi", now', 'Semi;colon', 'Zoë', 'a;=1+1;b'];
  const records = names.map((companyName, index) => ({ ...company(index), companyName }));
  const { createCustomers } = await gateway.data(CreateCustomers, { input: { records } });
  expect(createCustomers.results.flatMap(({ errors }) => errors)).toEqual([]);
  const response = await ask(gateway, 'customers', { format: 'csv' });
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="customers.csv"');
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  const [header = '', ...lines] = bytes.toString('utf8').slice(1).split('\r\n');
  expect(header.split(',').slice(0, 3)).toEqual(['id', 'reference', 'companyName']);
  const cells = lines.filter(Boolean).map((line) => /^[^,]*,[^,]*,("(?:[^"]|"")*"|[^,]*)/.exec(line)?.[1]);
  expect(new Set(cells)).toEqual(
    new Set([
      '"\'=1+1"',
      '"\'+27"',
      '"\'-2"',
      '"\'@SUM(A1)"',
      '"\'\u{FF1D}1"',
      '"Say ""hi"", now"',
      'Semi;colon',
      'Zoë',
      "a;'=1+1;b",
    ]),
  );
  const semicolons = await (await ask(gateway, 'customers', { format: 'csv', separator: ';', header: 'false' })).text();
  expect(semicolons).toContain('"Semi;colon"');
  expect(semicolons).not.toContain('companyName');
});

function company(index: number) {
  return { reference: `C${index}`, email: `c${index}@example.com` };
}

it('refuses what it cannot export, and a second export of a merchant', async () => {
  const gateway = await startGateway();
  const refused = async (name: string, parameters: Parameters, key?: string) => {
    const response = await ask(gateway, name, parameters, key);
    const { errors = [] } = (await response.json()) as { errors?: Array<{ extensions: { code: string } }> };
    return `${response.status} ${errors[0]?.extensions.code}`;
  };
  const { createApiKeys } = await gateway.data(CreateKeyFor, { input: { records: [{ name: 'r', scopes: ['READ'] }] } });
  expect(await refused('payments', {}, 'wrong')).toBe('401 UNAUTHENTICATED');
  expect(await refused('payments', {}, createApiKeys.results[0]?.apiKey?.key ?? '')).toBe('403 FORBIDDEN');
  for (const parameters of [
    { format: 'xml' },
    { filter: '{' },
    { filter: '{"nonsense":1}' },
    { filter: '{"status":{"eq":"NONSENSE"}}' },
    { filter: '{"customer":{"idNumber":{"eq":"8001015009087"}}}' },
    { filter: '[]' },
    { after: "x' OR true --" },
    { separator: '|' },
    { pretty: '1' },
  ])
    expect([parameters, await refused('payments', parameters as Parameters)]).toEqual([parameters, '400 BAD_REQUEST']);
  expect(await refused('events', { after: 'nonsense' })).toBe('400 CURSOR_INVALID');
  const posted = await fetch(gateway.url.replace('/graphql', '/export/payments'), { method: 'POST' });
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET']);
  expect((await fetch(gateway.url.replace('/graphql', '/export/nonsense'))).status).toBe(404);
});

/** Makes more customers than fit into the buffers of both ends of a connection. */
async function makeManyCustomers(gateway: TestGateway): Promise<void> {
  const { id } = await createCustomer(gateway, person('A'));
  await gateway.sql(
    `INSERT INTO customer (merchant_id, id, reference, kind, company_name, email, blacklist_reason)
     SELECT merchant_id, 'cus_z' || lpad(n::text, 20, '0'), 'C' || n, 'COMPANY', 'Company', 'c' || n || '@example.com', repeat('x', 5000)
       FROM customer, generate_series(1, 5000) AS n WHERE id = $1`,
    [id],
  );
}

it('shows one snapshot, holds a merchant to one export, and gives its connection back when the reader leaves', async () => {
  const gateway = await startGateway();
  await makeManyCustomers(gateway);
  const response = await ask(gateway, 'customers');
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  const first = decoder.decode((await reader?.read())?.value, { stream: true });
  expect((await ask(gateway, 'customers')).status).toBe(429);
  const other = await gateway.addMerchant();
  expect(await rowsOf(gateway, 'customers', {}, other.apiKey)).toEqual([]);
  await gateway.sql(`UPDATE customer SET blacklist_reason = 'after'`);
  let text = first;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
    text += decoder.decode(part.value, { stream: true });
  expect(text.trim().split('\n')).toHaveLength(5_001);
  expect(text).not.toContain('"after"');
  // A reader that leaves in the middle.
  await leaveInTheMiddle(gateway);
  await expect.poll(async () => (await ask(gateway, 'deposits')).status).toBe(200);
  await expect
    .poll(() =>
      gateway.sql(
        `SELECT 1 FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = current_database()`,
      ),
    )
    .toEqual([]);
  expect(gateway.logged).toEqual([]);
});

it('cuts a reader that takes nothing, and gives its place to others; what is cut does not look complete', async () => {
  const gateway = await startGateway({ listener: { exportLimits: { idleMs: 1_000, totalMs: 60_000 } } });
  await makeManyCustomers(gateway);
  // HTTP/1.0 has no end of a body but the end of the connection. curl says how that came; Node takes any for an end.
  const url = gateway.url.replace('/graphql', '/export/customers');
  const reader = spawn('curl', ['-sS', '--http1.0', '-H', `authorization: Bearer ${gateway.apiKey}`, url]);
  onTestFinished(() => void reader.kill('SIGKILL'));
  const exited = new Promise<number | null>((resolve) => reader.once('exit', resolve));
  await new Promise((resolve) => reader.stdout.once('readable', resolve));
  expect((await ask(gateway, 'deposits')).status).toBe(429);
  await expect.poll(async () => (await ask(gateway, 'deposits')).status).toBe(200);
  reader.stdout.resume();
  expect(await exited).toBe(CURLE_RECV_ERROR);
});

it('ends an export whose key is revoked, though its reader has stopped reading', async () => {
  const gateway = await startGateway();
  await makeManyCustomers(gateway);
  const url = gateway.url.replace('/graphql', '/export/customers');
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get(url, { agent: false, headers: { authorization: `Bearer ${gateway.apiKey}` } }, resolve).once('error', reject),
  );
  await new Promise((resolve) => response.once('data', resolve));
  response.pause();
  const isRunning = async () =>
    (await gateway.sql(`SELECT FROM pg_stat_activity WHERE query LIKE 'FETCH%' AND datname = current_database()`))
      .length;
  expect(await isRunning()).toBe(1);
  await gateway.sql('UPDATE api_key SET revoked_at = now()');
  await expect.poll(isRunning).toBe(0);
  const ended = new Promise<string>((resolve) => {
    response.once('end', () => resolve('complete'));
    response.once('error', ({ message }) => resolve(message));
  });
  response.resume();
  expect(await ended).toBe('aborted');
  await gateway.sql('UPDATE api_key SET revoked_at = NULL');
  await expect.poll(async () => (await ask(gateway, 'deposits')).status).toBe(200);
});

it('refuses text that the database cannot hold, and compares text in one form', async () => {
  const gateway = await startGateway();
  await createCustomer(gateway, { ...person('A'), reference: 'Zo\u00eb' });
  const found = await rowsOf(gateway, 'customers', { filter: JSON.stringify({ reference: { eq: 'Zoe\u0308' } }) });
  expect(found).toHaveLength(1);
  const nul = await ask(gateway, 'customers', { filter: JSON.stringify({ reference: { eq: 'a\u0000b' } }) });
  expect(nul.status).toBe(400);
});

/** Reads the beginning of an export, and closes the connection. */
function leaveInTheMiddle(gateway: TestGateway): Promise<void> {
  const url = gateway.url.replace('/graphql', '/export/customers');
  return new Promise((resolve) => {
    get(url, { agent: false, headers: { authorization: `Bearer ${gateway.apiKey}` } }, (response) => {
      response.once('data', () => response.destroy());
      response.once('close', () => resolve());
    });
  });
}

it('is compressed when asked', async () => {
  const gateway = await startGateway();
  await createCustomer(gateway, person('A'));
  const url = new URL(gateway.url.replace('/graphql', '/export/customers'));
  const headers = { authorization: `Bearer ${gateway.apiKey}`, 'accept-encoding': 'gzip' };
  const body = await new Promise<Buffer>((resolve) => {
    get(url, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks)));
    });
  });
  expect(JSON.parse(gunzipSync(body).toString('utf8'))).toMatchObject({ reference: 'CUS-A' });
});
