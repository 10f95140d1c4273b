import type {
  PaymentStatus,
  Scenario,
  SimulateInput,
  SubmitPaymentInput,
  UpdatePaymentInput,
  UpdatePaymentMethodInput,
} from './generated/graphql.ts';
import { graphql } from './generated/index.ts';
import type { TestGateway } from './harness.ts';

/** What the tests of money and time ask of a payment's result: its errors and warnings, and the collection that it plans. */
graphql(`
  fragment MoneyResult on PaymentResult {
    outcome
    errors {
      code
      message
      path
      ... on StateConflict {
        blockedBy
      }
    }
    warnings {
      code
      message
      path
      ids
      lostDate
      nextDate
      reason
    }
    payment {
      id
      status
      version
    }
  }
`);

const Submit = graphql(`
  mutation MoneySubmit($input: SubmitPaymentsInput!) {
    submitPayments(input: $input) {
      results {
        ...MoneyResult
      }
    }
  }
`);
const SetStatus = graphql(`
  mutation MoneySetStatus($input: SetPaymentStatusInput!) {
    setPaymentStatus(input: $input) {
      results {
        ...MoneyResult
      }
    }
  }
`);
const Update = graphql(`
  mutation MoneyUpdate($input: UpdatePaymentsInput!) {
    updatePayments(input: $input) {
      results {
        ...MoneyResult
      }
    }
  }
`);
const Retry = graphql(`
  mutation MoneyRetry($input: RetryPaymentsInput!) {
    retryPayments(input: $input) {
      results {
        ...MoneyResult
      }
    }
  }
`);
const Simulate = graphql(`
  mutation MoneySimulate($input: SimulateInput!) {
    simulate(input: $input) {
      outcome
      errors {
        code
        message
        path
      }
    }
  }
`);
const Mandate = graphql(`
  query MoneyMandate($id: ID!) {
    mandate(id: $id) {
      status
      authorityWithdrawn {
        at
        code
        reason
      }
      availableActions {
        action
        allowed
        reason
      }
    }
  }
`);
const Preview = graphql(`
  query MoneyPreview($input: PreviewScheduleInput!) {
    previewSchedule(input: $input) {
      nominalDate
      actionDate
      amount
      isSkipped
      notes
    }
  }
`);

const UpdateMethods = graphql(`
  mutation MoneyUpdateMethods($input: UpdatePaymentMethodsInput!) {
    updatePaymentMethods(input: $input) {
      results {
        outcome
        errors {
          code
          message
          path
        }
        paymentMethod {
          id
          isEnabled
          itemLimit
          monthlyLimit
        }
      }
    }
  }
`);

/** Changes a payment method, which must succeed. */
export async function setLimits(gateway: TestGateway, id: string, terms: Omit<UpdatePaymentMethodInput, 'id'>) {
  const result = await updateMethod(gateway, { id, ...terms });
  if (result.errors.length > 0) throw new Error(JSON.stringify(result.errors));
}

export async function updateMethod(gateway: TestGateway, record: UpdatePaymentMethodInput) {
  return only((await gateway.data(UpdateMethods, { input: { records: [record] } })).updatePaymentMethods.results);
}

/** The first result of a list that has to have one. */
function only<Result>(results: readonly Result[]): Result {
  const [result] = results;
  if (!result) throw new Error('no result');
  return result;
}

export async function submit(gateway: TestGateway, record: SubmitPaymentInput, dryRun = false) {
  return only((await gateway.data(Submit, { input: { records: [record], dryRun } })).submitPayments.results);
}

export async function setStatus(gateway: TestGateway, id: string, status: PaymentStatus, dryRun = false) {
  return only((await gateway.data(SetStatus, { input: { ids: [id], status, dryRun } })).setPaymentStatus.results);
}

export async function updatePayment(gateway: TestGateway, record: UpdatePaymentInput) {
  return only((await gateway.data(Update, { input: { records: [record] } })).updatePayments.results);
}

export async function retry(gateway: TestGateway, id: string, on?: string, dryRun = false) {
  const record = on === undefined ? { id } : { id, on };
  return only((await gateway.data(Retry, { input: { records: [record], dryRun } })).retryPayments.results);
}

export async function simulate(
  gateway: TestGateway,
  scenario: Scenario,
  id: string,
  more: Partial<SimulateInput> = {},
) {
  return (await gateway.data(Simulate, { input: { scenario, id, ...more } })).simulate;
}

export async function mandateState(gateway: TestGateway, id: string) {
  const { mandate } = await gateway.data(Mandate, { id });
  if (!mandate) throw new Error(`no mandate ${id}`);
  return mandate;
}

export async function preview(gateway: TestGateway, paymentId: string, count = 12) {
  return (await gateway.data(Preview, { input: { paymentId, count } })).previewSchedule;
}

/** Whom a payment is of, to submit another under the same mandate. */
export async function partiesOf(gateway: TestGateway, paymentId: string) {
  const [row] = await gateway.sql<{
    customerId: string;
    bankAccountId: string;
    mandateId: string;
    paymentMethodId: string;
  }>('SELECT customer_id, bank_account_id, mandate_id, payment_method_id FROM payment WHERE id = $1', [paymentId]);
  if (!row) throw new Error(`no payment ${paymentId}`);
  return row;
}

/** The events of a type, as their reasons, in order. */
export async function reasonsOf(gateway: TestGateway, type: string, aggregateId: string): Promise<string[]> {
  const rows = await gateway.sql<{ reason: string }>(
    'SELECT reason FROM event WHERE merchant_id = $1 AND type = $2 AND aggregate_id = $3 ORDER BY version',
    [gateway.merchantId, type, aggregateId],
  );
  return rows.map(({ reason }) => reason);
}

/** `nominalDate status unpaidCode` of each transaction of a payment, in order. */
export async function debitsOf(gateway: TestGateway, paymentId: string): Promise<string[]> {
  const rows = await gateway.sql<{ line: string }>(
    `SELECT concat_ws(' ', nominal_date, action_date, attempt, status, unpaid_code) AS line FROM transaction
      WHERE payment_id = $1 ORDER BY nominal_date, attempt`,
    [paymentId],
  );
  return rows.map(({ line }) => line);
}

/** `code lostDate nextDate` of each warning of a result, but for failed check digits. */
export function warningsOf({
  warnings,
}: {
  warnings: ReadonlyArray<{ code: string; lostDate?: string | null; nextDate?: string | null }>;
}) {
  return warnings
    .filter(({ code }) => code !== 'CDV_FAILED')
    .map(({ code, lostDate, nextDate }) => [code, lostDate, nextDate].filter(Boolean).join(' '));
}
