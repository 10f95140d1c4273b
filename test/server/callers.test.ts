import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { expect, it, onTestFinished } from 'vitest';
import { commandsUsage, findCommand, runCommand } from '../../src/cli/commands.ts';
import { createTokenVerifier, type TokenConfig } from '../../src/server/identity/token-verifier.ts';
import { canBeApiKey, newApiKey } from '../../src/services/access/api-key.ts';
import { authenticate, forgetKnownKeys } from '../../src/services/access/authenticate.ts';
import type { Log } from '../../src/services/app.ts';
import { CAPITEC_ACCOUNT, createBankAccount, createCustomer, person } from '../support/customers.ts';
import { administer } from '../support/database-server.ts';
import { graphql } from '../support/generated/index.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { countKeyLookUps } from '../support/statements.ts';
import { TRANSPORTS } from '../support/transports.ts';

const ISSUER = 'https://login.example.com/';
const AUDIENCE = 'collections';
const SECRET = Buffer.alloc(32, 7);

const Merchant = graphql(`
  query MerchantId {
    merchant {
      id
    }
  }
`);

/** The answer to a credential: the merchant it names, or the code of the refusal. */
async function answerTo(gateway: TestGateway, authorization: string): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization };
  const response = await fetch(gateway.url, { method: 'POST', headers, body: '{"query":"{ merchant { id } }"}' });
  const { data, errors } = (await response.json()) as {
    data?: { merchant: { id: string } } | null;
    errors?: Array<{ extensions: { code: string } }>;
  };
  return data?.merchant.id ?? `${response.status} ${errors?.[0]?.extensions.code}`;
}

it('makes keys of 256 random bits with a prefix and a checksum, and keeps their HMAC alone', async () => {
  const gateway = await startGateway();
  expect(gateway.apiKey).toMatch(/^cgk_test_[\w-]{49}$/);
  expect(new Set(Array.from({ length: 1_000 }, () => newApiKey('SANDBOX'))).size).toBe(1_000);
  const rows = await gateway.sql<{ row: string }>('SELECT to_jsonb(k)::text AS row FROM api_key AS k');
  expect(JSON.stringify(rows)).not.toContain(gateway.apiKey.slice(9, 25));
  expect(await answerTo(gateway, `Bearer ${gateway.apiKey}`)).toBe(gateway.merchantId);
});

it('knows a mistyped key by its checksum, without asking the database', async () => {
  const gateway = await startGateway();
  const typo = `${gateway.apiKey.slice(0, 20)}${gateway.apiKey[20] === 'A' ? 'B' : 'A'}${gateway.apiKey.slice(21)}`;
  expect([canBeApiKey(gateway.apiKey), canBeApiKey(typo), canBeApiKey('x'.repeat(32)), canBeApiKey('short')]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  const lookups = (key: string) => countKeyLookUps(() => answerTo(gateway, `Bearer ${key}`));
  expect(await lookups(typo)).toBe(0);
  expect(await lookups(newApiKey('SANDBOX'))).toBe(1);
  expect(await answerTo(gateway, `Bearer ${typo}`)).toBe('401 UNAUTHENTICATED');
});

it('does not keep a key whose look-up was under way when a key was revoked', async () => {
  const gateway = await startGateway();
  const { app } = gateway.node;
  forgetKnownKeys(app);
  const underWay = authenticate(app, gateway.apiKey);
  forgetKnownKeys(app);
  expect(await underWay).not.toBeNull();
  const lookups = () => countKeyLookUps(() => authenticate(app, gateway.apiKey));
  expect(await lookups()).toBe(1);
  expect(await lookups()).toBe(0);
});

it('knows a caller while the database takes no writes, and says of a write that it may be tried again', async () => {
  const gateway = await startGateway();
  const name = new URL(gateway.databaseUrl).pathname.slice(1);
  await administer(gateway.databaseUrl, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  await administer(
    gateway.databaseUrl,
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  for (const [transport, ask] of Object.entries(TRANSPORTS)) {
    await expect
      .poll(async () => [transport, (await ask(gateway, '{ merchant { id } }')).code])
      .toEqual([transport, 'OK']);
  }
  const { code } = await TRANSPORTS.POST(
    gateway,
    'mutation { updateMerchantSettings(input: { emailUnique: true }) { replayed } }',
  );
  expect(code).toBe('UNAVAILABLE');
});

const claims = (merchantId: string, scope = 'read') =>
  new SignJWT({ merchant_id: merchantId, scope })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject('ada')
    .setIssuedAt()
    .setExpirationTime('5m');

const bySecret = (log: Log) =>
  createTokenVerifier({ key: { secret: SECRET }, issuer: ISSUER, audience: AUDIENCE }, log);

it('takes tokens of frontends, and none that is not signed, in time, from the issuer, for us', async () => {
  const gateway = await startGateway({ tokens: bySecret });
  const { merchantId } = gateway;
  const { privateKey } = await generateKeyPair('RS256');
  const tokens: Record<string, string> = {
    sound: await claims(merchantId).sign(SECRET),
    'another secret': await claims(merchantId).sign(Buffer.alloc(32, 8)),
    'another algorithm': await claims(merchantId).setProtectedHeader({ alg: 'HS512' }).sign(Buffer.alloc(64, 7)),
    'a private key': await claims(merchantId).setProtectedHeader({ alg: 'RS256' }).sign(privateKey),
    unsigned: new UnsecuredJWT({ merchant_id: merchantId, scope: 'read' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject('ada')
      .setExpirationTime('5m')
      .encode(),
    'another issuer': await claims(merchantId).setIssuer('https://evil.example.com/').sign(SECRET),
    'another audience': await claims(merchantId).setAudience('other').sign(SECRET),
    expired: await claims(merchantId).setExpirationTime('-1m').sign(SECRET),
    'not yet': await claims(merchantId).setNotBefore('5m').sign(SECRET),
    'no subject': await claims(merchantId).setSubject('').sign(SECRET),
    'for ever': await new SignJWT({ merchant_id: merchantId, scope: 'read' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject('ada')
      .sign(SECRET),
    'no merchant': await claims('mer_0000000000000000000A1').sign(SECRET),
    'a subject that is none': await claims(merchantId).setSubject('a\0b').sign(SECRET),
    'a merchant that is none': await claims('mer_\0').sign(SECRET),
    garbage: 'a.b.c',
    'for longer than there is time': await claims(merchantId).setExpirationTime(1e300).sign(SECRET),
    'a key of its own choice': await claims(merchantId)
      .setProtectedHeader({ alg: 'HS256', kid: '../../dev/null' })
      .sign(Buffer.alloc(32)),
  };
  const answers: Record<string, string> = {};
  for (const [name, token] of Object.entries(tokens)) answers[name] = await answerTo(gateway, `Bearer ${token}`);
  const { sound, expired, ...others } = answers;
  expect([sound, expired]).toEqual([merchantId, '401 TOKEN_EXPIRED']);
  for (const [transport, ask] of Object.entries(TRANSPORTS)) {
    for (const [name, apiKey] of Object.entries(tokens)) {
      const refused = name === 'expired' ? 'TOKEN_EXPIRED' : 'UNAUTHENTICATED';
      const wrong = transport === 'WebSocket' ? 'closed 4403' : refused;
      const { code } = await ask({ ...gateway, apiKey }, '{ merchant { id } }');
      expect([transport, name, code]).toEqual([transport, name, name === 'sound' ? 'OK' : wrong]);
    }
  }
  expect([...new Set(Object.values(others))]).toEqual(['401 UNAUTHENTICATED']);
  expect(gateway.logged).toEqual([]);
  const noScope = await claims(merchantId, 'write unknown').sign(SECRET);
  expect(await answerTo(gateway, `Bearer ${noScope}`)).toBe('403 FORBIDDEN');
  const plain = await startGateway(); // where no tokens are configured, none is taken
  expect(await answerTo(plain, `Bearer ${await claims(plain.merchantId).sign(SECRET)}`)).toBe('401 UNAUTHENTICATED');
});

it("takes tokens by the issuer's public keys, and never the public key for a secret", async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const jwksUrl = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`);
  const config: TokenConfig = { key: { jwksUrl }, issuer: ISSUER, audience: AUDIENCE };
  const gateway = await startGateway({ tokens: (log) => createTokenVerifier(config, log) });
  const signed = await claims(gateway.merchantId).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(privateKey);
  expect(await answerTo(gateway, `Bearer ${signed}`)).toBe(gateway.merchantId);
  const confused = await claims(gateway.merchantId)
    .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
    .sign(Buffer.from(JSON.stringify(jwk)));
  expect(await answerTo(gateway, `Bearer ${confused}`)).toBe('401 UNAUTHENTICATED');
  // An issuer that does not answer is no fault of the caller's.
  const gone = { ...config, key: { jwksUrl: new URL('/jwks', 'http://127.0.0.1:1') } };
  const waiting = await startGateway({ tokens: (log) => createTokenVerifier(gone, log) });
  const sound = await claims(waiting.merchantId).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(privateKey);
  for (let turn = 0; turn < 5; turn += 1) expect(await answerTo(waiting, `Bearer ${sound}`)).toBe('503 UNAVAILABLE');
  const said = waiting.logged.map((line) => (line as { message: string }).message);
  expect(said.filter((message) => message.includes('the JWT issuer cannot be fetched'))).toHaveLength(1);
  const metrics = await (await fetch(waiting.url.replace('/graphql', '/metrics'))).text();
  expect(metrics).toMatch(/^gateway_token_issuer_reachable 0$/m);
});

it('says who made a customer, by the key or by the user', async () => {
  const gateway = await startGateway({ tokens: bySecret });
  const [key] = await gateway.sql<{ id: string }>('SELECT id FROM api_key');
  await createCustomer(gateway, person('A'));
  const token = await claims(gateway.merchantId, 'read write pii:read').sign(SECRET);
  const asUser: TestGateway = {
    ...gateway,
    data: async (document, variables) => (await gateway.execute(document, variables, { apiKey: token })).data as never,
  };
  await createCustomer(asUser, person('B'));
  const rows = await gateway.sql<{ createdBy: string }>('SELECT created_by FROM customer ORDER BY id');
  expect(rows.map(({ createdBy }) => createdBy)).toEqual([key?.id, 'user:ada']);
});

const Numbers = graphql(`
  query Numbers {
    customers {
      nodes {
        idNumberMasked
        masked: idNumber
        taxNumber
        bankAccounts {
          nodes {
            ...Number
          }
        }
      }
    }
  }
  fragment Number on BankAccount {
    accountNumberMasked
    accountNumber
    normalizedAccountNumber
  }
`);

it('shows a whole personal number by its scope alone, however it is asked for, and keeps an audit entry of each', async () => {
  const gateway = await startGateway();
  const [key] = await gateway.sql<{ id: string }>('SELECT id FROM api_key');
  const identity = { idType: 'SOUTH_AFRICAN_ID', idNumber: '8007014800087', taxNumber: '9560164031' } as const;
  const { id } = await createCustomer(gateway, { ...person('A'), ...identity });
  const account = await createBankAccount(gateway, { customerId: id, ...CAPITEC_ACCOUNT });
  await gateway.sql('DELETE FROM audit_entry');
  const { customers } = await gateway.data(Numbers);
  expect(customers.nodes[0]).toMatchObject({
    idNumberMasked: '*****0087',
    masked: '8007014800087',
    taxNumber: '9560164031',
    bankAccounts: { nodes: [{ accountNumber: '1000000018', normalizedAccountNumber: '01000000018' }] },
  });
  const entries = await gateway.sql<{ field: string }>(
    'SELECT client_id, object_id, field FROM audit_entry ORDER BY field',
  );
  expect(entries).toEqual([
    { clientId: key?.id, objectId: account.id, field: 'accountNumber' },
    { clientId: key?.id, objectId: id, field: 'idNumber' },
    { clientId: key?.id, objectId: id, field: 'taxNumber' },
  ]);
  await gateway.sql("UPDATE api_key SET scopes = '{read,write}'");
  forgetKnownKeys(gateway.node.app);
  const documents = [
    '{ customers { nodes { idNumber } } }',
    '{ customers { edges { node { n: taxNumber } } } }',
    '{ node(id: "x") { ... on Customer { idNumber } } }',
    '{ node(id: "x") { id ...F } } fragment F on BankAccount { accountNumber }',
    '{ customers { nodes { bankAccounts { nodes { normalizedAccountNumber } } } } }',
    'query ($no: Boolean = false) { customers { nodes { idNumber @include(if: $no) } } }',
    'mutation { removeCards(input: { ids: ["x"] }) { results { card { customer { idNumber } } } } }',
    'subscription { paymentStatusChanged { payment { bankAccount { accountNumber } } } }',
  ];
  for (const query of documents) {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` };
    const response = await fetch(gateway.url, { method: 'POST', headers, body: JSON.stringify({ query }) });
    const { errors } = (await response.json()) as { errors?: Array<{ extensions: { code: string } }> };
    expect([query, errors?.[0]?.extensions.code]).toEqual([query, 'FORBIDDEN']);
  }
  expect(await gateway.sql('SELECT count(*) AS count FROM audit_entry')).toEqual([{ count: 3 }]);
});

it('reads no number whose audit entry cannot be written', async () => {
  const gateway = await startGateway();
  await createCustomer(gateway, { ...person('A'), taxNumber: '9560164031' });
  await gateway.sql('ALTER TABLE audit_entry ADD CONSTRAINT no_more CHECK (false) NOT VALID');
  const { data, errors } = await gateway.execute(Numbers);
  expect(JSON.stringify(data)).not.toContain('9560164031');
  expect(errors?.length).toBeGreaterThan(0);
});

it('writes every number anew with another key by command, while they stay readable and findable', async () => {
  const gateway = await startGateway();
  const { id } = await createCustomer(gateway, { ...person('A'), taxNumber: '9560164031' });
  const { id: bankAccountId } = await createBankAccount(gateway, { customerId: id, ...CAPITEC_ACCOUNT });
  const keyIds = () =>
    gateway.sql(
      'SELECT get_byte(account_number_cipher, 0) AS account, get_byte(tax_number_cipher, 0) AS tax FROM bank_account, customer',
    );
  const versions = () =>
    gateway.sql(
      'SELECT (SELECT version FROM customer), (SELECT version FROM bank_account), (SELECT count(*) FROM event) AS events',
    );
  const before = await versions();
  expect(await keyIds()).toEqual([{ account: 1, tax: 1 }]);
  const { rotateNumberKey } = await import('../../src/services/maintenance/rotate-number-key.ts');
  expect(await rotateNumberKey(gateway.node.app, 0)).toBe(2);
  expect(await keyIds()).toEqual([{ account: 2, tax: 2 }]);
  expect(await versions()).toEqual(before);
  const { customers } = await gateway.data(Numbers);
  expect(customers.nodes[0]).toMatchObject({
    taxNumber: '9560164031',
    bankAccounts: { nodes: [{ accountNumber: '1000000018' }] },
  });
  const found = await gateway.execute(FindAccount, { number: '01000000018' });
  expect(found.data?.bankAccounts.nodes).toEqual([{ id: bankAccountId }]);
  await createBankAccount(gateway, { customerId: id, ...CAPITEC_ACCOUNT, accountNumber: '9900020018' });
  expect(await gateway.sql('SELECT DISTINCT get_byte(account_number_cipher, 0) AS key FROM bank_account')).toEqual([
    { key: 2 },
  ]);
});

const FindAccount = graphql(`
  query FindAccount($number: String!) {
    bankAccounts(filter: { accountNumber: { eq: $number } }) {
      nodes {
        id
      }
    }
  }
`);

it('makes merchants, methods and keys from the command line, and says what is wrong with a command', async () => {
  const gateway = await startGateway();
  const run = async (...[name, ...args]: string[]) => {
    const lines: string[] = [];
    const command = findCommand(name);
    if (!command) return ['no such command'];
    await runCommand(gateway.node.app, command, args, (line) => lines.push(line)).catch((error: Error) =>
      lines.push(error.message),
    );
    return lines;
  };
  const [merchant = '', mode, keyId = '', key = ''] = await run('create-merchant', 'Acme');
  expect(mode).toBe('mode     SANDBOX');
  const merchantId = merchant.split(' ')[1] ?? '';
  const apiKey = key.split(/ +/)[2] ?? '';
  expect(await answerTo(gateway, `Bearer ${apiKey}`)).toBe(merchantId);
  expect(await answerTo(gateway, `Basic ${Buffer.from(`${keyId.split(/ +/)[2]}:${apiKey}`).toString('base64')}`)).toBe(
    merchantId,
  );
  expect(await gateway.sql('SELECT cdv_mode FROM merchant WHERE id = $1', [merchantId])).toEqual([
    { cdvMode: 'ERROR' },
  ]);

  expect(await run('create-method', merchantId, 'DEBICHECK', 'ABSA_BANK_LIMITED', 'Another', 'ACME')).toEqual([
    expect.stringMatching(/^payment method pam_\w{21}$/),
  ]);
  expect(
    await gateway.sql("SELECT type FROM payment_method WHERE merchant_id = $1 AND name = 'Another'", [merchantId]),
  ).toEqual([{ type: 'DEBICHECK' }]);
  const [{ id: methodId } = { id: '' }] = await gateway.sql<{ id: string }>(
    "SELECT id FROM payment_method WHERE merchant_id = $1 AND name = 'Another'",
    [merchantId],
  );
  const setDefaults = (json: string, id = methodId) => run('set-debicheck-defaults', merchantId, id, json);
  expect(
    await setDefaults('{"allowVariableAmount": true, "adjustmentCategory": "ANNUALLY", "adjustmentRate": "5.5"}'),
  ).toEqual([`defaults of ${methodId} set`]);
  expect(await gateway.sql('SELECT debicheck_defaults FROM payment_method WHERE id = $1', [methodId])).toMatchObject([
    { debicheckDefaults: { adjustmentCategory: 'ANNUALLY', adjustmentType: 'RATE', adjustmentRate: 550_000 } },
  ]);
  expect(await setDefaults('{"allowVariableAmount": "yes", "mood": 1}')).toEqual([
    'debicheckDefaults.allowVariableAmount: Must be one of: true, false.\ndebicheckDefaults.mood: Unknown default. Use: allowDateAdjustment, allowVariableAmount, allowPaymentTracking, paymentTrackingMaxDays, adjustmentCategory, adjustmentType, adjustmentRate, adjustmentAmount, approvalWindow.',
  ]);
  expect(await setDefaults('{"adjustmentCategory": "ANNUALLY", "adjustmentRate": "5"}')).toEqual([
    'debicheckDefaults.adjustmentCategory: An adjustment requires allowVariableAmount to be true.',
  ]);
  expect(await setDefaults('{"allowPaymentTracking": true}')).toEqual([
    'debicheckDefaults.paymentTrackingMaxDays: Payment tracking requires a number of days, 1 to 10.',
  ]);
  expect(await setDefaults('{}', 'pam_0')).toEqual(['id: No such payment method.']);
  expect(await setDefaults('nonsense')).toEqual([
    'not a JSON object: nonsense; enclose the object in single quotes for the shell',
  ]);
  const [, second = ''] = await run('create-key', merchantId, 'reports', 'read');
  const { data } = await gateway.execute(Merchant, {}, { apiKey: second.split(/ +/)[2] ?? '' });
  expect(data?.merchant.id).toBe(merchantId);

  expect(await run('create-key', merchantId, 'reports', 'read,all')).toEqual([
    expect.stringContaining('no such scope: all'),
  ]);
  expect(await run('create-key', 'mer_x', 'reports', 'read')).toEqual([
    'no such merchant: mer_x; check the merchant id',
  ]);
  expect(await run('create-key', merchantId)).toEqual([expect.stringContaining('usage: npm run cli -- create-key')]);
  expect(await run('create-method', merchantId, 'CASH', 'ABSA_BANK_LIMITED', 'x', 'y')).toEqual([
    expect.stringContaining('no such type'),
  ]);
  expect(await run('create-method', merchantId, 'PAY_IN', 'ABSA_BANK_LIMITED', 'x', 'y')).toEqual([
    'payInAccount: This field is required.',
  ]);
  expect(await run('create-method', merchantId, 'CARD', 'FNB', 'x', 'y')).toEqual([
    expect.stringContaining('no such provider bank'),
  ]);
  expect(await run('create-method', merchantId, 'CARD', 'NEDBANK_LIMITED', 'x', 'LONGER THAN')).toEqual([
    'abbreviatedName: Must have at most 10 characters.',
  ]);
  expect(await run('destroy')).toEqual(['no such command']);
  expect(commandsUsage()).toContain('rotate-number-key');
});
