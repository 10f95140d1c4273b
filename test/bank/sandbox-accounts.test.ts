import { expect, it } from 'vitest';
import { AdvanceClock, SubmitPayments } from '../support/documents.ts';
import { methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import type { Bank, BankAccountType } from '../support/generated/graphql.ts';
import { graphql } from '../support/generated/index.ts';
import { DOCUMENTS_CLOCK, startGateway } from '../support/harness.ts';

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
