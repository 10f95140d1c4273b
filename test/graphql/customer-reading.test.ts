import { expect, it } from 'vitest';
import {
  BlacklistCustomers,
  CreateCustomers,
  Customers,
  EraseCustomers,
  SetCustomerStatus,
} from '../support/customer-documents.ts';
import {
  CAPITEC_ACCOUNT,
  createBankAccount,
  createCustomer,
  person,
  startOneTimePayment,
  startRecurringPayment,
} from '../support/customers.ts';
import { AdvanceClock } from '../support/documents.ts';
import type { BankAccountFilter, CustomerFilter, DaysQuery } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { captureStatements } from '../support/statements.ts';

const found = async (gateway: TestGateway, filter: CustomerFilter) => {
  const { customers } = await gateway.data(Customers, { filter, orderBy: { field: 'REFERENCE', direction: 'ASC' } });
  expect(customers.totalCount).toBe(customers.nodes.length);
  return customers.nodes.map(({ reference }) => reference).join(' ');
};

it('finds customers by every filter of the documents, and by ours', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const records = [
    {
      ...person('A'),
      personName: 'Naledi',
      idType: 'PASSPORT_NUMBER' as const,
      idNumber: 'A1234567',
      metadata: { tier: 'gold', 'a b': 5 },
    },
    {
      ...person('B'),
      companyName: '100% Karoo_Supplies (Pty) Ltd',
      taxNumber: '9560164031',
      metadata: { tier: 'silver' },
    },
    {
      ...person('C'),
      email: 'Mixed.Case@Example.com',
      contactNumber: '+27831234567',
      metadata: { 'tier is 3': 'gold', on: true },
    },
    { ...person('D'), personSurname: 'van der Merwe', status: 'DISABLED' as const },
  ];
  const { createCustomers } = await gateway.data(CreateCustomers, { input: { records } });
  const [a, b] = createCustomers.results.map(({ customer }) => customer?.id ?? '');
  await gateway.data(BlacklistCustomers, { input: { ids: [b ?? ''] } });
  const { customerId } = await startRecurringPayment(gateway); // CLN240919000001, John Doe
  const today = new Date().toISOString().slice(0, 10);
  const table: ReadonlyArray<readonly [filter: CustomerFilter, found: string]> = [
    [{ status: { eq: 'DISABLED' } }, 'CUS-D'], // customer_status
    [{ createdAt: { gte: today } }, 'CLN240919000001 CUS-A CUS-B CUS-C CUS-D'], // date_start, inclusive
    [{ createdAt: { lte: '2024-12-31' } }, ''], // date_end
    [{ id: { eq: a ?? '' } }, 'CUS-A'], // customer_id
    [{ reference: { eq: 'CUS-B' } }, 'CUS-B'], // customer_reference
    [{ companyName: { eq: '100% Karoo_Supplies (Pty) Ltd' } }, 'CUS-B'], // customer_company_name
    [{ personName: { eq: 'Naledi' } }, 'CUS-A'], // customer_person_name
    [{ personSurname: { in: ['van der Merwe', 'Doe'] } }, 'CLN240919000001 CUS-D'], // customer_person_surname
    [{ idNumber: { eq: 'a123 4567' } }, 'CUS-A'], // customer_id_number
    [{ email: { eq: 'mixed.case@example.COM' } }, 'CUS-C'], // customer_email; Bitnob: exact match
    [{ contactNumber: { eq: '27831234567' }, email: { eq: 'mixed.case@example.com' } }, 'CUS-C'], // customer_contact_number
    [{ contactNumber: { in: ['083 123 4567'] } }, 'CLN240919000001 CUS-C'],
    [{ kind: { eq: 'COMPANY' } }, 'CUS-B'], // Bitnob customer_type
    [{ isActive: { eq: false } }, 'CUS-B CUS-D'], // Bitnob is_active
    [{ isActive: { eq: true } }, 'CLN240919000001 CUS-A CUS-C'],
    [{ taxNumber: { eq: '9560164031' } }, 'CUS-B'],
    [{ hasRunningPayments: { eq: true } }, 'CLN240919000001'],
    [{ hasRunningPayments: { eq: false } }, 'CUS-A CUS-B CUS-C CUS-D'],
    [{ text: { contains: 'KAROO' } }, 'CUS-B'],
    [{ text: { contains: 'us-a' } }, 'CUS-A'],
    [{ text: { contains: 'Naledi Nkosi' } }, 'CUS-A'],
    [{ companyName: { contains: '100% karoo' } }, 'CUS-B'],
    [{ companyName: { contains: 'karoo_s' } }, 'CUS-B'],
    [{ companyName: { contains: 'karoo%s' } }, ''],
    [{ companyName: { contains: 'kar_o' } }, ''],
    [{ companyName: { contains: '\\00%' } }, ''],
    [{ personName: { contains: 'karoo' } }, ''],
    [{ reference: { contains: 'ln24' } }, 'CLN240919000001'],
    [{ metadata: { key: 'tier' } }, 'CUS-A CUS-B'],
    [{ metadata: { key: 'tier', eq: 'gold' } }, 'CUS-A'],
    [{ metadata: { key: 'tier', in: ['gold', 'silver'] } }, 'CUS-A CUS-B'],
    [{ metadata: { key: 'tier', in: [] } }, ''],
    [{ metadata: { key: 'a b', eq: '5' } }, 'CUS-A'],
    [{ metadata: { key: 'on', eq: 'true' } }, 'CUS-C'],
    [{ not: { metadata: { key: 'tier' } }, reference: { contains: 'cus-' } }, 'CUS-C CUS-D'],
    [{ or: [{ kind: { eq: 'COMPANY' } }, { status: { eq: 'DISABLED' } }] }, 'CUS-B CUS-D'],
    // A condition without operators, as variables that are not given leave it, is none.
    [{ isActive: {}, companyName: {}, reference: { eq: 'CUS-A' } }, 'CUS-A'],
    [{ not: { reference: {} }, or: [{ kind: {} }], reference: { eq: 'CUS-A' } }, 'CUS-A'],
    [{ or: [{ kind: {} }, { reference: { eq: 'CUS-A' } }] }, 'CUS-A'],
    [{ and: [{ isActive: { eq: false } }, { not: { kind: { eq: 'COMPANY' } } }] }, 'CUS-D'],
  ];
  for (const [filter, expected] of table) expect([filter, await found(gateway, filter)]).toEqual([filter, expected]);
  const refused: CustomerFilter[] = [
    { text: { contains: 'ab' } },
    { metadata: { eq: 'gold' } },
    { metadata: { key: 'tier', eq: 'gold', in: ['gold'] } },
    { isActive: { eq: null } },
    { idNumber: { eq: null } },
  ];
  for (const filter of refused) {
    const { errors } = await gateway.execute(Customers, { filter });
    expect([filter, errors?.[0]?.extensions['code']]).toEqual([filter, 'BAD_REQUEST']);
  }
  expect(customerId).toBeTruthy();
});

const BankAccounts = graphql(`
  query BankAccounts($filter: BankAccountFilter) {
    bankAccounts(filter: $filter) {
      nodes {
        accountHolderName
      }
    }
  }
`);

it('finds bank accounts by every filter', async () => {
  const gateway = await startGateway();
  const { id: customerId } = await createCustomer(gateway, person('A'));
  const { id: otherId } = await createCustomer(gateway, person('B'));
  const { id } = await createBankAccount(gateway, { customerId, ...CAPITEC_ACCOUNT, accountHolderName: 'ONE' });
  await createBankAccount(gateway, {
    customerId: otherId,
    ...CAPITEC_ACCOUNT,
    bank: 'FNB',
    accountNumber: '62000000018',
    accountHolderName: 'TWO',
    status: 'DISABLED',
  });
  const names = async (filter: BankAccountFilter) =>
    (await gateway.data(BankAccounts, { filter })).bankAccounts.nodes
      .map(({ accountHolderName }) => accountHolderName)
      .join(' ');
  const table: ReadonlyArray<readonly [filter: BankAccountFilter, found: string]> = [
    [{ id: { eq: id } }, 'ONE'],
    [{ customerId: { eq: otherId } }, 'TWO'],
    [{ status: { eq: 'DISABLED' } }, 'TWO'],
    [{ bank: { in: ['FNB', 'ABSA_BANK_LIMITED'] } }, 'TWO'],
    [{ accountNumber: { eq: '01000000018' } }, 'ONE'],
    [{ accountNumberLast4: { eq: '0018' } }, 'TWO ONE'],
    [{ verificationStatus: { eq: 'UNVERIFIED' } }, 'TWO ONE'],
    [{ createdAt: { lte: '2020-01-01' } }, ''],
    [{ customer: { reference: { eq: 'CUS-A' } } }, 'ONE'],
    [{ customer: { metadata: { key: 'none' } } }, ''],
  ];
  for (const [filter, expected] of table) expect([filter, await names(filter)]).toEqual([filter, expected]);
});

const Overview = graphql(`
  query Overview {
    customers(orderBy: { field: REFERENCE, direction: ASC }) {
      nodes {
        reference
        totals {
          collected
          outstanding
          failed
          disputed
          reversed
        }
        availableActions {
          action
          allowed
          reason
        }
        bankAccounts(filter: { status: { eq: ACTIVE } }) {
          totalCount
        }
        cards(first: 5, filter: { status: { eq: ACTIVE } }) {
          totalCount
        }
        mandates {
          nodes {
            status
          }
        }
        payments(filter: { status: { eq: RUNNING } }) {
          totalCount
        }
        transactions(last: 5) {
          nodes {
            status
          }
        }
      }
    }
  }
`);

it('shows what a customer has, what it comes to, and what can be done with it, for a page at once', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  await startRecurringPayment(gateway);
  await startOneTimePayment(gateway, 'A', '2024-09-16');
  await gateway.data(AdvanceClock, { to: '2024-10-31T09:00:00+02:00' });
  await createCustomer(gateway, person('Z'));
  const { nodes } = (await gateway.data(Overview)).customers;
  const none = { collected: '0.00', outstanding: '0.00', failed: '0.00', disputed: '0.00', reversed: '0.00' };
  expect(nodes.map(({ reference, totals }) => [reference, totals])).toEqual([
    ['CLN240919000001', { ...none, collected: '45.00', outstanding: '45.00' }],
    ['CUS-A', { ...none, collected: '45.00' }],
    ['CUS-Z', none],
  ]);
  expect(nodes[0]).toMatchObject({
    bankAccounts: { totalCount: 1 },
    cards: { totalCount: 0 },
    payments: { totalCount: 1 },
    mandates: { nodes: [{ status: 'ACTIVE' }] },
  });
  expect(nodes[0]?.availableActions.find(({ action }) => action === 'ARCHIVE')).toEqual({
    action: 'ARCHIVE',
    allowed: false,
    reason: 'The customer has running payments. Stop them first.',
  });
  expect(nodes[2]?.availableActions.filter(({ allowed }) => allowed).map(({ action }) => action)).toEqual([
    'UPDATE',
    'DISABLE',
    'ARCHIVE',
    'BLACKLIST',
  ]);
  const one = await captureStatements(() => gateway.data(Overview));
  for (const key of ['E', 'F', 'G']) await createCustomer(gateway, person(key));
  expect((await captureStatements(() => gateway.data(Overview))).length).toBe(one.length);
});

const Pages = graphql(`
  query Pages($first: Int, $after: String, $last: Int, $before: String) {
    customers(first: $first, after: $after, last: $last, before: $before) {
      totalCount
      edges {
        cursor
      }
      nodes {
        reference
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`);

it('hides erased customers from every list, and pages past them with true flags, both ways', async () => {
  const gateway = await startGateway();
  const records = Array.from({ length: 7 }, (_, index) => person(String(index)));
  const { createCustomers } = await gateway.data(CreateCustomers, { input: { records } });
  const ids = createCustomers.results.map(({ customer }) => customer?.id ?? '');
  const gone = [ids[0] ?? '', ids[3] ?? '', ids[6] ?? ''];
  await gateway.data(SetCustomerStatus, { input: { ids: gone, status: 'ARCHIVED' } });
  await gateway.data(EraseCustomers, { input: { ids: gone } });
  const page = async (variables: object) => {
    const { customers } = await gateway.data(Pages, variables);
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = customers.pageInfo;
    return {
      seen: customers.nodes.map(({ reference }) => reference.slice(4)).join(''),
      hasNextPage,
      hasPreviousPage,
      startCursor,
      endCursor,
      count: customers.totalCount,
    };
  };
  const first = await page({ first: 2 });
  expect(first).toMatchObject({ seen: '54', hasNextPage: true, hasPreviousPage: false, count: 4 });
  const second = await page({ first: 2, after: first.endCursor });
  expect(second).toMatchObject({ seen: '21', hasNextPage: false, hasPreviousPage: true, count: 4 });
  expect(await page({ last: 2, before: second.startCursor })).toMatchObject({
    seen: '54',
    hasNextPage: true,
    hasPreviousPage: false,
  });
  expect(await page({ last: 3 })).toMatchObject({ seen: '421', hasNextPage: false, hasPreviousPage: true });
});

it('shows the customers of some days newest first too, and pages on', async () => {
  const gateway = await startGateway();
  const records = Array.from({ length: 5 }, (_, index) => person(String(index)));
  for (let from = 0; from < 5; from += 2) {
    await gateway.data(CreateCustomers, { input: { records: records.slice(from, from + 2) } });
  }
  const filter = { createdAt: { gte: '2026-01-01' } };
  const seen: string[] = [];
  let after: string | null = null;
  for (let page = 0; page < 3; page += 1) {
    const { customers }: DaysQuery = await gateway.data(Days, { filter, after });
    seen.push(...customers.nodes.map(({ reference }) => reference.slice(4)));
    after = customers.pageInfo.endCursor;
  }
  expect(seen.join('')).toBe('43210');
  const rows = await gateway.sql<{ same: boolean }>(
    'SELECT array_agg(id ORDER BY id) = array_agg(id ORDER BY created_at, id) AS same FROM customer',
  );
  expect(rows).toEqual([{ same: true }]);
});

const Days = graphql(`
  query Days($filter: CustomerFilter, $after: String) {
    customers(filter: $filter, first: 2, after: $after) {
      nodes {
        reference
      }
      pageInfo {
        endCursor
      }
    }
  }
`);
