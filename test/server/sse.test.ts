import { expect, it } from 'vitest';
import { newApiKey } from '../../src/services/access/api-key.ts';
import { untilSequenced, writeEvents } from '../support/events.ts';
import { graphql } from '../support/generated/index.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { openSse } from '../support/sse.ts';

const WATCH =
  'subscription ($after: String) { events(after: $after, control: true) { __typename ... on Event { id } } }';
const EVENTS_ONLY = 'subscription { events { ... on Event { id } } }';

const CreateTicket = graphql(`
  mutation CreateTicket($query: String!) {
    createStreamTicket(input: { query: $query }) {
      ticket
      expiresAt
    }
  }
`);

function urlOf(gateway: TestGateway, parameters: Record<string, string>): string {
  return `${gateway.url}/stream?${new URLSearchParams(parameters)}`;
}

const keyOf = ({ apiKey }: { apiKey: string }) => ({ authorization: `Bearer ${apiKey}` });

async function ticketFor(gateway: TestGateway, query: string) {
  return (await gateway.data(CreateTicket, { query })).createStreamTicket;
}

function codeOf(data: string | undefined): unknown {
  return (JSON.parse(data ?? '{}') as { errors?: Array<{ extensions: { code: string } }> }).errors?.[0]?.extensions
    .code;
}

it('goes on behind the last id it was sent, also before the first event', async () => {
  const gateway = await startGateway();
  const url = urlOf(gateway, { query: EVENTS_ONLY });
  const first = await openSse(url, keyOf(gateway));
  await expect.poll(() => first.lastId()).not.toBe('');
  first.stop();
  await writeEvents(gateway, 3);
  await untilSequenced(gateway);
  const second = await openSse(url, { ...keyOf(gateway), 'last-event-id': first.lastId() });
  const [, two] = await second.take(3);
  second.stop();
  const third = await openSse(url, { ...keyOf(gateway), 'last-event-id': two?.id ?? '' });
  expect((await third.take(1))[0]).toMatchObject({
    event: 'next',
    data: '{"data":{"events":{"id":"evt_pay_3"}}}',
  });
  third.stop();
});

it('takes a ticket in place of a key: for its own document alone, until the key is revoked', async () => {
  const gateway = await startGateway();
  const { ticket, expiresAt } = await ticketFor(gateway, WATCH);
  expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now() + 11 * 3_600_000);
  expect(ticket).not.toContain(gateway.apiKey);
  const stream = await openSse(urlOf(gateway, { query: WATCH, ticket }));
  expect(JSON.parse((await stream.take(1))[0]?.data ?? '')).toMatchObject({
    data: { events: { __typename: 'StreamReady' } },
  });
  const [body = '', mac = ''] = ticket.split('.');
  const otherMac = `${mac[0] === 'A' ? 'B' : 'A'}${mac.slice(1)}`;
  const scopes = Buffer.from(Buffer.from(body, 'base64url').toString().replace('"read"', '"admin"')).toString(
    'base64url',
  );
  const wrong = [
    { query: EVENTS_ONLY, ticket },
    { query: `${WATCH} `, ticket },
    { query: WATCH, ticket: `${body}.${otherMac}` },
    { query: WATCH, ticket: `${scopes}.${mac}` },
    { query: WATCH, ticket: body },
    { query: WATCH, ticket: `${ticket}.` },
    { query: WATCH, ticket: '' },
    { query: WATCH, ticket: '\u0000.\u0000' },
  ];
  for (const parameters of wrong)
    expect([parameters, (await fetch(urlOf(gateway, parameters))).status]).toEqual([parameters, 401]);
  await gateway.sql('UPDATE api_key SET revoked_at = now()');
  const revokedAt = Date.now();
  await stream.ended;
  expect(Date.now() - revokedAt).toBeLessThan(1_000);
  expect(stream.events.at(-1)?.data).toContain('StreamEnding');
  expect((await fetch(urlOf(gateway, { query: WATCH, ticket }))).status).toBe(401);
});

it('says what it refuses as the last event of a stream, for an EventSource reads nothing else', async () => {
  const gateway = await startGateway();
  const refused = async (parameters: Record<string, string>, headers = keyOf(gateway)) => {
    const stream = await openSse(urlOf(gateway, parameters), headers as Record<string, string>);
    await stream.ended;
    expect([parameters, stream.status, stream.events.map(({ event }) => event)]).toEqual([
      parameters,
      200,
      ['next', 'complete'],
    ]);
    return codeOf(stream.events[0]?.data);
  };
  expect(await refused({ query: '{' })).toBe('PARSE_FAILED');
  expect(await refused({ query: '{ nonsense }' })).toBe('VALIDATION_FAILED');
  expect(await refused({})).toBe('BAD_REQUEST');
  expect(await refused({ query: WATCH, variables: '{' })).toBe('BAD_REQUEST');
  expect(await refused({ query: WATCH, variables: '{"after":"x"}' })).toBe('CURSOR_INVALID');
  expect(await refused({ query: WATCH }, { ...keyOf(gateway), ...{ 'last-event-id': 'x' } })).toBe('CURSOR_INVALID');
  expect(await refused({ query: 'mutation { resetSandbox(input: {}) { now } }' })).toBe('BAD_REQUEST');
  expect(await refused({ query: WATCH }, {} as never)).toBe('UNAUTHENTICATED');
  expect((await fetch(urlOf(gateway, { query: WATCH }), { headers: { authorization: 'Bearer x' } })).status).toBe(401);
  const put = await fetch(urlOf(gateway, { query: WATCH }), { method: 'PUT', headers: keyOf(gateway) });
  expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST']);
});

it('answers a query over SSE with its one result', async () => {
  const gateway = await startGateway();
  const stream = await openSse(urlOf(gateway, { query: '{ merchant { name } }' }), keyOf(gateway));
  await stream.ended;
  const [next, complete] = stream.events;
  expect([next?.event, JSON.parse(next?.data ?? '')]).toMatchObject([
    'next',
    { data: { merchant: { name: 'A merchant' } } },
  ]);
  expect([complete?.event, complete?.data]).toEqual(['complete', '']);
});

it('never answers a stream with 503: an outage ends it, and who asks again goes on', async () => {
  const gateway = await startGateway();
  const client = await gateway.node.app.database.pool.connect();
  await client.query('BEGIN; LOCK TABLE event_head, api_key');
  const stream = await openSse(urlOf(gateway, { query: WATCH }), keyOf(gateway));
  await stream.ended;
  expect([stream.status, stream.events]).toEqual([200, []]);
  await client.query('ROLLBACK');
  client.release();
  const again = await openSse(urlOf(gateway, { query: WATCH }), keyOf(gateway));
  expect((await again.take(1))[0]?.data).toContain('StreamReady');
  again.stop();
});

it("keeps the streams of one merchant's key out of another's, whatever cursor or ticket comes", async () => {
  const gateway = await startGateway();
  const stranger = await gateway.addMerchant();
  const { ticket } = await ticketFor(gateway, WATCH);
  const own = await openSse(urlOf(gateway, { query: WATCH, ticket }));
  await own.take(1);
  await writeEvents(gateway, 1);
  const cursor = (await own.take(2))[1]?.id ?? '';
  own.stop();
  const theirs = await openSse(urlOf(gateway, { query: WATCH }), { ...keyOf(stranger), 'last-event-id': cursor });
  await theirs.ended;
  expect(codeOf(theirs.events[0]?.data)).toBe('CURSOR_INVALID');
  expect(
    (await fetch(urlOf(gateway, { query: WATCH }), { headers: keyOf({ apiKey: newApiKey('SANDBOX') }) })).status,
  ).toBe(401);
});
