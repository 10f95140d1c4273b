import { EventSource } from 'eventsource';
import { expect, it, onTestFinished } from 'vitest';
import { createResumingStream } from '../../src/client/resuming-stream.ts';
import { createCustomer, person } from '../support/customers.ts';
import { graphql } from '../support/generated/index.ts';
import { startGateway } from '../support/harness.ts';

const CreateTicket = graphql(`
  mutation CreateTicketForStream($query: String!) { createStreamTicket(input: { query: $query }) { ticket } }
`);
const QUERY =
  'subscription ($after: String) { events(after: $after, filter: { about: [CUSTOMER] }) { ... on Event { cursor customer { reference } } } }';

it('follows by tickets, asks for another when one is refused or cannot be had, and misses nothing over a lost connection', async () => {
  const gateway = await startGateway();
  const references: string[] = [];
  const errors: unknown[] = [];
  let asked = 0;
  const sources: EventSource[] = [];
  class WatchedEventSource extends EventSource {
    constructor(url: string | URL) {
      super(url);
      sources.push(this);
    }
  }
  const newTicket = async (query: string): Promise<string> => {
    asked += 1;
    if (asked === 1) throw new Error('your server is busy');
    if (asked === 2) return 'no-ticket';
    return (await gateway.data(CreateTicket, { query })).createStreamTicket.ticket ?? '';
  };
  const url = `${gateway.url}/stream`;
  const eventSourceImpl = WatchedEventSource as unknown as typeof globalThis.EventSource;
  const stop = createResumingStream(
    { url, query: QUERY, newTicket, eventSourceImpl },
    {
      next({ data }) {
        references.push((data as { events: { customer: { reference: string } } }).events.customer.reference);
      },
      error: (error) => errors.push(error),
    },
  );
  onTestFinished(stop);
  await expect.poll(() => asked).toBe(3);
  await expect.poll(() => sources.at(-1)?.readyState).toBe(1);
  let created = 0;
  await expect
    .poll(async () => {
      created += 1;
      await createCustomer(gateway, person(`A${created}`));
      return references.length;
    })
    .toBeGreaterThan(0);
  await expect.poll(() => references.at(-1)).toBe(`CUS-A${created}`);
  // The connection is lost for good, as with an expired ticket.
  const before = references.length;
  sources.at(-1)?.close();
  sources.at(-1)?.dispatchEvent(new Event('error'));
  await createCustomer(gateway, person('B'));
  await expect.poll(() => references.at(-1)).toBe('CUS-B');
  expect(new Set(references).size).toBe(references.length);
  expect(references.length).toBe(before + 1);
  expect([errors.length, asked]).toEqual([1, 4]);
});

it('repeats a refusal that is for a time only, and ends with one that is not', async () => {
  const sources: FakeSource[] = [];
  class FakeSource extends EventTarget {
    readyState = 1;
    constructor() {
      super();
      sources.push(this);
    }
    close(): void {
      this.readyState = 2;
    }
    say(type: string, data: object | null = null): void {
      this.dispatchEvent(Object.assign(new MessageEvent(type, { data: JSON.stringify(data) })));
    }
  }
  const results: unknown[] = [];
  let isComplete = false;
  const url = 'http://gateway.example/graphql/stream';
  const options = { url, query: QUERY, newTicket: async () => 't', eventSourceImpl: FakeSource as never };
  const complete = (): void => {
    isComplete = true;
  };
  createResumingStream(options, { next: (result) => results.push(result), complete });
  await expect.poll(() => sources.length).toBe(1);
  const refusal = (retryable: boolean) => ({
    errors: [{ message: 'No.', extensions: { retryable, retryAfterMs: 10 } }],
  });
  sources[0]?.say('next', refusal(true));
  sources[0]?.say('complete');
  await expect.poll(() => sources.length).toBe(2);
  expect([results, isComplete]).toEqual([[], false]);
  sources[1]?.say('next', refusal(false));
  sources[1]?.say('complete');
  expect([results.length, isComplete]).toEqual([1, true]);
});

it('refuses what cannot be resumed', () => {
  const options = { url: 'http://127.0.0.1:1/graphql/stream', newTicket: async () => '' };
  for (const query of ['{ merchant { name } }', 'subscription { events { ... on Event { cursor } } }'])
    expect(() => createResumingStream({ ...options, query }, { next() {} })).toThrow(TypeError);
});
