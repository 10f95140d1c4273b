import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { PaymentMethods } from '../support/documents.ts';
import { startGateway } from '../support/harness.ts';
import { follow, once } from '../support/subscription.ts';

// Over a socket the same pipeline answers as over HTTP: given a schema alone, graphql-ws would go round all of it.

it('runs queries as HTTP does', async () => {
  const gateway = await startGateway();
  const answer = await once(gateway.socket(), PaymentMethods, {});
  expect(answer.data).toEqual((await gateway.execute(PaymentMethods)).data);
});

it('refuses a wrong key with 4403', async () => {
  const gateway = await startGateway();
  const reason = await follow(gateway.socket('nonsense'), PaymentMethods, {}).ended;
  expect(reason).toMatchObject({ code: 4403 });
});

it('refuses documents with the codes that HTTP has', async () => {
  const gateway = await startGateway();
  const client = gateway.socket();
  const codeOf = async (query: string) => {
    const reason = await new Promise((resolve) =>
      client.subscribe({ query }, { next: resolve, error: resolve, complete: () => {} }),
    );
    const errors = Array.isArray(reason) ? reason : (reason as { errors: unknown[] }).errors;
    return (errors[0] as { extensions: { code: string; requestId: string } }).extensions;
  };
  expect(await codeOf('{')).toMatchObject({ code: 'PARSE_FAILED', requestId: expect.stringMatching(/^req_/) });
  expect(await codeOf('{ nonsense }')).toMatchObject({ code: 'VALIDATION_FAILED' });
  expect(await codeOf('subscription { paymentStatusChanged(after: "x") { cursor } }')).toMatchObject({
    code: 'CURSOR_INVALID',
  });
});

it('refuses an operation without a key as HTTP does', async () => {
  const gateway = await startGateway();
  const socket = new WebSocket(gateway.url.replace('http', 'ws'), 'graphql-transport-ws');
  const messages: Array<{ type: string; payload: Array<{ extensions: { code: string } }> }> = [];
  const answered = new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as (typeof messages)[number];
      messages.push(message);
      if (message.type === 'connection_ack') {
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ merchant { name } }' } }));
      }
      if (message.type === 'next' || message.type === 'error') resolve();
    });
  });
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
  await answered;
  socket.close();
  expect(JSON.stringify(messages)).toContain('UNAUTHENTICATED');
});

it('takes only the protocol graphql-transport-ws, on its own path', async () => {
  const gateway = await startGateway();
  const refused = (url: string, protocol: string) =>
    new Promise((resolve) => new WebSocket(url, protocol).on('error', (error) => resolve(error.message)));
  const url = gateway.url.replace('http', 'ws');
  expect(await refused(url, 'graphql-ws')).toContain('400');
  expect(await refused(`${url}/other`, 'graphql-transport-ws')).toContain('400');
});

it('outlives clients that reset their connections in the middle of an upgrade', async () => {
  const gateway = await startGateway();
  const { hostname, port } = new URL(gateway.url);
  const reset = (path: string, afterMs: number) =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`);
        setTimeout(() => resolve(void socket.resetAndDestroy()), afterMs);
      });
      socket.on('error', () => {});
    });
  await Promise.all(Array.from({ length: 200 }, (_, index) => reset(index % 2 ? '/graphql' : '/other', index % 3)));
  expect((await gateway.execute(PaymentMethods)).errors).toBeUndefined();
});

it('stops although a client does not answer its goodbye', async () => {
  const gateway = await startGateway();
  const { hostname, port } = new URL(gateway.url);
  const key = Buffer.alloc(16).toString('base64');
  const socket = connect(Number(port), hostname);
  const upgraded = new Promise((resolve) => socket.once('data', resolve));
  socket.on('error', () => {});
  socket.write(
    `GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`,
  );
  expect(String(await upgraded)).toContain('101');
  await gateway.node.stop(); // ws by itself would wait 30 s
  socket.destroy();
});
