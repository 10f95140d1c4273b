import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openDatabase, queryable } from '../../src/store/connection/database.ts';
import { freePort, startGatewayProcess } from '../support/gateway-process.ts';
import { createDatabase } from '../support/harness.ts';
import { OF_TEST } from '../support/one-merchant.ts';

// Keys, tokens, the secret and the password of the database, sent right and wrong by every way there is, while everything is logged:
// none of them may be found in what the gateway prints, answers or stores.

it('leaves no key, token, secret or password in logs, answers or the database', async () => {
  const { url: databaseUrl, drop } = await createDatabase();
  const password = new URL(databaseUrl).password;
  const apiKey = `canary_key_${randomBytes(24).toString('base64url')}`;
  const wrongKey = `canary_wrong_${randomBytes(24).toString('base64url')}`;
  const secret = randomBytes(32);
  const jwtSecret = randomBytes(32);
  const gateway = await startGatewayProcess({
    PORT: String(await freePort()),
    DATABASE_URL: databaseUrl,
    SECRET: secret.toString('base64'),
    DEMO_API_KEY: apiKey,
    JWT_SECRET: jwtSecret.toString('base64'),
    JWT_ISSUER: 'issuer',
    JWT_AUDIENCE: 'us',
    LOG_LEVEL: 'trace',
    NODE_ENV: 'production',
    AUTH_FAILURES_PER_MINUTE: '1000',
  });
  const database = openDatabase(databaseUrl, { connectionsMax: 1, onError: () => {} });
  const [merchant] = await queryable(database).query<{ id: string }>('SELECT id FROM merchant');
  const token = (expiresAt: string) =>
    new SignJWT({ merchant_id: merchant?.id, scope: 'read write' })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('someone')
      .setIssuer('issuer')
      .setAudience('us')
      .setExpirationTime(expiresAt)
      .sign(jwtSecret);
  const [good, old] = [await token('1h'), await token('1s ago')];
  const answers: string[] = [];
  const ask = async (authorization: string, query: string, path = '') => {
    const response = await fetch(`${gateway.url}${path}`, {
      method: path === '' ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', authorization },
      ...(path === '' ? { body: JSON.stringify({ query }) } : {}),
    });
    const text = path.startsWith('/stream') && response.status === 200 ? '' : await response.text();
    if (text === '') await response.body?.cancel();
    answers.push(text);
    return text;
  };
  const basic = (key: string) => `Basic ${Buffer.from(`key_1:${key}`).toString('base64')}`;
  const credentials = [apiKey, wrongKey, good, old].flatMap((text) => [
    `Bearer ${text}`,
    basic(text),
    `Nonsense ${text}`,
  ]);
  for (const authorization of credentials) {
    await ask(authorization, '{ merchant { name } }');
    await ask(authorization, '{ nonsense');
    await ask(authorization, '', `/stream?${new URLSearchParams({ query: 'subscription { events { __typename } }' })}`);
  }
  const made = await ask(
    `Bearer ${apiKey}`,
    'mutation { createApiKeys(input: { records: [{ name: "a", scopes: [READ] }] }) { results { apiKey { key } } } }',
  );
  // A request is found by its id, with who asked for what.
  expect(gateway.output()).toMatch(
    /"requestId":"req_[^"]+","merchantId":"mer_\w+","clientId":"\w+","operation":"mutation"/,
  );
  const madeKey = /cgk_[\w-]+/.exec(made)?.[0] ?? '';
  const ticketed = await ask(
    `Bearer ${apiKey}`,
    'mutation { createStreamTicket(input: { query: "subscription { events { __typename } }" }) { ticket } }',
  );
  const ticket = (JSON.parse(ticketed) as { data: { createStreamTicket: { ticket: string } } }).data.createStreamTicket
    .ticket;
  await ask('', '', `/stream?${new URLSearchParams({ query: '{ x }', ticket })}`);
  for (const key of [apiKey, wrongKey, good]) {
    const socket = new WebSocket(gateway.url.replace('http', 'ws'), 'graphql-transport-ws');
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } })),
    );
    await new Promise((resolve) => socket.once('message', resolve).once('close', resolve));
    socket.terminate();
  }
  // A bug and an outage are logged with their causes.
  await queryable(database).query('ALTER TABLE customer RENAME TO lost');
  await ask(`Bearer ${apiKey}`, '{ customers { nodes { id } } }');
  await queryable(database).query('ALTER TABLE lost RENAME TO customer');
  const stored = await dump(database);
  await database.close();
  await drop();
  await ask(`Bearer ${apiKey}`, '{ merchant { name } }').catch(() => '');
  await gateway.kill('SIGKILL');

  const said = answers.filter((answer) => answer !== made && answer !== ticketed).join('\n');
  const everything = { printed: gateway.output(), answered: said, stored };
  const canaries = {
    apiKey,
    wrongKey,
    madeKey,
    ticket,
    good,
    old,
    password,
    secret: secret.toString('base64'),
    jwtSecret: jwtSecret.toString('base64'),
  };
  expect(everything.printed).toContain('request failed');
  for (const [place, text] of Object.entries(everything)) {
    for (const [name, canary] of Object.entries(canaries)) {
      if (place === 'printed' && name === 'apiKey') continue; // shown to whoever starts a demo, once
      const forms = [
        canary,
        Buffer.from(canary).toString('base64'),
        Buffer.from(canary).toString('hex'),
        encodeURIComponent(canary),
      ];
      expect(canary.length).toBeGreaterThan(15);
      expect([place, name, forms.some((form) => text.includes(form))]).toEqual([place, name, false]);
    }
  }
  expect(everything.printed.split(apiKey).length - 1).toBeLessThanOrEqual(1);
});

/** Every row of every table, as text. */
async function dump(database: ReturnType<typeof openDatabase>): Promise<string> {
  const sql = queryable(database);
  const tables = await sql.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await sql.query<{ row: string }>(`${OF_TEST} SELECT t::text AS row FROM "${name}" AS t LIMIT 5000`);
    texts.push(...rows.map(({ row }) => row));
  }
  return texts.join('\n');
}
