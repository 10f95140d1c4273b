import { money, nameOf } from '../format.ts';
import type {
  AssignDepositMutation,
  AssignDepositMutationVariables,
  LikelyPaymentsQuery,
  LikelyPaymentsQueryVariables,
  RefundDepositMutation,
  RefundDepositMutationVariables,
} from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Actions, outcomeOf } from '../parts/actions.tsx';
import type { Session } from '../session.ts';
import { useQuery } from '../use-query.ts';

const LikelyPayments = operation<LikelyPaymentsQuery, LikelyPaymentsQueryVariables>(/* GraphQL */ `
  query LikelyPayments($amount: Money!) {
    payments(first: 5, filter: { status: { eq: WAITING_FOR_PAYMENT }, amount: { eq: $amount } }) {
      nodes { id transactionReference amount customer { reference personName personSurname companyName } }
    }
  }
`);

const Assign = operation<AssignDepositMutation, AssignDepositMutationVariables>(/* GraphQL */ `
  mutation AssignDeposit($id: ID!, $paymentId: ID!, $key: String!) {
    assignDeposits(input: { records: [{ id: $id, paymentId: $paymentId }], idempotencyKey: $key }) {
      results { errors { message } }
    }
  }
`);

const Refund = operation<RefundDepositMutation, RefundDepositMutationVariables>(/* GraphQL */ `
  mutation RefundDeposit($id: ID!, $key: String!) {
    refundDeposits(input: { records: [{ id: $id, reason: "No payment was found" }], idempotencyKey: $key }) {
      results { errors { message } }
    }
  }
`);

/** What can be done with a deposit that matches no payment: assign it to a payment that waits for its amount, or refund it. */
export function DepositActions({
  session,
  deposit: { id, amount },
}: {
  session: Session;
  deposit: { id: string; amount: string };
}) {
  const { data, error } = useQuery(session, LikelyPayments, { amount });
  if (error) return <span class="error">{error}</span>;
  const likely = data?.payments.nodes ?? [];
  const assignments = likely.map((payment) => ({
    title: `Assign to ${payment.transactionReference} of ${nameOf(payment.customer)}, ${money(payment.amount)}`,
    reason: null,
    run: async (key: string) =>
      outcomeOf((await session.send(Assign, { id, paymentId: payment.id, key })).assignDeposits.results),
  }));
  const refund = {
    title: `Refund ${money(amount)}`,
    reason: null,
    run: async (key: string) => outcomeOf((await session.send(Refund, { id, key })).refundDeposits.results),
  };
  return <Actions session={session} actions={[...assignments, refund]} />;
}
