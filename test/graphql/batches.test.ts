import { expect, it } from 'vitest';
import { startForgettingKeys } from '../../src/services/batch/idempotency-records.ts';
import {
  AddCards,
  BlacklistCustomers,
  CreateBankAccounts,
  CreateCustomers,
  EraseCustomers,
  RemoveCards,
  SetBankAccountStatus,
  SetCustomerStatus,
  UnblacklistCustomers,
  UpdateBankAccounts,
  UpdateCustomers,
  VerifyBankAccounts,
} from '../support/customer-documents.ts';
import { brief, CAPITEC_ACCOUNT, createCustomer, person } from '../support/customers.ts';
import type { CreateCustomerInput, CreateCustomersInput } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { captureStatements } from '../support/statements.ts';

// What every batch has in common, tried on customers: modes, outcomes, client keys, versions, replays.

async function create(gateway: TestGateway, input: CreateCustomersInput) {
  return (await gateway.data(CreateCustomers, { input })).createCustomers;
}

const keyed = (key: string, change: Partial<CreateCustomerInput> = {}) => ({
  ...person(key),
  clientKey: key,
  ...change,
});
const BAD = { email: 'no address' };

async function count(gateway: TestGateway, table: string): Promise<number> {
  return Number((await gateway.sql<{ count: number }>(`SELECT count(*) AS count FROM ${table}`))[0]?.count);
}

it('writes nothing of an atomic batch with one bad record, and names every bad one with all its errors', async () => {
  const gateway = await startGateway();
  const records = [keyed('A'), keyed('B', { ...BAD, contactNumber: '1' }), keyed('C', { personName: null })];
  const { results, succeededCount, failedCount, replayed } = await create(gateway, { records });
  expect(results.map(({ index, clientKey, outcome, errors }) => [index, clientKey, outcome, brief(errors)])).toEqual([
    [0, 'A', 'NOT_APPLIED', []],
    [1, 'B', 'FAILED', ['INVALID email records.1.email', 'INVALID phone_number records.1.contactNumber']],
    [2, 'C', 'FAILED', ['REQUIRED records.2.personName']],
  ]);
  expect(results.map(({ customer, affected }) => [customer, affected])).toEqual(Array(3).fill([null, null]));
  expect({ succeededCount, failedCount, replayed }).toEqual({ succeededCount: 0, failedCount: 2, replayed: false });
  expect([await count(gateway, 'customer'), await count(gateway, 'event')]).toEqual([0, 0]);
});

it('writes the sound records of a partial batch, and counts', async () => {
  const gateway = await startGateway();
  const answer = await create(gateway, { records: [keyed('A'), keyed('B', BAD), keyed('C')], mode: 'PARTIAL' });
  expect(answer.results.map(({ outcome }) => outcome)).toEqual(['CREATED', 'FAILED', 'CREATED']);
  expect([answer.succeededCount, answer.failedCount]).toEqual([2, 1]);
  expect([await count(gateway, 'customer'), await count(gateway, 'event')]).toEqual([2, 2]);
});

it('tells what would come of a batch, and writes nothing, not even its key', async () => {
  const gateway = await startGateway();
  const { id, reference } = await createCustomer(gateway, person('A'));
  const made = await create(gateway, { records: [keyed('B'), keyed('C', BAD)], dryRun: true, idempotencyKey: 'k' });
  expect(made.results.map(({ outcome, customer }) => [outcome, customer])).toEqual([
    ['WOULD_CREATE', null],
    ['WOULD_FAIL', null],
  ]);
  const { id: other } = await createCustomer(gateway, person('Z'));
  const records = [
    { id, companyName: 'A' },
    { id: other, reference: 'CUS-Z' },
  ];
  const { updateCustomers } = await gateway.data(UpdateCustomers, { input: { records, dryRun: true } });
  expect(updateCustomers.results.map(({ outcome, customer }) => [outcome, customer?.reference])).toEqual([
    ['WOULD_UPDATE', undefined],
    ['UNCHANGED', 'CUS-Z'],
  ]);
  expect([updateCustomers.succeededCount, updateCustomers.failedCount]).toEqual([2, 0]);
  expect([reference, await count(gateway, 'customer'), await count(gateway, 'idempotency_record')]).toEqual([
    'CUS-A',
    2,
    0,
  ]);
});

it('refuses a client key that is malformed or stands twice, whatever else the record says', async () => {
  const gateway = await startGateway();
  const records = [
    keyed('A'),
    { ...person('B'), clientKey: 'A' },
    { ...person('C'), clientKey: '' },
    { ...person('D'), clientKey: 'x'.repeat(256) },
  ];
  const { results } = await create(gateway, { records });
  expect(results.map(({ errors }) => brief(errors))).toEqual([
    ['DUPLICATE_IN_BATCH records.0.clientKey'],
    ['DUPLICATE_IN_BATCH records.1.clientKey'],
    ['INVALID not_empty records.2.clientKey'],
    ['TOO_LONG records.3.clientKey'],
  ]);
});

it('refuses what stands twice in a batch, both times', async () => {
  const gateway = await startGateway();
  const { results } = await create(gateway, { records: [person('A'), { ...person('B'), reference: 'CUS-A' }] });
  expect(results.map(({ errors }) => brief(errors))).toEqual([
    ['DUPLICATE_IN_BATCH records.0.reference'],
    ['DUPLICATE_IN_BATCH records.1.reference'],
  ]);
  const { id } = await createCustomer(gateway, person('C'));
  const change = await gateway.data(UpdateCustomers, {
    input: {
      records: [
        { id, companyName: 'A' },
        { id, companyName: 'B' },
      ],
    },
  });
  expect(change.updateCustomers.results.map(({ errors }) => brief(errors))).toEqual([
    ['DUPLICATE_IN_BATCH records.0.id'],
    ['DUPLICATE_IN_BATCH records.1.id'],
  ]);
  const status = await gateway.data(SetCustomerStatus, { input: { ids: [id, id], status: 'DISABLED' } });
  expect(brief(status.setCustomerStatus.results[1]?.errors)).toEqual(['DUPLICATE_IN_BATCH ids.1']);
});

it('changes an object only at the version that was seen, if one is said', async () => {
  const gateway = await startGateway();
  const { id } = await createCustomer(gateway, person('A'));
  const change = async (expectedVersion: number | null, companyName: string) =>
    (await gateway.data(UpdateCustomers, { input: { records: [{ id, expectedVersion, companyName }] } }))
      .updateCustomers.results[0];
  expect(await change(1, 'First')).toMatchObject({ outcome: 'UPDATED', customer: { version: 2 } });
  expect((await change(1, 'Second'))?.errors).toMatchObject([
    {
      __typename: 'VersionConflict',
      code: 'VERSION_CONFLICT',
      currentVersion: 2,
      path: ['records', '0', 'expectedVersion'],
    },
  ]);
  expect(await change(null, 'Third')).toMatchObject({ outcome: 'UPDATED', customer: { version: 3 } });
  expect(await change(3, 'Third')).toMatchObject({
    outcome: 'UNCHANGED',
    customer: { version: 3, companyName: 'Third' },
  });
});

it('lets one of two changes of the same version win, and tells the other', async () => {
  const gateway = await startGateway();
  const { id } = await createCustomer(gateway, person('A'));
  const change = (companyName: string) =>
    gateway.data(UpdateCustomers, { input: { records: [{ id, expectedVersion: 1, companyName }] } });
  const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => change(`Company ${index}`)));
  const outcomes = answers.map(({ updateCustomers }) => updateCustomers.results[0]?.outcome);
  expect(outcomes.filter((outcome) => outcome === 'UPDATED')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'FAILED')).toHaveLength(7);
  expect(await count(gateway, "event WHERE type = 'customer.updated'")).toBe(1);
});

it('answers a repeat with what the call did, resolved anew, and does not do it again', async () => {
  const gateway = await startGateway();
  const input = { records: [keyed('A'), keyed('B')], idempotencyKey: 'k' };
  const first = await create(gateway, input);
  await gateway.data(UpdateCustomers, {
    input: { records: [{ id: first.results[0]?.customer?.id ?? '', companyName: 'Later' }] },
  });
  const repeat = await create(gateway, input);
  expect([first.replayed, repeat.replayed]).toEqual([false, true]);
  expect(repeat.results.map(({ customer }) => [customer?.id, customer?.companyName])).toEqual([
    [first.results[0]?.customer?.id, 'Later'],
    [first.results[1]?.customer?.id, null],
  ]);
  expect(await count(gateway, 'customer')).toBe(2);
});

it('names the records and arguments in which a call differs from the one that had its key', async () => {
  const gateway = await startGateway();
  await create(gateway, { records: [person('A'), person('B')], idempotencyKey: 'k' });
  const pathsOf = async (input: CreateCustomersInput) => {
    const { errors } = await gateway.execute(CreateCustomers, { input: { ...input, idempotencyKey: 'k' } });
    const { code, paths, retryable } = errors?.[0]?.extensions ?? {};
    return { code, paths, retryable };
  };
  const reused = { code: 'IDEMPOTENCY_KEY_REUSED', retryable: false };
  expect(await pathsOf({ records: [person('A'), person('C')] })).toEqual({ ...reused, paths: [['records', '1']] });
  expect(await pathsOf({ records: [person('A')] })).toEqual({ ...reused, paths: [['records', '1']] });
  expect(await pathsOf({ records: [person('A'), person('B')], mode: 'PARTIAL' })).toEqual({
    ...reused,
    paths: [['mode']],
  });
  const { errors } = await gateway.execute(SetCustomerStatus, {
    input: { ids: ['cus_x'], status: 'ACTIVE', idempotencyKey: 'k' },
  });
  expect(errors?.[0]?.extensions).toMatchObject(reused);
  expect(errors?.[0]?.extensions['paths']).toBeUndefined();
});

it('keeps no key of a call that wrote nothing: it may carry the corrected input', async () => {
  const gateway = await startGateway();
  const failed = await create(gateway, { records: [keyed('A', BAD)], idempotencyKey: 'k' });
  const corrected = await create(gateway, { records: [keyed('A')], idempotencyKey: 'k' });
  expect([failed.results[0]?.outcome, corrected.results[0]?.outcome, corrected.replayed]).toEqual([
    'FAILED',
    'CREATED',
    false,
  ]);
});

it('goes on where a partial batch left off: the written are replayed, the others run, corrected or not', async () => {
  const gateway = await startGateway();
  const send = (records: CreateCustomerInput[]) => create(gateway, { records, mode: 'PARTIAL', idempotencyKey: 'k' });
  const first = await send([keyed('A'), keyed('B', BAD), keyed('C', BAD)]);
  const idOf = (answer: typeof first, key: string) =>
    answer.results.find(({ clientKey }) => clientKey === key)?.customer?.id;
  expect(first.results.map(({ outcome }) => outcome)).toEqual(['CREATED', 'FAILED', 'FAILED']);

  const second = await send([keyed('A'), keyed('B'), keyed('C', BAD)]);
  expect([second.replayed, ...second.results.map(({ outcome }) => outcome)]).toEqual([
    true,
    'CREATED',
    'CREATED',
    'FAILED',
  ]);
  expect(idOf(second, 'A')).toBe(idOf(first, 'A'));

  // Any order, and only what is left: what was written before is remembered all the same.
  const third = await send([keyed('C'), keyed('B')]);
  expect(third.results.map(({ index, clientKey, outcome }) => [index, clientKey, outcome])).toEqual([
    [0, 'C', 'CREATED'],
    [1, 'B', 'CREATED'],
  ]);
  const last = await send([keyed('A'), keyed('B'), keyed('C')]);
  expect(last.results.map(({ customer }) => customer?.id)).toEqual([
    idOf(first, 'A'),
    idOf(second, 'B'),
    idOf(third, 'C'),
  ]);
  expect([last.replayed, await count(gateway, 'customer')]).toEqual([true, 3]);

  const { errors } = await gateway.execute(CreateCustomers, {
    input: { records: [keyed('D'), keyed('A', { companyName: 'Another' })], mode: 'PARTIAL', idempotencyKey: 'k' },
  });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', paths: [['records', '1']] });
  expect(await count(gateway, 'customer')).toBe(3);
});

it('replays a partial batch without client keys as a whole, its failures with it', async () => {
  const gateway = await startGateway();
  const input: CreateCustomersInput = {
    records: [person('A'), { ...person('B'), ...BAD }],
    mode: 'PARTIAL',
    idempotencyKey: 'k',
  };
  const first = await create(gateway, input);
  const repeat = await create(gateway, input);
  expect(repeat).toEqual({ ...first, replayed: true, streamCursor: repeat.streamCursor });
});

it('keeps a key for each merchant, for thirty days', async () => {
  const gateway = await startGateway();
  const other = await gateway.addMerchant();
  const input = { records: [person('A')], idempotencyKey: 'k' };
  await create(gateway, input);
  const { data } = await gateway.execute(CreateCustomers, { input }, { apiKey: other.apiKey });
  expect(data?.createCustomers).toMatchObject({ replayed: false, results: [{ outcome: 'CREATED' }] });
  await gateway.sql("UPDATE idempotency_record SET created_at = now() - interval '31 days'");
  const answer = await create(gateway, { records: [person('B')], idempotencyKey: 'k' });
  expect(answer.replayed).toBe(false);
});

const Record = graphql(`
  query IdempotencyRecord($key: String!) {
    idempotencyRecord(key: $key) {
      operation
      createdAt
      results {
        index
        clientKey
        outcome
        objectId
        errors {
          code
          path
        }
      }
    }
  }
`);

it('tells by its key whether a call did something, and what, to its own merchant, until it is forgotten', async () => {
  const gateway = await startGateway();
  const other = await gateway.addMerchant();
  const read = async (key: string, apiKey = gateway.apiKey) =>
    (await gateway.execute(Record, { key }, { apiKey })).data?.idempotencyRecord;
  const records = [keyed('A'), keyed('B', BAD)];
  const { results } = await create(gateway, { records, mode: 'PARTIAL', idempotencyKey: 'k' });
  await create(gateway, { records: [keyed('C', BAD)], idempotencyKey: 'nothing' });
  await create(gateway, { records: [keyed('D')], idempotencyKey: 'dry', dryRun: true });
  expect(await read('k')).toEqual({
    operation: 'createCustomers',
    createdAt: expect.any(String),
    results: [
      { index: 0, clientKey: 'A', outcome: 'CREATED', objectId: results[0]?.customer?.id, errors: [] },
      {
        index: 1,
        clientKey: 'B',
        outcome: 'FAILED',
        objectId: null,
        errors: [{ code: 'INVALID', path: ['records', '1', 'email'] }],
      },
    ],
  });
  expect([await read('nothing'), await read('dry'), await read('x'), await read('k', other.apiKey)]).toEqual([
    null,
    null,
    null,
    null,
  ]);
  await create(gateway, { records: [keyed('E')], idempotencyKey: 'young' });
  await gateway.sql("UPDATE idempotency_record SET created_at = now() - interval '30 days' WHERE key = 'k'");
  expect(await read('k')).toBeNull();
  const { database } = gateway.node.app;
  const forgetting = startForgettingKeys(database, { onError() {}, onSuccess() {} });
  await expect.poll(() => gateway.sql('SELECT key FROM idempotency_record')).toEqual([{ key: 'young' }]);
  await forgetting.stop();
});

it('refuses a batch that cannot be taken at all', async () => {
  const gateway = await startGateway();
  const codeOf = async (input: CreateCustomersInput) =>
    (await gateway.execute(CreateCustomers, { input })).errors?.[0]?.extensions['code'];
  expect(await codeOf({ records: [] })).toBe('BAD_REQUEST');
  expect(await codeOf({ records: Array(1_001).fill(person('A')) })).toBe('BATCH_TOO_LARGE');
  expect(await codeOf({ records: [person('A')], idempotencyKey: '' })).toBe('BAD_REQUEST');
  expect(await codeOf({ records: [person('A')], idempotencyKey: 'k'.repeat(256) })).toBe('BAD_REQUEST');
  for (const input of [
    { status: 'ACTIVE' as const },
    { status: 'ACTIVE' as const, ids: ['a'], records: [{ id: 'a' }] },
  ]) {
    expect((await gateway.execute(SetCustomerStatus, { input })).errors?.[0]?.extensions['code']).toBe('BAD_REQUEST');
  }
});

it('takes as many statements for a thousand records as for two, in every batch', async () => {
  const gateway = await startGateway();
  const sizes = [2, 1_000];
  const counts: Record<string, number[]> = {};
  const measure = async (name: string, work: () => Promise<unknown>) => {
    counts[name] = [...(counts[name] ?? []), (await captureStatements(work)).length];
  };
  for (const size of sizes) {
    const keys = Array.from({ length: size }, (_, index) => `${size}-${index}`);
    let customers: string[] = [];
    let accounts: string[] = [];
    let cards: string[] = [];
    await measure('createCustomers', async () => {
      const records = keys.map((key) => ({
        ...person(key),
        idType: 'PASSPORT_NUMBER' as const,
        idNumber: `P${key.replace('-', 'X')}00000`,
      }));
      const { results } = await create(gateway, { records, idempotencyKey: `k${size}` });
      customers = results.map(({ customer }) => customer?.id ?? '');
    });
    await measure('updateCustomers', () =>
      gateway.data(UpdateCustomers, {
        input: {
          records: customers.map((id, index) => ({ id, email: `new${size}-${index}@example.com`, description: 'x' })),
        },
      }),
    );
    await measure('createBankAccounts', async () => {
      const records = customers.map((customerId) => ({ customerId, ...CAPITEC_ACCOUNT }));
      const { createBankAccounts } = await gateway.data(CreateBankAccounts, { input: { records } });
      accounts = createBankAccounts.results.map(({ bankAccount }) => bankAccount?.id ?? '');
    });
    await measure('updateBankAccounts', () =>
      gateway.data(UpdateBankAccounts, {
        input: { records: accounts.map((id) => ({ id, accountNumber: '9900020018', accountHolderName: 'X' })) },
      }),
    );
    await measure('verifyBankAccounts', () => gateway.data(VerifyBankAccounts, { input: { ids: accounts } }));
    await measure('addCards', async () => {
      const records = customers.map((customerId) => ({ customerId, token: 'tok_sandbox_paid' }));
      cards = (await gateway.data(AddCards, { input: { records } })).addCards.results.map(({ card }) => card?.id ?? '');
    });
    await measure('removeCards', () => gateway.data(RemoveCards, { input: { ids: cards } }));
    await measure('blacklistCustomers', () => gateway.data(BlacklistCustomers, { input: { ids: customers } }));
    await measure('unblacklistCustomers', () => gateway.data(UnblacklistCustomers, { input: { ids: customers } }));
    await measure('setBankAccountStatus', () =>
      gateway.data(SetBankAccountStatus, { input: { ids: accounts, status: 'DISABLED' } }),
    );
    await measure('setCustomerStatus', () =>
      gateway.data(SetCustomerStatus, { input: { ids: customers, status: 'ARCHIVED' } }),
    );
    await measure('eraseCustomers', () => gateway.data(EraseCustomers, { input: { ids: customers } }));
    expect(await gateway.sql('SELECT count(*) FILTER (WHERE erased_at IS NULL) AS left FROM customer')).toEqual([
      { left: 0 },
    ]);
  }
  for (const [name, [few, many]] of Object.entries(counts)) expect([name, many]).toEqual([name, few]);
});
