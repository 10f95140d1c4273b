import { graphql } from './generated/index.ts';

/** Documents about mandates that several tests send. */

graphql(`
  fragment MandateFields on Mandate {
    id
    status
    version
    reference
    contractReference
    paymentIndustry
    amount
    recurring {
      processDay
      interval
      dateRelease
    }
    oneTime {
      processDate
    }
    debicheck {
      maximumCollectionAmount
      firstCollectionAmount
      firstCollectionDate
      firstCollectionMode
      allowDateAdjustment
      allowVariableAmount
      allowPaymentTracking
      paymentTrackingMaxDays
      adjustmentCategory
      adjustmentType
      adjustmentRate
      adjustmentAmount
    }
    approvalWindow
    approvalExpiresAt
    attemptCount
    requestedAt
    approvedAt
    authenticationReference
    rejectionCode
    rejectionReason
    suspendedAt
    cancelledAt
    cancelReason
    archivedAt
    debtorSnapshot {
      name
      idType
      idNumberMasked
      contactNumber
      accountHolderName
      accountNumberMasked
      accountType
      bank
      branchCode
    }
    amendmentStatus
    amendmentReason
    amendment {
      amount
      expiresAt
      recurring {
        processDay
        interval
        dateRelease
      }
      oneTime {
        processDate
      }
      debicheck {
        maximumCollectionAmount
        allowVariableAmount
      }
    }
    convertedFrom {
      id
    }
    createdBy
  }
`);

graphql(`
  fragment MandateResultFields on MandateResult {
    index
    clientKey
    outcome
    affected {
      paymentIds
      truncated
    }
    warnings {
      code
      path
      message
      ids
    }
    errors {
      ...AnyError
    }
    mandate {
      ...MandateFields
    }
  }
`);

export const CreateMandates = graphql(`
  mutation CreateMandates($input: CreateMandatesInput!) {
    createMandates(input: $input) {
      replayed
      streamCursor
      results {
        ...MandateResultFields
      }
    }
  }
`);

export const UpdateMandates = graphql(`
  mutation UpdateMandates($input: UpdateMandatesInput!) {
    updateMandates(input: $input) {
      replayed
      results {
        ...MandateResultFields
      }
    }
  }
`);

export const SetMandateStatus = graphql(`
  mutation SetMandateStatus($input: SetMandateStatusInput!) {
    setMandateStatus(input: $input) {
      results {
        ...MandateResultFields
      }
    }
  }
`);

export const WithdrawAmendments = graphql(`
  mutation WithdrawAmendments($input: WithdrawAmendmentsInput!) {
    withdrawAmendments(input: $input) {
      results {
        ...MandateResultFields
      }
    }
  }
`);

export const ResubmitMandates = graphql(`
  mutation ResubmitMandates($input: ResubmitMandatesInput!) {
    resubmitMandates(input: $input) {
      results {
        ...MandateResultFields
      }
    }
  }
`);

export const CancelMandates = graphql(`
  mutation CancelMandates($input: CancelMandatesInput!) {
    cancelMandates(input: $input) {
      results {
        ...MandateResultFields
      }
    }
  }
`);

export const ConvertMandates = graphql(`
  mutation ConvertMandates($input: ConvertMandatesInput!) {
    convertMandates(input: $input) {
      results {
        ...MandateResultFields
      }
    }
  }
`);

export const PostRepoChange = graphql(`
  mutation PostRepoChange($input: PostRepoChangeInput!) {
    postRepoChange(input: $input) {
      id
      outcome
      replayed
      errors {
        __typename
        code
        rule
        path
      }
    }
  }
`);

export const MandateById = graphql(`
  query MandateById($id: ID!) {
    mandate(id: $id) {
      ...MandateFields
      availableActions {
        action
        allowed
        reason
      }
      payments {
        nodes {
          id
          status
          failedReason
          amount
        }
      }
    }
  }
`);

export const MandateStatusChanged = graphql(`
  subscription MandateStatusChanged($filter: MandateStatusChangedFilter, $after: String) {
    mandateStatusChanged(filter: $filter, after: $after) {
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
      mandate {
        id
        status
        amendmentStatus
        approvalExpiresAt
      }
    }
  }
`);
