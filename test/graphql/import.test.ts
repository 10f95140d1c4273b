import { expect, it } from 'vitest';
import { CreateCustomers } from '../support/customer-documents.ts';
import { CAPITEC_ACCOUNT, person } from '../support/customers.ts';
import { methodIds } from '../support/examples.ts';
import type { ImportCollectionInput, ImportPaymentInput } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import {
  formerCustomer,
  formerMandate,
  formerPayment,
  ImportCustomers,
  ImportMandates,
  ImportPayments,
  importedPayment,
  importMandate,
  importParties,
  importPayment,
} from '../support/import.ts';
import { UpdateMandates } from '../support/mandate-documents.ts';
import { advance, type MethodName, mandateOf } from '../support/mandates.ts';
import { setStatus, simulate, updatePayment } from '../support/money.ts';
import { captureStatements } from '../support/statements.ts';

// The clock starts on Sunday 2024-09-01; the payments began in May, on the 25th of each month.

const start = () => startGateway({ clockStart: DOCUMENTS_CLOCK });

const paid = (...days: string[]): ImportCollectionInput[] =>
  days.map((nominalDate) => ({ nominalDate, status: 'PAID' as const }));

/** Imports a payment and its parties, all sound; the id of the payment. */
async function importRunning(
  gateway: TestGateway,
  method: MethodName,
  change: Partial<ImportPaymentInput>,
  terms: object = {},
): Promise<string> {
  await importParties(gateway, method, 'A', terms);
  const { payment, errors } = await importPayment(gateway, await formerPayment(gateway, method, 'A', change));
  if (!payment) throw new Error(JSON.stringify(errors));
  return payment.id;
}

/** The nominal dates that a payment collects itself until a day. */
async function collectedUntil(gateway: TestGateway, id: string, to: string): Promise<string[]> {
  await advance(gateway, to);
  const { collections } = await importedPayment(gateway, id);
  return collections.filter(({ isImported }) => !isImported).map(({ nominalDate }) => nominalDate);
}

it('asks no debtor again: an imported DebiCheck mandate is ACTIVE, and nothing was sent for it', async () => {
  const gateway = await start();
  const { mandateId } = await importParties(gateway, 'debicheck', 'A');
  expect(await mandateOf(gateway, mandateId)).toMatchObject({ status: 'ACTIVE' });
  await advance(gateway, '2024-09-20T08:00:00+02:00');
  expect(await mandateOf(gateway, mandateId)).toMatchObject({ status: 'ACTIVE' });
  expect(await gateway.sql('SELECT count(*) FROM mandate_request')).toEqual([{ count: 0 }]);
  const [row] = await gateway.sql<{ approvedAt: Date; snapshot: { accountNumberMasked: string } }>(
    'SELECT attempts, approved_at, authentication_reference, debtor_snapshot AS snapshot FROM mandate WHERE id = $1',
    [mandateId],
  );
  expect(row).toMatchObject({
    attempts: 0,
    approvedAt: new Date('2024-05-02T09:00:00Z'),
    authenticationReference: 'MRN0001',
    snapshot: { accountNumberMasked: '*****0018' },
  });
});

it('requires what an approval leaves behind, by method', async () => {
  const gateway = await start();
  await gateway.data(ImportCustomers, { input: { records: [formerCustomer('A')] } });
  const codes = async (method: MethodName, change: object) => {
    const { errors } = await importMandate(gateway, await formerMandate(gateway, method, 'A', change), {
      dryRun: true,
    });
    return errors.map(({ code, path }) => `${code} ${path.at(-1)}`);
  };
  expect(await codes('debicheck', {})).toEqual([]);
  expect(await codes('debicheck', { approvedAt: null, authenticationReference: null })).toEqual([
    'METHOD_REQUIRES approvedAt',
    'METHOD_REQUIRES authenticationReference',
  ]);
  expect(await codes('registeredAbsa', { authenticationReference: null })).toEqual([]);
  expect(await codes('debicheck', { approvedAt: '2024-09-02T08:00:00Z' })).toEqual(['INVALID_DATE approvedAt']);
  expect(await codes('debicheck', { contractReference: null })).toEqual(['METHOD_REQUIRES contractReference']);
  expect(await codes('debicheck', { externalId: null })).toEqual(['REQUIRED externalId']);
  expect(await codes('eft', { approvedAt: '2024-05-02T09:00:00Z' })).toEqual(['METHOD_FORBIDS approvedAt']);
  expect(await codes('eft', { customerExternalId: 'C-X' })).toEqual(['NOT_FOUND customerExternalId']);
  expect(await codes('eft', { customerExternalId: null })).toEqual(['REQUIRED customerId']);
  expect(await codes('debicheck', { status: 'PENDING' })).toEqual(['METHOD_FORBIDS status']);
});

it('keeps what was collected, and goes on from the next cycle', async () => {
  const gateway = await start();
  const id = await importRunning(gateway, 'eft', { collections: paid('2024-07-25', '2024-06-25', '2024-08-25') });
  const payment = await importedPayment(gateway, id);
  expect(payment.collections).toMatchObject([
    { nominalDate: '2024-06-25', status: 'PAID', amount: '45.00', transactionReference: 'REFA-001', isImported: true },
    { nominalDate: '2024-07-25', transactionReference: 'REFA-002' },
    { nominalDate: '2024-08-25', transactionReference: 'REFA-003', chargedAt: '2024-08-24T22:00:00.000Z' },
  ]);
  expect(payment).toMatchObject({
    status: 'RUNNING',
    recurring: { processDay: 25, dateStart: '2024-05-01' },
    nextCollection: { nominalDate: '2024-09-25' },
  });
  expect(await collectedUntil(gateway, id, '2024-11-20T08:00:00+02:00')).toEqual(['2024-09-25', '2024-10-25']);
  const own = (await importedPayment(gateway, id)).collections.slice(3);
  expect(own.map(({ transactionReference, status }) => `${transactionReference} ${status}`)).toEqual([
    'REFA-004 PAID',
    'REFA-005 PAID',
  ]);
});

it('never collects a cycle that the other system has collected on another day', async () => {
  const gateway = await start();
  // The 5th was moved to Sunday the 1st: the cycle of September is over.
  const id = await importRunning(
    gateway,
    'debicheck',
    { recurring: { dateStart: '2024-05-01' }, collections: paid('2024-08-05', '2024-09-01') },
    { recurring: { processDay: 5 } },
  );
  expect(await collectedUntil(gateway, id, '2024-10-20T08:00:00+02:00')).toEqual(['2024-10-05']);
});

it('keeps to continueFrom when the terms of the mandate change', async () => {
  const gateway = await start();
  // The collection of September is at the bank of the other system.
  const id = await importRunning(gateway, 'eft', {
    recurring: { dateStart: '2024-05-01', continueFrom: '2024-10-01' },
    collections: paid('2024-08-25'),
  });
  const [mandate] = await gateway.sql<{ id: string }>('SELECT id FROM mandate');
  const record = { id: mandate?.id ?? '', recurring: { processDay: 28 } };
  const { updateMandates } = await gateway.data(UpdateMandates, { input: { records: [record] } });
  expect(updateMandates.results[0]?.errors).toEqual([]);
  expect(await collectedUntil(gateway, id, '2024-11-10T08:00:00+02:00')).toEqual(['2024-10-28']);
});

it('keeps to continueFrom when a payment without history changes', async () => {
  const gateway = await start();
  const recurring = { dateStart: '2024-05-01', continueFrom: '2024-10-01' };
  const id = await importRunning(gateway, 'eft', { recurring });
  const { errors } = await updatePayment(gateway, { id, recurring: { processDay: 28 } });
  expect(errors).toEqual([]);
  expect(await collectedUntil(gateway, id, '2024-11-10T08:00:00+02:00')).toEqual(['2024-10-28']);
});

it('goes on without any history only from the day that the caller names', async () => {
  const gateway = await start();
  await importParties(gateway, 'eft', 'A');
  const record = await formerPayment(gateway, 'eft', 'A');
  const { errors } = await importPayment(gateway, record);
  expect(errors).toMatchObject([{ code: 'REQUIRED', path: ['records', '0', 'recurring', 'continueFrom'] }]);
  const named = await importPayment(gateway, {
    ...record,
    recurring: { ...record.recurring, continueFrom: '2024-10-01' },
  });
  expect(named).toMatchObject({
    outcome: 'CREATED',
    warnings: [],
    collection: { nominalDate: '2024-10-25' },
    payment: { firstNominalDate: '2024-05-25', nextCollection: { nominalDate: '2024-10-25' } },
  });
});

it('reports cycles that nobody collected', async () => {
  const gateway = await start();
  await importParties(gateway, 'eft', 'A');
  const record = await formerPayment(gateway, 'eft', 'A', { collections: paid('2024-06-25') });
  const result = await importPayment(gateway, record);
  expect(result.warnings).toEqual([
    { code: 'CYCLE_SKIPPED', lostDate: '2024-07-25', nextDate: '2024-09-25' },
    { code: 'CYCLE_SKIPPED', lostDate: '2024-08-25', nextDate: '2024-09-25' },
  ]);
  const events = await gateway.sql<{ reason: string }>(
    "SELECT reason FROM event WHERE aggregate_id = $1 AND reason LIKE '%skipped%' ORDER BY version",
    [result.payment?.id],
  );
  expect(events.map(({ reason }) => reason.slice(0, 42))).toEqual([
    'The collection of 2024-07-25 is skipped. I',
    'The collection of 2024-08-25 is skipped. I',
  ]);
});

it('applies what the bank reports later about a collection with a bank reference', async () => {
  const gateway = await start();
  const collections = [
    { nominalDate: '2024-07-25', status: 'PAID' as const, bankReference: 'OLD-7' },
    { nominalDate: '2024-08-25', status: 'PAID' as const },
  ];
  const id = await importRunning(gateway, 'eft', { collections });
  const [july, august] = (await importedPayment(gateway, id)).collections;
  expect(await simulate(gateway, 'TRANSACTION_DISPUTED', july?.id ?? '')).toMatchObject({ errors: [] });
  await advance(gateway, '2024-09-02T08:00:00+02:00');
  expect((await importedPayment(gateway, id)).collections.map(({ status }) => status)).toEqual(['DISPUTED', 'PAID']);
  const unknown = await simulate(gateway, 'TRANSACTION_DISPUTED', august?.id ?? '');
  expect(unknown).toMatchObject({ outcome: 'FAILED', errors: [{ code: 'INVALID', path: ['id'] }] });
});

it('refuses a bank reference that another collection has', async () => {
  const gateway = await start();
  await importRunning(gateway, 'eft', {
    collections: [{ nominalDate: '2024-08-25', status: 'PAID', bankReference: 'OLD-8' }],
  });
  await importParties(gateway, 'eft', 'B');
  const again = await formerPayment(gateway, 'eft', 'B', {
    collections: [
      { nominalDate: '2024-08-25', status: 'PAID', bankReference: 'OLD-8' },
      { nominalDate: '2024-07-25', status: 'PAID', bankReference: 'OLD-7' },
      { nominalDate: '2024-06-25', status: 'PAID', bankReference: 'OLD-7' },
    ],
  });
  const { errors } = await importPayment(gateway, again);
  expect(errors.map(({ code }) => code).sort()).toEqual(['DUPLICATE', 'DUPLICATE_IN_BATCH', 'DUPLICATE_IN_BATCH']);
});

it('refuses a payment whose returns have withdrawn the authority of its mandate', async () => {
  const gateway = await start();
  await importParties(gateway, 'eft', 'A');
  const unpaid = (nominalDate: string, unpaidCode = '02'): ImportCollectionInput => {
    return { nominalDate, status: 'UNPAID', unpaidCode };
  };
  const codes = async (...collections: ImportCollectionInput[]) => {
    const record = await formerPayment(gateway, 'eft', 'A', { collections });
    return (await importPayment(gateway, record, { dryRun: true })).errors.map(
      ({ code, path }) => `${code} ${path.at(-1)}`,
    );
  };
  expect(await codes(unpaid('2024-07-25'), unpaid('2024-08-25'))).toEqual(['STATE_CONFLICT collections']);
  expect(await codes(unpaid('2024-08-25', '04'))).toEqual(['STATE_CONFLICT collections']);
  expect(await codes(unpaid('2024-07-25'), ...paid('2024-08-25'))).toEqual([]);
  expect(await codes(unpaid('2024-06-25'), ...paid('2024-07-25'), unpaid('2024-08-25'))).toEqual([]);
});

it('checks every collection', async () => {
  const gateway = await start();
  await importParties(gateway, 'eft', 'A');
  const codes = async (...collections: ImportCollectionInput[]) => {
    const record = await formerPayment(gateway, 'eft', 'A', { collections });
    const { errors } = await importPayment(gateway, record, { dryRun: true });
    return errors.map(({ code, path }) => `${code} ${path.slice(2).join('.')}`);
  };
  const one = { nominalDate: '2024-08-25', status: 'PAID' as const };
  expect(await codes({ ...one, status: 'SENT_TO_BANK' })).toEqual(['INVALID collections.0.status']);
  expect(await codes({ ...one, status: null })).toEqual(['REQUIRED collections.0.status']);
  expect(await codes({ ...one, nominalDate: '2024-09-02' })).toEqual(['INVALID_DATE collections.0.nominalDate']);
  expect(await codes({ ...one, actionDate: '2024-09-02' })).toEqual(['INVALID_DATE collections.0.actionDate']);
  expect(await codes({ ...one, unpaidCode: '02' })).toEqual(['INVALID collections.0.unpaidCode']);
  expect(await codes({ ...one, status: 'UNPAID' })).toEqual(['REQUIRED collections.0.unpaidCode']);
  expect(await codes({ ...one, status: 'UNPAID', unpaidCode: 'XX' })).toEqual(['INVALID collections.0.unpaidCode']);
  expect(await codes({ ...one, amount: '-1.00' })).toEqual(['INVALID_AMOUNT collections.0.amount']);
  expect(await codes(one, one)).toEqual([
    'DUPLICATE_IN_BATCH collections.0.attempt',
    'DUPLICATE_IN_BATCH collections.1.attempt',
  ]);
  expect(await codes({ ...one, attempt: 2 })).toEqual(['INVALID collections.0.attempt']);
  expect(await codes(...Array(401).fill(one))).toEqual(['TOO_LONG collections']);
});

it('names an object once: a repeat is a duplicate, whichever call made the first', async () => {
  const gateway = await start();
  const { customerId } = await importParties(gateway, 'eft', 'A');
  const { importCustomers } = await gateway.data(ImportCustomers, { input: { records: [formerCustomer('A')] } });
  expect(importCustomers.results[0]?.errors).toMatchObject([
    { code: 'DUPLICATE', path: ['records', '0', 'reference'] },
    { code: 'DUPLICATE', path: ['records', '0', 'externalId'], existingId: customerId },
    { code: 'DUPLICATE', path: ['records', '0', 'bankAccounts', '0', 'externalId'] },
  ]);
  const { createCustomers } = await gateway.data(CreateCustomers, {
    input: { records: [{ ...person('B'), externalId: ' C-A ' }] },
  });
  expect(createCustomers.results[0]?.errors).toMatchObject([{ code: 'DUPLICATE', existingId: customerId }]);
  const twice = await gateway.data(CreateCustomers, {
    input: { records: ['D', 'E'].map((key) => ({ ...person(key), externalId: 'C-2' })) },
  });
  expect(twice.createCustomers.results.map(({ errors }) => errors[0]?.code)).toEqual([
    'DUPLICATE_IN_BATCH',
    'DUPLICATE_IN_BATCH',
  ]);
  // Another merchant has ids of its own.
  const { apiKey } = await gateway.addMerchant(DOCUMENTS_CLOCK);
  const other = await gateway.execute(ImportCustomers, { input: { records: [formerCustomer('A')] } }, { apiKey });
  expect(other.data?.importCustomers.results).toMatchObject([{ outcome: 'CREATED' }]);
});

it('imports a batch again under its key without another effect', async () => {
  const gateway = await start();
  await importParties(gateway, 'eft', 'A');
  const record = await formerPayment(gateway, 'eft', 'A', { collections: paid('2024-08-25') });
  const input = { records: [record], idempotencyKey: 'book' };
  const first = await gateway.data(ImportPayments, { input });
  const again = await gateway.data(ImportPayments, { input });
  expect(again.importPayments).toMatchObject({ replayed: true, results: [{ outcome: 'CREATED' }] });
  expect(again.importPayments.results[0]?.payment?.id).toBe(first.importPayments.results[0]?.payment?.id);
  const dry = await importPayment(gateway, record, { dryRun: true });
  expect(dry.errors).toMatchObject([
    { code: 'DUPLICATE', path: ['records', '0', 'transactionReference'] },
    { code: 'DUPLICATE', path: ['records', '0', 'externalId'] },
  ]);
  expect(await gateway.sql('SELECT count(*) FROM transaction')).toEqual([{ count: 1 }]);
});

it('keeps a customer blacklisted', async () => {
  const gateway = await start();
  const records = [formerCustomer('A', { isBlacklisted: true, blacklistReason: 'Fraud' }), formerCustomer('B')];
  const { importCustomers } = await gateway.data(ImportCustomers, { input: { records } });
  expect(importCustomers.results.map(({ customer }) => customer)).toMatchObject([
    {
      isActive: false,
      isBlacklisted: true,
      blacklistReason: 'Fraud',
      bankAccounts: { nodes: [{ externalId: 'B-A' }] },
    },
    // Both have the id number of the first, but this one is not blacklisted itself.
    { isBlacklisted: false, blacklistReason: null },
  ]);
  const { errors } = await importMandate(gateway, await formerMandate(gateway, 'eft', 'A'));
  expect(errors).toMatchObject([{ code: 'BLACKLISTED' }]);
});

it('imports a paused payment, which goes on when it is resumed', async () => {
  const gateway = await start();
  const id = await importRunning(gateway, 'eft', { status: 'PAUSED', collections: paid('2024-08-25') });
  expect(await collectedUntil(gateway, id, '2024-09-30T08:00:00+02:00')).toEqual([]);
  expect((await setStatus(gateway, id, 'RUNNING')).errors).toEqual([]);
  expect(await collectedUntil(gateway, id, '2024-10-30T08:00:00+02:00')).toEqual(['2024-10-25']);
});

it('counts the adjustments that the other system has made as made', async () => {
  const gateway = await start();
  const debicheck = {
    maximumCollectionAmount: '60.00',
    allowVariableAmount: true,
    adjustmentCategory: 'QUARTERLY' as const,
    adjustmentRate: '10',
  };
  await importRunning(
    gateway,
    'debicheck',
    { collections: paid('2024-08-25') },
    { debicheck, adjustmentAnchor: '2024-04-20' },
  );
  const amount = async () => (await gateway.sql('SELECT amount_cents::int AS cents FROM mandate'))[0];
  await advance(gateway, '2024-10-19T08:00:00+02:00');
  expect(await amount()).toEqual({ cents: 4500 });
  await advance(gateway, '2024-10-21T08:00:00+02:00');
  expect(await amount()).toEqual({ cents: 4950 });
});

it('goes on charging a card at its own interval', async () => {
  const gateway = await start();
  await gateway.data(ImportCustomers, { input: { records: [formerCustomer('A')] } });
  const { card } = await methodIds(gateway);
  const record: ImportPaymentInput = {
    externalId: 'P-A',
    customerExternalId: 'C-A',
    paymentMethodId: card,
    amount: '99.00',
    card: { token: 'tok_sandbox_paid' },
    recurring: { interval: 'FORTNIGHTLY', processDay: 1, dateStart: '2024-07-01' },
    collections: paid('2024-08-26'),
  };
  const { payment, errors } = await importPayment(gateway, record);
  expect(errors).toEqual([]);
  // Two weeks after Monday 26 August.
  expect(await collectedUntil(gateway, payment?.id ?? '', '2024-09-25T12:00:00+02:00')).toEqual([
    '2024-09-09',
    '2024-09-23',
  ]);
  const payIn = await importPayment(gateway, {
    ...record,
    externalId: 'P-B',
    paymentMethodId: (await methodIds(gateway)).payIn,
  });
  expect(payIn.errors).toMatchObject([{ code: 'METHOD_FORBIDS', path: ['records', '0', 'paymentMethodId'] }]);
});

const Found = graphql(`
  query FoundByExternalId($id: String!) {
    customers(filter: { externalId: { eq: $id } }) {
      nodes {
        externalId
      }
    }
    bankAccounts(filter: { customer: { externalId: { eq: $id } } }) {
      nodes {
        externalId
      }
    }
    mandates(filter: { not: { externalId: { eq: $id } } }) {
      nodes {
        externalId
      }
    }
    payments(filter: { externalId: { in: ["P-A"] } }) {
      nodes {
        externalId
        transactions(filter: { isImported: { eq: true } }) {
          totalCount
        }
      }
    }
  }
`);

it('finds objects by their external ids', async () => {
  const gateway = await start();
  await importRunning(gateway, 'eft', { collections: paid('2024-08-25') });
  expect(await gateway.data(Found, { id: 'C-A' })).toEqual({
    customers: { nodes: [{ externalId: 'C-A' }] },
    bankAccounts: { nodes: [{ externalId: 'B-A' }] },
    mandates: { nodes: [{ externalId: 'M-A' }] },
    payments: { nodes: [{ externalId: 'P-A', transactions: { totalCount: 1 } }] },
  });
});

it("does not find another merchant's objects by their external ids", async () => {
  const gateway = await start();
  await gateway.data(ImportCustomers, { input: { records: [formerCustomer('A')] } });
  const { apiKey } = await gateway.addMerchant(DOCUMENTS_CLOCK);
  const theirs = {
    ...gateway,
    data: async (document, variables) => (await gateway.execute(document, variables, { apiKey })).data,
  } as TestGateway;
  const { errors } = await importMandate(theirs, await formerMandate(theirs, 'eft', 'A'));
  expect(errors).toMatchObject([
    { code: 'NOT_FOUND', path: ['records', '0', 'customerExternalId'] },
    { code: 'NOT_FOUND', path: ['records', '0', 'bankAccountExternalId'] },
  ]);
});

it('takes as many statements for three hundred records as for two, in every import', async () => {
  const gateway = await start();
  const { eft } = await methodIds(gateway);
  const counts: Record<string, number[]> = {};
  const measure = async (name: string, work: () => Promise<unknown>) => {
    const statements = await captureStatements(work);
    counts[name] = [...(counts[name] ?? []), statements.length];
  };
  for (const size of [2, 300]) {
    const keys = Array.from({ length: size }, (_, index) => `${size}-${index}`);
    const customers = keys.map((key) => {
      const bankAccounts = [{ ...CAPITEC_ACCOUNT, externalId: `B-${key}` }];
      return { ...person(key), externalId: `C-${key}`, bankAccounts };
    });
    const template = {
      mandate: await formerMandate(gateway, 'eft', ''),
      payment: await formerPayment(gateway, 'eft', ''),
    };
    const named = (key: string) => ({ customerExternalId: `C-${key}`, bankAccountExternalId: `B-${key}` });
    const mandates = keys.map((key) => ({ ...template.mandate, ...named(key), externalId: `M-${key}` }));
    const payments = keys.map((key) => ({
      ...template.payment,
      ...named(key),
      paymentMethodId: eft,
      externalId: `P-${key}`,
      mandateExternalId: `M-${key}`,
      transactionReference: `R${key}`,
      collections: paid('2024-05-25', '2024-06-25', '2024-07-25', '2024-08-25').map((item, at) => ({
        ...item,
        bankReference: `OLD-${key}-${at}`,
      })),
    }));
    await measure('importCustomers', () => gateway.data(ImportCustomers, { input: { records: customers } }));
    await measure('importMandates', () => gateway.data(ImportMandates, { input: { records: mandates } }));
    await measure('importPayments', () => gateway.data(ImportPayments, { input: { records: payments } }));
    expect(await gateway.sql('SELECT count(*) FROM payment WHERE external_id LIKE $1', [`P-${size}-%`])).toEqual([
      { count: size },
    ]);
  }
  for (const [name, [few, many]] of Object.entries(counts)) expect([name, many]).toEqual([name, few]);
});
