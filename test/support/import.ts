import { CAPITEC_ACCOUNT } from './customers.ts';
import { methodIds } from './examples.ts';
import type {
  ImportCustomerInput,
  ImportMandateInput,
  ImportMandatesInput,
  ImportPaymentInput,
  ImportPaymentsInput,
} from './generated/graphql.ts';
import { graphql } from './generated/index.ts';
import type { TestGateway } from './harness.ts';
import { debtor, type MethodName } from './mandates.ts';

export const ImportCustomers = graphql(`
  mutation ImportCustomers($input: ImportCustomersInput!) {
    importCustomers(input: $input) {
      replayed
      results {
        outcome
        errors {
          code
          message
          path
          ... on Duplicate {
            existingId
          }
        }
        customer {
          id
          externalId
          isActive
          isBlacklisted
          blacklistReason
          bankAccounts {
            nodes {
              id
              externalId
              isBusinessAccount
            }
          }
        }
      }
    }
  }
`);
export const ImportMandates = graphql(`
  mutation ImportMandates($input: ImportMandatesInput!) {
    importMandates(input: $input) {
      results {
        outcome
        errors {
          code
          message
          path
          ... on Duplicate {
            existingId
          }
        }
        mandate {
          id
          externalId
          status
          amount
        }
      }
    }
  }
`);
export const ImportPayments = graphql(`
  mutation ImportPayments($input: ImportPaymentsInput!) {
    importPayments(input: $input) {
      replayed
      results {
        outcome
        errors {
          code
          message
          path
          ... on Duplicate {
            existingId
          }
        }
        warnings {
          code
          lostDate
          nextDate
        }
        collection {
          nominalDate
          actionDate
          amount
        }
        payment {
          id
          externalId
          status
          firstNominalDate
          nextCollection {
            nominalDate
            amount
          }
        }
      }
    }
  }
`);
export const ImportedPayment = graphql(`
  query ImportedPayment($id: ID!) {
    payment(id: $id) {
      status
      outcome
      failedReason
      recurring {
        processDay
        dateStart
      }
      nextCollection {
        nominalDate
      }
      transactions(last: 200, orderBy: { field: ACTION_DATE, direction: DESC }) {
        nodes {
          id
          kind
          nominalDate
          attempt
          status
          amount
          unpaidCode
          transactionReference
          isImported
          chargedAt
        }
      }
    }
  }
`);

/** A customer of the old system, with one account: `C-<key>` and `B-<key>`. */
export function formerCustomer(key: string, change: Partial<ImportCustomerInput> = {}): ImportCustomerInput {
  const bankAccounts = [{ ...CAPITEC_ACCOUNT, externalId: `B-${key}` }];
  return { ...debtor(key), externalId: `C-${key}`, bankAccounts, ...change };
}

/** A mandate of the old system, `M-<key>`, in force since May. */
export async function formerMandate(
  gateway: TestGateway,
  method: MethodName,
  key: string,
  change: Partial<ImportMandateInput> = {},
): Promise<ImportMandateInput> {
  const approval = { approvedAt: '2024-05-02T09:00:00Z', authenticationReference: 'MRN0001' };
  return {
    externalId: `M-${key}`,
    customerExternalId: `C-${key}`,
    bankAccountExternalId: `B-${key}`,
    paymentMethodId: (await methodIds(gateway))[method],
    amount: '45.00',
    paymentIndustry: 'ACCOUNT_REPAYMENT',
    recurring: { processDay: 25 },
    ...(method === 'eft'
      ? {}
      : { ...approval, contractReference: `OLD${key}`, debicheck: { maximumCollectionAmount: '60.00' } }),
    ...change,
  };
}

/** A payment of the old system, `P-<key>`, begun in May. */
export async function formerPayment(
  gateway: TestGateway,
  method: MethodName,
  key: string,
  change: Partial<ImportPaymentInput> = {},
): Promise<ImportPaymentInput> {
  return {
    externalId: `P-${key}`,
    customerExternalId: `C-${key}`,
    bankAccountExternalId: `B-${key}`,
    mandateExternalId: `M-${key}`,
    paymentMethodId: (await methodIds(gateway))[method],
    transactionReference: `REF${key}`,
    recurring: { dateStart: '2024-05-01' },
    ...change,
  };
}

/** Imports customer, account and mandate of a key, which have to be sound. */
export async function importParties(
  gateway: TestGateway,
  method: MethodName,
  key: string,
  change: Partial<ImportMandateInput> = {},
): Promise<{ customerId: string; mandateId: string }> {
  const customers = await gateway.data(ImportCustomers, { input: { records: [formerCustomer(key)] } });
  const [customer] = customers.importCustomers.results;
  if (!customer?.customer) throw new Error(JSON.stringify(customer));
  const mandate = await importMandate(gateway, await formerMandate(gateway, method, key, change));
  if (!mandate.mandate) throw new Error(JSON.stringify(mandate));
  return { customerId: customer.customer.id, mandateId: mandate.mandate.id };
}

export async function importMandate(
  gateway: TestGateway,
  record: ImportMandateInput,
  options: Partial<ImportMandatesInput> = {},
) {
  const { importMandates } = await gateway.data(ImportMandates, { input: { records: [record], ...options } });
  const [result] = importMandates.results;
  if (!result) throw new Error('no result');
  return result;
}

export async function importPayment(
  gateway: TestGateway,
  record: ImportPaymentInput,
  options: Partial<ImportPaymentsInput> = {},
) {
  const { importPayments } = await gateway.data(ImportPayments, { input: { records: [record], ...options } });
  const [result] = importPayments.results;
  if (!result) throw new Error('no result');
  return result;
}

/** An imported payment with its collections, oldest first. */
export async function importedPayment(gateway: TestGateway, id: string) {
  const { payment } = await gateway.data(ImportedPayment, { id });
  if (!payment) throw new Error(`no payment ${id}`);
  return { ...payment, collections: payment.transactions.nodes.toReversed() };
}
