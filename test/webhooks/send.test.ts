import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createSender, type SenderOptions } from '../../src/webhooks/send.ts';

/** Posts to a server on this machine that answers in its own way. */
async function postTo(answer: RequestListener, options: Partial<SenderOptions> = {}) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sender = createSender({ allowsLocal: true, answerMsMax: 500, ...options });
  onTestFinished(() => {
    sender.close();
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { url, sender, post: () => sender.post(url, { 'content-type': 'application/json' }, Buffer.from('{}')) };
}

it('tells the status and the beginning of an answer', async () => {
  const { post } = await postTo((_request, response) => response.end(`${'é'.repeat(3_000)}\0`));
  const answer = await post();
  expect(answer).toMatchObject({ status: 200, error: null, retryAfterMs: null });
  expect(answer.body).toBe('é'.repeat(1_024));
});

it('does not follow a redirect', async () => {
  let count = 0;
  const { post } = await postTo((_request, response) => {
    count += 1;
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  expect(await post()).toMatchObject({ status: 307, error: 'The endpoint answered 307.' });
  expect(count).toBe(1);
});

it.each([
  ['hangs', () => {}],
  [
    'drips',
    (_request, response) => {
      const timer = setInterval(() => response.write('.'), 50);
      response.once('close', () => clearInterval(timer));
    },
  ],
] satisfies Array<[string, RequestListener]>)('ends an attempt whose answer %s', async (_name, answer) => {
  const { post } = await postTo(answer);
  expect(await post()).toMatchObject({ status: null, body: null, error: 'No complete answer within 0.5 s.' });
});

it('fails when the connection is reset or the answer is cut off', async () => {
  const reset = await postTo((request) => request.socket.resetAndDestroy());
  expect((await reset.post()).error).toMatch(/ECONNRESET|hang up/);
  const cut = await postTo((_request, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('x');
    setTimeout(() => response.destroy(), 20);
  });
  expect((await cut.post()).error).not.toBeNull();
});

it('fails at once when the endpoint switches protocols, and never waits beyond the deadline', async () => {
  const { url, sender } = await postTo(() => {});
  const server = createServer();
  server.on('request', (request) =>
    request.socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const switching = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  expect((await sender.post(switching, {}, Buffer.from('{}'))).error).toMatch(
    /101|closed|deadline|hang up|No complete answer/,
  );
  const cutting = sender.post(url, {}, Buffer.from('{}'));
  setTimeout(() => sender.close(), 50);
  expect(await cutting).toMatchObject({ status: null, isCut: true });
  expect(await sender.post(url, {}, Buffer.from('{}'))).toMatchObject({ error: 'The sender is closed.', isCut: true });
});

it('reads 64 KB of an answer that never ends', async () => {
  let written = 0;
  const { post } = await postTo(
    (_request, response) => {
      const more = (): void => {
        if (response.destroyed) return;
        written += 16_384;
        if (response.write('x'.repeat(16_384))) setImmediate(more);
        else response.once('drain', more);
      };
      more();
    },
    { answerMsMax: 10_000 },
  );
  expect(await post()).toMatchObject({ status: 200, error: null });
  expect(written).toBeLessThan(8 * 1_024 * 1_024);
});

it('tells how long the endpoint asks to wait', async () => {
  const inSeconds = await postTo((_request, response) => response.writeHead(429, { 'retry-after': '7' }).end());
  expect((await inSeconds.post()).retryAfterMs).toBe(7_000);
  const atOnce = await postTo((_request, response) => response.writeHead(503, { 'retry-after': '0' }).end());
  expect((await atOnce.post()).retryAfterMs).toBe(5_000);
  const date = new Date(Date.now() + 60_000).toUTCString();
  const byDate = await postTo((_request, response) => response.writeHead(503, { 'retry-after': date }).end());
  expect((await byDate.post()).retryAfterMs).toBeGreaterThan(50_000);
});

it('keeps the connection for the next request, and repeats one on a connection that was closed while idle', async () => {
  const ports = new Set<number>();
  let closesNext = false;
  const { post } = await postTo((request, response) => {
    ports.add(request.socket.remotePort ?? 0);
    response.end();
    if (closesNext) setTimeout(() => request.socket.resetAndDestroy(), 5);
  });
  await post();
  await post();
  expect(ports.size).toBe(1);
  closesNext = true;
  await post();
  closesNext = false;
  expect(await post()).toMatchObject({ status: 200 });
});

it.each([
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0177.0.0.1/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://169.254.169.254/',
  'http://10.0.0.1/',
])('connects to %s only in development', async (url) => {
  const sender = createSender({ allowsLocal: false });
  onTestFinished(() => sender.close());
  const { error } = await sender.post(url, {}, Buffer.from(''));
  expect(error).toBe('The address is not one of a public host.');
});

it('refuses a name whose addresses are not all public, at every look-up', async () => {
  const answers = [['8.8.8.8', '127.0.0.1'], ['169.254.169.254'], ['::1'], ['::ffff:10.0.0.1'], []];
  for (const addresses of answers) {
    const sender = createSender({
      allowsLocal: false,
      resolve: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    });
    const { error } = await sender.post('http://rebinding.example/', {}, Buffer.from(''));
    expect(error).toBe('The address is not one of a public host.');
    sender.close();
  }
});

it('connects to the address that was checked, not to that of a second look-up', async () => {
  let lookUps = 0;
  const seen: string[] = [];
  const { url } = await postTo((_request, response) => response.end());
  const port = new URL(url).port;
  // The first look-up is allowed in development, the later ones are an attack.
  const sender = createSender({
    allowsLocal: true,
    resolve: async () => {
      lookUps += 1;
      const address = lookUps === 1 ? '127.0.0.1' : '10.0.0.1';
      seen.push(address);
      return [{ address, family: 4 }];
    },
  });
  onTestFinished(() => sender.close());
  const first = await sender.post(`http://rebinding.example:${port}/`, { connection: 'close' }, Buffer.from(''));
  expect(first.status).toBe(200);
  const second = await sender.post(`http://rebinding.example:${port}/`, {}, Buffer.from(''));
  expect(second.error).toBe('The address is not one of a public host.');
  expect(seen).toEqual(['127.0.0.1', '10.0.0.1']);
});
