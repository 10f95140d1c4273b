import { expect, it } from 'vitest';
import {
  BlacklistCustomers,
  CreateBankAccounts,
  CreateCustomers,
  Customers,
  EraseCustomers,
  SetCustomerStatus,
  UnblacklistCustomers,
  UpdateBankAccounts,
  UpdateCustomers,
  UpdateMerchantSettings,
  VerifyBankAccounts,
} from '../support/customer-documents.ts';
import {
  brief,
  CAPITEC_ACCOUNT,
  createBankAccount,
  createCustomer,
  person,
  startRecurringPayment,
} from '../support/customers.ts';
import { AdvanceClock, PaymentWithTransactions, SubmitPayments } from '../support/documents.ts';
import { methodIds, recurringDebitOrder } from '../support/examples.ts';
import type {
  CreateCustomerInput,
  CustomerFilter,
  SubmitPaymentInput,
  UpdateCustomerInput,
} from '../support/generated/graphql.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { authorisedMandate } from '../support/mandates.ts';

// What a careful reader broke once.

const update = async (gateway: TestGateway, record: UpdateCustomerInput) =>
  (await gateway.data(UpdateCustomers, { input: { records: [record] } })).updateCustomers.results[0];

it('stops a recurring payment whose last dates fall into a pause', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { customerId, paymentId } = await startRecurringPayment(gateway); // until 2025-09-30
  const status = async () => (await gateway.data(PaymentWithTransactions, { id: paymentId })).payment?.status;
  await gateway.data(AdvanceClock, { to: '2025-08-15T12:00:00+02:00' });
  await gateway.data(BlacklistCustomers, { input: { ids: [customerId] } });
  await gateway.data(AdvanceClock, { to: '2026-01-15T12:00:00+02:00' });
  expect(await status()).toBe('STOPPED');
  await gateway.data(UnblacklistCustomers, { input: { ids: [customerId] } });
  const { setCustomerStatus } = await gateway.data(SetCustomerStatus, {
    input: { ids: [customerId], status: 'ARCHIVED' },
  });
  expect(setCustomerStatus.results[0]?.outcome).toBe('UPDATED');
});

it('stops on demand what was paused for a customer that is blacklisted already', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { customerId, paymentId } = await startRecurringPayment(gateway);
  await gateway.data(BlacklistCustomers, { input: { ids: [customerId] } });
  const stop = async () =>
    (await gateway.data(BlacklistCustomers, { input: { ids: [customerId], runningPayments: 'STOP' } }))
      .blacklistCustomers.results[0];
  expect(await stop()).toMatchObject({
    outcome: 'UPDATED',
    affected: { paymentIds: [paymentId] },
    customer: { version: 2 },
  });
  expect(await stop()).toMatchObject({ outcome: 'UNCHANGED' });
  expect(await gateway.sql('SELECT status, pause_causes FROM payment')).toEqual([
    { status: 'STOPPED', pauseCauses: [] },
  ]);
});

it('gives a customer an account once, however many ask at once, and however it comes about', async () => {
  const gateway = await startGateway();
  const { id: customerId } = await createCustomer(gateway, person('A'));
  const input = { records: [{ customerId, ...CAPITEC_ACCOUNT }] };
  const answers = await Promise.all(Array.from({ length: 6 }, () => gateway.data(CreateBankAccounts, { input })));
  const results = answers.map(({ createBankAccounts }) => createBankAccounts.results[0]);
  expect(results.map((result) => result?.outcome).sort()).toEqual(['CREATED', ...Array(5).fill('FAILED')]);
  expect(results.find((result) => result?.outcome === 'FAILED')?.errors).toMatchObject([{ code: 'DUPLICATE' }]);
  const ids = await Promise.all(
    ['9900020018', '9900030005'].map(
      async (accountNumber) => (await createBankAccount(gateway, { customerId, ...CAPITEC_ACCOUNT, accountNumber })).id,
    ),
  );
  const records = ids.map((id) => ({ id, accountNumber: '9900040000' }));
  const { updateBankAccounts } = await gateway.data(UpdateBankAccounts, { input: { records } });
  expect(updateBankAccounts.results.flatMap(({ errors }) => brief(errors))).toEqual([
    'DUPLICATE_IN_BATCH records.0.accountNumber',
    'DUPLICATE_IN_BATCH records.1.accountNumber',
  ]);
});

it('gives an e-mail address once where it has to be unique, however many ask at once', async () => {
  const gateway = await startGateway();
  await gateway.data(UpdateMerchantSettings, { input: { emailUnique: true } });
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      gateway.data(CreateCustomers, { input: { records: [{ ...person(`${index}`), email: 'one@example.com' }] } }),
    ),
  );
  const outcomes = answers.map(({ createCustomers }) => createCustomers.results[0]?.outcome);
  expect(outcomes.sort()).toEqual(['CREATED', ...Array(5).fill('FAILED')]);
});

it('makes nothing for one who has the id number of a blacklisted customer, and judges only what changes', async () => {
  const gateway = await startGateway();
  const identity = { idType: 'PASSPORT_NUMBER', idNumber: 'A1234567' } as const;
  const { id } = await createCustomer(gateway, { ...person('A'), ...identity });
  const { id: customerId } = await createCustomer(gateway, { ...person('B'), ...identity });
  await gateway.data(BlacklistCustomers, { input: { ids: [id] } });
  const { createBankAccounts } = await gateway.data(CreateBankAccounts, {
    input: { records: [{ customerId, ...CAPITEC_ACCOUNT }] },
  });
  expect(brief(createBankAccounts.results[0]?.errors)).toEqual(['BLACKLISTED records.0.customerId']);
  expect(await update(gateway, { id: customerId, email: 'new@example.com' })).toMatchObject({ outcome: 'UPDATED' });
});

it('takes no NUL, no broken and no long key in metadata, and loses no neighbour by it', async () => {
  const gateway = await startGateway();
  const codeOf = async (metadata: Record<string, unknown>) => {
    const { data, errors } = await gateway.execute(CreateCustomers, {
      input: { records: [{ ...person('A'), metadata }], dryRun: true },
    });
    return errors?.[0]?.extensions['code'] ?? brief(data?.createCustomers.results[0]?.errors)[0];
  };
  expect(await codeOf({ 'a\0b': 1 })).toBe('BAD_REQUEST');
  expect(await codeOf({ 'a\ud800b': 1 })).toBe('BAD_REQUEST');
  expect(await codeOf({ a: { 'q\0': 1 } })).toBe('BAD_REQUEST');
  const records: CreateCustomerInput[] = [
    person('A'),
    { ...person('B'), metadata: { [`${'x'.repeat(39)}😀yyyy`]: 1 } },
  ];
  const { createCustomers } = await gateway.data(CreateCustomers, {
    input: { records, mode: 'PARTIAL', idempotencyKey: 'k' },
  });
  expect(createCustomers.results.map(({ outcome }) => outcome)).toEqual(['CREATED', 'FAILED']);
});

it('quotes no value in what it says of a document or its variables', async () => {
  const gateway = await startGateway();
  const number = '8001015009087';
  const send = async (query: string, variables: object = {}) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` };
    const response = await fetch(gateway.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    type Told = ReadonlyArray<{ message: string }>;
    const { errors, data } = (await response.json()) as {
      errors?: Told;
      data?: { createCustomers: { results: ReadonlyArray<{ errors: Told }> } };
    };
    const told = errors ?? data?.createCustomers.results.flatMap((result) => result.errors) ?? [];
    return told.map(({ message }) => message).join();
  };
  const mutation =
    'mutation ($input: CreateCustomersInput!) { createCustomers(input: $input) { results { errors { message } } } }';
  const create = (record: string) => `mutation { createCustomers(input: { records: [${record}] }) { failedCount } }`;
  const messages = [
    await send(mutation, { input: { records: [{ ...person('A'), idNumber: Number(number) }] } }),
    await send(mutation, { input: { records: [{ ...person('A'), idType: number }] } }),
    await send(mutation, { input: { records: [{ ...person('A'), isTax: number }] } }),
    await send(mutation, { input: number }),
    await send(create(`{ idNumber: ${number} }`)),
    await send(create(`{ idType: "${number}" }`)),
    await send(create(`{ isTax: "${number}" }`)),
    await send(`{ customers(first: "${number}") { totalCount } }`),
    await send(`{ customer(id: ID ${number}) { id } }`),
    await send(`{ customer "${number}" }`),
  ];
  expect(messages.filter((message) => message.includes('800101'))).toEqual([]);
  expect(messages.every((message) => message.length > 10)).toBe(true);
});

it('asks the bank again for what an earlier call with the key has not verified', async () => {
  const gateway = await startGateway();
  const { id: customerId } = await createCustomer(gateway, person('A'));
  const [a, b] = await Promise.all(
    ['1000000018', '9900020018'].map(
      async (accountNumber) => (await createBankAccount(gateway, { customerId, ...CAPITEC_ACCOUNT, accountNumber })).id,
    ),
  );
  const verify = async (second: string) => {
    const records = [a ?? '', second].map((id, index) => ({ id, clientKey: `${index}` }));
    return (await gateway.data(VerifyBankAccounts, { input: { records, mode: 'PARTIAL', idempotencyKey: 'k' } }))
      .verifyBankAccounts;
  };
  expect((await verify('ban_unknown')).results.map(({ outcome }) => outcome)).toEqual(['UPDATED', 'FAILED']);
  const again = await verify(b ?? '');
  expect([again.replayed, ...again.results.map(({ outcome }) => outcome)]).toEqual([true, 'UPDATED', 'UPDATED']);
});

it('says why it changes nothing of an erased account, and erases what callers said', async () => {
  const gateway = await startGateway();
  const { id } = await createCustomer(gateway, person('A'));
  const { id: accountId } = await createBankAccount(gateway, { customerId: id, ...CAPITEC_ACCOUNT });
  await gateway.data(BlacklistCustomers, { input: { ids: [id], reason: 'Thandi did it' } });
  await gateway.data(SetCustomerStatus, { input: { ids: [id], status: 'ARCHIVED', reason: 'Thandi went' } });
  await gateway.data(EraseCustomers, { input: { ids: [id], reason: 'Thandi asked' } });
  const { updateBankAccounts } = await gateway.data(UpdateBankAccounts, {
    input: { records: [{ id: accountId, accountHolderName: 'X' }] },
  });
  expect(brief(updateBankAccounts.results[0]?.errors)).toEqual(['NOT_MUTABLE records.0']);
  expect(JSON.stringify(await gateway.sql('SELECT reason FROM event'))).not.toContain('Thandi');
});

it('finds by "not" what has no value at all', async () => {
  const gateway = await startGateway();
  const passport = { idType: 'PASSPORT_NUMBER', idNumber: 'A1234567' } as const;
  const records = [
    { ...person('A'), companyName: 'Karoo Supplies' },
    { ...person('B'), contactNumber: '+27831234567', ...passport },
    { reference: 'CUS-C', companyName: 'Cape Books', email: 'c@example.com' },
  ];
  await gateway.data(CreateCustomers, { input: { records } });
  const found = async (not: CustomerFilter) => {
    const { customers } = await gateway.data(Customers, {
      filter: { not },
      orderBy: { field: 'REFERENCE', direction: 'ASC' },
    });
    expect(customers.totalCount).toBe(customers.nodes.length);
    return customers.nodes.map(({ reference }) => reference.slice(4)).join('');
  };
  expect(await found({ companyName: { eq: 'Karoo Supplies' } })).toBe('BC');
  expect(await found({ companyName: { contains: 'karoo' } })).toBe('BC');
  expect(await found({ personName: { in: ['Thandi'] } })).toBe('C');
  expect(await found({ contactNumber: { eq: '+27831234567' } })).toBe('AC');
  expect(await found({ idNumber: { eq: 'A1234567' } })).toBe('AC');
  expect(await found({ not: { companyName: { eq: 'Karoo Supplies' } } })).toBe('A');
  expect(await found({ or: [{ contactNumber: { eq: 'x' } }, { companyName: { eq: 'Cape Books' } }] })).toBe('AB');
});

it('changes a kind only with the company name, keeps zeros out of numbers, and a postal code in its country', async () => {
  const gateway = await startGateway();
  const { id } = await createCustomer(gateway, {
    ...person('A'),
    kind: 'COMPANY',
    billingCountry: 'US',
    billingPostalCode: '181',
  });
  expect(await update(gateway, { id, companyName: null })).toMatchObject({
    outcome: 'UNCHANGED',
    customer: { kind: 'COMPANY' },
  });
  expect(brief((await update(gateway, { id, kind: null }))?.errors)).toEqual(['NOT_CLEARABLE records.0.kind']);
  expect(await update(gateway, { id, billingCountry: 'ZA' })).toMatchObject({
    customer: { billingPostalCode: '0181' },
  });
  expect(brief((await update(gateway, { id, billingPostalCode: 'ABC-12' }))?.errors)).toEqual([
    'INVALID postal_code records.0.billingPostalCode',
  ]);
  expect(await update(gateway, { id, contactNumber: '+27 (83) 123-4567' })).toMatchObject({
    customer: { contactNumber: '+27831234567' },
  });
  expect(await update(gateway, { id, metadataReplace: { a: 1, b: null } })).toMatchObject({
    customer: { metadata: { a: 1 } },
  });
  expect(await update(gateway, { id, metadata: {} })).toMatchObject({ outcome: 'UNCHANGED' });
  const { id: accountId } = await createBankAccount(gateway, { customerId: id, ...CAPITEC_ACCOUNT });
  await gateway.data(VerifyBankAccounts, { input: { ids: [accountId] } });
  const change = { id: accountId, accountNumber: '0001000000018', accountHolderName: 'NEW' };
  const { updateBankAccounts } = await gateway.data(UpdateBankAccounts, { input: { records: [change] } });
  expect(updateBankAccounts.results[0]?.bankAccount).toMatchObject({
    accountNumber: '1000000018',
    accountHolderName: 'NEW',
    verificationStatus: 'VERIFIED',
  });
  const { errors } = await gateway.execute(UpdateMerchantSettings, { input: { cdvMode: null } });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_REQUEST', paths: [['cdvMode']] });
});

it('answers a replayed record where it stands now, and one key twice as standing twice', async () => {
  const gateway = await startGateway();
  const keyed = (key: string) => ({ ...person(key), clientKey: key, taxNumber: 'odd' });
  const send = async (records: CreateCustomerInput[]) =>
    (await gateway.data(CreateCustomers, { input: { records, mode: 'PARTIAL', idempotencyKey: 'k' } })).createCustomers;
  await send([{ ...keyed('A'), email: 'bad' }, keyed('B')]);
  const [moved] = (await send([keyed('B'), keyed('A')])).results;
  expect(moved).toMatchObject({
    index: 0,
    clientKey: 'B',
    outcome: 'CREATED',
    warnings: [{ code: 'TAX_NUMBER_UNUSUAL', path: ['records', '0', 'taxNumber'] }],
  });
  const twice = await send([keyed('A'), keyed('A')]);
  expect(twice.results.map(({ errors }) => brief(errors)[0])).toEqual([
    'DUPLICATE_IN_BATCH records.0.clientKey',
    'DUPLICATE_IN_BATCH records.1.clientKey',
  ]);
  const again = await send([keyed('A')]);
  expect([again.replayed, again.results[0]?.customer?.id !== undefined]).toEqual([true, true]);
  expect(await gateway.sql('SELECT count(*) AS count FROM customer')).toEqual([{ count: 2 }]);
});

it('refuses a document that is nested too deep, before the parser climbs down', async () => {
  const gateway = await startGateway();
  const query = `mutation { createCustomers(input: { records: [{ metadata: ${'{a:'.repeat(20_000)}1${'}'.repeat(20_000)} }] }) { failedCount } }`;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` };
  const response = await fetch(gateway.url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { errors } = (await response.json()) as { errors: Array<{ extensions: { code: string } }> };
  expect(errors[0]?.extensions.code).toBe('QUERY_TOO_LARGE');
});

it('keeps its rules for a customer with more behind it than is named', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { customerId, bankAccountId, paymentId } = await startRecurringPayment(gateway);
  const { eft, payIn } = await methodIds(gateway);
  const oneTime = { processDate: '2024-09-16' };
  const many = (count: number, record: SubmitPaymentInput) =>
    gateway.data(SubmitPayments, { input: { records: Array(count).fill(record) } });
  await gateway.sql("UPDATE payment SET status = 'STOPPED'");
  await many(101, { paymentMethodId: eft, customerId, bankAccountId, mandate: { amount: '1.00', oneTime }, oneTime });
  await gateway.sql("UPDATE payment SET status = 'COMPLETED' WHERE status = 'RUNNING'");
  await gateway.sql("UPDATE payment SET status = 'RUNNING' WHERE id = $1", [paymentId]);
  await many(101, { paymentMethodId: payIn, customerId, amount: '1.00' });
  const debicheck = await authorisedMandate(gateway, 'debicheck', { customerId, bankAccountId });
  expect((await update(gateway, { id: customerId, contactNumber: null }))?.errors).toMatchObject([
    { code: 'NOT_CLEARABLE', blockedBy: [debicheck] },
  ]);
  expect(await update(gateway, { id: customerId, personName: 'Johan' })).toMatchObject({
    affected: { paymentIds: [paymentId], untouchedMandateIds: [debicheck], truncated: true },
  });
  const { updateBankAccounts } = await gateway.data(UpdateBankAccounts, {
    input: { records: [{ id: bankAccountId, accountHolderName: 'X' }] },
  });
  expect(brief(updateBankAccounts.results[0]?.errors)).toEqual(['NOT_MUTABLE records.0.accountHolderName']);
  const stop = { ids: [customerId], runningPayments: 'STOP' as const };
  expect(
    (await gateway.data(BlacklistCustomers, { input: { ids: [customerId] } })).blacklistCustomers.results[0],
  ).toMatchObject({ affected: { paymentIds: [paymentId] } });
  expect((await gateway.data(BlacklistCustomers, { input: stop })).blacklistCustomers.results[0]).toMatchObject({
    outcome: 'UPDATED',
  });
  const { setCustomerStatus } = await gateway.data(SetCustomerStatus, {
    input: { ids: [customerId], status: 'ARCHIVED' },
  });
  expect(setCustomerStatus.results[0]?.errors).toMatchObject([{ code: 'STATE_CONFLICT', blockedBy: { length: 100 } }]);
});

it('holds the last debit of a payment when it is paused, takes it back when it is stopped, and says why in the words of the caller', async () => {
  const wanted = {
    PAUSE: ['PAUSED', null, 'PENDING'],
    STOP: ['STOPPED', 'The customer is blacklisted.', 'CANCELLED'],
  };
  for (const runningPayments of ['PAUSE', 'STOP'] as const) {
    const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
    const { eft } = await methodIds(gateway);
    const record = { ...recurringDebitOrder(eft), recurring: { dateStart: '2024-10-01', dateEnd: '2024-10-01' } };
    const { submitPayments } = await gateway.data(SubmitPayments, { input: { records: [record] } });
    const payment = submitPayments.results[0]?.payment;
    await gateway.data(AdvanceClock, { to: '2024-09-27T09:00:00+02:00' }); // made, to be sent at 15:00
    await gateway.data(BlacklistCustomers, {
      input: { ids: [payment?.customer.id ?? ''], runningPayments, reason: 'fraud' },
    });
    const after = (await gateway.data(PaymentWithTransactions, { id: payment?.id ?? '' })).payment;
    expect([after?.status, after?.failedReason, after?.transactions.nodes[0]?.status]).toEqual(wanted[runningPayments]);
    const reasons = await gateway.sql(
      "SELECT DISTINCT reason FROM event WHERE to_status IN ('PAUSED', 'STOPPED', 'CANCELLED')",
    );
    expect(reasons).toEqual([{ reason: 'fraud' }]);
  }
});

it('says which record a value of the wrong type stands in', async () => {
  const gateway = await startGateway();
  const records = [person('A'), { ...person('B'), idType: 'SA_ID' }];
  const input = { records: records as CreateCustomerInput[] };
  const { createCustomers } = await gateway.data(CreateCustomers, { input });
  expect(createCustomers.results.map(({ outcome }) => outcome)).toEqual(['NOT_APPLIED', 'FAILED']);
  expect(createCustomers.results[1]?.errors).toMatchObject([
    {
      code: 'INVALID',
      message: 'There is no such value in "IdType" enum.',
      path: ['records', '1', 'idType'],
    },
  ]);
  const { updateCustomers } = await gateway.data(UpdateCustomers, { input: { records: [{}] as never } });
  expect(brief(updateCustomers.results[0]?.errors)).toEqual(['INVALID type records.0.id']);
});

it('names who is blacklisted, and lets nobody on the list become another', async () => {
  const gateway = await startGateway();
  const identity = { idType: 'PASSPORT_NUMBER', idNumber: 'A1234567' } as const;
  const { id } = await createCustomer(gateway, { ...person('A'), ...identity });
  const { id: customerId } = await createCustomer(gateway, { ...person('B'), ...identity });
  await gateway.data(BlacklistCustomers, { input: { ids: [id] } });
  const { createBankAccounts } = await gateway.data(CreateBankAccounts, {
    input: { records: [{ customerId, ...CAPITEC_ACCOUNT }] },
  });
  expect(createBankAccounts.results[0]?.errors).toMatchObject([{ code: 'BLACKLISTED', blockedBy: [id] }]);
  expect(brief((await update(gateway, { id, idType: null, idNumber: null }))?.errors)).toEqual([
    'BLACKLISTED records.0.idType',
    'BLACKLISTED records.0.idNumber',
  ]);
});

it('forgets a verification when the owner is known otherwise', async () => {
  const gateway = await startGateway();
  const { id: customerId } = await createCustomer(gateway, person('A'));
  const { id } = await createBankAccount(gateway, { customerId, ...CAPITEC_ACCOUNT });
  const status = async () => (await gateway.sql('SELECT verification_status AS status, version FROM bank_account'))[0];
  await gateway.data(VerifyBankAccounts, { input: { ids: [id] } });
  await update(gateway, { id: customerId, email: 'other@example.com' });
  expect(await status()).toEqual({ status: 'VERIFIED', version: 2 });
  await update(gateway, { id: customerId, personSurname: 'Other' });
  expect(await status()).toEqual({ status: 'UNVERIFIED', version: 3 });
});

it('lets what was unchanged be asked otherwise under the same key', async () => {
  const gateway = await startGateway();
  const [a, b] = await Promise.all([createCustomer(gateway, person('A')), createCustomer(gateway, person('B'))]);
  const send = async (first: string) => {
    const records = [
      { id: a.id, clientKey: '1', personName: first },
      { id: b.id, clientKey: '2', personName: 'New' },
    ];
    return (await gateway.data(UpdateCustomers, { input: { records, mode: 'PARTIAL', idempotencyKey: 'k' } }))
      .updateCustomers;
  };
  expect((await send('Thandi')).results.map(({ outcome }) => outcome)).toEqual(['UNCHANGED', 'UPDATED']);
  const second = await send('Zanele');
  expect([second.replayed, ...second.results.map(({ outcome }) => outcome)]).toEqual([true, 'UPDATED', 'UPDATED']);
  expect(second.results[1]?.customer?.version).toBe(2);
});

it('takes a cursor of the newest first, however the days are asked for', async () => {
  const gateway = await startGateway();
  await gateway.data(CreateCustomers, { input: { records: ['1', '2', '3'].map(person) } });
  const query =
    'query ($after: String, $filter: CustomerFilter) { customers(first: 1, after: $after, filter: $filter) { nodes { reference } pageInfo { endCursor } } }';
  const page = async (variables: object) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` };
    const response = await fetch(gateway.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    const { data } = (await response.json()) as {
      data: { customers: { nodes: Array<{ reference: string }>; pageInfo: { endCursor: string } } };
    };
    return { reference: data.customers.nodes[0]?.reference, cursor: data.customers.pageInfo.endCursor };
  };
  const days = { createdAt: { gte: '2026-01-01' } };
  const plain = await page({});
  const byDays = await page({ filter: days });
  for (const after of [plain.cursor, byDays.cursor]) {
    for (const filter of [{}, days, { and: [days] }]) expect((await page({ after, filter })).reference).toBe('CUS-2');
  }
});

it('finds small numbers in metadata, and refuses those that would be others', async () => {
  const gateway = await startGateway();
  const send = async (n: number) =>
    (
      await gateway.data(CreateCustomers, {
        input: { records: [{ ...person('A'), metadata: { n } }], mode: 'PARTIAL' },
      })
    ).createCustomers.results[0];
  expect(brief((await send(2 ** 60))?.errors)).toEqual(['INVALID exact_number records.0.metadata.n']);
  expect(await send(1e-7)).toMatchObject({ outcome: 'CREATED', customer: { metadata: { n: 1e-7 } } });
  for (const eq of ['1e-7', '0.0000001']) {
    const { customers } = await gateway.data(Customers, { filter: { metadata: { key: 'n', eq } } });
    expect([eq, customers.totalCount]).toEqual([eq, 1]);
  }
});
