/** What the demo sends: documents to copy from. */

export const LOOK = /* GraphQL */ `
  query Look {
    merchant { name now }
    paymentMethods { nodes { id type } }
    payments(first: 0) { totalCount streamCursor }
  }
`;

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

export const FOLLOW = /* GraphQL */ `
  subscription Follow($after: String) {
    paymentStatusChanged(after: $after) {
      cursor
      from
      to
      occurredAt
      cause { actor reason }
      payment { transactionReference amount }
    }
  }
`;

export const ADVANCE = /* GraphQL */ `
  mutation Advance($to: DateTime!) {
    advanceClock(input: { to: $to }) { reachedAt done }
  }
`;

export const TOTALS = /* GraphQL */ `
  query Totals($batches: [String!]!) {
    payments(first: 200, filter: { batchReference: { in: $batches } }) { nodes { transactionReference status } }
    transactions(first: 200, filter: { batchReference: { in: $batches } }) { nodes { status amount } }
  }
`;
