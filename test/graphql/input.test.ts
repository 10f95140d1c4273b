import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { isExactDecimal } from '../../src/domain/exact-number.ts';
import { withoutValues } from '../../src/graphql/pipeline/without-values.ts';
import { markInexactNumbers } from '../../src/server/http/exact-json.ts';
import { methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';

// What comes in is refused or kept, never repaired in silence. The bodies are written by hand: a client library would mend them.

interface Body {
  readonly data?: Record<string, never> | null;
  readonly errors?: ReadonlyArray<{ message: string; path?: unknown; extensions: { code: string; paths?: unknown } }>;
}

async function post(gateway: TestGateway, body: string | Uint8Array, accept = 'application/json') {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, authorization: `Bearer ${gateway.apiKey}` },
    body: body as string,
  });
  const text = await response.text();
  return { status: response.status, body: (text.startsWith('{') ? JSON.parse(text) : text) as Body };
}

/** Sends variables as they are written: numbers keep their digits. */
async function send(gateway: TestGateway, query: string, variables: string): Promise<Body> {
  return (await post(gateway, `{"query":${JSON.stringify(query)},"variables":${variables}}`)).body;
}

type Result = {
  readonly outcome: string;
  readonly errors: ReadonlyArray<{ code: string; message: string; path: string[] }>;
  readonly customer: Record<string, never> | null;
};

const CREATE = `mutation ($input: CreateCustomersInput!) { createCustomers(input: $input) { replayed results {
  outcome errors { code message path }
  customer { id reference contactNumber shippingContactNumber personName personSurname metadata billingPostalCode billingAddressLine1 email idNumber } } } }`;

async function create(gateway: TestGateway, records: object[] | string, idempotencyKey: string | null = null) {
  const written = typeof records === 'string' ? records : JSON.stringify(records);
  const input = `{"input":{"mode":"PARTIAL","records":${written},"idempotencyKey":${JSON.stringify(idempotencyKey)}}}`;
  const { data, errors } = await send(gateway, CREATE, input);
  const payload = data?.['createCustomers'] as unknown as { replayed: boolean; results: Result[] } | undefined;
  return { results: payload?.results ?? [], replayed: payload?.replayed ?? false, code: errors?.[0]?.extensions.code };
}

const JOHN = { personName: 'John', personSurname: 'Doe', email: 'john@example.com' };
const faults = ({ errors }: Result) => errors.map(({ code, path }) => `${code} ${path.slice(2).join('.')}`);

/** `field` of customers that are made with each of `records`; what is wrong where there is something. */
async function stored(gateway: TestGateway, field: string, records: object[]): Promise<unknown[]> {
  const { results } = await create(
    gateway,
    records.map((record) => ({ ...JOHN, ...record })),
  );
  return results.map((result) => (result.customer ? result.customer[field] : faults(result).join()));
}

const NFC = 'Zo\u00eb-1';
const NFD = 'Zoe\u0308-1';

it('takes one text for one, however it is composed: references, filters, search, keys and metadata', async () => {
  const gateway = await startGateway();
  const { eft } = await methodIds(gateway);
  const first = await create(gateway, [{ ...JOHN, reference: NFD, metadata: { [NFD]: NFD } }], 'run-\u00eb');
  expect(first.results[0]?.customer).toMatchObject({ reference: NFC, metadata: { [NFC]: NFC } });
  const again = await create(gateway, [{ ...JOHN, reference: NFC, metadata: { [NFC]: NFC } }], 'run-e\u0308');
  expect(again).toMatchObject({ replayed: true });
  const twice = await create(gateway, [{ ...JOHN, reference: NFC }]);
  expect(twice.results.map(faults)).toEqual([['DUPLICATE reference']]);
  const inOneCall = ['Ame\u0301lie', 'Am\u00e9lie'].map((reference) => ({ ...JOHN, reference }));
  expect((await create(gateway, inOneCall)).results.map(({ outcome }) => outcome)).not.toContain('CREATED');
  const keys = await create(gateway, `[${JSON.stringify({ ...JOHN, metadata: { [NFC]: 1, [NFD]: 2 } })}]`);
  expect(keys.results.map(faults)).toEqual([[`INVALID metadata.${NFD}`]]);

  const find = async (text: string) => {
    const query = `query ($text: String!) { customerByReference(reference: $text) { reference }
      search: customers(filter: { reference: { contains: $text } }) { nodes { reference } }
      exact: customers(filter: { reference: { eq: $text } }) { nodes { reference } }
      metadata: customers(filter: { metadata: { key: $text, eq: $text } }) { nodes { reference } } }`;
    const { data, errors } = await send(gateway, query, JSON.stringify({ text }));
    return errors ?? data;
  };
  const found = { nodes: [{ reference: NFC }] };
  for (const text of [NFC, NFD]) {
    const all = { customerByReference: { reference: NFC }, search: found, exact: found, metadata: found };
    expect(await find(text)).toEqual(all);
  }
  const literal = await post(gateway, JSON.stringify({ query: `{ customerByReference(reference: "${NFD}") { id } }` }));
  expect(literal.body.data?.['customerByReference']).not.toBeNull();

  const submit = async (transactionReference: string) => {
    const record = { ...oneTimeDebitOrder(eft, randomUUID().slice(0, 8), '2030-01-15'), transactionReference };
    const query = `mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { results { outcome errors { code path } } } }`;
    return (await send(gateway, query, JSON.stringify({ input: { records: [record], dryRun: false } }))).data;
  };
  expect(await submit(NFD)).toMatchObject({ submitPayments: { results: [{ outcome: 'CREATED' }] } });
  expect(await submit(NFC)).toMatchObject({
    submitPayments: { results: [{ errors: [{ code: 'DUPLICATE' }] }] },
  });
});

it('counts the length of a text in the form that is kept', async () => {
  const gateway = await startGateway();
  expect(
    await stored(gateway, 'reference', [{ reference: 'e\u0301'.repeat(35) }, { reference: 'x'.repeat(36) }]),
  ).toEqual(['\u00e9'.repeat(35), 'TOO_LONG reference']);
});

it('takes joiners between the letters of names and addresses, and nowhere else', async () => {
  const gateway = await startGateway();
  const persian = 'علی\u200cرضا';
  const sinhala = 'ශ\u0dca\u200dරී';
  const names = [persian, sinhala].map((personName) => ({ personName }));
  expect(await stored(gateway, 'personName', names)).toEqual([persian, sinhala]);
  expect(await stored(gateway, 'billingAddressLine1', [{ billingAddressLine1: persian }])).toEqual([persian]);
  expect(await stored(gateway, 'reference', [{ reference: `A${'\u200c'}B` }, { personName: '\u200dJohn' }])).toEqual([
    'INVALID reference',
    'INVALID personName',
  ]);
});

it('refuses whatever cannot be seen, by the tables of Unicode, in names and references alike', async () => {
  const gateway = await startGateway();
  const unseen = [
    0xad, 0x34f, 0x61c, 0x115f, 0x17b4, 0x180e, 0x2028, 0x2029, 0x2800, 0x3164, 0xfe0f, 0xffa0, 0xfff9, 0xffff, 0xe0041,
    0xe0100,
  ];
  for (const point of unseen) {
    const character = String.fromCodePoint(point);
    const records = [
      { reference: `A${character}B` },
      { personName: `A${character}B` },
      { billingAddressLine1: `A${character}B` },
    ];
    expect([point.toString(16), await stored(gateway, 'reference', records)]).toEqual([
      point.toString(16),
      ['INVALID reference', 'INVALID personName', 'INVALID billingAddressLine1'],
    ]);
  }
});

it('takes references of one script, and names of any mixture', async () => {
  const gateway = await startGateway();
  const mixed = ['\u0410BC-1', 'A\u0392', 'x\u043e', 'A\u10a0'].map((reference) => ({ reference }));
  expect(await stored(gateway, 'reference', mixed)).toEqual(Array(4).fill('INVALID reference'));
  const single = ['\u0410\u0412-1', '\u0392\u0393 2', '\u65e5\u672c\u306e\u30ab', '\ud55c\u6f22', 'é-1', 'R12#5'].map(
    (reference) => ({ reference }),
  );
  expect(await stored(gateway, 'reference', single)).toEqual(single.map(({ reference }) => reference));
  expect(await stored(gateway, 'personName', [{ personName: 'Анна Smith' }])).toEqual(['Анна Smith']);
});

it('takes e-mail addresses that mail can have, and no markup', async () => {
  const gateway = await startGateway();
  const wrong = [
    '<script>@x.co',
    'a@b',
    'a b@x.co',
    'a@-x.co',
    'a@x-.co',
    'a,b@x.co',
    'a@x..co',
    'a"@x.co',
    '@x.co',
    'a@x.c',
  ];
  expect(
    await stored(
      gateway,
      'email',
      wrong.map((email) => ({ email })),
    ),
  ).toEqual(wrong.map(() => 'INVALID email'));
  const right = ["o'brien+tag@mail.example.co.za", 'müller@bücher.example', 'a@xn--bcher-kva.example'];
  expect(
    await stored(
      gateway,
      'email',
      right.map((email) => ({ email })),
    ),
  ).toEqual(right);
});

it('refuses personal numbers that are not ASCII', async () => {
  const gateway = await startGateway();
  const records = [{ idType: 'PASSPORT_NUMBER', idNumber: 'Ａ1234567' }, { taxNumber: '９５６０' }];
  expect(await stored(gateway, 'idNumber', records)).toEqual(['INVALID idNumber', 'INVALID taxNumber']);
});

it('refuses bytes that are not UTF-8, over every transport', async () => {
  const gateway = await startGateway();
  const latin1 = Buffer.from('{"query":"{ customerByReference(reference: \\"N\u00fc-77\\") { id } }"}', 'latin1');
  // Over SSE a refusal is an event, as every other.
  const transports = { 'application/json': 400, 'application/graphql-response+json': 400, 'text/event-stream': 200 };
  const query = '?query=%7B%20customerByReference(reference:%20%22N%FC-77%22)%20%7B%20id%20%7D%20%7D';
  for (const [accept, status] of Object.entries(transports)) {
    const refusal = [accept, status, expect.stringMatching(/not valid UTF-8[\s\S]*BAD_REQUEST/)];
    const posted = await post(gateway, latin1, accept);
    expect([accept, posted.status, JSON.stringify(posted.body)]).toEqual(refusal);
    const headers = { accept, authorization: `Bearer ${gateway.apiKey}` };
    const response = await fetch(`${gateway.url}${query}`, { headers });
    expect([accept, response.status, await response.text()]).toEqual(refusal);
  }
  expect(await rawGet(gateway, Buffer.from(query.replace('%FC', '\u00fc'), 'latin1'))).toContain(' 400 ');

  const socket = new WebSocket(gateway.url.replace('http:', 'ws:'), 'graphql-transport-ws');
  await new Promise((resolve) => socket.once('open', resolve));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  socket.send(Buffer.from('{"type":"connection_init"}', 'latin1'), { binary: true });
  expect(await closed).toBe(4400);
});

/** What a request line with bytes of our own is answered. */
function rawGet({ url, apiKey }: TestGateway, query: Buffer): Promise<string> {
  const { port, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(Buffer.concat([Buffer.from('GET /graphql'), query]));
      socket.write(` HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\nauthorization: Bearer ${apiKey}\r\n\r\n`);
    });
    socket.once('data', (data) => resolve(String(data).split('\r\n', 1)[0] ?? ''));
    socket.once('error', reject);
  });
}

it('refuses instants that do not exist, in records with INVALID_DATE, elsewhere with a path', async () => {
  const gateway = await startGateway();
  const { eft } = await methodIds(gateway);
  for (const instant of [
    '2027-02-30T12:00:00Z',
    '2027-01-01T24:00:00Z',
    '2027-01-01T12:00:60Z',
    '2027-13-01T12:00:00Z',
  ]) {
    const json = JSON.stringify(instant);
    const cases: Array<[query: string, variables: string, path: string]> = [
      [
        'mutation ($input: AdvanceClockInput!) { advanceClock(input: $input) { done } }',
        `{"input":{"to":${json}}}`,
        'to',
      ],
      [
        'mutation ($input: ResetSandboxInput!) { resetSandbox(input: $input) { __typename } }',
        `{"input":{"clockStart":${json}}}`,
        'clockStart',
      ],
    ];
    for (const [query, variables, path] of cases) {
      const [error] = (await send(gateway, query, variables)).errors ?? [];
      expect([instant, error?.extensions]).toEqual([
        instant,
        expect.objectContaining({ code: 'BAD_REQUEST', paths: [expect.arrayContaining([path])] }),
      ]);
    }
    const literal = await send(gateway, `mutation { advanceClock(input: { to: ${json} }) { done } }`, '{}');
    expect(['BAD_REQUEST', 'VALIDATION_FAILED']).toContain(literal.errors?.[0]?.extensions.code);
    const { results } = await create(gateway, [JOHN]);
    const card = { customerId: results[0]?.customer?.['id'], token: randomUUID(), keepUntil: instant };
    const add = 'mutation ($input: AddCardsInput!) { addCards(input: $input) { results { errors { code path } } } }';
    const { data } = await send(gateway, add, JSON.stringify({ input: { records: [card] } }));
    expect(data).toEqual({
      addCards: { results: [{ errors: [{ code: 'INVALID_DATE', path: ['records', '0', 'keepUntil'] }] }] },
    });
    const payIn = { ...oneTimeDebitOrder(eft, 'x', '2030-01-15'), payIn: { expiresAt: instant } };
    const submit =
      'mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { results { errors { code path } } } }';
    const submitted = await send(gateway, submit, JSON.stringify({ input: { records: [payIn] } }));
    expect(JSON.stringify(submitted.data)).toContain('payIn');
  }
});

it('reads phone numbers by the numbering plans, and refuses what cannot be one', async () => {
  const gateway = await startGateway();
  const numbers: Array<[record: object, wanted: string]> = [
    [{ contactNumber: '+27 (0)83 123 4567' }, '+27831234567'],
    [{ contactNumber: '0027831234567' }, '+27831234567'],
    [{ contactNumber: '0027831234567', dialCode: '+387' }, '+27831234567'],
    [{ contactNumber: '083 123 4567' }, '+27831234567'],
    [{ contactNumber: '0611234567', billingCountry: 'BA' }, '+387611234567'],
    [{ contactNumber: '061 123 456', billingCountry: 'BA' }, '+38761123456'],
    [{ contactNumber: '061 123 456', billingCountry: 'ZA', dialCode: '+387' }, '+38761123456'],
    [{ contactNumber: '06 1234 5678', billingCountry: 'IT' }, '+390612345678'],
    [{ contactNumber: '+39 06 1234 5678' }, '+390612345678'],
    [{ contactNumber: '+2783123456' }, 'INVALID contactNumber'],
    [{ contactNumber: '+278312345678' }, 'INVALID contactNumber'],
    [{ contactNumber: '083 123 456' }, 'INVALID contactNumber'],
    [{ contactNumber: '+1 555 010' }, 'INVALID contactNumber'],
    [{ contactNumber: '+999 123 456 789' }, 'INVALID contactNumber'],
    [{ contactNumber: '+44 2079460x12' }, 'INVALID contactNumber'],
  ];
  const found = await stored(
    gateway,
    'contactNumber',
    numbers.map(([record]) => record),
  );
  expect(found).toEqual(numbers.map(([, wanted]) => wanted));
  expect(
    await stored(gateway, 'shippingContactNumber', [
      { shippingContactNumber: '061 123 456', billingCountry: 'ZA', shippingCountry: 'BA' },
      { shippingContactNumber: '061 123 456', billingCountry: 'BA' },
    ]),
  ).toEqual(['+38761123456', '+38761123456']);
});

it('refuses numbers that lose digits, and keeps the others', async () => {
  const gateway = await startGateway();
  const numbers = [
    '0.1',
    '1.50',
    '-0.0',
    '9007199254740991',
    '1e3',
    '0.1234567890123456789',
    '12345678901234567890',
    '9007199254740993',
    '1e400',
    '1e-400',
  ];
  const records = numbers.map(
    (number) => `{"personName":"J","personSurname":"D","email":"j@d.co","metadata":{"n":${number}}}`,
  );
  const { results } = await create(gateway, `[${records.join()}]`);
  expect(
    results.map((result) =>
      result.customer ? (result.customer['metadata'] as unknown as { n: number }).n : faults(result).join(),
    ),
  ).toEqual([0.1, 1.5, 0, 9007199254740991, 1000, ...Array(5).fill('INVALID metadata.n')]);
  const literal = `mutation { createCustomers(input: { records: [{ personName: "J", personSurname: "D", email: "j@d.co",
    metadata: { n: 0.1234567890123456789 } }] }) { results { errors { code path } } } }`;
  expect(JSON.stringify((await send(gateway, literal, '{}')).data)).toContain('"INVALID"');
});

it('looks at each character of a text once, whoever wrote it and however', () => {
  // By a pattern that tries again at each character, each of these takes hours, or all of the stack.
  const long = 8 * 1_024 * 1_024;
  const texts = [`1e1"${'x'.repeat(long)}"`, `1e1 "${'\\"'.repeat(long / 8)}`, `1e1 ${'"'.repeat(long)}`];
  for (const text of texts) expect(markInexactNumbers(text)).toBe(text);
  expect(markInexactNumbers(`[0.1${'0'.repeat(long)}1]`)).toBe('[1e999]');
  expect(isExactDecimal(`0.1${'0'.repeat(long)}1`)).toBe(false);
  const told = `Value "${'cannot represent '.repeat(long / 16)}" does not exist in "IdType" enum.`;
  expect(withoutValues(told)).toBe('A value has the wrong type.');
  expect(markInexactNumbers('{"a":"0.1234567890123456789","b":1.1.1.1.1.1.1.1.1.1,"c":-12345678901234567891}')).toBe(
    '{"a":"0.1234567890123456789","b":1.1.1.1.1.1.1.1.1.1,"c":1e999}',
  );
});

it('refuses a batch of too many records, and a record with too many faults, by looking at few', async () => {
  const gateway = await startGateway();
  const many = await send(gateway, CREATE, JSON.stringify({ input: { records: Array(150_000).fill(1) } }));
  expect(many.errors?.[0]?.extensions.code).toBe('BAD_REQUEST');
  const record = Object.fromEntries(Array.from({ length: 90_000 }, (_, index) => [`no${index}`, 1]));
  const { results } = await create(gateway, [record]);
  expect(results.map(({ errors }) => errors.length)).toEqual([1]);
});

it('judges postal codes of South Africa by their four digits', async () => {
  const gateway = await startGateway();
  const codes = ['181', 181, '0181', '-1', -1, '12345', 12345].map((billingPostalCode) => ({
    billingPostalCode,
    billingCountry: 'ZA',
  }));
  expect(
    await stored(gateway, 'billingPostalCode', [
      ...codes,
      { billingPostalCode: '-1' },
      { billingPostalCode: '12345', billingCountry: 'US' },
    ]),
  ).toEqual([...Array(3).fill('0181'), ...Array(5).fill('INVALID billingPostalCode'), '12345']);
});

it('ignores spaces in numbers as they are printed, and counts without them', async () => {
  const gateway = await startGateway();
  const records = ['8001015009 087', '800101 5009 08 7', '8001015009-087'].map((idNumber) => ({
    idType: 'SOUTH_AFRICAN_ID',
    idNumber,
  }));
  expect(await stored(gateway, 'idNumber', records)).toEqual([
    expect.anything(),
    expect.anything(),
    'INVALID idNumber',
  ]);
  const customer = (await create(gateway, [JOHN])).results[0]?.customer?.['id'];
  const accounts = ['1000 0000 18', '1 0 0 0 0 0 0 0 1 8', '1000-000018'].map((accountNumber) => ({
    customerId: customer,
    accountHolderName: 'J DOE',
    accountNumber,
    accountType: 'SAVINGS',
    bank: 'CAPITEC',
  }));
  const query = `mutation ($input: CreateBankAccountsInput!) { createBankAccounts(input: $input) { results { outcome errors { code path } bankAccount { accountNumber } } } }`;
  const outcomes = [];
  for (const account of accounts)
    outcomes.push(
      (await send(gateway, query, JSON.stringify({ input: { records: [account] } }))).data?.['createBankAccounts'],
    );
  expect(outcomes).toMatchObject([
    { results: [{ outcome: 'CREATED' }] },
    { results: [{ errors: [{ code: 'DUPLICATE' }] }] },
    { results: [{ errors: [{ code: 'INVALID' }] }] },
  ]);
});

it('says that an amount is a string', async () => {
  const gateway = await startGateway();
  const { eft } = await methodIds(gateway);
  const record = { ...oneTimeDebitOrder(eft, 'x', '2030-01-15'), amount: 45 };
  const submit =
    'mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { results { errors { code message path } } } }';
  const { data } = await send(gateway, submit, JSON.stringify({ input: { records: [record] } }));
  const answered = data?.['submitPayments'] as unknown as { results: Result[] };
  expect(answered.results[0]?.errors.find(({ code }) => code === 'INVALID_AMOUNT')?.message).toContain('send a string');
});

it('compares idempotent calls by what they ask, not by how it is written', async () => {
  const gateway = await startGateway();
  const { eft } = await methodIds(gateway);
  const order = oneTimeDebitOrder(eft, 'one', '2030-01-15');
  const submit = async (key: string, change: object, batchReference: string | null = null) => {
    const query =
      'mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { replayed results { outcome errors { code path } } } }';
    const input = { records: [{ ...order, ...change }], idempotencyKey: key, batchReference };
    const { data, errors } = await send(gateway, query, JSON.stringify({ input }));
    const payload = data?.['submitPayments'] as unknown as { replayed: boolean } | undefined;
    return errors?.[0]?.extensions.code ?? (payload?.replayed ? 'REPLAYED' : JSON.stringify(payload));
  };
  expect(await submit('k1', { amount: '45' }, 'A')).toContain('CREATED');
  expect(await submit('k1', { amount: '45.00' }, 'A ')).toBe('REPLAYED');
  expect(
    await submit('k1', { amount: '45.0', items: null, transactionReference: `${order.transactionReference} ` }, 'A'),
  ).toBe('REPLAYED');
  expect(await submit('k1', { amount: '45.01' }, 'A')).toBe('IDEMPOTENCY_KEY_REUSED');
  expect(await submit('k1', { amount: '45' }, 'a')).toBe('IDEMPOTENCY_KEY_REUSED');
  expect(await submit('k1', { amount: '45' })).toBe('IDEMPOTENCY_KEY_REUSED');
  expect(await submit('k1', { amount: 4500 }, 'A')).toBe('IDEMPOTENCY_KEY_REUSED');

  const sipho = {
    ...JOHN,
    reference: 'S-1',
    contactNumber: '083 123 4567',
    billingCountry: 'za',
    idType: 'SOUTH_AFRICAN_ID',
    idNumber: '8001015009087',
  };
  expect((await create(gateway, [sipho], 'k2')).results[0]?.outcome).toBe('CREATED');
  const same = {
    ...sipho,
    reference: ' S-1',
    contactNumber: '+27831234567',
    billingCountry: 'ZA',
    idNumber: '800101 5009 087',
    companyName: null,
  };
  expect(await create(gateway, [same], 'k2')).toMatchObject({ replayed: true });
  expect(await create(gateway, [{ ...same, contactNumber: '+27831234568' }], 'k2')).toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  });
  expect(await create(gateway, [{ ...same, metadata: { a: 'b ' } }], 'k2')).toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  });

  // In a change null clears, and absent does not.
  const [{ id } = { id: '' }] = await gateway.sql<{ id: string }>('SELECT id FROM customer WHERE reference = $1', [
    'S-1',
  ]);
  const update = async (key: string, change: object) => {
    const query =
      'mutation ($input: UpdateCustomersInput!) { updateCustomers(input: $input) { replayed results { outcome } } }';
    const { data, errors } = await send(
      gateway,
      query,
      JSON.stringify({ input: { records: [{ id, ...change }], idempotencyKey: key } }),
    );
    const payload = data?.['updateCustomers'] as unknown as { replayed: boolean } | undefined;
    return errors?.[0]?.extensions.code ?? (payload?.replayed ? 'REPLAYED' : JSON.stringify(payload));
  };
  expect(await update('k3', { description: 'x' })).toContain('UPDATED');
  expect(await update('k3', { description: 'x', clientKey: null })).toBe('REPLAYED');
  expect(await update('k3', { description: 'x', contactNumber: null })).toBe('IDEMPOTENCY_KEY_REUSED');
});

it('still compares with what a call before the update of the fingerprints has kept', async () => {
  const gateway = await startGateway();
  expect((await create(gateway, [JOHN], 'old')).results[0]?.outcome).toBe('CREATED');
  await gateway.sql(`UPDATE idempotency_record SET fingerprints = fingerprints - 'version'`);
  const records = [JOHN];
  const { fingerprint } = await import('../../src/services/batch/fingerprint.ts');
  const request = { operation: 'createCustomers', args: {}, mode: 'PARTIAL', records } as const;
  const old: Partial<ReturnType<typeof fingerprint>> = fingerprint(gateway.node.app.secrets, request, 1);
  await gateway.sql('UPDATE idempotency_record SET fingerprints = $1', [
    JSON.stringify({ args: old.args, records: old.records }),
  ]);
  expect(await create(gateway, [JOHN], 'old')).toMatchObject({ replayed: true });
  expect(await create(gateway, [{ ...JOHN, personName: 'Jane' }], 'old')).toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  });
});
