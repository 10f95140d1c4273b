import { expect, it } from 'vitest';
import { receiveBankAnswers } from '../../src/services/bank-answers/receive-bank-answers.ts';
import { contextOf } from '../../src/services/context-of.ts';
import { withTransaction } from '../../src/store/connection/database.ts';
import { EraseCustomers, SetCustomerStatus } from '../support/customer-documents.ts';
import { methodIds } from '../support/examples.ts';
import type { ImportCollectionInput, ImportMandateInput, ImportPaymentInput } from '../support/generated/graphql.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import {
  formerCustomer,
  formerPayment,
  ImportCustomers,
  ImportPayments,
  importedPayment,
  importParties,
  importPayment,
} from '../support/import.ts';
import { UpdateMandates } from '../support/mandate-documents.ts';
import { advance, type MethodName, mandateOf } from '../support/mandates.ts';
import { preview, setStatus, updatePayment, warningsOf } from '../support/money.ts';

// Cycles of imported payments: each is collected once, by the old system or by this one, or it is reported.

const start = async (at = '2024-09-01T08:00:00+02:00') => startGateway({ clockStart: new Date(at) });

const paid = (...days: string[]): ImportCollectionInput[] =>
  days.map((nominalDate) => ({ nominalDate, status: 'PAID' as const }));

async function ask(
  gateway: TestGateway,
  method: MethodName,
  change: Partial<ImportPaymentInput>,
  terms: Partial<ImportMandateInput> = {},
) {
  await importParties(gateway, method, 'A', terms);
  return importPayment(gateway, await formerPayment(gateway, method, 'A', change));
}

async function importRunning(...args: Parameters<typeof ask>): Promise<string> {
  const { payment, errors } = await ask(...args);
  if (!payment) throw new Error(JSON.stringify(errors));
  return payment.id;
}

/** The collections that a payment makes itself until a day: nominal and action date. */
async function collectedUntil(gateway: TestGateway, id: string, to: string): Promise<string[]> {
  await advance(gateway, to);
  const rows = await gateway.sql<{ dates: string }>(
    `SELECT nominal_date::text || ' ' || action_date::text AS dates FROM transaction
      WHERE payment_id = $1 AND NOT is_imported ORDER BY nominal_date`,
    [id],
  );
  return rows.map(({ dates }) => dates);
}

async function moveDay(gateway: TestGateway, processDay: number) {
  const [mandate] = await gateway.sql<{ id: string }>('SELECT id FROM mandate');
  const input = { records: [{ id: mandate?.id ?? '', recurring: { processDay } }] };
  const { updateMandates } = await gateway.data(UpdateMandates, { input });
  expect(updateMandates.results[0]?.errors).toEqual([]);
}

const first = (mode: 'ADDITIONAL' | 'REPLACES_INSTALMENT', firstCollectionDate = '2024-09-05') => ({
  debicheck: {
    maximumCollectionAmount: '60.00',
    firstCollectionAmount: '50.00',
    firstCollectionDate,
    firstCollectionMode: mode,
  },
});
const FIRST = [{ kind: 'FIRST' as const, nominalDate: '2024-09-05', status: 'PAID' as const, amount: '50.00' }];
const IN_SEPTEMBER = '2024-09-10T08:00:00+02:00';

it('takes the amount of a collection without one from the payment, also from its items', async () => {
  const gateway = await start(IN_SEPTEMBER);
  await gateway.data(ImportCustomers, { input: { records: [formerCustomer('A')] } });
  const { payment, collection } = await importPayment(gateway, {
    externalId: 'P-A',
    customerExternalId: 'C-A',
    paymentMethodId: (await methodIds(gateway)).card,
    card: { token: 'tok_sandbox_paid' },
    items: [{ name: 'a', amount: '99.00' }],
    recurring: { processDay: 25, dateStart: '2024-05-01' },
    collections: paid('2024-08-25', '2024-09-05'),
  });
  const { collections } = await importedPayment(gateway, payment?.id ?? '');
  expect(collections.map(({ amount }) => amount)).toEqual(['99.00', '99.00']);
  expect(collection?.nominalDate).toBe('2024-10-25');
});

it.each([
  ['ADDITIONAL', 'MONTHLY', '2024-09-01', '2024-09-25'],
  ['REPLACES_INSTALMENT', 'MONTHLY', '2024-09-01', '2024-10-25'],
  // The first collection replaces that of 25 July, whose cycle ends in September.
  ['REPLACES_INSTALMENT', 'QUARTERLY', '2024-07-01', '2024-10-25'],
  ['ADDITIONAL', 'QUARTERLY', '2024-08-01', '2024-11-25'],
] as const)('goes on after a first collection that is %s, %s', async (mode, interval, dateStart, expected) => {
  const gateway = await start(IN_SEPTEMBER);
  const terms = { ...first(mode), recurring: { processDay: 25, interval } };
  const result = await ask(gateway, 'debicheck', { recurring: { dateStart }, collections: FIRST }, terms);
  expect([result.errors, result.collection?.nominalDate]).toEqual([[], expected]);
});

it('takes a first collection that was made today', async () => {
  const gateway = await start('2024-09-10T12:00:00+02:00');
  const terms = first('REPLACES_INSTALMENT', '2024-09-10');
  const collections = [{ ...FIRST[0], nominalDate: '2024-09-10', status: 'PAID' as const }];
  const { errors, collection } = await ask(
    gateway,
    'debicheck',
    { recurring: { dateStart: '2024-09-01' }, collections },
    terms,
  );
  expect([errors, collection?.nominalDate]).toEqual([[], '2024-10-25']);
  // Without it, the first collection is still to come, and the payment is submitted.
  const other = await start(IN_SEPTEMBER);
  const refused = await ask(
    other,
    'debicheck',
    { recurring: { dateStart: '2024-09-01', continueFrom: '2024-09-11' } },
    first('ADDITIONAL', '2024-09-20'),
  );
  expect(refused.errors).toMatchObject([{ code: 'INVALID_DATE', path: ['records', '0', 'recurring', 'dateStart'] }]);
});

it('moves the first date that it collects by the rule of the method, as every other', async () => {
  const gateway = await start();
  const { eft } = await methodIds(gateway);
  await gateway.sql(
    "UPDATE payment_method SET date_adjustment_rule = 'COLLECT_ON_PREVIOUS_BUSINESS_DAY' WHERE id = $1",
    [eft],
  );
  const recurring = { dateStart: '2024-05-01', dateEnd: '2024-09-15' };
  const id = await importRunning(
    gateway,
    'eft',
    { recurring, collections: paid('2024-08-15') },
    { recurring: { processDay: 15 } },
  );
  // 15 September is a Sunday.
  expect(await collectedUntil(gateway, id, '2024-10-01T08:00:00+02:00')).toEqual(['2024-09-15 2024-09-13']);
});

it('collects the cycle of a day that moves forward', async () => {
  const gateway = await start();
  const id = await importRunning(gateway, 'eft', { collections: paid('2024-08-25') });
  await moveDay(gateway, 15);
  const dates = await collectedUntil(gateway, id, '2024-11-01T08:00:00+02:00');
  expect(dates.map((text) => text.slice(0, 10))).toEqual(['2024-09-15', '2024-10-15']);
});

it('collects from continueFrom when a day moves forward, and no cycle before it', async () => {
  const gateway = await start();
  const id = await importRunning(gateway, 'eft', {
    recurring: { dateStart: '2024-05-01', continueFrom: '2024-10-01' },
  });
  const { errors } = await updatePayment(gateway, { id, recurring: { processDay: 5 } });
  expect(errors).toEqual([]);
  const dates = await collectedUntil(gateway, id, '2024-11-10T08:00:00+02:00');
  expect(dates.map((text) => text.slice(0, 10))).toEqual(['2024-10-05', '2024-11-05']);
});

it('keeps the month of a yearly payment whose day moves', async () => {
  const gateway = await start();
  const change = { recurring: { dateStart: '2022-11-01' }, collections: paid('2023-11-25') };
  const id = await importRunning(gateway, 'eft', change, { recurring: { processDay: 25, interval: 'YEARLY' } });
  await moveDay(gateway, 15);
  const dates = (await preview(gateway, id, 2)).map(({ nominalDate }) => nominalDate);
  expect(dates).toEqual(['2024-11-15', '2025-11-15']);
});

it('refuses a schedule that is out of step with what was collected', async () => {
  const gateway = await start();
  const quarterly = { recurring: { processDay: 25, interval: 'QUARTERLY' as const } };
  const change = { recurring: { dateStart: '2024-05-01' }, collections: paid('2024-07-25') };
  const { errors } = await ask(gateway, 'eft', change, quarterly);
  expect(errors).toMatchObject([
    {
      code: 'INVALID_DATE',
      path: ['records', '0', 'recurring', 'dateStart'],
      message: 'The schedule has no date near 2024-07-25, the last collection made; it has 2024-05-25 and 2024-08-25.',
    },
  ]);
});

it('refuses dates that would lose cycles', async () => {
  const gateway = await start(IN_SEPTEMBER);
  await importParties(gateway, 'eft', 'A');
  const errorsOf = async (change: Partial<ImportPaymentInput>) => {
    const record = await formerPayment(gateway, 'eft', 'A', change);
    return (await importPayment(gateway, record, { dryRun: true })).errors.map(
      ({ code, path }) => `${code} ${path.at(-1)}`,
    );
  };
  const dateStart = '2024-05-01';
  const late = { nominalDate: '2034-08-25', actionDate: '2024-08-25', status: 'PAID' as const };
  expect(await errorsOf({ collections: [late] })).toEqual(['INVALID_DATE nominalDate']);
  // The cycle of September was collected on the 2nd.
  const within = { recurring: { dateStart, continueFrom: '2024-09-20' }, collections: paid('2024-09-02') };
  expect(await errorsOf(within)).toEqual(['INVALID_DATE continueFrom']);
  expect(await errorsOf({ recurring: { dateStart, continueFrom: '2025-10-01' } })).toEqual([
    'INVALID_DATE continueFrom',
  ]);
  expect(
    await errorsOf({ recurring: { dateStart, continueFrom: '2024-08-01' }, collections: paid('2024-08-25') }),
  ).toEqual(['INVALID_DATE continueFrom']);
});

it('allows one debit per cycle of a DebiCheck mandate, within one call as in two', async () => {
  const gateway = await start();
  await importParties(gateway, 'debicheck', 'A');
  const one = await formerPayment(gateway, 'debicheck', 'A', { collections: paid('2024-09-01') });
  const two = await formerPayment(gateway, 'debicheck', 'A', {
    externalId: 'P-B',
    transactionReference: 'REFB',
    recurring: { dateStart: '2024-05-01', dateEnd: '2024-09-30', continueFrom: '2024-09-02' },
  });
  const outcomes = async (records: ImportPaymentInput[]) => {
    const { importPayments } = await gateway.data(ImportPayments, { input: { records, mode: 'PARTIAL' } });
    return importPayments.results.map(({ errors }) => errors.map(({ code, path }) => `${code} ${path.at(-1)}`));
  };
  expect(await outcomes([one, two])).toEqual([[], ['STATE_CONFLICT mandateExternalId']]);
  expect(await outcomes([two])).toEqual([['STATE_CONFLICT mandateExternalId']]);
});

it('reports the cycles that a payment imported as paused has lost when it runs', async () => {
  const gateway = await start();
  const id = await importRunning(gateway, 'eft', { status: 'PAUSED', collections: paid('2024-08-25') });
  await setStatus(gateway, id, 'STOPPED');
  await advance(gateway, '2024-11-10T08:00:00+02:00');
  expect(warningsOf(await setStatus(gateway, id, 'RUNNING'))).toEqual([
    'CYCLE_SKIPPED 2024-09-25 2024-11-25',
    'CYCLE_SKIPPED 2024-10-25 2024-11-25',
  ]);
});

it('answers the amount of the next collection with the adjustments due by then', async () => {
  const gateway = await start();
  const debicheck = {
    maximumCollectionAmount: '60.00',
    allowVariableAmount: true,
    adjustmentCategory: 'QUARTERLY' as const,
    adjustmentRate: '10',
  };
  const terms = { debicheck, adjustmentAnchor: '2024-06-20' };
  await importParties(gateway, 'debicheck', 'A', terms);
  const record = await formerPayment(gateway, 'debicheck', 'A', { collections: paid('2024-08-25') });
  const { payment, collection } = await importPayment(gateway, record);
  expect([collection?.amount, payment?.nextCollection?.amount]).toEqual(['49.50', '49.50']);
});

it('applies an answer of the bank that came before the import', async () => {
  const gateway = await start();
  const { app } = gateway.node;
  const cause = { actor: 'BANK', requestId: null, reasonCode: null, reason: null } as const;
  const message = {
    messageId: 'm1',
    reference: 'OLD-8',
    event: 'UNPAID' as const,
    code: '04',
    occurredAt: new Date('2024-08-30T08:00:00Z'),
  };
  const { merchantId } = gateway;
  await withTransaction(app.database, (tx) =>
    receiveBankAnswers(contextOf(app, tx, { merchantId, occurredAt: DOCUMENTS_CLOCK, cause, clientId: null }), [
      message,
    ]),
  );
  const quarantined = () => gateway.sql('SELECT count(*) FROM bank_message WHERE quarantined_at IS NOT NULL');
  expect(await quarantined()).toEqual([{ count: 1 }]);
  const collections = [{ nominalDate: '2024-08-25', status: 'PAID' as const, bankReference: 'OLD-8' }];
  const id = await importRunning(gateway, 'eft', { collections });
  expect(await importedPayment(gateway, id)).toMatchObject({
    status: 'STOPPED',
    collections: [{ status: 'UNPAID', unpaidCode: '04' }],
  });
  expect(await quarantined()).toEqual([{ count: 0 }]);
});

it('judges the authority of a mandate by the debits of all its payments', async () => {
  const gateway = await start();
  const { mandateId } = await importParties(gateway, 'eft', 'A');
  const unpaid = (nominalDate: string) => [{ nominalDate, status: 'UNPAID' as const, unpaidCode: '02' }];
  const ids: string[] = [];
  for (const [key, day] of [
    ['A', '2024-07-25'],
    ['B', '2024-08-25'],
  ] as const) {
    const more = { externalId: `P-${key}`, transactionReference: `REF${key}`, collections: unpaid(day) };
    const { payment } = await importPayment(gateway, await formerPayment(gateway, 'eft', 'A', more));
    ids.push(payment?.id ?? '');
  }
  const statuses = await Promise.all(ids.map(async (id) => (await importedPayment(gateway, id)).status));
  expect(statuses).toEqual(['STOPPED', 'STOPPED']);
  expect((await mandateOf(gateway, mandateId)).status).toBe('ACTIVE');
  expect(await gateway.sql('SELECT authority_withdrawn_code AS code FROM mandate')).toEqual([{ code: '02' }]);
});

it('gives a bank reference to one collection, also of two calls at once', async () => {
  const gateway = await start();
  await importParties(gateway, 'eft', 'A');
  await importParties(gateway, 'eft', 'B');
  const collections = [{ nominalDate: '2024-08-25', status: 'PAID' as const, bankReference: 'SAME' }];
  const records = await Promise.all(['A', 'B'].map((key) => formerPayment(gateway, 'eft', key, { collections })));
  const results = await Promise.all(records.map((record) => importPayment(gateway, record)));
  expect(results.map(({ outcome }) => outcome).sort()).toEqual(['CREATED', 'FAILED']);
  expect(results.flatMap(({ errors }) => errors)).toMatchObject([{ code: 'DUPLICATE' }]);
});

it('goes on with the numbers of the references that the old system has given', async () => {
  const gateway = await start();
  const [july = {}, august = {}] = paid('2024-07-25', '2024-08-25');
  const collections = [july, { ...august, transactionReference: 'REFA-024' }] as ImportCollectionInput[];
  const id = await importRunning(gateway, 'eft', { collections });
  await advance(gateway, '2024-09-30T08:00:00+02:00');
  // A change plans the next collection anew.
  await moveDay(gateway, 20);
  await advance(gateway, '2024-10-30T08:00:00+02:00');
  const references = (await importedPayment(gateway, id)).collections.map(
    ({ transactionReference }) => transactionReference,
  );
  expect(references).toEqual(['REFA-023', 'REFA-024', 'REFA-025', 'REFA-026']);
});

it('names in errors what the record has named', async () => {
  const gateway = await start();
  await importParties(gateway, 'eft', 'A');
  await importParties(gateway, 'eft', 'B');
  const { errors } = await importPayment(
    gateway,
    await formerPayment(gateway, 'eft', 'A', {
      mandateExternalId: 'M-B',
      bankAccountExternalId: 'B-B',
      collections: paid('2024-08-25'),
    }),
  );
  expect(errors.map(({ code, path }) => `${code} ${path.at(-1)}`)).toEqual(['NOT_LINKED bankAccountExternalId']);
});

it('checks statuses and kinds by the method and the mandate', async () => {
  const gateway = await start();
  await importParties(gateway, 'eft', 'A');
  const codes = async (...collections: ImportCollectionInput[]) => {
    const record = await formerPayment(gateway, 'eft', 'A', { collections });
    const { errors } = await importPayment(gateway, record, { dryRun: true });
    return errors.map(({ code, path }) => `${code} ${path.slice(2).join('.')}`);
  };
  const one = { nominalDate: '2024-08-25', status: 'PAID' as const };
  expect(await codes({ ...one, status: 'CHARGEBACK' })).toEqual(['INVALID collections.0.status']);
  expect(await codes({ ...one, kind: 'FIRST' })).toEqual(['INVALID collections.0.kind']);
  expect(await codes({ ...one, statusDate: '2024-08-24' })).toEqual(['INVALID_DATE collections.0.statusDate']);
});

it('erases the external ids of a customer and of all its objects', async () => {
  const gateway = await start();
  const { customerId } = await importParties(gateway, 'eft', 'A');
  const { payment } = await importPayment(
    gateway,
    await formerPayment(gateway, 'eft', 'A', { collections: paid('2024-08-25') }),
  );
  await setStatus(gateway, payment?.id ?? '', 'CANCELLED');
  const ids = [customerId];
  await gateway.data(SetCustomerStatus, { input: { ids, status: 'ARCHIVED', cancelMandates: true } });
  const { eraseCustomers } = await gateway.data(EraseCustomers, { input: { ids, force: true } });
  expect(eraseCustomers.results[0]?.errors).toEqual([]);
  const rows = await gateway.sql(
    ['customer', 'bank_account', 'mandate', 'payment']
      .map((table) => `SELECT external_id FROM ${table}`)
      .join(' UNION ALL '),
  );
  expect(rows).toEqual([{ externalId: null }, { externalId: null }, { externalId: null }, { externalId: null }]);
});
