import { expect, it } from 'vitest';
import { PAYMENTS } from '../../src/store/reading/description.ts';
import { cursorTag, orderingOf } from '../../src/store/reading/keyset.ts';
import { methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';

async function codeOf(gateway: TestGateway, query: string, variables: object | string = {}): Promise<unknown> {
  const json = typeof variables === 'string' ? variables : JSON.stringify(variables);
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` },
    body: `{ "query": ${JSON.stringify(query)}, "variables": ${json} }`,
  });
  const answer = (await response.json()) as { errors?: Array<{ extensions: { code: string } }> };
  return answer.errors?.[0]?.extensions.code ?? 'OK';
}

const SUBMIT = 'mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { results { outcome } } }';
const PAGE =
  'query ($after: String, $filter: PaymentFilter, $orderBy: PaymentOrder) { payments(after: $after, filter: $filter, orderBy: $orderBy) { nodes { id } } }';

it('answers text that cannot be stored with BAD_REQUEST, wherever it stands', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const sound = oneTimeDebitOrder(eft, 'A', '2024-09-16');
  const cases: Array<readonly [string, object?]> = [
    ['{ customer(id: "a\\u0000") { id } }'],
    ['query ($id: ID!) { customer(id: $id) { id } }', { id: 'a\0' }],
    ['query ($r: String!) { customerByReference(reference: $r) { id } }', { r: '\0' }],
    ['query ($r: String!) { paymentByReference(transactionReference: $r) { id } }', { r: '\ud800' }],
    ['query ($t: String!) { lookups(type: $t) { id } }', { t: '\0' }],
    [PAGE, { filter: { customerId: { in: ['\0'] } } }],
    [PAGE, { after: '\0' }],
    [SUBMIT, { input: { records: [sound], batchReference: '\0' } }],
    [SUBMIT, { input: { records: [sound], idempotencyKey: '\0' } }],
    [SUBMIT, { input: { records: [{ ...sound, clientKey: '\ud800' }], idempotencyKey: 'k' } }],
    [SUBMIT, { input: { records: [{ ...sound, transactionReference: 'a\0' }] } }],
  ];
  for (const [query, variables] of cases)
    expect([query, await codeOf(gateway, query, variables)]).toEqual([query, 'BAD_REQUEST']);
  expect(gateway.logged).toEqual([]);
});

it('answers forged cursors with CURSOR_INVALID', async () => {
  const gateway = await startGateway();
  const { secrets } = gateway.node.app;
  const orders = [
    [{ orderBy: null }, ['', 'pay_1.', 'a b', `pay_${'1'.repeat(100)}`, 'x.pay_1']],
    [
      { orderBy: { field: 'AMOUNT', direction: 'ASC' } },
      ['12345678901234567890123', '', '0x10', '-1', '1.5', 'null'].map((value) => `${value}.pay_1`).concat('pay_1'),
    ],
    [
      { orderBy: { field: 'CREATED_AT', direction: 'ASC' } },
      ['0000-01-01T00:00:00.000Z', '-271821-04-20T00:00:00.000Z', '1', '2024-13-01T00:00:00.000Z', '2024-01-01']
        .map((value) => `${value}.pay_1`)
        .concat('pay_1'),
    ],
  ] as const;
  for (const [variables, bodies] of orders) {
    const tag = cursorTag(secrets, gateway.merchantId, 'Payment', orderingOf(PAYMENTS, variables.orderBy, null));
    for (const body of bodies) {
      const code = await codeOf(gateway, PAGE, { ...variables, after: `${tag}.${body}` });
      expect([body, code]).toEqual([body, 'CURSOR_INVALID']);
    }
    for (const [other] of orders.slice(1).filter(([given]) => given !== variables))
      expect(await codeOf(gateway, PAGE, { ...other, after: `${tag}.pay_1` })).toBe('CURSOR_INVALID');
  }
  expect(gateway.logged).toEqual([]);
});

it('bounds filters, years and instants', async () => {
  const gateway = await startGateway();
  const ids = (count: number) => ({
    filter: { id: { in: Array.from({ length: count }, (_, index) => `pay_${index}`) } },
  });
  expect(await codeOf(gateway, PAGE, ids(1_990))).toBe('OK');
  expect(await codeOf(gateway, PAGE, ids(2_001))).toBe('BAD_REQUEST');
  const nots = (count: number): object => (count === 0 ? { status: { in: [] } } : { not: nots(count - 1) });
  expect(await codeOf(gateway, PAGE, { filter: nots(20) })).toBe('OK');
  expect(await codeOf(gateway, PAGE, { filter: nots(40) })).toBe('BAD_REQUEST');
  expect(await codeOf(gateway, PAGE, { filter: { or: Array(3_000).fill({ or: [] }) } })).toBe('BAD_REQUEST');
  const deep = `{ "deep": ${'['.repeat(20_000)}${']'.repeat(20_000)} }`;
  expect(await codeOf(gateway, '{ merchant { name } }', deep)).toBe('BAD_REQUEST');
  expect(await codeOf(gateway, '{ merchant { holidays(year: 2147483647) { date } } }')).toBe('BAD_REQUEST');
  const advance = (to: string) => codeOf(gateway, `mutation { advanceClock(input: { to: "${to}" }) { done } }`);
  expect(await advance('9999-12-31T23:59:59-23:59')).toBe('BAD_REQUEST');
  expect(await advance('2200-01-01T00:00:00+02:00')).toBe('BAD_REQUEST');
});

it('takes an empty list for nothing and a condition without operators for none, and refuses an empty filter', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const count = async (filter: object) => {
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` },
      body: JSON.stringify({
        query: 'query ($filter: PaymentMethodFilter) { paymentMethods(filter: $filter) { totalCount } }',
        variables: { filter },
      }),
    });
    const { data, errors } = (await response.json()) as {
      data?: { paymentMethods: { totalCount: number } } | null;
      errors?: Array<{ extensions: { code: string }; path: string[] }>;
    };
    return data?.paymentMethods.totalCount ?? `${errors?.[0]?.extensions.code} at ${errors?.[0]?.path}`;
  };
  expect(await count({ or: [] })).toBe(0);
  expect(await count({ not: { or: [] } })).toBe(7);
  expect(await count({ not: {} })).toBe('BAD_REQUEST at paymentMethods');
  expect(await count({ or: [{}] })).toBe('BAD_REQUEST at paymentMethods');
  // Without operators, as variables that are not given leave it, a condition is none.
  expect(await count({ type: {} })).toBe(7);
  expect(await count({ not: { type: {} } })).toBe(7);
});

it('reads one field under two names, also of the merchant', async () => {
  const gateway = await startGateway();
  const query = '{ merchant { a: holidays(year: 2026) { date } b: holidays(year: 2027) { date } } }';
  expect(await codeOf(gateway, query)).toBe('OK');
});

it('answers a database that is busy with UNAVAILABLE, reading and writing alike', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const client = await gateway.node.app.database.pool.connect();
  await client.query('BEGIN; LOCK TABLE customer');
  const input = { records: [oneTimeDebitOrder(eft, 'A', '2024-09-16')] };
  const codes = await Promise.all([
    codeOf(gateway, '{ customers { nodes { id } } }'),
    codeOf(gateway, SUBMIT, { input }),
  ]);
  await client.query('ROLLBACK');
  client.release();
  expect(codes).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
});

it('says the same of a document by GET as by POST', async () => {
  const gateway = await startGateway();
  const get = async (query: string) => {
    const headers = { authorization: `Bearer ${gateway.apiKey}`, accept: 'application/graphql-response+json' };
    const response = await fetch(`${gateway.url}?query=${encodeURIComponent(query)}`, { headers });
    const { errors } = (await response.json()) as { errors?: Array<{ extensions: Record<string, unknown> }> };
    return [response.status, errors?.[0]?.extensions['code'], errors?.[0]?.extensions['http']];
  };
  expect(await get('{')).toEqual([400, 'PARSE_FAILED', undefined]);
  expect(await get('{ nonsense }')).toEqual([400, 'VALIDATION_FAILED', undefined]);
  expect((await get('mutation { advanceClock(input: { to: "2030-01-01T00:00:00Z" }) { done } }'))[0]).toBe(405);
});
