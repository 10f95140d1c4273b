// What a partner's program does with the packed client: creates, queries and subscribes. It runs in Node, and bundled in a browser.
import {
  createGatewayClient,
  createMutationQueue,
  createResumingClient,
  findResumePlace,
} from 'collections-gateway/client';
import { Methods, send } from 'collections-gateway/documents';

/** Returns what was created, queried and received. */
export async function runProgram({ url, apiKey, webSocketImpl }) {
  const client = createGatewayClient({ url, apiKey, findPlace: findResumePlace, webSocketImpl });
  const queue = createMutationQueue(client);
  const socket = createResumingClient({
    url: url.replace('http', 'ws'),
    webSocketImpl,
    connectionParams: { authorization: `Bearer ${apiKey}` },
  });
  const { events } = await client.request('{ events(first: 0) { streamCursor } }');
  const changes = socket.iterate({
    query: 'subscription ($after: String) { events(after: $after) { ... on Event { cursor type } } }',
    variables: { after: events.streamCursor },
  });
  const reference = `PROGRAM-${Math.random().toString(36).slice(2)}`;
  const created = await queue.run(
    'mutation ($input: CreateCustomersInput!) { createCustomers(input: $input) { results { customer { id } errors { message } } } }',
    { input: { records: [{ reference, companyName: 'Program', email: 'program@example.com' }] } },
  );
  const { paymentMethods } = await send(client, Methods, {});
  const { value } = await changes.next();
  const found = await client.request(
    'query ($reference: String!) { customerByReference(reference: $reference) { id } }',
    {
      reference,
    },
  );
  await socket.dispose();
  await client.close();
  return {
    isSame: created.createCustomers.results[0].customer.id === found.customerByReference.id,
    event: value.data.events.type,
    hasMethods: paymentMethods.nodes.length > 0,
  };
}
