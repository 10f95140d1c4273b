import { expect, it } from 'vitest';
import { GIVE_UP_MS, pauseMs, retryDelayMs } from '../../src/domain/webhook/retries.ts';
import { writeEvents } from '../support/events.ts';
import { graphql } from '../support/generated/index.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { type Behaviour, fails, gone, ok, resets, startReceiver } from '../support/receiver.ts';
import {
  AllEvents,
  createEndpoint,
  Deliveries,
  Endpoints,
  endWaits,
  Redeliver,
  UpdateEndpoints,
} from '../support/webhooks.ts';

const ResetForWebhooks = graphql(`
  mutation ResetForWebhooks {
    resetSandbox(input: {}) {
      now
    }
  }
`);

const DAYS_3 = `interval '${GIVE_UP_MS} milliseconds'`;

/** Writes `count` events of one object, one version each. */
async function writeVersions(gateway: TestGateway, object: string, count: number, from = 1): Promise<void> {
  await gateway.sql(
    `INSERT INTO event (id, merchant_id, aggregate_type, aggregate_id, version, type, to_status, actor, payment_id, occurred_at)
     SELECT 'evt_' || $2 || '_' || lpad(n::text, 4, '0'), $1, 'PAYMENT', $2, n, 'payment.updated', 'RUNNING', 'API', $2, now()
       FROM generate_series($4::int, $4::int + $3::int - 1) AS n`,
    [gateway.merchantId, object, count, from],
  );
}

async function statuses(gateway: TestGateway): Promise<string[]> {
  const { webhookDeliveries } = await gateway.data(Deliveries, {});
  return webhookDeliveries.nodes.map(({ status }) => status);
}

const untilAllDelivered = async (gateway: TestGateway, count: number): Promise<void> =>
  void (await expect
    .poll(async () => (await statuses(gateway)).filter((status) => status === 'DELIVERED').length, { timeout: 20_000 })
    .toBe(count));

it('waits 5 s, 30 s, 2 min, 10 min, 1 h, then 6 h each time, with jitter', () => {
  const seconds = [1, 2, 3, 4, 5, 6, 7, 20].map((failures) => retryDelayMs(failures, 0) / 1_000);
  expect(seconds).toEqual([5, 30, 120, 600, 3_600, 21_600, 21_600, 21_600]);
  expect(retryDelayMs(1, 0.999)).toBeGreaterThan(5_900);
  expect(retryDelayMs(1, 0.999)).toBeLessThanOrEqual(6_000);
  expect([1, 9, 10, 12, 30].map((failures) => pauseMs(failures))).toEqual([0, 0, 1_000, 4_000, 60_000]);
});

it('a retry has the same id, and the later events of its object wait for it', async () => {
  const gateway = await startGateway();
  let failing = true;
  const receiver = await startReceiver((message, response) => {
    const isFirst = message.body.aggregate.id === 'one' && message.body.version === 1;
    response.writeHead(failing && isFirst ? 500 : 200).end();
  });
  await createEndpoint(gateway, { url: receiver.url, filter: { about: ['PAYMENT'] } });
  await writeVersions(gateway, 'one', 3);
  await writeVersions(gateway, 'two', 3);
  await untilAllDelivered(gateway, 3);
  expect(receiver.messages.filter(({ body }) => body.aggregate.id === 'two').map(({ body }) => body.version)).toEqual([
    1, 2, 3,
  ]);
  // What comes for the object in the meantime waits too.
  await writeVersions(gateway, 'one', 1, 4);
  await expect.poll(async () => (await statuses(gateway)).length).toBe(7);
  expect(receiver.messages.filter(({ body }) => body.aggregate.id === 'one')).toHaveLength(1);
  failing = false;
  await endWaits(gateway);
  await untilAllDelivered(gateway, 7);
  const ones = receiver.messages.filter(({ body }) => body.aggregate.id === 'one');
  expect(ones.map(({ body }) => body.version)).toEqual([1, 1, 2, 3, 4]);
  expect(ones[1]?.id).toBe(ones[0]?.id);
  expect(ones[1]?.headers['x-request-id']).not.toBe(ones[0]?.headers['x-request-id']);
  const { webhookDeliveries } = await gateway.data(Deliveries, { filter: { eventId: { eq: ones[0]?.id ?? '' } } });
  expect(webhookDeliveries.nodes[0]?.attempts.map(({ status, error }) => [status, error])).toEqual([
    [500, 'The endpoint answered 500.'],
    [200, null],
  ]);
});

it.each([
  ['fails', fails],
  ['resets the connection', resets],
  [
    'answers 201 after a while',
    ((_message, response) => setTimeout(() => response.writeHead(201).end(), 300)) satisfies Behaviour,
  ],
])('an endpoint that %s delays no other', async (_name, behave) => {
  const gateway = await startGateway();
  const [bad, good] = [await startReceiver(behave), await startReceiver()];
  const filter = { about: ['PAYMENT' as const] };
  await createEndpoint(gateway, { url: bad.url, filter });
  const { id } = await createEndpoint(gateway, { url: good.url, filter });
  for (let object = 1; object <= 10; object += 1) await writeVersions(gateway, `object${object}`, 20);
  await expect.poll(() => good.messages.length, { timeout: 20_000 }).toBe(200);
  for (let object = 1; object <= 10; object += 1) {
    const versions = good.messages
      .filter(({ body }) => body.aggregate.id === `object${object}`)
      .map(({ body }) => body.version);
    expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  }
  const attempts = async () => {
    const { webhookDeliveries } = await gateway.data(Deliveries, { filter: { endpointId: { eq: id } } });
    return new Set(webhookDeliveries.nodes.map((delivery) => delivery.attempts.length));
  };
  await expect.poll(attempts).toEqual(new Set([1]));
});

it('an endpoint that asks to wait gets nothing until then', async () => {
  const gateway = await startGateway();
  let waits = true;
  const receiver = await startReceiver((_message, response) => {
    if (waits) response.writeHead(429, { 'retry-after': '3600' }).end();
    else response.writeHead(200).end();
  });
  await createEndpoint(gateway, { url: receiver.url, filter: { about: ['PAYMENT'] } });
  await writeVersions(gateway, 'one', 2);
  await expect.poll(() => receiver.messages.length).toBe(1);
  await writeVersions(gateway, 'two', 1);
  const [first] = await untilAttempted(gateway);
  expect(new Date(first?.nextAttemptAt ?? 0).getTime()).toBeGreaterThan(Date.now() + 3_000_000);
  expect(receiver.messages).toHaveLength(1);
  waits = false;
  await endWaits(gateway);
  await untilAllDelivered(gateway, 3);
});

async function untilAttempted(gateway: TestGateway) {
  return expect
    .poll(async () => {
      const { webhookDeliveries } = await gateway.data(Deliveries, {});
      return webhookDeliveries.nodes.filter(({ attempts }) => attempts.length > 0);
    })
    .toHaveLength(1)
    .then(async () =>
      (await gateway.data(Deliveries, {})).webhookDeliveries.nodes.filter(({ attempts }) => attempts.length > 0),
    );
}

it('410 disables an endpoint at once', async () => {
  const gateway = await startGateway();
  const receiver = await startReceiver(gone);
  await createEndpoint(gateway, { url: receiver.url, filter: { about: ['PAYMENT'] } });
  await writeVersions(gateway, 'one', 3);
  await expect
    .poll(async () => (await gateway.data(Endpoints)).webhookEndpoints.nodes)
    .toMatchObject([{ status: 'DISABLED' }]);
  await expect.poll(() => statuses(gateway)).toEqual(['FAILED', 'FAILED', 'FAILED']);
  expect(receiver.messages).toHaveLength(1);
  expect(gateway.logged).toMatchObject([
    { message: 'webhook endpoint disabled', reason: 'The endpoint answered 410.' },
  ]);
});

it('an endpoint that has failed for three days is disabled, a delivery that is three days old is given up', async () => {
  const gateway = await startGateway();
  const receiver = await startReceiver(fails);
  await createEndpoint(gateway, { url: receiver.url, filter: { about: ['PAYMENT'] } });
  await writeVersions(gateway, 'one', 1);
  await untilAttempted(gateway);
  // One second less than three days: nothing ends.
  await gateway.sql(`UPDATE webhook_queue SET failing_since = now() - ${DAYS_3} + interval '60 s'`);
  await gateway.sql(`UPDATE webhook_delivery SET queued_at = now() - ${DAYS_3} + interval '60 s'`);
  await endWaits(gateway);
  await expect.poll(() => receiver.messages.length).toBe(2);
  await expect.poll(() => statuses(gateway)).toEqual(['PENDING']);
  await gateway.sql(`UPDATE webhook_delivery SET queued_at = now() - ${DAYS_3}`);
  await endWaits(gateway);
  await expect.poll(() => statuses(gateway)).toEqual(['FAILED']);
  expect((await gateway.data(Endpoints)).webhookEndpoints.nodes).toMatchObject([{ status: 'ENABLED' }]);
  await gateway.sql(`UPDATE webhook_queue SET failing_since = now() - ${DAYS_3}`);
  await writeVersions(gateway, 'two', 1);
  await expect
    .poll(async () => (await gateway.data(Endpoints)).webhookEndpoints.nodes)
    .toMatchObject([{ status: 'DISABLED' }]);
  expect(gateway.logged).toMatchObject([{ reason: 'No attempt has succeeded for three days.' }]);
});

it('a success ends the days of failing', async () => {
  const gateway = await startGateway();
  const receiver = await startReceiver(fails);
  await createEndpoint(gateway, { url: receiver.url, filter: { about: ['PAYMENT'] } });
  await writeVersions(gateway, 'one', 1);
  await untilAttempted(gateway);
  await gateway.sql(`UPDATE webhook_queue SET failing_since = now() - interval '4 days'`);
  receiver.behave = ok;
  await endWaits(gateway);
  await untilAllDelivered(gateway, 1);
  await expect
    .poll(async () => gateway.sql('SELECT failures, failing_since FROM webhook_queue'))
    .toEqual([{ failures: 0, failingSince: null }]);
});

it('events are delivered again by id, by range and when they failed, with the same id', async () => {
  const gateway = await startGateway();
  const receiver = await startReceiver();
  const { id: endpointId } = await createEndpoint(gateway, { url: receiver.url, filter: { about: ['PAYMENT'] } });
  await writeEvents(gateway, 4);
  await untilAllDelivered(gateway, 4);
  const { events } = await gateway.data(AllEvents, { filter: { about: ['PAYMENT'] } });
  const ids = events.nodes.map(({ id }) => id);
  const redeliver = async (input: object) =>
    (await gateway.data(Redeliver, { input: { endpointId, ...input } })).redeliverEvents;

  expect(await redeliver({ eventIds: ids.slice(0, 2), idempotencyKey: 'k' })).toMatchObject({
    outcome: 'UPDATED',
    queuedCount: 2,
  });
  await expect.poll(() => receiver.messages.length).toBe(6);
  expect(await redeliver({ eventIds: ids.slice(0, 2), idempotencyKey: 'k' })).toMatchObject({
    replayed: true,
    queuedCount: null,
  });
  expect(await redeliver({ after: events.nodes[1]?.cursor, upTo: events.nodes[2]?.cursor })).toMatchObject({
    queuedCount: 1,
    nextAfter: null,
  });
  await expect.poll(() => receiver.messages.length).toBe(7);
  expect(
    receiver.messages
      .slice(4)
      .map(({ id }) => id)
      .sort(),
  ).toEqual([...ids.slice(0, 2), ids[2]].sort());
  await untilAllDelivered(gateway, 4);

  await gateway.sql(`UPDATE webhook_delivery SET status = 'FAILED' WHERE event_id = $1`, [ids[3]]);
  expect(await redeliver({ failed: true })).toMatchObject({ queuedCount: 1 });
  await untilAllDelivered(gateway, 4);
  expect(receiver.messages.at(-1)?.id).toBe(ids[3]);
  expect(await redeliver({ failed: true })).toMatchObject({ outcome: 'UNCHANGED', queuedCount: 0 });

  expect(await redeliver({ eventIds: [ids[0], 'evt_nothing'] })).toMatchObject({
    outcome: 'FAILED',
    errors: [{ code: 'NOT_FOUND', path: ['eventIds', '1'] }],
  });
  const both = await gateway.execute(Redeliver, { input: { endpointId, failed: true, eventIds: ids } });
  expect(both.errors?.[0]?.extensions?.['code']).toBe('BAD_REQUEST');
});

it('a long backlog of one object is kept in order, and delays no other endpoint', async () => {
  const gateway = await startGateway();
  const bad = await startReceiver(fails);
  await createEndpoint(gateway, { url: bad.url, filter: { about: ['PAYMENT'] } });
  await writeVersions(gateway, 'hot', 5_000);
  await expect.poll(async () => (await gateway.sql('SELECT FROM webhook_delivery')).length).toBe(5_000);
  const good = await startReceiver();
  await createEndpoint(gateway, { url: good.url, filter: { about: ['PAYMENT'] } });
  await writeVersions(gateway, 'other', 3);
  await expect.poll(() => good.messages.length).toBe(3);
  // Only the first of each object at each endpoint has a time of its own.
  const due = await gateway.sql<{ position: number }>(
    'SELECT position FROM webhook_delivery WHERE next_attempt_at IS NOT NULL',
  );
  expect(due.length).toBeLessThanOrEqual(3);
  expect(
    new Set(bad.messages.filter(({ body }) => body.aggregate.id === 'hot').map(({ body }) => body.version)),
  ).toEqual(new Set([1]));
  bad.behave = ok;
  await endWaits(gateway);
  await expect.poll(() => bad.messages.length).toBeGreaterThan(200);
  const versions = bad.messages.filter(({ body }) => body.aggregate.id === 'hot').map(({ body }) => body.version);
  expect(versions.slice(-100)).toEqual([...versions.slice(-100)].sort((one, other) => one - other));
});

it('an event that is delivered again waits for the earlier ones of its object, without work meanwhile', async () => {
  const gateway = await startGateway();
  const receiver = await startReceiver((message, response) =>
    response.writeHead(message.body.version === 1 ? 500 : 200).end(),
  );
  const { id: endpointId } = await createEndpoint(gateway, { url: receiver.url, filter: { paymentIds: ['one'] } });
  await writeVersions(gateway, 'one', 2);
  await untilAttempted(gateway);
  await gateway.sql(
    `UPDATE webhook_delivery SET next_attempt_at = now() + interval '6 h' WHERE next_attempt_at IS NOT NULL`,
  );
  await gateway.sql(`UPDATE webhook_queue SET next_at = now() + interval '6 h'`);
  await gateway.data(Redeliver, { input: { endpointId, eventIds: ['evt_one_0002'] } });
  // The first one is tried again, and fails again: the other still waits.
  await expect.poll(() => receiver.messages.map(({ body }) => body.version)).toEqual([1, 1]);
  const row = async () =>
    (
      await gateway.sql<{ waits: boolean }>(
        'SELECT xmin::text, next_at > now() AS waits FROM webhook_queue WHERE endpoint_id = $1',
        [endpointId],
      )
    )[0];
  await expect.poll(async () => (await row())?.waits).toBe(true);
  const before = await row();
  // Many rounds later, as another endpoint shows, its queue has not been touched.
  const other = await startReceiver();
  await createEndpoint(gateway, { url: other.url, filter: { paymentIds: ['other'] } });
  for (let version = 1; version <= 5; version += 1) {
    await writeVersions(gateway, 'other', 1, version);
    await expect.poll(() => other.messages.length).toBe(version);
  }
  expect(await row()).toEqual(before);
  expect(receiver.messages).toHaveLength(2);
});

it('a new address is tried at once, whatever the old one has asked for', async () => {
  const gateway = await startGateway();
  const [old, next] = [
    await startReceiver((_message, response) => response.writeHead(503, { 'retry-after': '86400' }).end()),
    await startReceiver(),
  ];
  const { id } = await createEndpoint(gateway, { url: old.url, filter: { about: ['PAYMENT'] } });
  await writeVersions(gateway, 'one', 2);
  await untilAttempted(gateway);
  await gateway.data(UpdateEndpoints, { input: { records: [{ id, url: next.url }] } });
  await expect.poll(() => next.messages.map(({ body }) => body.version)).toEqual([1, 2]);
});

it('a repeat of a redelivery is known although the log has grown, and a disabled endpoint is refused', async () => {
  const gateway = await startGateway();
  const receiver = await startReceiver();
  const { id: endpointId } = await createEndpoint(gateway, { url: receiver.url, filter: { about: ['PAYMENT'] } });
  await writeEvents(gateway, 2);
  await untilAllDelivered(gateway, 2);
  const { events } = await gateway.data(AllEvents, { filter: { about: ['PAYMENT'] } });
  const input = { endpointId, after: events.nodes[0]?.cursor ?? '', idempotencyKey: 'k' };
  expect((await gateway.data(Redeliver, { input })).redeliverEvents).toMatchObject({ queuedCount: 1 });
  await writeEvents(gateway, 1, { name: 'more' });
  await untilAllDelivered(gateway, 3);
  expect((await gateway.data(Redeliver, { input })).redeliverEvents).toMatchObject({ replayed: true });
  const empty = await gateway.execute(Redeliver, { input: { endpointId, after: '' } });
  expect(empty.errors?.[0]?.extensions?.['code']).toBe('CURSOR_INVALID');
  await gateway.data(UpdateEndpoints, { input: { records: [{ id: endpointId, status: 'DISABLED' }] } });
  const refused = await gateway.data(Redeliver, { input: { endpointId, failed: true } });
  expect(refused.redeliverEvents.errors).toMatchObject([{ code: 'STATE_CONFLICT', path: ['endpointId'] }]);
});

it('a sandbox that is reset delivers its new log from the start', async () => {
  const gateway = await startGateway();
  const receiver = await startReceiver();
  await createEndpoint(gateway, { url: receiver.url, filter: { about: ['PAYMENT'] } });
  await writeEvents(gateway, 2);
  await untilAllDelivered(gateway, 2);
  await gateway.data(ResetForWebhooks);
  await writeEvents(gateway, 1, { name: 'new' });
  await expect.poll(() => receiver.messages.at(-1)?.body.aggregate.id).toBe('new_1');
  await untilAllDelivered(gateway, 1);
});
