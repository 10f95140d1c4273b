import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { createRequest } from '@urql/core';
import { Kind, print, validate } from 'graphql';
import { expect, it } from 'vitest';
import { typePolicies } from '../../src/client/cache.ts';
import * as Documents from '../../src/client/documents/index.ts';
import { createGatewayClient } from '../../src/client/gateway-client.ts';
import { findResumePlace } from '../../src/client/resume-place.ts';
import { schema } from '../../src/graphql/schema.ts';
import { startGateway } from '../support/harness.ts';

const { send, ...NAMED } = Documents;

/** The variables that a document must get. */
const EXAMPLES: Readonly<Record<string, object>> = {
  PaymentPage: { id: 'pay_1' },
  OperationOutcome: { requestId: 'req_1' },
  PreviewSchedule: { input: { paymentId: 'pay_1' } },
};

it('offers documents that the schema accepts, each under the name of its operation', () => {
  for (const [name, document] of Object.entries(NAMED)) {
    expect([name, validate(schema, document)]).toEqual([name, []]);
    const [operation] = document.definitions;
    expect(operation?.kind === Kind.OPERATION_DEFINITION && operation.name?.value).toBe(name);
  }
});

it('has documents whose subscriptions resume: `after` from a variable, and the cursor selected', () => {
  const subscriptions = Object.values(NAMED).filter(({ definitions: [operation] }) => {
    return operation?.kind === Kind.OPERATION_DEFINITION && operation.operation === 'subscription';
  });
  expect(subscriptions).toHaveLength(3);
  for (const document of subscriptions)
    expect(findResumePlace(print(document), null)).toMatchObject({ variable: 'after' });
});

it('sends them, and the clients of others take them with their types', async () => {
  const gateway = await startGateway();
  const client = createGatewayClient({ url: gateway.url, apiKey: gateway.apiKey, findPlace: findResumePlace });
  for (const [name, document] of Object.entries(NAMED)) {
    const [operation] = document.definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION || operation.operation !== 'query') continue;
    const data = await send(client, document as Documents.TypedDocument<object, object>, EXAMPLES[name] ?? {});
    expect(Object.keys(data).length).toBeGreaterThan(0);
  }
  const { merchant } = await send(client, Documents.Methods, {});
  expect(merchant.name).toBe('A merchant');
  const headers = { authorization: `Bearer ${gateway.apiKey}` };
  const asked = createRequest(Documents.PaymentPage, { id: 'pay_1' });
  expect(asked).toMatchObject({ query: { kind: Kind.DOCUMENT }, variables: { id: 'pay_1' } });
  const link = new HttpLink({ uri: gateway.url, headers });
  const apollo = new ApolloClient({ link, cache: new InMemoryCache({ typePolicies }) });
  const { data } = await apollo.query({ query: Documents.PaymentPage, variables: { id: 'pay_1' } });
  expect(data?.payment ?? null).toBeNull();
  // @ts-expect-error: `id` is required.
  createRequest(Documents.PaymentPage, {});
  await client.close();
});
