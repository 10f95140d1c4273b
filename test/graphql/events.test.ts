import pg from 'pg';
import { expect, it } from 'vitest';
import { findCommand, runCommand } from '../../src/cli/commands.ts';
import { queryable } from '../../src/store/connection/database.ts';
import { trimLogs } from '../../src/store/events/event-log.ts';
import { createCustomer } from '../support/customers.ts';
import { AdvanceClock, SubmitPayments } from '../support/documents.ts';
import { untilSequenced, writeEvents } from '../support/events.ts';
import { headCursor, methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import type { EventFilter, LogQueryVariables } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { countStatements } from '../support/statements.ts';
import { follow } from '../support/subscription.ts';

const Log = graphql(`
  query Log($first: Int, $after: String, $last: Int, $before: String, $filter: EventFilter) {
    events(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
      nodes {
        id
        cursor
        objectId
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      totalCount
      streamCursor
    }
  }
`);

const Watch = graphql(`
  subscription Watch($filter: EventFilter, $after: String, $control: Boolean! = false) {
    events(filter: $filter, after: $after, control: $control) {
      __typename
      ... on Event {
        id
        cursor
      }
      ... on StreamReady {
        cursor
      }
      ... on StreamHeartbeat {
        cursor
        lagMs
      }
      ... on StreamEnding {
        reason
        retryAfterMs
      }
    }
  }
`);

const WatchDeep = graphql(`
  subscription WatchDeep($after: String) {
    events(after: $after) {
      ... on Event {
        about
        type
        from
        to
        amount
        cause {
          actor
        }
        object {
          __typename
          id
        }
        payment {
          id
          transactions {
            nodes {
              status
            }
          }
        }
        customer {
          bankAccounts {
            nodes {
              bank
            }
          }
        }
      }
    }
  }
`);

async function page(gateway: TestGateway, variables: LogQueryVariables = {}) {
  return (await gateway.data(Log, variables)).events;
}

async function startWithEvents(count: number): Promise<TestGateway> {
  const gateway = await startGateway();
  await writeEvents(gateway, count);
  await untilSequenced(gateway);
  return gateway;
}

it('shows the log as a connection, oldest first, forwards and backwards, with flags true to the facts', async () => {
  const gateway = await startWithEvents(7);
  const all = await page(gateway);
  const ids = all.nodes.map(({ id }) => id);
  expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `evt_pay_${n}`));
  expect(all).toMatchObject({ totalCount: 7, pageInfo: { hasNextPage: false, hasPreviousPage: false } });
  expect(all.streamCursor).toBe(all.pageInfo.endCursor);
  for (const size of [1, 2, 3, 7, 8]) {
    const forwards: string[] = [];
    const backwards: string[] = [];
    for (let after: string | null | undefined = null, more = true; more; ) {
      const { nodes, pageInfo } = await page(gateway, { first: size, after });
      forwards.push(...nodes.map(({ id }) => id));
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
    }
    for (let before: string | null | undefined = null, more = true; more; ) {
      const { nodes, pageInfo } = await page(gateway, { last: size, before });
      backwards.unshift(...nodes.map(({ id }) => id));
      expect(pageInfo.hasNextPage).toBe(before !== null);
      [before, more] = [pageInfo.startCursor, pageInfo.hasPreviousPage];
    }
    expect([size, forwards, backwards]).toEqual([size, ids, ids]);
  }
});

it('filters the log as it filters a stream', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const after = await headCursor(gateway);
  const { eft } = await methodIds(gateway);
  const records = ['A', 'B'].map((key) => oneTimeDebitOrder(eft, key, '2024-09-16'));
  const { submitPayments } = await gateway.data(SubmitPayments, { input: { batchReference: 'BATCH', records } });
  await gateway.data(AdvanceClock, { to: '2024-09-30T00:00:00+02:00' });
  const [first] = submitPayments.results.map((result) => result.payment);
  const paymentIds = [first?.id ?? ''];
  const filters: EventFilter[] = [
    {},
    { paymentIds },
    { about: ['TRANSACTION'], paymentIds },
    { about: [] },
    { types: ['payment.created'] },
    { batchReference: 'BATCH' },
    { batchReference: 'nobody' },
    { objectIds: paymentIds, types: ['payment.created', 'payment.updated'] },
    { paymentMethodIds: [eft], about: ['PAYMENT'] },
  ];
  const counts: number[] = [];
  for (const filter of filters) {
    const { nodes, totalCount } = await page(gateway, { first: 200, after, filter });
    const following = follow(gateway.socket(), Watch, { after, filter });
    const streamed = await following.take(nodes.length);
    following.stop();
    expect(streamed.map(({ events }) => (events.__typename === 'Event' ? events.id : ''))).toEqual(
      nodes.map(({ id }) => id),
    );
    expect(totalCount).toBeGreaterThanOrEqual(nodes.length);
    counts.push(nodes.length);
  }
  const [all = 0, ofFirst = 0, transactions = 0, none, created, batch, nobody] = counts;
  expect([none, created, nobody]).toEqual([0, 2, 0]);
  expect(all).toBeGreaterThan(ofFirst);
  expect(ofFirst).toBeGreaterThan(transactions);
  expect(transactions).toBeGreaterThan(1);
  expect(batch).toBeGreaterThan(2);
});

it('resolves the object of an event to any depth', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const after = await headCursor(gateway);
  const following = follow(gateway.socket(), WatchDeep, { after });
  const { eft } = await methodIds(gateway);
  const records = [oneTimeDebitOrder(eft, 'A', '2024-09-16')];
  await gateway.data(SubmitPayments, { input: { records } });
  const items = (await following.take(4)).map(({ events }) => events);
  const payment = items.find((item) => 'about' in item && item.about === 'PAYMENT');
  expect(payment).toMatchObject({
    type: 'payment.created',
    from: null,
    to: 'RUNNING',
    cause: { actor: 'API' },
    object: { __typename: 'Payment' },
    payment: { transactions: { nodes: [] } },
    customer: { bankAccounts: { nodes: [{ bank: 'ABSA_BANK_LIMITED' }] } },
  });
});

it('goes on from any cursor without a seam, while events come all the time', async () => {
  const gateway = await startWithEvents(300);
  const { nodes } = await page(gateway, { first: 200 });
  let isWriting = true;
  const writing = (async () => {
    for (let turn = 0; isWriting; turn += 1) await writeEvents(gateway, 20, { name: `later${turn}` });
  })();
  const cursors = [nodes[0], nodes[99], nodes[199]].map((node) => node?.cursor ?? '');
  const followings = cursors.map((after) => follow(gateway.socket(), Watch, { after }));
  await Promise.all(followings.map((following) => following.take(700)));
  isWriting = false;
  await writing;
  await untilSequenced(gateway);
  const log = await gateway.sql<{ id: string }>('SELECT id FROM event ORDER BY position');
  for (const [index, following] of followings.entries()) {
    const expected = log.slice([1, 100, 200][index]).map(({ id }) => id);
    const seen = await following.take(expected.length);
    expect(seen.map(({ events }) => (events.__typename === 'Event' ? events.id : ''))).toEqual(expected);
  }
});

it('says when everything was sent, that it lives, and why it ends', async () => {
  const gateway = await startWithEvents(100);
  const { nodes } = await page(gateway, { first: 1 });
  const following = follow(gateway.socket(), Watch, { after: nodes[0]?.cursor ?? '', control: true });
  const names = () => following.results.map(({ events }) => events.__typename);
  await following.take(100);
  expect(names()).toEqual([...Array.from({ length: 99 }, () => 'Event'), 'StreamReady']);
  expect(following.results[99]?.events).toMatchObject({ cursor: (await page(gateway)).streamCursor });
  await writeEvents(gateway, 1, { name: 'live' });
  await following.take(101);
  const stopped = gateway.node.stop();
  const [ending] = (await following.take(102)).slice(-1);
  expect(ending?.events).toMatchObject({ __typename: 'StreamEnding', reason: 'SHUTTING_DOWN' });
  await expect(following.ended).resolves.toMatchObject({ code: 1012 });
  await stopped;
});

it('beats every fifteen seconds, with a cursor that a filter cannot let age', async () => {
  const gateway = await startWithEvents(3);
  const filter = { about: [] };
  const following = follow(gateway.socket(), Watch, { filter, control: true });
  await following.take(1);
  await writeEvents(gateway, 5, { name: 'later' });
  await untilSequenced(gateway);
  const [, beat] = await following.take(2);
  const { streamCursor } = await page(gateway);
  expect(beat?.events).toMatchObject({ __typename: 'StreamHeartbeat', cursor: streamCursor });
  expect(beat?.events).toMatchObject({ lagMs: 0 });
});

it('refuses a cursor out of the retention, and ends a stream whose place falls out of it; timelines stay', async () => {
  const gateway = await startWithEvents(30);
  await gateway.sql(
    `INSERT INTO event (id, merchant_id, aggregate_type, aggregate_id, version, type, to_status, actor, occurred_at)
     SELECT 'evt_cus_' || n, $1, 'CUSTOMER', 'cus_' || n, 1, 'customer.created', 'ACTIVE', 'API', now() FROM generate_series(1, 30) AS n`,
    [gateway.merchantId],
  );
  await untilSequenced(gateway);
  const { nodes } = await page(gateway, { first: 60 });
  const codeOf = async (after: string | undefined) => {
    const ended = follow(gateway.socket(), Watch, { after: after ?? '' });
    const reason = await Promise.race([ended.ended, ended.take(1).then(() => null)]);
    ended.stop();
    return (reason as Array<{ extensions: { code: string } }> | null)?.[0]?.extensions.code ?? null;
  };
  expect(await codeOf(nodes[9]?.cursor)).toBeNull();
  await gateway.sql("UPDATE event SET sequenced_at = now() - interval '31 days' WHERE position <= 40");
  const database = queryable(gateway.node.app.database);
  // In bites, each of which may come while another node takes it too.
  for (let trimmed = 1; trimmed > 0; ) {
    const twice = await Promise.all([trimLogs(database, 30, 16), trimLogs(database, 30, 16)]);
    trimmed = Math.max(...twice);
  }
  expect(await codeOf(nodes[9]?.cursor)).toBe('CURSOR_EXPIRED');
  expect(await codeOf(nodes[45]?.cursor)).toBeNull();
  const refused = await gateway.execute(Log, { after: nodes[9]?.cursor ?? '' });
  expect(refused.errors?.[0]?.extensions['code']).toBe('CURSOR_EXPIRED');
  const left = await page(gateway, { first: 200 });
  expect([left.nodes[0]?.id, left.totalCount]).toEqual([nodes[40]?.id, 20]);
  const [kept] = await gateway.sql<{ payments: number; customers: number }>(
    "SELECT count(*) FILTER (WHERE aggregate_type = 'PAYMENT') AS payments, count(*) FILTER (WHERE aggregate_type = 'CUSTOMER') AS customers FROM event",
  );
  expect(kept).toEqual({ payments: 30, customers: 20 });
});

it('ends a stream with CURSOR_RESET when its log is begun anew, and those of other merchants go on', async () => {
  const gateway = await startWithEvents(3);
  const stranger = await gateway.addMerchant();
  const theirs = follow(gateway.socket(stranger.apiKey), Watch, { control: true });
  const ours = follow(gateway.socket(), Watch, { control: true });
  await Promise.all([ours.take(1), theirs.take(1)]);
  await gateway.data(BeginAnew, {});
  expect(JSON.stringify(await ours.ended)).toContain('CURSOR_RESET');
  await writeEvents({ ...gateway, merchantId: stranger.merchantId }, 1, { name: 'theirs' });
  await theirs.take(2);
  const anew = follow(gateway.socket(), Watch, { control: true });
  await anew.take(1);
  await writeEvents(gateway, 1, { name: 'anew' });
  expect((await anew.take(2))[1]?.events).toMatchObject({ id: 'evt_anew_1' });
});

const BeginAnew = graphql(`
  mutation BeginAnew {
    resetSandbox(input: {}) {
      now
    }
  }
`);

it('resolves an event once, however many ask the same', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const statementsFor = async (readers: number, key: string) => {
    const after = await headCursor(gateway);
    const sockets = Array.from({ length: Math.ceil(readers / 20) }, () => gateway.socket());
    const followings = Array.from({ length: readers }, (_, index) =>
      follow(sockets[index % sockets.length] as (typeof sockets)[number], WatchDeep, { after }),
    );
    const records = [oneTimeDebitOrder(eft, `${key}0`, '2024-09-16')];
    await gateway.data(SubmitPayments, { input: { records } });
    await Promise.all(followings.map((following) => following.take(4)));
    const statements = await countStatements(async () => {
      await gateway.data(SubmitPayments, { input: { records: [oneTimeDebitOrder(eft, `${key}1`, '2024-09-16')] } });
      await Promise.all(followings.map((following) => following.take(6)));
    });
    await Promise.all(sockets.map((socket) => socket.dispose()));
    return statements;
  };
  const one = await statementsFor(1, 'A');
  expect(Math.abs((await statementsFor(100, 'B')) - one)).toBeLessThanOrEqual(3);
});

it('makes every cursor void by command, after a restore', async () => {
  const gateway = await startWithEvents(3);
  const { nodes } = await page(gateway);
  const following = follow(gateway.socket(), Watch, { control: true });
  await following.take(1);
  const lines: string[] = [];
  const command = findCommand('renew-cursors');
  if (command) await runCommand(gateway.node.app, command, [], (line) => lines.push(line));
  expect(lines).toEqual(['event logs whose cursors are now invalid: 1']);
  expect(JSON.stringify(await following.ended)).toContain('CURSOR_RESET');
  const refused = await gateway.execute(Log, { after: nodes[1]?.cursor ?? '' });
  expect(refused.errors?.[0]?.extensions['code']).toBe('CURSOR_RESET');
  expect((await page(gateway)).totalCount).toBe(3);
});

it('reads the head of the log before any row, for nested lists as well', async () => {
  const gateway = await startGateway();
  await createCustomer(gateway, { reference: 'A', personName: 'A', personSurname: 'B', email: 'a@example.com' });
  const { query } = pg.Client.prototype;
  const sent: string[] = [];
  const watched = function (this: pg.Client, ...args: [{ text?: string } | string, unknown]) {
    sent.push(typeof args[0] === 'string' ? args[0] : (args[0].text ?? ''));
    return (query as (...given: unknown[]) => unknown).apply(this, args);
  };
  const customers = '{ customers(first: 1) { nodes { id payments(first: 1) { streamCursor nodes { id } } } } }';
  Object.assign(pg.Client.prototype, { query: watched });
  try {
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` },
      body: JSON.stringify({ query: customers }),
    });
    expect(await response.json()).toMatchObject({
      data: { customers: { nodes: [{ payments: { streamCursor: expect.any(String), nodes: [] } }] } },
    });
  } finally {
    Object.assign(pg.Client.prototype, { query });
  }
  const isHead = (text: string) => /FROM event_head AS head WHERE merchant_id = \$1/.test(text);
  expect(sent.filter(isHead)).toHaveLength(1);
  const head = sent.findIndex(isHead);
  const rows = sent.findIndex((text) => /FROM "customer"/.test(text));
  expect([head >= 0, rows >= 0, head < rows]).toEqual([true, true, true]);
});
