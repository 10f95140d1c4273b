import { expect, it } from 'vitest';
import { writeEvents } from '../support/events.ts';
import type { Scope } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { isSignedBy, startReceiver } from '../support/receiver.ts';
import {
  CreateEndpoints,
  createEndpoint,
  Deliveries,
  Endpoints,
  RotateSecret,
  TestEndpoints,
  UpdateEndpoints,
} from '../support/webhooks.ts';

const CreateKeys = graphql(`
  mutation CreateWebhookKeys($input: CreateApiKeysInput!) {
    createApiKeys(input: $input) {
      results {
        apiKey {
          id
          key
        }
      }
    }
  }
`);
const RevokeKeys = graphql(`
  mutation RevokeWebhookKeys($input: RevokeApiKeysInput!) {
    revokeApiKeys(input: $input) {
      results {
        outcome
      }
    }
  }
`);
const EventsOfEndpoints = graphql(`
  query EventsOfEndpoints {
    events(filter: { about: [WEBHOOK_ENDPOINT] }) {
      nodes {
        type
        from
        to
        version
        cause {
          actor
          reason
        }
      }
    }
  }
`);

async function addKey(gateway: TestGateway, scopes: Scope[]) {
  const { createApiKeys } = await gateway.data(CreateKeys, { input: { records: [{ name: 'a key', scopes }] } });
  const key = createApiKeys.results[0]?.apiKey;
  if (!key?.key) throw new Error('no key');
  return { id: key.id, key: key.key };
}

async function untilDelivered(gateway: TestGateway, count: number): Promise<void> {
  await expect
    .poll(async () => {
      const { webhookDeliveries } = await gateway.data(Deliveries, { filter: { status: { eq: 'DELIVERED' } } });
      return webhookDeliveries.totalCount;
    })
    .toBe(count);
}

it('an endpoint gets every event from its making on, signed, in the default body', async () => {
  const gateway = await startGateway();
  await writeEvents(gateway, 3, { name: 'before' });
  const receiver = await startReceiver();
  const endpoint = await createEndpoint(gateway, { url: receiver.url });
  await writeEvents(gateway, 5, { name: 'after' });
  await untilDelivered(gateway, 6);
  const payments = receiver.messages.filter(({ body }) => body.type === 'payment.created');
  expect(payments.map(({ body }) => body.aggregate.id).sort()).toEqual([
    'after_1',
    'after_2',
    'after_3',
    'after_4',
    'after_5',
  ]);
  const [first] = payments;
  expect(first?.body).toEqual({
    id: first?.id,
    cursor: expect.any(String),
    type: 'payment.created',
    version: 1,
    occurredAt: expect.stringMatching(/^\d{4}-.*Z$/),
    aggregate: { type: 'PAYMENT', id: expect.stringMatching(/^after_/) },
    from: null,
    to: 'RUNNING',
    cause: { actor: 'API', requestId: null, reasonCode: null, reason: null },
    data: {
      paymentId: expect.stringMatching(/^after_/),
      customerId: null,
      mandateId: null,
      paymentMethodId: null,
      batchReference: null,
      amount: null,
    },
  });
  expect(first && isSignedBy(endpoint.secret, first)).toBe(true);
  const { webhookDeliveries } = await gateway.data(Deliveries, { filter: { eventId: { eq: first?.id ?? '' } } });
  const attempt = { status: 200, body: 'thanks', error: null, requestId: first?.headers['x-request-id'] };
  const event = { id: first?.id, cursor: first?.body.cursor };
  expect(webhookDeliveries.nodes).toMatchObject([
    { status: 'DELIVERED', endpoint: { id: endpoint.id }, event, attempts: [attempt], nextAttemptAt: null },
  ]);
  expect(gateway.logged).toEqual([]);
});

it('an endpoint gets the events that satisfy its filter', async () => {
  const gateway = await startGateway();
  const receiver = await startReceiver();
  const filter = { types: ['payment.created'], paymentIds: ['pay_2', 'pay_3'] };
  const endpoint = await createEndpoint(gateway, { url: receiver.url, filter });
  expect(endpoint.filter).toEqual({ ...filter, about: null });
  await writeEvents(gateway, 5);
  await untilDelivered(gateway, 2);
  expect(receiver.messages.map(({ body }) => body.aggregate.id).sort()).toEqual(['pay_2', 'pay_3']);
});

it.each([
  ['not a URL', 'example.com/hook', 'url'],
  ['another protocol', 'ftp://example.com/', 'https'],
  ['credentials', 'https://user:secret@example.com/', 'no_credentials'],
  ['a fragment', 'https://example.com/#a', 'no_fragment'],
  ['a private address', 'https://10.0.0.1/', 'public_address'],
  ['a metadata address', 'https://169.254.169.254/', 'public_address'],
  ['a mapped address', 'https://[::ffff:10.0.0.1]/', 'public_address'],
  ['an internal name', 'https://metadata.google.internal/', 'public_address'],
])('refuses %s as the url of an endpoint', async (_name, url, rule) => {
  const gateway = await startGateway();
  const { createWebhookEndpoints } = await gateway.data(CreateEndpoints, {
    input: { records: [{ name: 'one', url }] },
  });
  expect(createWebhookEndpoints.results).toMatchObject([
    { outcome: 'FAILED', secret: null, errors: [{ code: 'INVALID', rule, path: ['records', '0', 'url'] }] },
  ]);
});

it('names every fault of a record, and what is missing', async () => {
  const gateway = await startGateway();
  const { createWebhookEndpoints } = await gateway.data(CreateEndpoints, {
    input: {
      mode: 'PARTIAL',
      records: [
        {},
        { name: 'x'.repeat(65), url: 'https://example.com', selection: '{ nothing }', filter: { types: null } },
        { name: 'a', url: 'https://example.com', selection: '{ id } { type }' },
        { name: 'a', url: 'https://example.com', selection: 'query { id }' },
        { name: 'a', url: 'https://example.com', selection: '{ id } fragment F on Event { id }' },
        { name: 'a', url: 'https://example.com', selection: '{ id } } mutation { __typename' },
        {
          name: 'a',
          url: 'https://example.com',
          selection: '{ customer { payments(first: 200) { nodes { id amount status customer { id } } } } }',
        },
        { name: 'sound', url: 'https://example.com', selection: '{ id payment { status } }' },
      ],
    },
  });
  const faults = createWebhookEndpoints.results.map(({ errors }) =>
    errors.map(({ code, rule, path }) => `${path.at(-1)} ${rule ?? code}`).sort(),
  );
  expect(faults).toEqual([
    ['name REQUIRED', 'url REQUIRED'],
    ['filter conditions', 'name TOO_LONG', 'selection selection'],
    ['selection selection'],
    ['selection selection'],
    ['selection selection'],
    ['selection selection'],
    ['selection cost'],
    [],
  ]);
});

it('a secret is shown once, and a repeat of the call does not show it', async () => {
  const gateway = await startGateway();
  const input = { records: [{ name: 'one', url: 'https://example.com/' }], idempotencyKey: 'a key' };
  const first = await gateway.data(CreateEndpoints, { input });
  expect(first.createWebhookEndpoints.results[0]?.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const repeat = await gateway.data(CreateEndpoints, { input });
  expect(repeat.createWebhookEndpoints).toMatchObject({
    replayed: true,
    results: [{ outcome: 'CREATED', secret: null }],
  });
});

it('messages are signed with both secrets for a while after a rotation, then with the new one', async () => {
  const gateway = await startGateway();
  const receiver = await startReceiver();
  const { id, secret } = await createEndpoint(gateway, { url: receiver.url, filter: { about: ['PAYMENT'] } });
  const rotated = await gateway.data(RotateSecret, { input: { ids: [id] } });
  const next = rotated.rotateWebhookSecret.results[0]?.secret ?? '';
  expect(next).not.toBe(secret);
  await writeEvents(gateway, 1);
  await untilDelivered(gateway, 1);
  const [during] = receiver.messages;
  expect(during && [isSignedBy(secret, during), isSignedBy(next, during)]).toEqual([true, true]);
  const again = await gateway.data(RotateSecret, { input: { ids: [id], overlapHours: 0 } });
  const last = again.rotateWebhookSecret.results[0]?.secret ?? '';
  await writeEvents(gateway, 1, { name: 'later' });
  await untilDelivered(gateway, 2);
  const [, after] = receiver.messages;
  expect(after && [isSignedBy(next, after), isSignedBy(last, after)]).toEqual([false, true]);
});

it('a disabled endpoint gets nothing, and once enabled the events from then on', async () => {
  const gateway = await startGateway();
  const receiver = await startReceiver();
  const { id } = await createEndpoint(gateway, {
    url: receiver.url,
    filter: { about: ['PAYMENT'] },
    status: 'DISABLED',
  });
  await writeEvents(gateway, 2, { name: 'missed' });
  const set = (status: 'ENABLED' | 'DISABLED') =>
    gateway.data(UpdateEndpoints, { input: { records: [{ id, status }] } });
  await expect.poll(async () => (await gateway.sql('SELECT FROM event WHERE position IS NULL')).length).toBe(0);
  expect((await set('ENABLED')).updateWebhookEndpoints.results).toMatchObject([{ outcome: 'UPDATED' }]);
  await writeEvents(gateway, 2, { name: 'sent' });
  await untilDelivered(gateway, 2);
  expect(receiver.messages.map(({ body }) => body.aggregate.id).sort()).toEqual(['sent_1', 'sent_2']);
  expect((await set('ENABLED')).updateWebhookEndpoints.results).toMatchObject([{ outcome: 'UNCHANGED' }]);
});

it('what is pending ends as FAILED when the endpoint is disabled', async () => {
  const gateway = await startGateway();
  const receiver = await startReceiver((_message, response) => response.writeHead(500).end());
  const { id } = await createEndpoint(gateway, { url: receiver.url, filter: { about: ['PAYMENT'] } });
  await writeEvents(gateway, 3);
  await expect.poll(() => receiver.messages.length).toBeGreaterThan(0);
  await gateway.data(UpdateEndpoints, { input: { records: [{ id, status: 'DISABLED' }] } });
  await expect
    .poll(
      async () =>
        (await gateway.data(Deliveries, { filter: { status: { eq: 'FAILED' } } })).webhookDeliveries.totalCount,
    )
    .toBe(3);
});

it('updates keep what is absent, clear the filter and the selection by null, and nothing else', async () => {
  const gateway = await startGateway();
  const { id, version } = await createEndpoint(gateway, {
    url: 'https://example.com/a',
    selection: '{ id }',
    filter: { types: ['payment.created'] },
  });
  const update = async (change: object) =>
    (await gateway.data(UpdateEndpoints, { input: { records: [{ id, ...change }] } })).updateWebhookEndpoints
      .results[0];
  expect(await update({ name: 'another', expectedVersion: version })).toMatchObject({
    outcome: 'UPDATED',
    webhookEndpoint: {
      name: 'another',
      url: 'https://example.com/a',
      selection: '{ id }',
      filter: { types: ['payment.created'] },
      version: 2,
    },
  });
  expect(await update({ selection: null, filter: null })).toMatchObject({
    outcome: 'UPDATED',
    webhookEndpoint: { selection: null, filter: { types: null } },
  });
  expect((await update({ name: null, url: null, status: null }))?.errors.map(({ code }) => code)).toEqual(
    Array(3).fill('NOT_CLEARABLE'),
  );
  expect((await update({ name: 'late', expectedVersion: version }))?.errors).toMatchObject([
    { code: 'VERSION_CONFLICT' },
  ]);
});

it('a test is sent once, also to a disabled endpoint, and shows the answer', async () => {
  const gateway = await startGateway();
  const receiver = await startReceiver((_message, response) => response.writeHead(503).end('not yet'));
  const { id, secret } = await createEndpoint(gateway, { url: receiver.url, status: 'DISABLED' });
  await gateway.data(TestEndpoints, { input: { ids: [id] } });
  await expect
    .poll(async () => (await gateway.data(Deliveries, { filter: { endpointId: { eq: id } } })).webhookDeliveries.nodes)
    .toMatchObject([{ status: 'FAILED', eventId: null, event: null, attempts: [{ status: 503, body: 'not yet' }] }]);
  expect(receiver.messages).toHaveLength(1);
  const [message] = receiver.messages;
  expect(message?.body).toMatchObject({ id: message?.id, type: 'WEBHOOK_TEST' });
  expect(message && isSignedBy(secret, message)).toBe(true);
});

it('an endpoint is disabled with an event when the key that made it is revoked', async () => {
  const gateway = await startGateway();
  const { id: keyId, key } = await addKey(gateway, ['READ', 'ADMIN']);
  const input = { records: [{ name: 'one', url: 'https://example.com/', filter: { about: ['PAYMENT' as const] } }] };
  await gateway.execute(CreateEndpoints, { input }, { apiKey: key });
  const kept = await createEndpoint(gateway, { url: 'https://example.com/kept', filter: { about: ['CARD'] } });
  await gateway.data(RevokeKeys, { input: { ids: [keyId] } });
  const { webhookEndpoints } = await gateway.data(Endpoints);
  expect(new Map(webhookEndpoints.nodes.map(({ url, status }) => [url, status]))).toEqual(
    new Map([
      ['https://example.com/', 'DISABLED'],
      [kept.url, 'ENABLED'],
    ]),
  );
  await expect
    .poll(async () => (await gateway.data(EventsOfEndpoints)).events.nodes.at(-1))
    .toMatchObject({
      type: 'webhook_endpoint.updated',
      from: 'ENABLED',
      to: 'DISABLED',
      version: 2,
      cause: { reason: 'The API key of the endpoint was revoked.' },
    });
});

it('a key without the scopes of a stored selection cannot take over the endpoint', async () => {
  const gateway = await startGateway();
  const { id } = await createEndpoint(gateway, {
    url: 'https://example.com/',
    selection: '{ id }',
    filter: { about: ['CARD'] },
  });
  const { key } = await addKey(gateway, ['ADMIN']);
  const update = (record: object) =>
    gateway.execute(UpdateEndpoints, { input: { records: [{ id, ...record }] } }, { apiKey: key });
  const refused = await update({ name: 'mine' });
  expect(refused.data?.updateWebhookEndpoints.results[0]?.errors).toMatchObject([
    { rule: 'scope', path: ['records', '0', 'selection'] },
  ]);
  const cleared = await update({ name: 'mine', selection: null });
  expect(cleared.data?.updateWebhookEndpoints.results[0]?.outcome).toBe('UPDATED');
});

it('an endpoint is disabled before its next message when its key has lost a scope', async () => {
  const gateway = await startGateway();
  const receiver = await startReceiver();
  const { id: keyId, key } = await addKey(gateway, ['READ', 'ADMIN']);
  const input = { records: [{ name: 'one', url: receiver.url, filter: { about: ['PAYMENT' as const] } }] };
  await gateway.execute(CreateEndpoints, { input }, { apiKey: key });
  await gateway.sql(`UPDATE api_key SET scopes = '{admin}' WHERE id = $1`, [keyId]);
  await writeEvents(gateway, 1);
  await expect
    .poll(async () => (await gateway.data(Endpoints)).webhookEndpoints.nodes)
    .toMatchObject([{ status: 'DISABLED' }]);
  expect(receiver.messages).toEqual([]);
});

it('only the scope admin sees and makes endpoints, and only of its own merchant', async () => {
  const gateway = await startGateway();
  const { id } = await createEndpoint(gateway, { url: 'https://example.com/' });
  const reader = await addKey(gateway, ['READ']);
  const refused = await gateway.execute(Endpoints, {}, { apiKey: reader.key });
  expect(refused.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  const other = await gateway.addMerchant();
  const seen = await gateway.execute(Endpoints, {}, other);
  expect(seen.data?.webhookEndpoints.nodes).toEqual([]);
  const update = { input: { records: [{ id, name: 'mine' }] } };
  const written = await gateway.execute(UpdateEndpoints, update, other);
  expect(written.data?.updateWebhookEndpoints.results[0]?.errors).toMatchObject([{ code: 'NOT_FOUND' }]);
});
