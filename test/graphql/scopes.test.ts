import { expect, it } from 'vitest';
import type { Scope } from '../../src/services/app.ts';
import { methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { openSocket } from '../support/raw-socket.ts';

// What a key may do that does not hold every scope.

interface Answer {
  readonly data?: Record<string, { results: Array<Record<string, unknown>> } & Record<string, unknown>>;
  readonly errors?: Array<{ message: string; extensions: { code: string } }>;
}

async function ask(
  gateway: TestGateway,
  query: string,
  variables: object = {},
  apiKey = gateway.apiKey,
): Promise<Answer> {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

const codeOf = ({ errors }: Answer) => errors?.[0]?.extensions.code ?? 'OK';

/** An object in the first result of a mutation. */
function objectOf<Shape>(answer: Answer, mutation: string, field: string): Shape {
  const found = answer.data?.[mutation]?.results[0]?.[field];
  if (!found) throw new Error(JSON.stringify(answer));
  return found as Shape;
}

const MAKE_KEYS = `mutation ($input: CreateApiKeysInput!) {
  createApiKeys(input: $input) { results { outcome apiKey { key } errors { code rule path } } }
}`;

async function keyWith(gateway: TestGateway, scopes: readonly Scope[]): Promise<string> {
  const names = scopes.map((scope) => scope.toUpperCase().replace(':', '_'));
  const made = await ask(gateway, MAKE_KEYS, { input: { records: [{ name: 'a key', scopes: names }] } });
  return objectOf<{ key: string }>(made, 'createApiKeys', 'apiKey').key;
}

const CREATE = (selection: string) =>
  `mutation ($input: CreateCustomersInput!) { createCustomers(input: $input) { results { outcome customer { ${selection} } } streamCursor } }`;
const customer = (reference: string) => ({ reference, personName: 'A', personSurname: 'B', email: 'a@example.com' });

it('grants with a key only the scopes that the key itself holds', async () => {
  const gateway = await startGateway();
  const admin = await keyWith(gateway, ['admin', 'read']);
  const make = async (scopes: string[]) =>
    (await ask(gateway, MAKE_KEYS, { input: { records: [{ name: 'x', scopes }] } }, admin)).data?.['createApiKeys']
      ?.results[0];
  expect(await make(['ADMIN'])).toMatchObject({ outcome: 'CREATED' });
  expect(await make(['READ', 'WRITE', 'PII_READ'])).toMatchObject({
    outcome: 'FAILED',
    errors: [{ code: 'INVALID', rule: 'scope_held', path: ['records', '0', 'scopes'] }],
  });
});

it('tells a key that may not read which objects it wrote, and nothing else of them', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const writer = await keyWith(gateway, ['write']);
  const input = (reference: string) => ({ input: { records: [customer(reference)] } });
  const written = await ask(gateway, CREATE('__typename id version reference'), input('A'), writer);
  expect(written.data?.['createCustomers']?.results).toMatchObject([
    { outcome: 'CREATED', customer: { reference: 'A', version: 1 } },
  ]);
  for (const selection of [
    'personName',
    'status',
    'payments { totalCount }',
    '... on Node { ... on Customer { email } }',
  ])
    expect([selection, codeOf(await ask(gateway, CREATE(selection), input('B'), writer))]).toEqual([
      selection,
      'FORBIDDEN',
    ]);
  const merchant = 'mutation { updateMerchantSettings(input: {}) { merchant { name } } }';
  expect(codeOf(await ask(gateway, merchant, {}, await keyWith(gateway, ['admin'])))).toBe('FORBIDDEN');
  expect((await gateway.sql('SELECT FROM customer')).length).toBe(1);
});

it('replays a call of another key only for a key that may make it, and shows of it what that key may see', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const submit = (selection: string) =>
    `mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { replayed results { payment { ${selection} } } } }`;
  const input = { input: { idempotencyKey: 'k', records: [oneTimeDebitOrder(eft, 'A', '2024-09-16')] } };
  await ask(gateway, submit('id'), input);
  const submitter = await keyWith(gateway, ['payments:submit']);
  expect((await ask(gateway, submit('id'), input, submitter)).data?.['submitPayments']).toMatchObject({
    replayed: true,
  });
  expect(codeOf(await ask(gateway, submit('id customer { email }'), input, submitter))).toBe('FORBIDDEN');
  expect(codeOf(await ask(gateway, submit('id'), input, await keyWith(gateway, ['write', 'read'])))).toBe('FORBIDDEN');
  const other = { input: { idempotencyKey: 'k', records: [customer('C')] } };
  expect(codeOf(await ask(gateway, CREATE('id'), other, await keyWith(gateway, ['write'])))).toBe(
    'IDEMPOTENCY_KEY_REUSED',
  );
});

const OPEN_ACCOUNT = `mutation ($input: CreateBankAccountsInput!) {
  createBankAccounts(input: $input) { results { bankAccount { id } errors { code message } } }
}`;

/** A customer with a bank account of the number 10004291601. */
async function openAccount(gateway: TestGateway): Promise<{ customerId: string; accountId: string }> {
  const made = await ask(gateway, CREATE('id'), { input: { records: [customer('A')] } });
  const customerId = objectOf<{ id: string }>(made, 'createCustomers', 'customer').id;
  const account = {
    customerId,
    accountHolderName: 'A B',
    accountNumber: '10004291601',
    accountType: 'SAVINGS',
    bank: 'STANDARD_BANK',
  };
  const opened = await ask(gateway, OPEN_ACCOUNT, { input: { records: [account] } });
  return { customerId, accountId: objectOf<{ id: string }>(opened, 'createBankAccounts', 'bankAccount').id };
}

const BY_NUMBER = 'query ($filter: BankAccountFilter) { bankAccounts(filter: $filter) { totalCount } }';

it('compares with few personal numbers at a time, some a minute without pii:read, and accounts for each that matches', async () => {
  const gateway = await startGateway();
  const { accountId } = await openAccount(gateway);
  const reader = await keyWith(gateway, ['read']);
  const guesses = (count: number, from: number) =>
    Array.from({ length: count }, (_, at) => String(6_200_000_000 + from + at));
  const search = (filter: object, apiKey = reader) => ask(gateway, BY_NUMBER, { filter }, apiKey);
  expect(codeOf(await search({ accountNumber: { in: guesses(6, 0) } }, gateway.apiKey))).toBe('BAD_REQUEST');
  const spread = { or: guesses(6, 0).map((eq) => ({ accountNumber: { eq } })) };
  expect(codeOf(await search(spread, gateway.apiKey))).toBe('BAD_REQUEST');
  for (let turn = 0; turn < 3; turn += 1)
    expect(codeOf(await search({ accountNumber: { in: guesses(5, 10 * turn) } }))).toBe('OK');
  const found = await search({ id: { eq: accountId }, accountNumber: { in: ['10004291601', ...guesses(3, 100)] } });
  expect(found.data?.['bankAccounts']).toEqual({ totalCount: 1 });
  const limited = await search({ accountNumber: { in: guesses(5, 200) } });
  expect(codeOf(limited)).toBe('RATE_LIMITED');
  const nested = `query ($filter: BankAccountFilter) { customers { nodes { bankAccounts(filter: $filter) { totalCount } } } }`;
  expect(codeOf(await ask(gateway, nested, { filter: { accountNumber: { eq: '1234567' } } }, reader))).toBe(
    'RATE_LIMITED',
  );
  // Who may read numbers may search by them as well, and is accounted for likewise.
  for (let turn = 0; turn < 6; turn += 1)
    expect(codeOf(await search({ accountNumber: { in: guesses(5, 300 + 10 * turn) } }, gateway.apiKey))).toBe('OK');
  await ask(gateway, nested, { filter: { accountNumber: { eq: '10004291601' } } });
  const entries = await gateway.sql<{ objectId: string; field: string }>(
    `SELECT object_id, field FROM audit_entry WHERE action = 'PERSONAL_NUMBER_READ'`,
  );
  expect(entries).toEqual(Array(2).fill({ objectId: accountId, field: 'accountNumber' }));
});

it('accounts for what a subscription compares with under each of its readers', async () => {
  const gateway = await startGateway();
  const { customerId } = await openAccount(gateway);
  const readers = [await keyWith(gateway, ['read']), await keyWith(gateway, ['read'])];
  const query = `subscription { events(control: true) { ... on StreamReady { cursor } ... on Event { customer { bankAccounts(filter: { accountNumber: { eq: "10004291601" } }) { totalCount } } } } }`;
  const sockets = await Promise.all(readers.map((key) => openSocket(gateway, `Bearer ${key}`)));
  for (const socket of sockets) socket.send({ id: '1', type: 'subscribe', payload: { query } });
  await Promise.all(sockets.map((socket) => socket.take(2)));
  const update = `mutation ($input: UpdateCustomersInput!) { updateCustomers(input: $input) { results { outcome } } }`;
  await ask(gateway, update, { input: { records: [{ id: customerId, description: 'x' }] } });
  for (const socket of sockets) await expect.poll(() => JSON.stringify(socket.messages)).toContain('"totalCount":1');
  const [found] = await gateway.sql<{ clients: number }>(
    `SELECT count(DISTINCT client_id) AS clients FROM audit_entry WHERE action = 'PERSONAL_NUMBER_READ'`,
  );
  expect(found?.clients).toBe(2);
  for (const socket of sockets) socket.webSocket.terminate();
});

it('refuses page cursors of another merchant, and of another list', async () => {
  const gateway = await startGateway();
  await ask(gateway, CREATE('id'), { input: { records: [customer('A'), customer('B')] } });
  const { data } = await ask(gateway, '{ customers(first: 1) { edges { cursor } } }');
  const { edges } = (data?.['customers'] ?? {}) as unknown as { edges: Array<{ cursor: string }> };
  const cursor = edges[0]?.cursor ?? '';
  const page = (list: string, after: string, apiKey?: string) =>
    ask(gateway, `query ($after: String) { ${list}(after: $after) { nodes { id } } }`, { after }, apiKey);
  expect(codeOf(await page('customers', cursor))).toBe('OK');
  expect(codeOf(await page('payments', cursor))).toBe('CURSOR_INVALID');
  expect(codeOf(await page('customers', cursor, (await gateway.addMerchant()).apiKey))).toBe('CURSOR_INVALID');
  expect(codeOf(await page('customers', `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`))).toBe(
    'CURSOR_INVALID',
  );
  expect(codeOf(await page('customers', cursor.split('.')[0] ?? ''))).toBe('CURSOR_INVALID');
});

it('sums amounts beyond what a number holds exactly, and takes none of more than eleven digits of cents', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const submit = `mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { results { outcome errors { code } payment { id customer { id } } } } }`;
  const record = (amount: string) => ({
    ...oneTimeDebitOrder(eft, 'A', '2024-09-16'),
    mandate: { amount, oneTime: { processDate: '2024-09-16' } },
  });
  const submitted = await ask(gateway, submit, { input: { mode: 'PARTIAL', records: [record('999999999.99')] } });
  const over = await ask(gateway, submit, { input: { records: [record('1000000000.00')] } });
  expect(over.data?.['submitPayments']?.results).toMatchObject([
    { outcome: 'FAILED', errors: expect.arrayContaining([{ code: 'INVALID_AMOUNT' }]) },
  ]);
  const { id, customer: debtor } = objectOf<{ id: string; customer: { id: string } }>(
    submitted,
    'submitPayments',
    'payment',
  );
  await ask(gateway, 'mutation { advanceClock(input: { to: "2024-09-14T12:00:00Z" }) { done } }');
  // Many debits, in a day's work of a large merchant.
  await gateway.sql(
    `INSERT INTO transaction SELECT (jsonb_populate_record(one, jsonb_build_object(
       'id', one.id || nth, 'attempt', nth, 'amount_cents', 99999999999999, 'status', 'PAID'))).*
       FROM transaction AS one, generate_series(2, 2000) AS nth WHERE one.payment_id = $1`,
    [id],
  );
  const totals = await ask(gateway, 'query ($id: ID!) { customer(id: $id) { totals { collected } } }', {
    id: debtor.id,
  });
  expect(totals.data?.['customer']).toEqual({ totals: { collected: '1998999999999980.01' } });
});
