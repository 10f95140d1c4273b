import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { expect, it } from 'vitest';
import { subgraphOf } from '../../src/graphql/federation.ts';
import { NODE_TYPES } from '../../src/graphql/node.ts';
import { schema } from '../../src/graphql/schema.ts';
import { startOneTimePayment } from '../support/customers.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';

/** Another team's subgraph, which adds a field to our payments. */
const INVOICES = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
  type Payment @key(fields: "id") { id: ID! invoiceUrl: String }
  type Query { invoicesDue: [Payment!]! }
`;
const ENTITIES = `query ($of: [_Any!]!) { _entities(representations: $of) {
  __typename ... on Payment { id status amount customer { reference } } ... on Customer { id email } } }`;

async function ask(
  gateway: TestGateway,
  query: string,
  variables: object = {},
  apiKey: string | null = gateway.apiKey,
) {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as {
    data?: { _service?: { sdl: string }; _entities?: object[] };
    errors?: Array<{ extensions: { code: string } }>;
  };
}

it('is composed with another subgraph, whose router reads our objects by their keys', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK, listener: { schema: subgraphOf(schema) } });
  const { data } = await ask(gateway, '{ _service { sdl } }', {}, null);
  const sdl = data?._service?.sdl ?? '';
  expect(sdl.match(/@key\(fields: "id"\)/g)).toHaveLength(NODE_TYPES.length);
  const composed = composeServices([
    { name: 'collections', url: gateway.url, typeDefs: parse(sdl) },
    { name: 'invoices', url: 'http://127.0.0.1:1/', typeDefs: parse(INVOICES) },
  ]);
  expect(composed.errors ?? []).toEqual([]);
  expect(composed.supergraphSdl).toMatch(/invoiceUrl: String @join__field\(graph: INVOICES\)/);

  const { paymentId, customerId } = await startOneTimePayment(gateway, 'A', '2024-09-20');
  const of = [
    { __typename: 'Payment', id: paymentId },
    { __typename: 'Customer', id: customerId },
    { __typename: 'Customer', id: paymentId },
    { __typename: 'Payment', id: 'pay_unknown' },
  ];
  expect((await ask(gateway, ENTITIES, { of })).data?._entities).toEqual([
    { __typename: 'Payment', id: paymentId, status: 'RUNNING', amount: '45.00', customer: { reference: 'CUS-A' } },
    { __typename: 'Customer', id: customerId, email: expect.any(String) },
    null,
    null,
  ]);
  // Another merchant's router reads nothing of it, and nobody without a key.
  const other = await gateway.addMerchant();
  expect((await ask(gateway, ENTITIES, { of }, other.apiKey)).data?._entities).toEqual([null, null, null, null]);
  expect((await ask(gateway, ENTITIES, { of }, null)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  expect((await ask(gateway, ENTITIES, { of: [{ id: paymentId }] })).errors?.[0]?.extensions.code).toBe('BAD_REQUEST');
  const many = Array.from({ length: 201 }, () => of[0]);
  expect((await ask(gateway, ENTITIES, { of: many })).errors?.[0]?.extensions.code).toBe('PAGE_OUT_OF_RANGE');
  // The rest of the API is as it was.
  expect((await ask(gateway, '{ merchant { name } payments { totalCount } }')).data).toMatchObject({
    payments: { totalCount: 1 },
  });
});

it('is no subgraph unless it is asked to be', async () => {
  const gateway = await startGateway();
  expect((await ask(gateway, '{ _service { sdl } }')).errors?.[0]?.extensions.code).toBe('VALIDATION_FAILED');
});
