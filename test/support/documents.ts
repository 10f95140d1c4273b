import { graphql } from './generated/index.ts';

/** Documents that several tests send. */
export const SubmitPayments = graphql(`
  mutation SubmitPayments($input: SubmitPaymentsInput!) {
    submitPayments(input: $input) {
      succeededCount
      failedCount
      replayed
      streamCursor
      results {
        index
        clientKey
        outcome
        errors {
          __typename
          code
          rule
          message
          path
          ... on Duplicate {
            existingId
          }
          ... on StateConflict {
            currentStatus
            blockedBy
          }
        }
        payment {
          id
          kind
          status
          amount
          batchReference
          transactionReference
          firstNominalDate
          recurring {
            processDay
            dateStart
            dateEnd
          }
          oneTime {
            processDate
          }
          payIn {
            eftReference
          }
          customer {
            id
            reference
            kind
          }
          bankAccount {
            id
            accountNumberMasked
            branchCode
          }
          mandate {
            id
            amount
            status
          }
        }
      }
    }
  }
`);

export const PaymentMethods = graphql(`
  query PaymentMethods {
    paymentMethods {
      streamCursor
      nodes {
        id
        type
        providerBank
      }
    }
  }
`);

export const AdvanceClock = graphql(`
  mutation AdvanceClock($to: DateTime!) {
    advanceClock(input: { to: $to }) {
      reachedAt
      done
    }
  }
`);

export const PaymentWithTransactions = graphql(`
  query PaymentWithTransactions($id: ID!) {
    payment(id: $id) {
      status
      failedReason
      version
      transactions(last: 200) {
        nodes {
          id
          kind
          status
          nominalDate
          actionDate
          amount
          transactionReference
          batchReference
          unpaidCode
          unpaidReason
          submissions {
            attempt
          }
        }
      }
    }
  }
`);

export const PaymentStatusChanged = graphql(`
  subscription PaymentStatusChanged($filter: PaymentStatusChangedFilter, $after: String) {
    paymentStatusChanged(filter: $filter, after: $after) {
      cursor
      version
      from
      to
      occurredAt
      cause {
        actor
        reasonCode
        reason
      }
      payment {
        id
        status
      }
    }
  }
`);
