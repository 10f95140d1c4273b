import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startGateway, type TestGateway } from '../support/harness.ts';

// What people send over a socket who mean ill, and by which code it is closed. What documents do there is in hostile-requests.test.ts.

type Act = (socket: WebSocket, gateway: TestGateway) => void;

const say = (socket: WebSocket, message: object): void => socket.send(JSON.stringify(message));
const greet = (socket: WebSocket, { apiKey }: TestGateway): void =>
  say(socket, { type: 'connection_init', payload: { authorization: `Bearer ${apiKey}` } });
const ask = (socket: WebSocket, id: string, query = '{ merchant { name } }'): void =>
  say(socket, { id, type: 'subscribe', payload: { query } });

const AFTER_ACK = {
  'two greetings': [(socket, gateway) => greet(socket, gateway), 4429],
  garbage: [(socket) => socket.send('{'), 4400],
  'a message of no type there is': [(socket) => say(socket, { type: 'start', id: '1' }), 4400],
  'a subscription without a document': [(socket) => say(socket, { type: 'subscribe', id: '1', payload: {} }), 4400],
  'bytes that are no text': [(socket) => socket.send(Buffer.from([0xff, 0xfe])), 4400],
  'a message of nine megabytes': [(socket) => ask(socket, '1', `# ${'x'.repeat(9_000_000)}`), 1009],
  'an id twice': [
    (socket) => {
      for (let turn = 0; turn < 2; turn += 1) ask(socket, '1', 'subscription { events { __typename } }');
    },
    4409,
  ],
  'five thousand operations': [
    (socket) => {
      for (let turn = 0; turn < 5_000; turn += 1) ask(socket, String(turn));
    },
    4429,
  ],
  'five thousand pings of the protocol': [
    (socket) => {
      for (let turn = 0; turn < 5_000; turn += 1) say(socket, { type: 'ping' });
    },
    4429,
  ],
  'five thousand pings of WebSocket': [
    (socket) => {
      for (let turn = 0; turn < 5_000; turn += 1) socket.ping();
    },
    // Who has not read the answers to its pings when it is cut does not read why.
    expect.toBeOneOf([4429, 1006]),
  ],
} as const satisfies Record<string, readonly [Act, unknown]>;

/** Eight megabytes are announced, and a part of them sent: whoever has not said who he is may not have that much kept for him. */
const ANNOUNCED = Buffer.concat([
  Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0, 0, 0, 0]),
  Buffer.alloc(100_000),
]);

const BEFORE_ACK = {
  'a large message before the greeting': [(socket) => connectionOf(socket).write(ANNOUNCED), 1006],
  'nothing at all': [() => {}, 4408],
  'an operation before the acknowledgement': [(socket) => ask(socket, '1'), 4401],
  'a wrong key': [
    (socket) => say(socket, { type: 'connection_init', payload: { authorization: 'Bearer wrong' } }),
    4403,
  ],
} as const satisfies Record<string, readonly [Act, number]>;

const connectionOf = (socket: WebSocket) => (socket as unknown as { _socket: Socket })._socket;

/** Opens a socket, does what is to be done, and waits for the code it is closed with. */
function closingCode(gateway: TestGateway, act: Act, isAfterAck: boolean): Promise<number> {
  const socket = new WebSocket(gateway.url.replace('http', 'ws'), 'graphql-transport-ws');
  socket.on('error', () => {}); // it is closed while it still sends
  socket.once('open', () => (isAfterAck ? greet(socket, gateway) : act(socket, gateway)));
  if (isAfterAck) socket.once('message', () => act(socket, gateway));
  return new Promise((resolve) => socket.once('close', resolve));
}

it('closes the sockets of those who mean ill with a code, and lives on', async () => {
  const gateway = await startGateway({
    listener: { sockets: { subscriptionsMax: 20, pingMs: 15_000, idleMs: 60_000, messagesPerSecond: 100 } },
  });
  const expected: Record<string, unknown> = {};
  const answered: Record<string, number> = {};
  for (const [acts, isAfterAck] of [
    [BEFORE_ACK, false],
    [AFTER_ACK, true],
  ] as const) {
    for (const [name, [act, code]] of Object.entries(acts)) {
      expected[name] = code;
      answered[name] = await closingCode(gateway, act, isAfterAck);
    }
  }
  expect(answered).toEqual(expected);
  const works = (socket: WebSocket): void => {
    ask(socket, '1');
    socket.on('message', () => socket.close(4999));
  };
  expect(await closingCode(gateway, works, true)).toBe(4999);
  expect(gateway.logged).toEqual([]);
});

/** The first line of what is answered to a beginning, and then a byte at a time. */
function dripping(gateway: TestGateway, beginning: string): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.write(beginning);
    const timer = setInterval(() => socket.write('x'), 50);
    socket.once('data', (data) => {
      clearInterval(timer);
      socket.destroy();
      resolve(String(data).split('\r\n', 1)[0] ?? '');
    });
  });
}

it('cuts who sends headers or a body a byte at a time', async () => {
  const gateway = await startGateway({ listener: { deadlineMs: 1_000 } });
  const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n';
  const begunAt = Date.now();
  expect(await dripping(gateway, `${head}x-long: `)).toBe('HTTP/1.1 408 Request Timeout');
  expect(await dripping(gateway, `${head}\r\n`)).toBe('HTTP/1.1 408 Request Timeout');
  expect(Date.now() - begunAt).toBeLessThan(8_000);
});
