import { print } from 'graphql';
import { expect, it } from 'vitest';
import { CreateCustomers } from '../support/customer-documents.ts';
import { person } from '../support/customers.ts';
import type { CreateCustomersInput } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';

const Outcome = graphql(`
  query Outcome($requestId: ID!) {
    operationOutcome(requestId: $requestId) {
      requestId
      clientRequestId
      actor
      outcome
      mutations {
        name
        outcome
        errorCodes
        objectIds
      }
    }
  }
`);

/** Sends customers under an id of the client's; the ids of the request and of what was written. */
async function send(gateway: TestGateway, input: CreateCustomersInput, clientId: string) {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${gateway.apiKey}`,
      'x-request-id': clientId,
    },
    body: JSON.stringify({ query: print(CreateCustomers), variables: { input } }),
  });
  const { data } = (await response.json()) as {
    data: { createCustomers: { results: Array<{ customer: { id: string } | null }> } } | null;
  };
  const ids = (data?.createCustomers.results ?? []).flatMap(({ customer }) => customer?.id ?? []);
  return { requestId: response.headers.get('x-request-id') ?? '', ids };
}

const outcomeOf = async (gateway: TestGateway, requestId: string) =>
  (await gateway.data(Outcome, { requestId })).operationOutcome;

it('tells what became of a mutation, by its own id and by that of the client', async () => {
  const gateway = await startGateway();
  const [key] = await gateway.sql<{ id: string }>('SELECT id FROM api_key');
  const input = { records: [person('A'), person('B')], idempotencyKey: 'k' };
  const { requestId, ids } = await send(gateway, input, 'mine-1');
  const committed = {
    requestId,
    clientRequestId: 'mine-1',
    actor: key?.id,
    outcome: 'COMMITTED',
    mutations: [{ name: 'createCustomers', outcome: 'COMMITTED', errorCodes: [], objectIds: ids }],
  };
  expect(ids.length).toBe(2);
  expect(await outcomeOf(gateway, requestId)).toEqual(committed);
  expect(await outcomeOf(gateway, 'mine-1')).toEqual(committed);
  // A repeat is committed too, with the same objects; the latest request of a client's id counts.
  const again = await send(gateway, input, 'mine-1');
  expect(await outcomeOf(gateway, 'mine-1')).toEqual({ ...committed, requestId: again.requestId });
  // Another merchant knows nothing of it.
  const { apiKey } = await gateway.addMerchant();
  const other = await gateway.execute(Outcome, { requestId }, { apiKey });
  expect(other.data?.operationOutcome).toMatchObject({ outcome: 'UNKNOWN', mutations: [] });
});

it('tells of refusals, of written records beside failed ones, and nothing of dry runs', async () => {
  const gateway = await startGateway();
  await send(gateway, { records: [person('A')] }, 'first');
  const records = [person('A'), person('B')];
  await send(gateway, { records }, 'atomic');
  expect(await outcomeOf(gateway, 'atomic')).toMatchObject({
    outcome: 'REFUSED',
    mutations: [{ errorCodes: ['DUPLICATE'], objectIds: [] }],
  });
  const { ids } = await send(gateway, { records, mode: 'PARTIAL' }, 'partial');
  expect(await outcomeOf(gateway, 'partial')).toMatchObject({
    outcome: 'COMMITTED',
    mutations: [{ errorCodes: ['DUPLICATE'], objectIds: ids }],
  });
  await send(gateway, { records: [person('C')], dryRun: true }, 'dry');
  expect(await outcomeOf(gateway, 'dry')).toMatchObject({ outcome: 'UNKNOWN', requestId: 'dry', mutations: [] });
  await send(gateway, { records: [person('D')], idempotencyKey: 'k' }, 'one');
  await send(gateway, { records: [person('E')], idempotencyKey: 'k' }, 'reused');
  expect(await outcomeOf(gateway, 'reused')).toMatchObject({
    outcome: 'REFUSED',
    mutations: [{ errorCodes: ['IDEMPOTENCY_KEY_REUSED'] }],
  });
});

it('tells of failures, and that a failed answer may have been committed', async () => {
  const gateway = await startGateway();
  await gateway.sql("ALTER TABLE customer ADD CONSTRAINT no_boom CHECK (reference <> 'CUS-BOOM')");
  await send(gateway, { records: [person('BOOM')] }, 'boom');
  expect(await outcomeOf(gateway, 'boom')).toMatchObject({
    outcome: 'FAILED',
    mutations: [{ name: 'createCustomers', errorCodes: ['INTERNAL'], objectIds: [] }],
  });
  expect(gateway.logged.length).toBe(1);
  const { requestId } = await send(gateway, { records: [person('A')] }, 'fine');
  await gateway.sql(
    `INSERT INTO operation SELECT merchant_id, request_id, 2, client_request_id, client_id, name, 'FAILED', '{TIMEOUT}', '{}' FROM operation WHERE request_id = $1`,
    [requestId],
  );
  expect((await outcomeOf(gateway, 'fine')).outcome).toBe('COMMITTED');
});

it('keeps one request with several mutations together', async () => {
  const gateway = await startGateway();
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}`, 'x-request-id': 'two' },
    body: JSON.stringify({
      query: `mutation ($a: CreateCustomersInput!, $b: CreateCustomersInput!) {
        a: createCustomers(input: $a) { requestId } b: createCustomers(input: $b) { requestId } }`,
      variables: { a: { records: [person('A')] }, b: { records: [person('A')] } },
    }),
  });
  expect(response.status).toBe(200);
  const { mutations } = await outcomeOf(gateway, 'two');
  expect(mutations.map(({ outcome }) => outcome)).toEqual(['COMMITTED', 'REFUSED']);
});
