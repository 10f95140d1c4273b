// The package's documents, `collections-gateway/documents`: the operations that the guide explains, typed.
// biome-ignore-all lint/performance/noBarrelFile: it is the entry of the package.
import type * as Types from '../generated/operations.ts';
import { typed } from './typed-document.ts';

export { send, type TypedDocument } from './typed-document.ts';

/** Reads the clock of the merchant and its payment methods, whose ids submissions name. */
export const Methods = /* @__PURE__ */ typed<Types.MethodsQuery, Types.MethodsQueryVariables>(/* GraphQL */ `
  query Methods {
    merchant { id name now }
    paymentMethods(first: 200) { nodes { id name type } }
  }
`);

/** Submits a batch of payments, with their customers, accounts and mandates if they are new. */
export const SubmitPayments = /* @__PURE__ */ typed<
  Types.SubmitPaymentsMutation,
  Types.SubmitPaymentsMutationVariables
>(/* GraphQL */ `
  mutation SubmitPayments($input: SubmitPaymentsInput!) {
    submitPayments(input: $input) {
      replayed replayedCount succeededCount failedCount streamCursor
      results {
        clientKey outcome
        errors { code path message }
        warnings { code message lostDate nextDate reason }
        collection { nominalDate actionDate submitBy }
        payment { id status transactionReference customer { id } bankAccount { id } mandate { id status } }
      }
    }
  }
`);

/** Previews the collections of a payment by the rules of the scheduler. */
export const PreviewSchedule = /* @__PURE__ */ typed<
  Types.PreviewScheduleQuery,
  Types.PreviewScheduleQueryVariables
>(/* GraphQL */ `
  query PreviewSchedule($input: PreviewScheduleInput!) {
    previewSchedule(input: $input) { nominalDate actionDate submitBy amount isSkipped notes }
  }
`);

/** Reads what a page about one payment shows. */
export const PaymentPage = /* @__PURE__ */ typed<
  Types.PaymentPageQuery,
  Types.PaymentPageQueryVariables
>(/* GraphQL */ `
  query PaymentPage($id: ID!) {
    payment(id: $id) {
      id version transactionReference status failedReason amount
      customer { id reference personName personSurname companyName }
      bankAccount { id bank accountNumberMasked verificationStatus }
      mandate { id contractReference status authorityWithdrawn { at code reason } }
      nextCollection { nominalDate actionDate submitBy amount }
      totals { collectedCount collected outstanding lost }
      availableActions { action allowed reason }
      transactions(first: 12) {
        nodes { id status attempt actionDate amount unpaidCode unpaidReason unpaidAdvice disputeDeadline }
      }
      timeline(first: 50) { id about type from to occurredAt cause { actor reasonCode reason } }
    }
  }
`);

/** Reads a page of payments, with the cursor to subscribe after. */
export const Payments = /* @__PURE__ */ typed<Types.PaymentsQuery, Types.PaymentsQueryVariables>(/* GraphQL */ `
  query Payments($first: Int, $after: String, $filter: PaymentFilter, $orderBy: PaymentOrder) {
    payments(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      nodes { id version status transactionReference amount failedReason totals { collected outstanding } }
      pageInfo { hasNextPage endCursor }
      streamCursor
    }
  }
`);

/** Reads a page of transactions, such as the unpaid ones of a day. */
export const Transactions = /* @__PURE__ */ typed<
  Types.TransactionsQuery,
  Types.TransactionsQueryVariables
>(/* GraphQL */ `
  query Transactions($first: Int, $after: String, $filter: TransactionFilter, $orderBy: TransactionOrder) {
    transactions(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      nodes {
        id version status transactionReference actionDate amount attempt unpaidCode unpaidReason unpaidAdvice
        payment { id } customer { id reference }
      }
      pageInfo { hasNextPage endCursor }
      streamCursor
    }
  }
`);

/** Reads the statistics of a dashboard: payments by status, transactions by return code. */
export const Dashboard = /* @__PURE__ */ typed<Types.DashboardQuery, Types.DashboardQueryVariables>(/* GraphQL */ `
  query Dashboard($payments: PaymentFilter, $transactions: TransactionFilter) {
    paymentStats(groupBy: [STATUS], filter: $payments) { keys { value } count amount }
    transactionStats(groupBy: [UNPAID_CODE], filter: $transactions) { keys { value meaning advice } count amount }
  }
`);

/** Pauses, resumes, cancels or stops payments. */
export const SetPaymentStatus = /* @__PURE__ */ typed<
  Types.SetPaymentStatusMutation,
  Types.SetPaymentStatusMutationVariables
>(/* GraphQL */ `
  mutation SetPaymentStatus($input: SetPaymentStatusInput!) {
    setPaymentStatus(input: $input) {
      replayed succeededCount failedCount streamCursor
      results {
        clientKey outcome
        errors { code path message ... on StateConflict { currentStatus allowedTransitions blockedBy } }
        warnings { code message lostDate nextDate reason }
        payment { id version status pauseCauses }
      }
    }
  }
`);

/** Retries the last failed collections of payments. */
export const RetryPayments = /* @__PURE__ */ typed<
  Types.RetryPaymentsMutation,
  Types.RetryPaymentsMutationVariables
>(/* GraphQL */ `
  mutation RetryPayments($input: RetryPaymentsInput!) {
    retryPayments(input: $input) {
      replayed succeededCount failedCount streamCursor
      results {
        clientKey outcome
        errors { code path message }
        collection { nominalDate actionDate submitBy amount }
        payment { id version status }
      }
    }
  }
`);

/** Reads what became of a mutation whose answer was lost. */
export const OperationOutcome = /* @__PURE__ */ typed<
  Types.OperationOutcomeQuery,
  Types.OperationOutcomeQueryVariables
>(/* GraphQL */ `
  query OperationOutcome($requestId: ID!) {
    operationOutcome(requestId: $requestId) { outcome mutations { name outcome errorCodes objectIds } }
  }
`);

/** Follows the status changes of payments. */
export const PaymentStatusChanged = /* @__PURE__ */ typed<
  Types.PaymentStatusChangedSubscription,
  Types.PaymentStatusChangedSubscriptionVariables
>(/* GraphQL */ `
  subscription PaymentStatusChanged($after: String, $filter: PaymentStatusChangedFilter) {
    paymentStatusChanged(after: $after, filter: $filter) {
      cursor from to occurredAt
      cause { actor reasonCode reason }
      payment { id version transactionReference failedReason }
    }
  }
`);

/** Follows every change of the merchant. */
export const Events = /* @__PURE__ */ typed<Types.EventsSubscription, Types.EventsSubscriptionVariables>(/* GraphQL */ `
  subscription Events($after: String, $filter: EventFilter) {
    events(after: $after, filter: $filter) {
      ... on Event { cursor id about type objectId version from to amount occurredAt cause { actor reasonCode reason } }
    }
  }
`);

/** Follows the totals of a dashboard: the current groups first, then all again when they may have changed. */
export const TransactionStats = /* @__PURE__ */ typed<
  Types.TransactionStatsSubscription,
  Types.TransactionStatsSubscriptionVariables
>(/* GraphQL */ `
  subscription TransactionStats($after: String, $groupBy: [StatsGroup!]!, $filter: TransactionFilter) {
    transactionStatsChanged(after: $after, groupBy: $groupBy, filter: $filter) {
      cursor
      rows { keys { group value } count amount }
    }
  }
`);

/** Gets a ticket for a subscription by server-sent events, for a page that cannot send headers. */
export const CreateStreamTicket = /* @__PURE__ */ typed<
  Types.CreateStreamTicketMutation,
  Types.CreateStreamTicketMutationVariables
>(/* GraphQL */ `
  mutation CreateStreamTicket($query: String!) {
    createStreamTicket(input: { query: $query }) { ticket expiresAt }
  }
`);

/** Moves the clock of a sandbox, as far as one request can; repeat until `done`. */
export const AdvanceClock = /* @__PURE__ */ typed<
  Types.AdvanceClockMutation,
  Types.AdvanceClockMutationVariables
>(/* GraphQL */ `
  mutation AdvanceClock($to: DateTime!) {
    advanceClock(input: { to: $to }) { reachedAt done }
  }
`);
