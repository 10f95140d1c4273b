import { expect, it } from 'vitest';
import { AdvanceClock, SubmitPayments } from '../support/documents.ts';
import { methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import type { Bank, BankAccountType } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway } from '../support/harness.ts';
import { DEBICHECK, debtor } from '../support/mandates.ts';

/** The staging accounts of DOMAIN §7.1 with the column "EFT transaction result". */
const ACCOUNTS: ReadonlyArray<readonly [Bank, BankAccountType, string, string]> = [
  ['STANDARD_BANK', 'CHEQUE_OR_CURRENT', '00302481214', 'SENT_TO_BANK'],
  ['STANDARD_BANK', 'CHEQUE_OR_CURRENT', '10004301097', 'REJECTED_BY_BANK'],
  ['STANDARD_BANK', 'CHEQUE_OR_CURRENT', '10004301100', 'PAID'],
  ['STANDARD_BANK', 'SAVINGS', '10004291601', 'UNPAID'],
  ['STANDARD_BANK', 'SAVINGS', '00302481206', 'CANCELLED'],
  ['STANDARD_BANK', 'SAVINGS', '00243663005', 'DISPUTED'],
  ['ABSA_BANK_LIMITED', 'CHEQUE_OR_CURRENT', '04047527520', 'REVERSED'],
  ['ABSA_BANK_LIMITED', 'CHEQUE_OR_CURRENT', '04047530660', 'ACCEPTED_BY_BANK'],
  ['ABSA_BANK_LIMITED', 'CHEQUE_OR_CURRENT', '04047527350', 'REJECTED_BY_BANK'],
  ['ABSA_BANK_LIMITED', 'SAVINGS', '09050677010', 'PAID'],
  ['ABSA_BANK_LIMITED', 'SAVINGS', '53011389310', 'UNPAID'],
  ['ABSA_BANK_LIMITED', 'SAVINGS', '09050717030', 'CANCELLED'],
  ['FNB', 'SAVINGS', '62001541061', 'DISPUTED'],
  ['FNB', 'SAVINGS', '62001909467', 'REVERSED'],
  ['FNB', 'SAVINGS', '62001872440', 'PAID'],
];

const Results = graphql(`
  query Results {
    transactions(first: 200, orderBy: { field: CREATED_AT, direction: ASC }) {
      nodes {
        transactionReference
        status
        unpaidCode
        trackingUntil
        payment {
          status
        }
      }
    }
  }
`);

it('answers a debit of each staging account as the documents say', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const records = ACCOUNTS.map(([bank, accountType, accountNumber], index) => ({
    ...oneTimeDebitOrder(eft, String(index), '2024-09-16'),
    bankAccount: { accountHolderName: 'J DOE', bank, accountType, accountNumber },
  }));
  await gateway.data(SubmitPayments, { input: { records } });
  await gateway.data(AdvanceClock, { to: '2024-10-16T00:00:00+02:00' });
  const { nodes } = (await gateway.data(Results)).transactions;
  const found = new Map(nodes.map((node) => [node.transactionReference, node]));
  expect(ACCOUNTS.map((_, index) => found.get(`INV-${index}`)?.status)).toEqual(
    ACCOUNTS.map(([, , , result]) => result),
  );
  const codes = new Set(nodes.map(({ status, unpaidCode, payment }) => `${status} ${unpaidCode} ${payment.status}`));
  expect([...codes].sort()).toMatchInlineSnapshot(`
    [
      "ACCEPTED_BY_BANK null RUNNING",
      "CANCELLED 28 STOPPED",
      "DISPUTED 30 COMPLETED",
      "PAID null COMPLETED",
      "REJECTED_BY_BANK 97 STOPPED",
      "REVERSED null COMPLETED",
      "SENT_TO_BANK null RUNNING",
      "UNPAID 02 STOPPED",
    ]
  `);
});

/** The column "DebiCheck/RM: payment status → transaction" of DOMAIN §7.1, for recurring payments, in the same order. */
const DEBICHECK_ENDS: ReadonlyArray<readonly [string, string | null]> = [
  ['PENDING', null],
  ['STOPPED', null],
  ['RUNNING', 'PAID'],
  ['RUNNING', 'UNPAID'],
  ['CANCELLED', null],
  ['PAUSED', null],
  ['RUNNING', 'REVERSED'],
  ['RUNNING', 'ACCEPTED_BY_BANK'],
  ['STOPPED', null],
  ['RUNNING', 'PAID'],
  ['RUNNING', 'UNPAID'],
  ['CANCELLED', null],
  ['RUNNING', 'DISPUTED'],
  ['RUNNING', 'REVERSED'],
  ['RUNNING', 'PAID'],
];

it.each(['debicheck', 'registeredAbsa'] as const)(
  'answers a %s mandate of each staging account as the documents say',
  async (method) => {
    const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
    const paymentMethodId = (await methodIds(gateway))[method];
    const records = ACCOUNTS.map(([bank, accountType, accountNumber], index) => ({
      paymentMethodId,
      customer: { ...debtor(`D${index}`) },
      bankAccount: { accountHolderName: 'J DOE', bank, accountType, accountNumber },
      mandate: DEBICHECK,
      transactionReference: `INV-${index}`,
      recurring: { dateStart: '2024-09-02', processDay: 1 },
    }));
    const { submitPayments } = await gateway.data(SubmitPayments, { input: { records } });
    expect(submitPayments.results.flatMap(({ errors }) => errors)).toEqual([]);
    await gateway.data(AdvanceClock, { to: '2024-09-03T08:00:00+02:00' });
    const silent = submitPayments.results[0]?.payment?.id ?? '';
    const waiting = await gateway.sql<{ status: string }>('SELECT status FROM payment WHERE id = $1', [silent]);
    await gateway.data(AdvanceClock, { to: '2024-10-04T08:00:00+02:00' });
    const rows = await gateway.sql<{
      reference: string;
      status: string;
      transaction: string | null;
      failedReason: string | null;
    }>(
      `SELECT payment.transaction_reference AS reference, payment.status, transaction.status AS transaction, failed_reason
       FROM payment LEFT JOIN transaction ON transaction.payment_id = payment.id`,
    );
    const found = new Map(rows.map((row) => [row.reference, row]));
    const ends = ACCOUNTS.map((_, index) => found.get(`INV-${index}`));
    // The row that waits does so until the window ends; a registered mandate has none, and waits for the bank.
    expect(waiting[0]?.status).toBe('PENDING');
    const first = method === 'debicheck' ? ['STOPPED', null] : ['PENDING', null];
    expect(ends.map((row) => [row?.status, row?.transaction])).toEqual([first, ...DEBICHECK_ENDS.slice(1)]);
    expect(ends[1]?.failedReason).toBe(
      method === 'debicheck' ? 'The debtor refused' : "Refused by the debtor's bank, no reason given",
    );
  },
);

it('watches an account without funds for as many days as the mandate allows', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { debicheck } = await methodIds(gateway);
  const accounts = ['9910060004', '9910070018', '9900990009', '9910060004'];
  const tracking = [4, 4, 4, null];
  const records = accounts.map((accountNumber, index) => ({
    paymentMethodId: debicheck,
    customer: debtor(`T${index}`),
    bankAccount: { accountHolderName: 'T NKOSI', accountNumber, accountType: 'SAVINGS', bank: 'CAPITEC' } as const,
    mandate: {
      ...DEBICHECK,
      debicheck: {
        maximumCollectionAmount: '60.00',
        allowPaymentTracking: tracking[index] !== null,
        paymentTrackingMaxDays: tracking[index] ?? null,
      },
    },
    transactionReference: `INV-${index}`,
    recurring: { dateStart: '2024-09-16', processDay: 1 },
  }));
  await gateway.data(SubmitPayments, { input: { records } });
  const statuses = async (at: string) => {
    await gateway.data(AdvanceClock, { to: at });
    const { nodes } = (await gateway.data(Results)).transactions;
    return nodes
      .toSorted((a, b) => (a.transactionReference < b.transactionReference ? -1 : 1))
      .map(({ status, unpaidCode }) => [status, unpaidCode].filter(Boolean).join(' '));
  };
  expect(await statuses('2024-10-01T10:00:00+02:00')).toEqual([
    'IN_TRACKING 99',
    'IN_TRACKING 99',
    'IN_TRACKING 99',
    'ACCEPTED_BY_BANK',
  ]);
  const until = (await gateway.data(Results)).transactions.nodes.map(({ trackingUntil }) => trackingUntil);
  expect(until.toSorted()).toEqual(['2024-10-05', '2024-10-05', '2024-10-05', null]);
  expect(await statuses('2024-10-02T10:00:00+02:00')).toEqual([
    'IN_TRACKING 99',
    'IN_TRACKING 99',
    'IN_TRACKING 99',
    'UNPAID 02', // the mandate does not let the bank watch
  ]);
  expect((await statuses('2024-10-04T10:00:00+02:00'))[0]).toBe('PAID'); // on the third day
  expect((await statuses('2024-10-05T10:00:00+02:00'))[1]).toBe('UNPAID 02'); // on the last day
  expect(await statuses('2024-10-06T00:00:00+02:00')).toEqual(['PAID', 'UNPAID 02', 'UNPAID 02', 'UNPAID 02']); // silence
});
