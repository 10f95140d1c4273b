import { inspect } from 'node:util';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { expect, it } from 'vitest';
import {
  BlacklistCustomers,
  CreateBankAccounts,
  CreateCustomers,
  EraseCustomers,
  SetCustomerStatus,
  UpdateBankAccounts,
  UpdateCustomers,
  VerifyBankAccounts,
} from '../support/customer-documents.ts';
import { CAPITEC_ACCOUNT, createBankAccount, createCustomer, person } from '../support/customers.ts';
import { AdvanceClock, SubmitPayments } from '../support/documents.ts';
import { methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { CreateMandates, MandateById, UpdateMandates } from '../support/mandate-documents.ts';
import { DEBICHECK } from '../support/mandates.ts';

// Numbers that stand for a person, driven through every operation and every refusal: found in no answer that does not ask for
// them, in no log, event, audit entry or idempotency record, and in no column but the encrypted ones.

const ACCOUNT_NUMBER = '9900020018';
const OTHER_ACCOUNT_NUMBER = '9900030005';
const ID_NUMBER = '8411180614084';
const OTHER_ID_NUMBER = '7807085800085';
const TAX_NUMBER = '9560164031';
/** Wrong in one way or another, and a person's all the same. */
const WRONG = ['9900020019', '8411180614085', '99000200189900020018', 'A8411180614084'];
const CANARIES = [ACCOUNT_NUMBER, OTHER_ACCOUNT_NUMBER, ID_NUMBER, OTHER_ID_NUMBER, TAX_NUMBER, ...WRONG];

const identity = { idType: 'SOUTH_AFRICAN_ID', idNumber: ID_NUMBER, taxNumber: TAX_NUMBER, isTax: true } as const;

/** Sends a document of any shape, as a client does that makes mistakes; the whole answer as text. */
async function sendRaw(gateway: TestGateway, query: string, variables: unknown = {}): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` };
  const response = await fetch(gateway.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return response.text();
}

async function driveThroughEverything(gateway: TestGateway): Promise<string[]> {
  const { eft } = await methodIds(gateway);
  const { id } = await createCustomer(gateway, { ...person('A'), ...identity });
  const { id: accountId } = await createBankAccount(gateway, {
    customerId: id,
    ...CAPITEC_ACCOUNT,
    accountNumber: ACCOUNT_NUMBER,
  });
  const answers: string[] = [];
  const customers = [
    { ...person('B'), ...identity }, // a namesake: warned of
    { ...person('A'), ...identity }, // a reference that is taken
    ...WRONG.map((idNumber, index) => ({ ...person(`W${index}`), ...identity, idNumber, taxNumber: idNumber })),
    { ...person('C'), idNumber: ID_NUMBER },
  ];
  for (const mode of ['ATOMIC', 'PARTIAL'] as const) {
    const input = {
      records: customers.map((record, index) => ({ ...record, clientKey: `${index}` })),
      mode,
      idempotencyKey: mode,
    };
    answers.push(await brief(gateway, CreateCustomers, { input }), await brief(gateway, CreateCustomers, { input }));
    answers.push(await brief(gateway, CreateCustomers, { input: { ...input, records: input.records.slice(1) } })); // reused
  }
  const accounts = [ACCOUNT_NUMBER, ...WRONG].map((accountNumber) => ({
    customerId: id,
    ...CAPITEC_ACCOUNT,
    accountNumber,
  }));
  answers.push(
    await brief(gateway, CreateBankAccounts, {
      input: { records: accounts, mode: 'PARTIAL', idempotencyKey: 'accounts' },
    }),
  );
  answers.push(
    await brief(gateway, UpdateCustomers, {
      input: { records: [{ id, idNumber: OTHER_ID_NUMBER }], idempotencyKey: 'change' },
    }),
  );
  answers.push(
    await brief(gateway, UpdateCustomers, {
      input: { records: [{ id, idNumber: WRONG[1] ?? '', expectedVersion: 99 }] },
    }),
  );
  answers.push(
    await brief(gateway, UpdateBankAccounts, {
      input: { records: [{ id: accountId, accountNumber: OTHER_ACCOUNT_NUMBER }], idempotencyKey: 'account' },
    }),
  );
  answers.push(await brief(gateway, VerifyBankAccounts, { input: { ids: [accountId], idempotencyKey: 'verify' } }));
  const payment = oneTimeDebitOrder(eft, 'P', '2024-09-16');
  const inline = {
    ...payment,
    customer: { ...person('P'), ...identity },
    bankAccount: { ...CAPITEC_ACCOUNT, accountNumber: ACCOUNT_NUMBER },
  };
  for (const records of [
    [inline],
    [inline],
    [{ ...inline, bankAccount: { ...inline.bankAccount, accountNumber: WRONG[0] ?? '' } }],
  ]) {
    answers.push(await brief(gateway, SubmitPayments, { input: { records, idempotencyKey: 'pay' } }));
  }
  const { debicheck } = await methodIds(gateway);
  await gateway.data(UpdateCustomers, { input: { records: [{ id, contactNumber: '+27831234567' }] } });
  const mandate = { ...DEBICHECK, customerId: id, bankAccountId: accountId, paymentMethodId: debicheck };
  const made = await gateway.data(CreateMandates, { input: { records: [mandate], idempotencyKey: 'mandate' } });
  const mandateId = made.createMandates.results[0]?.mandate?.id ?? '';
  expect(mandateId).not.toBe('');
  answers.push(
    JSON.stringify(made),
    await brief(gateway, CreateMandates, { input: { records: [{ ...mandate, amount: ID_NUMBER }] } }),
  );
  await gateway.data(AdvanceClock, { to: '2024-09-02T00:00:00+02:00' });
  answers.push(await brief(gateway, UpdateMandates, { input: { records: [{ id: mandateId, amount: '50.00' }] } }));
  answers.push(await brief(gateway, MandateById, { id: mandateId })); // with the snapshot of the debtor
  await gateway.data(AdvanceClock, { to: '2024-09-30T00:00:00+02:00' });
  answers.push(await brief(gateway, BlacklistCustomers, { input: { ids: [id], reason: 'fraud' } }));
  answers.push(
    await brief(gateway, CreateCustomers, {
      input: { records: [{ ...person('L'), ...identity, idNumber: OTHER_ID_NUMBER }] },
    }),
  );
  answers.push(await brief(gateway, SetCustomerStatus, { input: { ids: [id], status: 'ARCHIVED' } }));
  answers.push(...(await makeMistakes(gateway, id)));
  answers.push(await brief(gateway, EraseCustomers, { input: { ids: [id] } }));
  return answers;
}

/** Numbers where they do not belong: in filters, ids, wrong types, unknown fields, broken text. */
async function makeMistakes(gateway: TestGateway, id: string): Promise<string[]> {
  const create =
    'mutation ($input: CreateCustomersInput!) { createCustomers(input: $input) { results { errors { message path } } } }';
  return Promise.all([
    sendRaw(gateway, `{ customers(filter: { idNumber: { eq: "${ID_NUMBER}" } }) { totalCount } }`),
    sendRaw(gateway, 'query ($f: CustomerFilter) { customers(filter: $f) { totalCount } }', {
      f: { idNumber: { in: [ID_NUMBER, null] } },
    }),
    sendRaw(gateway, 'query ($n: String!) { bankAccounts(filter: { accountNumber: { eq: $n } }) { totalCount } }', {
      n: ACCOUNT_NUMBER,
    }),
    sendRaw(gateway, 'query ($id: ID!) { node(id: $id) { id } customer(id: $id) { id } }', { id: ID_NUMBER }),
    sendRaw(gateway, create, { input: { records: [{ ...person('M'), reference: `${ID_NUMBER}\0` }] } }),
    sendRaw(gateway, 'query ($n: String!) { customerByReference(reference: $n) { id } }', { n: ID_NUMBER }),
    sendRaw(
      gateway,
      'mutation ($i: SetCustomerStatusInput!) { setCustomerStatus(input: $i) { results { errors { message path } } } }',
      {
        i: { ids: [id, ACCOUNT_NUMBER], status: 'ACTIVE' },
      },
    ),
  ]);
}

async function brief<Result, Variables>(
  gateway: TestGateway,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): Promise<string> {
  const { data, errors } = await gateway.execute(document, variables);
  // Whole numbers are selected by these documents, and come back where they are asked for: that is not a leak.
  return JSON.stringify({ data, errors }, (name, value) =>
    /^(accountNumber|idNumber|taxNumber|normalizedAccountNumber)$/.test(name) ? undefined : value,
  );
}

it('finds no personal number where it was not asked for', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK, cdvMode: 'ERROR' });
  const answers = await driveThroughEverything(gateway);
  await gateway.sql('ALTER TABLE bank_account RENAME TO bank_account_gone'); // and when the database itself refuses
  const { id } = await createCustomer(gateway, person('Z'));
  answers.push(
    await brief(gateway, CreateBankAccounts, {
      input: { records: [{ customerId: id, ...CAPITEC_ACCOUNT, accountNumber: ACCOUNT_NUMBER }] },
    }),
  );
  await gateway.sql('ALTER TABLE bank_account_gone RENAME TO bank_account');
  expect(answers.some((answer) => answer.includes('INTERNAL'))).toBe(true);

  const tables = await gateway.sql<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
  );
  const rows = await Promise.all(
    tables.map(({ name }) => gateway.sql(`SELECT to_jsonb(t)::text AS row FROM "${name}" AS t`)),
  );
  const everything = JSON.stringify([rows, answers, inspect(gateway.logged, { depth: 20 })]);
  expect(everything.length).toBeGreaterThan(30_000);
  for (const number of CANARIES) {
    for (const form of [
      number,
      ...['base64', 'base64url', 'hex'].map((encoding) => Buffer.from(number).toString(encoding as BufferEncoding)),
    ]) {
      expect([number, form, everything.includes(form)]).toEqual([number, form, false]);
    }
  }
});

it('would find one that stood anywhere in clear', async () => {
  const gateway = await startGateway();
  await createCustomer(gateway, { ...person('A'), description: ID_NUMBER });
  const rows = await gateway.sql('SELECT to_jsonb(t)::text AS row FROM customer AS t');
  expect(JSON.stringify(rows).includes(ID_NUMBER)).toBe(true);
});
