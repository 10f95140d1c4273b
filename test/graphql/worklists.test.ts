import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { methodIds } from '../support/examples.ts';
import type { DisputesQuery, FormQueryVariables } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { UpdateMandates } from '../support/mandate-documents.ts';
import { advance, makeMandate, paymentUnder } from '../support/mandates.ts';
import { simulate, submit } from '../support/money.ts';

// Filters and orders of the lists that a collections team works through.

const Disputes = graphql(`
  query Disputes($filter: TransactionFilter, $direction: OrderDirection!, $after: String) {
    transactions(filter: $filter, orderBy: { field: DISPUTE_DEADLINE, direction: $direction }, first: 1, after: $after) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        nominalDate
        status
        disputeDeadline
      }
    }
  }
`);
const Approvals = graphql(`
  query Approvals($filter: MandateFilter) {
    mandates(filter: $filter, orderBy: { field: APPROVAL_EXPIRES_AT, direction: ASC }) {
      nodes {
        contractReference
        approvalExpiresAt
      }
    }
  }
`);
const Changed = graphql(`
  query Changed($since: Date!) {
    customers(filter: { updatedAt: { gte: $since } }, orderBy: { field: UPDATED_AT, direction: ASC }) {
      totalCount
    }
    payments(filter: { updatedAt: { lte: $since } }, orderBy: { field: UPDATED_AT, direction: DESC }) {
      totalCount
    }
  }
`);

/** Two EFT debits and a DebiCheck debit as approved, all paid. */
async function collectThree(gateway: TestGateway): Promise<string[]> {
  const methods = await methodIds(gateway);
  const ids: string[] = [];
  for (const [key, processDate] of [
    ['A', '2024-09-16'],
    ['B', '2024-09-10'],
  ] as const) {
    const made = await makeMandate(gateway, 'eft', { key });
    const { payment } = await submit(gateway, paymentUnder(made, methods.eft, { oneTime: { processDate } }));
    ids.push(payment?.id ?? '');
  }
  const approved = await makeMandate(gateway, 'debicheck', {
    key: 'C',
    accountNumber: '9900010004',
    recurring: null,
    oneTime: { processDate: '2024-09-20' },
  });
  await advance(gateway, '2024-09-05T20:00:00+02:00');
  const once = paymentUnder(approved, methods.debicheck, { oneTime: { processDate: '2024-09-20' } });
  const { payment, errors } = await submit(gateway, once);
  if (!payment) throw new Error(JSON.stringify(errors));
  await advance(gateway, '2024-09-28T08:00:00+02:00');
  return [...ids, payment.id];
}

/** All pages of a list of disputes, one row a page. */
async function pages(gateway: TestGateway, direction: 'ASC' | 'DESC', filter = {}): Promise<string[]> {
  const rows: string[] = [];
  let after: string | null = null;
  do {
    const { transactions }: DisputesQuery = await gateway.data(Disputes, { filter, direction, after });
    rows.push(...transactions.nodes.map(({ nominalDate, disputeDeadline }) => `${nominalDate} ${disputeDeadline}`));
    after = transactions.pageInfo.hasNextPage ? (transactions.pageInfo.endCursor ?? null) : null;
  } while (after !== null);
  return rows;
}

it('lists debits by their dispute deadline, those without one last', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  await collectThree(gateway);
  const inOrder = ['2024-09-10 2024-10-20', '2024-09-16 2024-10-26', '2024-09-20 null'];
  expect(await pages(gateway, 'ASC')).toEqual(inOrder);
  expect(await pages(gateway, 'DESC')).toEqual(inOrder.toReversed());
  const until = (lte: string) => ({ disputeDeadline: { lte } });
  expect(await pages(gateway, 'ASC', until('2024-10-20'))).toEqual(inOrder.slice(0, 1));
  expect(await pages(gateway, 'ASC', { disputeDeadline: { gte: '2024-10-21' } })).toEqual(inOrder.slice(1, 2));
  expect(await pages(gateway, 'ASC', { not: until('2024-10-20') })).toEqual(inOrder.slice(1));
});

it('keeps the deadline of a debit when the terms of its mandate change', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const [, , id = ''] = await collectThree(gateway);
  await gateway.sql('UPDATE mandate SET amount_cents = amount_cents + 1');
  expect((await pages(gateway, 'DESC'))[0]).toBe('2024-09-20 null');
  expect((await simulate(gateway, 'TRANSACTION_REVERSED', id)).errors).toEqual([]);
  const [row] = await gateway.sql<{ by: string }>(
    'SELECT dispute_by::text AS by FROM transaction WHERE payment_id = $1',
    [id],
  );
  expect(row?.by).toBe('9999-12-31');
});

it('gives debits from before the column the same deadlines, by the migration', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  await collectThree(gateway);
  const stored = () => gateway.sql('SELECT id, dispute_by::text AS by FROM transaction ORDER BY id');
  const before = await stored();
  const migration = readFileSync('prisma/migrations/20261202100000_worklists/migration.sql', 'utf8');
  const [update] = /^UPDATE [^;]+;/m.exec(migration) ?? [];
  await gateway.sql("UPDATE transaction SET dispute_by = '9999-12-31'");
  await gateway.sql(update ?? '');
  expect(await stored()).toEqual(before);
});

it('lists mandates by the end of their approval window', async () => {
  const gateway = await startGateway({ clockStart: new Date('2024-09-02T08:00:00+02:00') });
  const window = (approvalWindow: 'REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE' | null) => ({
    debicheck: { maximumCollectionAmount: '60.00', ...(approvalWindow ? { approvalWindow } : {}) },
    generateContractReference: false,
  });
  const silent = '9910140008';
  await makeMandate(gateway, 'debicheck', {
    key: 'A',
    accountNumber: silent,
    ...window(null),
    contractReference: 'LATER',
  });
  await makeMandate(gateway, 'debicheck', {
    key: 'B',
    accountNumber: silent,
    ...window('REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE'),
    contractReference: 'SOON',
  });
  await makeMandate(gateway, 'eft', { key: 'C', contractReference: 'NEVER' });
  const list = async (filter = {}) =>
    (await gateway.data(Approvals, { filter })).mandates.nodes.map(({ contractReference }) => contractReference);
  expect(await list()).toEqual(['SOON', 'LATER', 'NEVER']);
  const { mandates } = await gateway.data(Approvals, { filter: {} });
  const soon = mandates.nodes[0]?.approvalExpiresAt ?? '';
  // An instant is a bound of its own; a day is whole.
  expect(await list({ approvalExpiresAt: { lte: soon } })).toEqual(['SOON']);
  expect(await list({ approvalExpiresAt: { gte: soon } })).toEqual(['SOON', 'LATER']);
  const before = new Date(Date.parse(soon) - 1_000).toISOString();
  expect(await list({ approvalExpiresAt: { lte: before } })).toEqual([]);
  expect(await list({ approvalExpiresAt: { lte: '2024-09-02' } })).toEqual(['SOON']);
  const { errors } = await gateway.execute(Approvals, { filter: { approvalExpiresAt: { lte: '2024-09-02T10' } } });
  expect(errors?.[0]?.extensions['code']).toBe('BAD_REQUEST');
});

const Form = graphql(`
  query Form($reference: String, $customer: String, $status: [PaymentStatus!], $from: Date, $to: Date) {
    payments(
      filter: {
        transactionReference: { eq: $reference }
        customer: { reference: { eq: $customer } }
        status: { in: $status }
        createdAt: { gte: $from, lte: $to }
      }
    ) {
      totalCount
    }
  }
`);

it('serves a form with optional fields by one document', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const made = await makeMandate(gateway, 'eft', { key: 'A' });
  const once = { oneTime: { processDate: '2024-09-16' }, transactionReference: 'INV1' };
  await submit(gateway, paymentUnder(made, eft, once));
  const card = { paymentMethodId: (await methodIds(gateway)).card, customerId: made.customerId, amount: '1.00' };
  await submit(gateway, { ...card, card: { token: 'tok_sandbox_paid' } });
  const count = async (variables: FormQueryVariables) => (await gateway.data(Form, variables)).payments.totalCount;
  expect(await count({})).toBe(2);
  expect(await count({ reference: 'INV1' })).toBe(1);
  expect(await count({ customer: 'CUS-A', status: ['RUNNING'] })).toBe(2);
  expect(await count({ customer: 'CUS-B' })).toBe(0);
  expect(await count({ to: '2020-01-01' })).toBe(0);
  const { errors } = await gateway.execute(Form, { reference: null });
  expect(errors?.[0]?.extensions['code']).toBe('BAD_REQUEST');
});

it('lists what has changed since an instant', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const made = await makeMandate(gateway, 'eft', { key: 'A' });
  const { eft } = await methodIds(gateway);
  await submit(gateway, paymentUnder(made, eft, { oneTime: { processDate: '2024-09-16' } }));
  await gateway.data(UpdateMandates, { input: { records: [{ id: made.mandateId, reference: 'x' }] } });
  const counts = async (since: string) => {
    const { customers, payments } = await gateway.data(Changed, { since });
    return [customers.totalCount, payments.totalCount];
  };
  expect(await counts(new Date(Date.now() - 3_600_000).toISOString())).toEqual([1, 0]);
  expect(await counts(new Date(Date.now() + 3_600_000).toISOString())).toEqual([0, 1]);
});
