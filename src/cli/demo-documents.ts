// The GraphQL documents that the demo sends, as examples to copy.

/** Reads the merchant, its payment methods and the cursor to subscribe after. */
export const LOOK = /* GraphQL */ `
  query Look {
    merchant { name now }
    paymentMethods { nodes { id type } }
    payments(first: 0) { totalCount streamCursor }
  }
`;

/** Submits a batch of payments. */
export const SUBMIT = /* GraphQL */ `
  mutation Submit($input: SubmitPaymentsInput!) {
    submitPayments(input: $input) {
      results {
        outcome
        errors { code message path }
        payment { customer { id } bankAccount { id } mandate { id } }
      }
    }
  }
`;

/** Follows the status changes of the payments of a batch after a cursor. */
export const FOLLOW = /* GraphQL */ `
  subscription Follow($after: String, $batch: String!) {
    paymentStatusChanged(after: $after, filter: { batchReference: $batch }) {
      cursor
      from
      to
      occurredAt
      cause { actor reason }
      payment { transactionReference amount }
    }
  }
`;

/** Advances the sandbox clock. */
export const ADVANCE = /* GraphQL */ `
  mutation Advance($to: DateTime!) {
    advanceClock(input: { to: $to }) { reachedAt done }
  }
`;

/** Reads the payments and transactions of batches. */
export const TOTALS = /* GraphQL */ `
  query Totals($batches: [String!]!) {
    payments(first: 200, filter: { batchReference: { in: $batches } }) { nodes { transactionReference status } }
    transactions(first: 200, filter: { batchReference: { in: $batches } }) { nodes { status amount } }
  }
`;
