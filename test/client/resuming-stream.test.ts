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
  await expect
    .poll(async () => {
      await createCustomer(gateway, person(`A${references.length}${Math.random()}`));
      return references.length;
    })
    .toBeGreaterThan(0);
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

it('refuses what cannot be resumed', () => {
  const options = { url: 'http://127.0.0.1:1/graphql/stream', newTicket: async () => '' };
  for (const query of ['{ merchant { name } }', 'subscription { events { ... on Event { cursor } } }'])
    expect(() => createResumingStream({ ...options, query }, { next() {} })).toThrow(TypeError);
});
