import { addDays, type CivilDate } from '../../src/domain/dates.ts';
import { SubmitPayments } from './documents.ts';
import { methodIds, oneTimeDebitOrder } from './examples.ts';
import type { Bank, BankAccountType } from './generated/graphql.ts';
import { graphql } from './generated/index.ts';
import type { TestGateway } from './harness.ts';
import { DEBICHECK, debtor } from './mandates.ts';

type AccountRow = readonly [bank: Bank, type: BankAccountType, number: string];

/** The staging accounts (DOMAIN §7.1). */
const STAGING: readonly AccountRow[] = [
  ['STANDARD_BANK', 'CHEQUE_OR_CURRENT', '00302481214'],
  ['STANDARD_BANK', 'CHEQUE_OR_CURRENT', '10004301097'],
  ['STANDARD_BANK', 'CHEQUE_OR_CURRENT', '10004301100'],
  ['STANDARD_BANK', 'SAVINGS', '10004291601'],
  ['STANDARD_BANK', 'SAVINGS', '00302481206'],
  ['STANDARD_BANK', 'SAVINGS', '00243663005'],
  ['ABSA_BANK_LIMITED', 'CHEQUE_OR_CURRENT', '04047527520'],
  ['ABSA_BANK_LIMITED', 'CHEQUE_OR_CURRENT', '04047530660'],
  ['ABSA_BANK_LIMITED', 'CHEQUE_OR_CURRENT', '04047527350'],
  ['ABSA_BANK_LIMITED', 'SAVINGS', '09050677010'],
  ['ABSA_BANK_LIMITED', 'SAVINGS', '53011389310'],
  ['ABSA_BANK_LIMITED', 'SAVINGS', '09050717030'],
  ['FNB', 'SAVINGS', '62001541061'],
  ['FNB', 'SAVINGS', '62001909467'],
  ['FNB', 'SAVINGS', '62001872440'],
];

/** The reason accounts (§7.3) and the one whose account is tracked for funds (§7.4). */
const REASONS: readonly AccountRow[] = [
  '9900020018',
  '9900030005',
  '9900040000',
  '9900050006',
  '9900060001',
  '9900080002',
  '9900100003',
  '9900120004',
  '9900140005',
  '9900160006',
  '9900180007',
  '9900220009',
  '9900260000',
  '9900280001',
  '9900300002',
  '9900320003',
  '9900340004',
  '9900360005',
  '9900480000',
  '9900500001',
  '9900560004',
  '9900970008',
  '9900910005',
  '9900990009',
].map((number) => ['CAPITEC', 'SAVINGS', number] as const);

const ACCOUNTS = [...STAGING, ...REASONS];

/** A day after the documents' clock on which EFT debits are collected. */
const EFT_DAY = '2024-09-16';
const FIRST_DAY = '2024-09-02' as CivilDate;
const DAYS = 46;

/** The days of a life, after which every answer has come. */
export const LIFE_DAYS: readonly string[] = Array.from({ length: DAYS }, (_, index) => addDays(FIRST_DAY, index));

/** Account and reference of the pay-in of a life. */
export const PAY_IN_REFERENCE = 'PAYIN0001';

/** Submits an EFT debit and a DebiCheck mandate with a collection for each account, and a pay-in. */
export async function beginLives(gateway: TestGateway): Promise<void> {
  const { eft, debicheck, payIn } = await methodIds(gateway);
  const accountOf = ([bank, accountType, accountNumber]: AccountRow) => {
    return { accountHolderName: 'J DOE', bank, accountType, accountNumber };
  };
  const records = [
    ...ACCOUNTS.map((row, index) => ({
      ...oneTimeDebitOrder(eft, `E${index}`, EFT_DAY),
      bankAccount: accountOf(row),
    })),
    ...ACCOUNTS.map((row, index) => ({
      paymentMethodId: debicheck,
      customer: debtor(`D${index}`),
      bankAccount: accountOf(row),
      mandate: {
        ...DEBICHECK,
        debicheck: { maximumCollectionAmount: '60.00', allowPaymentTracking: true, paymentTrackingMaxDays: 4 },
      },
      transactionReference: `INV-D${index}`,
      recurring: { dateStart: '2024-09-02', dateEnd: '2024-10-01', processDay: 1 },
    })),
    {
      paymentMethodId: payIn,
      customer: debtor('P'),
      transactionReference: 'INV-P',
      amount: '150.00',
      payIn: { eftReference: PAY_IN_REFERENCE },
    },
  ];
  const { submitPayments } = await gateway.data(SubmitPayments, { input: { records } as never });
  const errors = submitPayments.results.flatMap((result) => result.errors);
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
}

/** What became of the payments: their ends with those of their mandates and transactions, and the way there, by reference. */
export function endsOf(gateway: TestGateway): Promise<unknown[]> {
  return gateway.sql(
    `SELECT payment.transaction_reference, payment.status AS payment, payment.failed_reason, mandate.status AS mandate, mandate.rejection_code,
            transaction.status, transaction.unpaid_code, transaction.attempt, transaction.action_date, transaction.was_tracked,
            (SELECT array_agg(event.to_status ORDER BY event.version) FROM event
              WHERE event.aggregate_id = transaction.id) AS way
       FROM payment
       LEFT JOIN mandate ON mandate.merchant_id = payment.merchant_id AND mandate.id = payment.mandate_id
       LEFT JOIN transaction ON transaction.merchant_id = payment.merchant_id AND transaction.payment_id = payment.id
      WHERE payment.merchant_id = $1 ORDER BY payment.transaction_reference, transaction.nominal_date, transaction.attempt`,
    [gateway.merchantId],
  );
}

/** The number of the account that receives pay-ins of the gateway's merchant. */
export const PAY_IN_ACCOUNT = '4047527350';

const Settled = graphql(`
  query Settled {
    transactionStats(groupBy: [METHOD], filter: { status: { eq: PAID } }) {
      keys {
        value
      }
      amount
    }
    paymentMethods(first: 50) {
      nodes {
        id
        type
      }
    }
    settlements(first: 100, orderBy: { field: PAID_ON, direction: ASC }) {
      nodes {
        paymentMethod {
          id
        }
        gross
        fees
        net
      }
    }
    latest: settlements(first: 1) {
      nodes {
        gross
        unmatched {
          reference
        }
        transactions(first: 100) {
          nodes {
            amount
            transaction {
              id
            }
          }
        }
      }
    }
  }
`);

/** What was collected by each method that sends debits, in cents, by the statistics and by the settlements of the bank. */
export async function reconcile(gateway: TestGateway) {
  const found = await gateway.data(Settled);
  const { transactionStats, settlements, paymentMethods } = found;
  const payIns = paymentMethods.nodes.filter(({ type }) => type === 'PAY_IN').map(({ id }) => id);
  const cents = (amount: string) => Math.round(Number(amount) * 100);
  const collected = new Map<string, number>();
  for (const { keys, amount } of transactionStats) {
    const method = keys[0]?.value ?? '';
    if (!payIns.includes(method)) collected.set(method, cents(amount));
  }
  const settled = new Map<string, number>();
  for (const { paymentMethod, gross } of settlements.nodes)
    settled.set(paymentMethod.id, (settled.get(paymentMethod.id) ?? 0) + cents(gross));
  const [latest] = found.latest.nodes.map(({ transactions, gross, unmatched }) => ({
    isWhole: transactions.nodes.reduce((sum, { amount }) => sum + cents(amount), 0) === cents(gross),
    isMatched: unmatched.length === 0 && transactions.nodes.every(({ transaction }) => transaction !== null),
  }));
  const crooked = await gateway.sql(
    `SELECT settlement.id FROM settlement JOIN settlement_entry AS entry ON entry.settlement_id = settlement.id
      GROUP BY settlement.id, gross_cents, fees_cents, net_cents
     HAVING sum(entry.amount_cents) <> gross_cents OR gross_cents - fees_cents <> net_cents OR count(transaction_id) < count(*)`,
  );
  return { collected, settled, latest, crooked };
}
