import { AdvanceClock, SubmitPayments } from './documents.ts';
import { JOHN, methodIds } from './examples.ts';
import type { SubmitPaymentInput } from './generated/graphql.ts';
import { graphql } from './generated/index.ts';
import type { TestGateway } from './harness.ts';

/** What the results of payment mutations are asked for. */
graphql(`
  fragment PaymentResultParts on PaymentResult {
    index
    outcome
    errors {
      __typename
      code
      rule
      message
      path
      ... on StateConflict {
        currentStatus
        allowedTransitions
        blockedBy
      }
      ... on LimitExceeded {
        limit
      }
    }
    payment {
      id
      status
      amount
      version
      firstNominalDate
    }
  }
`);

export const SetPaymentStatus = graphql(
  `
    mutation SetPaymentStatus($input: SetPaymentStatusInput!) {
      setPaymentStatus(input: $input) {
        results {
          ...PaymentResultParts
        }
      }
    }
  `,
);
export const UpdatePayments = graphql(`
  mutation UpdatePayments($input: UpdatePaymentsInput!) {
    updatePayments(input: $input) {
      results {
        ...PaymentResultParts
      }
    }
  }
`);
export const RetryPayments = graphql(`
  mutation RetryPayments($input: RetryPaymentsInput!) {
    retryPayments(input: $input) {
      results {
        ...PaymentResultParts
      }
    }
  }
`);
export const PaymentState = graphql(`
  query PaymentState($id: ID!) {
    payment(id: $id) {
      status
      outcome
      failedReason
      pauseCauses
      amount
      version
      totals {
        collectedCount
        collected
        outstanding
        lost
      }
      bankAccount {
        status
      }
      availableActions {
        action
        allowed
        reason
      }
      transactions(last: 200, orderBy: { field: ACTION_DATE, direction: ASC }) {
        nodes {
          id
          status
          nominalDate
          actionDate
          attempt
          amount
          unpaidCode
          transactionReference
        }
      }
    }
  }
`);

/** A recurring EFT debit order of R 45.00 on the first of each month, of a customer of its own. */
export function recurring(
  methodId: string,
  key: string,
  accountNumber = '4000000001',
  change: Partial<SubmitPaymentInput> = {},
): SubmitPaymentInput {
  return {
    paymentMethodId: methodId,
    customer: { ...JOHN, reference: `CUS-${key}` },
    bankAccount: { accountHolderName: 'J DOE', accountNumber, accountType: 'SAVINGS', bank: 'CAPITEC' },
    mandate: { amount: '45.00', recurring: { processDay: 1 } },
    transactionReference: `REF-${key}`,
    recurring: { dateStart: '2024-10-01' },
    ...change,
  };
}

/** A one-time EFT debit order of R 45.00, of a customer of its own. */
export function oneTime(
  methodId: string,
  key: string,
  accountNumber = '4000000001',
  processDate = '2024-09-16',
): SubmitPaymentInput {
  const { recurring: _recurring, ...record } = recurring(methodId, key, accountNumber);
  return { ...record, mandate: { amount: '45.00', oneTime: { processDate } }, oneTime: { processDate } };
}

/** Submits records that have to be sound; the ids of the payments. */
export async function submitAll(gateway: TestGateway, records: SubmitPaymentInput[]): Promise<string[]> {
  const { submitPayments } = await gateway.data(SubmitPayments, { input: { records } });
  return submitPayments.results.map(({ payment, errors }) => {
    if (!payment) throw new Error(JSON.stringify(errors));
    return payment.id;
  });
}

export async function eftMethod(gateway: TestGateway): Promise<string> {
  return (await methodIds(gateway)).eft;
}

export async function paymentState(gateway: TestGateway, id: string | undefined) {
  const { payment } = await gateway.data(PaymentState, { id: id ?? '' });
  if (!payment) throw new Error(`no payment ${id}`);
  return payment;
}

/** Moves the clock, in as many calls as it takes. A call that is told to come again, as on a loaded machine, is repeated. */
export async function advance(gateway: TestGateway, to: string): Promise<void> {
  for (;;) {
    const isDone = await gateway.data(AdvanceClock, { to }).then(
      ({ advanceClock }) => advanceClock.done,
      (error: Error) => {
        if (!/"retryable": ?true/.test(error.message)) throw error;
        return false;
      },
    );
    if (isDone) return;
  }
}
