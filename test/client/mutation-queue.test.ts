import { expect, it, onTestFinished, vi } from 'vitest';
import { createGatewayClient, GatewayError } from '../../src/client/gateway-client.ts';
import { createMutationQueue } from '../../src/client/mutation-queue.ts';

/** A client whose answers are given in turn. */
function clientWith(...answers: Array<Error | object>) {
  const sent: Array<{ query: string; key: string }> = [];
  const request = async <Data>(query: string, variables: object = {}): Promise<Data> => {
    const { input } = variables as { input: { idempotencyKey: string } };
    sent.push({ query, key: input.idempotencyKey });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer as Data;
  };
  return { sent, request };
}

/** What the client throws when no answer arrives. */
const lost = () => new GatewayError('The gateway cannot be reached.', { code: 'UNAVAILABLE', retryable: true });

it('sends a mutation again with the same key until it is answered, and the next one after it', async () => {
  const busy = new GatewayError('Busy.', { code: 'OVERLOADED', retryable: true, retryAfterMs: 1 });
  const client = clientWith(lost(), busy, { first: true }, { second: true });
  const queue = createMutationQueue(client);
  const runs = [
    queue.run('first', { input: { idempotencyKey: undefined } }),
    queue.run('second', { input: { idempotencyKey: 'own' } }),
  ];
  expect(queue.size).toBe(2);
  expect(await Promise.all(runs)).toEqual([{ first: true }, { second: true }]);
  const keys = client.sent.map(({ query, key }) => `${query} ${key}`);
  expect(new Set(keys).size).toBe(2);
  expect(keys[3]).toBe('second own');
  expect(client.sent.map(({ query }) => query)).toEqual(['first', 'first', 'first', 'second']);
  expect(queue.size).toBe(0);
});

it('rejects what cannot succeed and goes on, and what is left when it is stopped', async () => {
  const refused = new GatewayError('Wrong.', { code: 'BAD_REQUEST' });
  const client = clientWith(refused, { done: true }, lost());
  const queue = createMutationQueue(client);
  const runs = [queue.run('wrong', { input: {} }), queue.run('right', { input: {} }), queue.run('lost', { input: {} })];
  const settled = Promise.allSettled(runs);
  await expect.poll(() => client.sent.length).toBe(3);
  queue.stop();
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
  await expect(runs[0]).rejects.toBe(refused);
  await expect(runs[2]).rejects.toMatchObject({ name: 'AbortError' });
});

it('takes no answer of a proxy for one of the gateway, and is not held up by what cannot be sent', async () => {
  const answers = [
    new Response('{"message":"Service Unavailable"}', { status: 503, headers: { 'content-type': 'application/json' } }),
    new Response('slow down', { status: 429, headers: { 'retry-after': '0.01' } }),
    new Response('<html>', { status: 200 }),
    new Response('{"data":{"done":true}}'),
  ];
  vi.stubGlobal('fetch', async () => answers.shift());
  onTestFinished(() => void vi.unstubAllGlobals());
  const client = createGatewayClient({ url: 'http://gateway.example/graphql', apiKey: 'key', findPlace: () => null });
  const queue = createMutationQueue(client);
  const impossible = queue.run('impossible', { input: { amount: 1n } });
  const possible = queue.run('possible', { input: {} });
  await expect(impossible).rejects.toThrow(TypeError);
  expect(await possible).toEqual({ done: true });
  expect(answers).toEqual([]);
  expect(() => createGatewayClient({ url: 'nonsense', apiKey: 'key', findPlace: () => null })).toThrow();
});
