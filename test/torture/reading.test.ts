import { expect, it } from 'vitest';
import { Customers } from '../support/customer-documents.ts';
import type { CustomerFilter, CustomerOrder } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { captureStatements } from '../support/statements.ts';

// Each filter and each order of customers and bank accounts on a full table: a page touches what it shows and little more.
// Short by default; `npm run torture -- reading` has a million customers.
const ROWS = Number(process.env['READING_ROWS'] ?? 60_000);
/** Blocks of 8 kB that a page of fifty may touch; reading a table of a million rows would touch a hundred thousand. */
const BLOCKS_MAX = 1_500;
/** Who has running payments is found by the payments that run: a thousand of them here. */
const RUNNING_BLOCKS_MAX = 10_000;

const Accounts = graphql(`
  query Accounts($filter: BankAccountFilter, $orderBy: BankAccountOrder) {
    bankAccounts(filter: $filter, orderBy: $orderBy) {
      nodes {
        id
      }
    }
  }
`);
const CustomerPage = graphql(`
  query CustomerPage($filter: CustomerFilter, $orderBy: CustomerOrder) {
    customers(filter: $filter, orderBy: $orderBy) {
      nodes {
        id
      }
    }
  }
`);

/** One customer in a thousand is disabled, blacklisted, a company, has a running payment, or has metadata. */
async function seed(gateway: TestGateway): Promise<void> {
  const [own] = await gateway.sql<{ id: string }>('SELECT id FROM payment_method LIMIT 1');
  const rare = 'n % 1000 = 0';
  for (let from = 1; from <= ROWS; from += 5_000) {
    const to = Math.min(from + 4_999, ROWS);
    await gateway.sql(
      `INSERT INTO customer (merchant_id, id, reference, kind, company_name, person_name, person_surname, email, contact_number, status, is_blacklisted, metadata, id_type, id_number_cipher, id_number_index, tax_number_index, created_at)
       SELECT $1, 'cus_' || lpad(n::text, 21, '0'), 'REF' || n, CASE WHEN ${rare} THEN 'COMPANY' ELSE 'INDIVIDUAL' END::customer_kind,
              CASE WHEN ${rare} THEN 'Company ' || n END, 'Name' || n, 'Surname' || n % 5000, 'person' || n || '@example.com', '+2783' || lpad(n::text, 7, '0'),
              CASE WHEN ${rare} THEN 'DISABLED' ELSE 'ACTIVE' END::customer_status, n % 1000 = 1,
              CASE WHEN ${rare} THEN jsonb_build_object('tier', 'gold' || n % 3) ELSE '{}' END, 'PASSPORT_NUMBER', decode(md5(n::text), 'hex'),
              decode(md5(n::text), 'hex'), decode(md5('t' || n), 'hex'), timestamptz '2024-01-01' + n * interval '10 seconds'
         FROM generate_series($2::int, $3::int) AS n`,
      [gateway.merchantId, from, to],
    );
    await gateway.sql(
      `INSERT INTO bank_account (merchant_id, id, customer_id, account_holder_name, account_number_cipher, account_number_index, account_number_last4, account_type, bank, branch_code, is_business_account, status, verification_status, created_at)
       SELECT $1, 'ban_' || lpad(n::text, 21, '0'), 'cus_' || lpad(n::text, 21, '0'), 'HOLDER', '\\x', decode(md5(n::text), 'hex'), lpad((n % 10000)::text, 4, '0'),
              'SAVINGS', CASE WHEN ${rare} THEN 'HSBC' ELSE 'FNB' END, '250655', false, CASE WHEN ${rare} THEN 'DISABLED' ELSE 'ACTIVE' END::bank_account_status,
              CASE WHEN ${rare} THEN 'FAILED' ELSE 'UNVERIFIED' END::verification_status, timestamptz '2024-01-01' + n * interval '10 seconds'
         FROM generate_series($2::int, $3::int) AS n`,
      [gateway.merchantId, from, to],
    );
    await gateway.sql(
      `INSERT INTO payment (merchant_id, id, customer_id, payment_method_id, kind, status, transaction_reference, amount_cents, first_nominal_date)
       SELECT $1, 'pay_' || lpad(n::text, 21, '0'), 'cus_' || lpad(n::text, 21, '0'), $4, 'PAY_IN',
              CASE WHEN ${rare} THEN 'WAITING_FOR_PAYMENT' ELSE 'COMPLETED' END::payment_status, 'S' || n, 100, '2024-09-01'
         FROM generate_series($2::int, $3::int) AS n`,
      [gateway.merchantId, from, to, own?.id],
    );
  }
  await gateway.sql('VACUUM ANALYZE customer');
  await gateway.sql('VACUUM ANALYZE bank_account');
  await gateway.sql('VACUUM ANALYZE payment');
}

/** The blocks of memory and disk that the one statement of a page touches. */
async function blocksOf(gateway: TestGateway, read: () => Promise<number>): Promise<{ rows: number; blocks: number }> {
  let rows = 0;
  const statements = await captureStatements(async () => {
    rows = await read();
  });
  const reads = statements.filter(({ text }) => /"customer"|"bank_account"/.test(text));
  expect(reads).toHaveLength(1);
  const [{ text, values } = { text: '', values: [] }] = reads;
  const [row] = await gateway.sql<Record<string, Array<{ Plan: Record<string, number> }>>>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
    values,
  );
  const plan = Object.values(row ?? {})[0]?.[0]?.Plan;
  return { rows, blocks: (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0) };
}

it(`reads a page by every filter and order among ${ROWS} customers without reading the table`, async () => {
  const gateway = await startGateway();
  await seed(gateway);
  const middle = Math.floor(ROWS / 2000) * 1000;
  const id = `cus_${String(middle).padStart(21, '0')}`;
  // A name that stands in the planner's sample of the text: it takes such a one for much more common than it is.
  const [sampled] = await gateway.sql<{ name: string }>(
    `SELECT substring((histogram_bounds::text::text[])[50] FROM 'name[0-9]+ ') AS name FROM pg_stats WHERE tablename = 'customer' AND attname = 'search_text'`,
  );
  const filters: Record<string, CustomerFilter> = {
    none: {},
    id: { id: { in: [id] } },
    status: { status: { eq: 'DISABLED' } },
    kind: { kind: { eq: 'COMPANY' } },
    active: { isActive: { eq: true } },
    reference: { reference: { eq: `REF${middle}` } },
    companyName: { companyName: { eq: `Company ${middle}` } },
    personName: { personName: { eq: `Name${middle}` } },
    personSurname: { personSurname: { eq: 'Surname77' } },
    email: { email: { eq: `PERSON${middle}@example.com` } },
    contactNumber: { contactNumber: { eq: `+2783${String(middle).padStart(7, '0')}` } },
    idNumber: { idNumber: { eq: 'A1234567' } },
    taxNumber: { taxNumber: { eq: '9560164031' } },
    metadataKey: { metadata: { key: 'tier' } },
    metadataValue: { metadata: { key: 'tier', eq: 'gold1' } },
    text: { text: { contains: `mpany ${middle}` } },
    sampledText: { text: { contains: String(sampled?.name) } },
    contains: { reference: { contains: `EF${middle}` } },
    createdAt: { createdAt: { gte: '2024-01-02', lte: '2024-01-02' } },
    running: { hasRunningPayments: { eq: true } },
    notRunning: { hasRunningPayments: { eq: false } },
  };
  const orders: ReadonlyArray<CustomerOrder | undefined> = [
    undefined,
    { field: 'CREATED_AT', direction: 'ASC' },
    { field: 'REFERENCE', direction: 'DESC' },
  ];
  const costs: Record<string, { rows: number; blocks: number }> = {};
  for (const [name, filter] of Object.entries(filters)) {
    costs[name] = await blocksOf(
      gateway,
      async () => (await gateway.data(CustomerPage, { filter })).customers.nodes.length,
    );
  }
  for (const orderBy of orders) {
    costs[`order ${orderBy?.field ?? 'id'}`] = await blocksOf(
      gateway,
      async () => (await gateway.data(CustomerPage, orderBy ? { orderBy } : {})).customers.nodes.length,
    );
  }
  const accounts = {
    customerId: { customerId: { eq: id } },
    status: { status: { eq: 'DISABLED' } },
    bank: { bank: { eq: 'HSBC' } },
    accountNumber: { accountNumber: { eq: '1000000018' } },
    last4: { accountNumberLast4: { eq: '0077' } },
    verification: { verificationStatus: { eq: 'FAILED' } },
    ofCustomer: { customer: { reference: { eq: `REF${middle}` } } },
  } as const;
  for (const [name, filter] of Object.entries(accounts)) {
    costs[`account ${name}`] = await blocksOf(
      gateway,
      async () => (await gateway.data(Accounts, { filter })).bankAccounts.nodes.length,
    );
  }
  console.table(costs);
  const dear = Object.entries(costs).filter(
    ([name, { blocks }]) => blocks > (name === 'running' ? RUNNING_BLOCKS_MAX : BLOCKS_MAX),
  );
  expect(dear).toEqual([]);
  const counted = await gateway.data(Customers, { filter: { isActive: { eq: false } }, first: 1 });
  expect(counted.customers.totalCount).toBe(Math.floor(ROWS / 1000) + Math.ceil(ROWS / 1000));
});
