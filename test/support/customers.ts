import { CreateBankAccounts, CreateCustomers } from './customer-documents.ts';
import { SubmitPayments } from './documents.ts';
import { methodIds, oneTimeDebitOrder, recurringDebitOrder } from './examples.ts';
import type { CreateBankAccountInput, CreateCustomerInput } from './generated/graphql.ts';
import type { TestGateway } from './harness.ts';

/** A sound customer, one of many. */
export function person(key: string): CreateCustomerInput {
  return {
    reference: `CUS-${key}`,
    personName: 'Thandi',
    personSurname: 'Nkosi',
    email: `${key.toLowerCase()}@example.com`,
  };
}

/** Makes a customer that has to be sound; as it is then. */
export async function createCustomer(gateway: TestGateway, record: CreateCustomerInput) {
  const { createCustomers } = await gateway.data(CreateCustomers, { input: { records: [record] } });
  const [result] = createCustomers.results;
  if (!result?.customer) throw new Error(JSON.stringify(result?.errors));
  return result.customer;
}

/** A savings account at Capitec that passes its check digits and stands for nothing. */
export const CAPITEC_ACCOUNT = {
  accountHolderName: 'T NKOSI',
  accountNumber: '1000000018',
  accountType: 'SAVINGS',
  bank: 'CAPITEC',
} as const;

/** Makes a bank account that has to be sound; as it is then. */
export async function createBankAccount(gateway: TestGateway, record: CreateBankAccountInput) {
  const { createBankAccounts } = await gateway.data(CreateBankAccounts, { input: { records: [record] } });
  const [result] = createBankAccounts.results;
  if (!result?.bankAccount) throw new Error(JSON.stringify(result?.errors));
  return result.bankAccount;
}

/** Submits the recurring debit order of the documents: a customer, an account, a mandate and a running payment. */
export async function startRecurringPayment(gateway: TestGateway) {
  const { eft } = await methodIds(gateway);
  return submitOne(gateway, recurringDebitOrder(eft));
}

/** Submits a one-time debit order on a day. */
export async function startOneTimePayment(gateway: TestGateway, key: string, processDate: string) {
  const { eft } = await methodIds(gateway);
  return submitOne(gateway, oneTimeDebitOrder(eft, key, processDate));
}

async function submitOne(gateway: TestGateway, record: ReturnType<typeof recurringDebitOrder>) {
  const { submitPayments } = await gateway.data(SubmitPayments, { input: { records: [record] } });
  const payment = submitPayments.results[0]?.payment;
  if (!payment?.bankAccount || !payment.mandate) throw new Error(JSON.stringify(submitPayments.results[0]?.errors));
  return {
    paymentId: payment.id,
    customerId: payment.customer.id,
    bankAccountId: payment.bankAccount.id,
    mandateId: payment.mandate.id,
  };
}

/** Errors in short: code, rule and path. */
export function brief(
  errors: ReadonlyArray<{
    readonly code: string;
    readonly rule?: string | null;
    readonly path: readonly string[];
  }> = [],
): string[] {
  return errors.map(({ code, rule, path }) => [code, rule, path.join('.')].filter(Boolean).join(' '));
}
