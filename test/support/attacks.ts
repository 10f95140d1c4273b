import { connect, type Socket } from 'node:net';
import { getIntrospectionQuery } from 'graphql';
import { WebSocket } from 'ws';
import { pause } from '../torture/random.ts';

// What one caller may do to a node, each in a process of its own: `tsx test/support/attacks.ts <name> <url> <key>`, until it is ended.

export interface Target {
  readonly url: string;
  readonly apiKey: string;
}

export const body = (query: string, variables: string) => `{"query":${JSON.stringify(query)},"variables":${variables}}`;
const zeros = (count: number) => `[${'0,'.repeat(count - 1)}0]`;
const keys = (count: number) => `{${Array.from({ length: count }, (_, at) => `"k${at}":0`).join(',')}}`;

export async function post({ url, apiKey }: Target, text: string): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) },
    body: text,
  });
  return response.json();
}

/** Repeats a request as fast as it is answered, so many at once, until told to stop. */
function repeat(target: Target, text: string, atOnce: number): () => void {
  let isOver = false;
  const one = async (): Promise<void> => {
    while (!isOver) await post(target, text).catch(() => {});
  };
  for (let count = 0; count < atOnce; count += 1) void one();
  return () => {
    isOver = true;
  };
}

const FILTER = 'query ($filter: PaymentFilter) { payments(filter: $filter) { nodes { id } } }';
const CREATE = 'mutation ($input: CreateCustomersInput!) { createCustomers(input: $input) { results { outcome } } }';
const INTROSPECTIONS = `{ ${Array.from({ length: 48 }, (_, at) => `a${at}: __schema { types { name fields { name } } }`).join(' ')} }`;

export const ATTACKS: Readonly<Record<string, (target: Target) => (() => void) | Promise<() => void>>> = {
  'nothing beside it': () => () => {},
  'values by the million': (target) => repeat(target, body('{ __typename }', `{"x":${zeros(4_000_000)}}`), 8),
  'as many values as may be': (target) => repeat(target, body('{ __typename }', `{"x":${zeros(199_000)}}`), 8),
  'unknown keys': (target) => repeat(target, body(FILTER, `{"filter":${keys(99_000)}}`), 8),
  'metadata of zeros': (target) =>
    repeat(target, body(CREATE, `{"input":{"dryRun":true,"records":[{"metadata":{"a":${zeros(199_000)}}}]}}`), 8),
  'introspection without a key': (target) => repeat({ ...target, apiKey: '' }, body(INTROSPECTIONS, 'null'), 8),
  'introspection with a key': (target) => repeat(target, body(getIntrospectionQuery(), 'null'), 8),
  'bodies that stall': (target) => stall(target, 130),
  'sockets that say nothing': (target) => openSockets(target, 2_000),
  'pings that are not read': (target) => flood(target, 8),
  'costly subscriptions': (target) => subscribe(target, 8),
};

function stall({ url, apiKey }: Target, count: number): () => void {
  const sockets = Array.from({ length: count }, (): Socket => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
      socket.write(
        `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer ${apiKey}\r\ncontent-length: 8000000\r\n\r\n`,
      );
      socket.write(Buffer.alloc(7_900_000, 0x20));
    });
    socket.on('error', () => {});
    return socket;
  });
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}

function openSockets({ url }: Target, count: number): () => void {
  const sockets = Array.from({ length: count }, () => {
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
    socket.on('error', () => {});
    return socket;
  });
  return () => {
    for (const socket of sockets) socket.terminate();
  };
}

function flood({ url, apiKey }: Target, count: number): () => void {
  let isOver = false;
  const payload = JSON.stringify({ type: 'ping', payload: { echo: 'x'.repeat(1_000_000) } });
  const one = async (): Promise<void> => {
    while (!isOver) {
      const socket = await openSocket(url, apiKey);
      socket.pause();
      while (!isOver && socket.readyState === socket.OPEN)
        await Promise.race([new Promise((resolve) => socket.send(payload, resolve)), pause(1_000)]);
      socket.terminate();
      await pause(50);
    }
  };
  for (let begun = 0; begun < count; begun += 1) void one();
  return () => {
    isOver = true;
  };
}

async function openSocket(url: string, apiKey: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${apiKey}` } }));
  await new Promise((resolve) => socket.once('message', resolve));
  return socket;
}

/** Subscriptions of thousands of points each, every one its own rendering, and customers that change all the time. */
async function subscribe(target: Target, count: number): Promise<() => void> {
  const socket = await openSocket(target.url, target.apiKey);
  const page = 'payments(first: 100) { nodes { id status amount customer { id reference } mandate { id status } } }';
  for (let id = 0; id < count; id += 1) {
    const inner = page.replaceAll('100', '10');
    const query = `subscription { events { ... on Event { id cursor customer { a${id}: id ${page} bankAccounts(first: 40) { nodes { id ${inner} } } } } } }`;
    socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query } }));
  }
  const refused = await Promise.race([
    new Promise((resolve) => socket.once('message', (data) => resolve(String(data)))),
    pause(500),
  ]);
  if (typeof refused === 'string' && refused.includes('errors')) throw new Error(refused);
  const made = (await post(
    target,
    body(
      'mutation ($input: CreateCustomersInput!) { createCustomers(input: $input) { results { customer { id } } } }',
      JSON.stringify({ input: { records: [{ personName: 'A', personSurname: 'B', email: 'a@example.com' }] } }),
    ),
  )) as { data: { createCustomers: { results: Array<{ customer: { id: string } }> } } };
  const id = made.data.createCustomers.results[0]?.customer.id;
  const update = body(
    'mutation ($input: UpdateCustomersInput!) { updateCustomers(input: $input) { results { outcome } } }',
    JSON.stringify({ input: { records: [{ id, description: 'x' }] } }),
  );
  let turn = 0;
  let isOver = false;
  const change = async (): Promise<void> => {
    while (!isOver) {
      turn += 1;
      await post(target, update.replace('"x"', `"x${turn}"`)).catch(() => {});
    }
  };
  void change();
  return () => {
    isOver = true;
    socket.terminate();
  };
}

const [, , name, url, apiKey] = process.argv;
const attack = name === undefined ? undefined : ATTACKS[name];
if (attack && url !== undefined) await attack({ url, apiKey: apiKey ?? '' });
