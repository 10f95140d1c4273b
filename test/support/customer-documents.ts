import { graphql } from './generated/index.ts';

/** Documents over customers, bank accounts and cards that several tests send. */

export const CreateCustomers = graphql(`
  mutation CreateCustomers($input: CreateCustomersInput!) {
    createCustomers(input: $input) {
      succeededCount
      failedCount
      replayed
      streamCursor
      results {
        ...CustomerOutcome
        customer {
          ...WholeCustomer
        }
      }
    }
  }
`);

export const UpdateCustomers = graphql(`
  mutation UpdateCustomers($input: UpdateCustomersInput!) {
    updateCustomers(input: $input) {
      succeededCount
      failedCount
      replayed
      results {
        ...CustomerOutcome
        customer {
          ...WholeCustomer
        }
      }
    }
  }
`);

graphql(`
  fragment CustomerOutcome on CustomerResult {
    index
    clientKey
    outcome
    errors {
      ...AnyError
    }
    warnings {
      code
      path
      ids
    }
    affected {
      paymentIds
      mandateIds
      untouchedMandateIds
      truncated
    }
  }
`);

graphql(`
  fragment AnyError on UserError {
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
      allowedTransitions
      blockedBy
    }
    ... on VersionConflict {
      currentVersion
    }
    ... on LimitExceeded {
      limit
    }
  }
`);

graphql(`
  fragment WholeCustomer on Customer {
    id
    reference
    kind
    companyName
    personName
    personSurname
    clientType
    idType
    idNumber
    idNumberMasked
    email
    contactNumber
    isTax
    taxNumber
    taxNumberMasked
    billingAddressLine1
    billingAddressLine2
    billingCityOrTown
    billingPostalCode
    billingProvinceOrState
    billingCountry
    billingEmail
    shippingContactName
    shippingContactNumber
    shippingAddressLine1
    shippingAddressLine2
    shippingCityOrTown
    shippingPostalCode
    shippingProvinceOrState
    shippingCountry
    description
    metadata
    status
    isActive
    isBlacklisted
    blacklistReason
    archivedAt
    erasedAt
    version
  }
`);

export const SetCustomerStatus = graphql(`
  mutation SetCustomerStatus($input: SetCustomerStatusInput!) {
    setCustomerStatus(input: $input) {
      results {
        ...CustomerOutcome
        customer {
          id
          status
          archivedAt
          version
        }
      }
    }
  }
`);

export const BlacklistCustomers = graphql(`
  mutation BlacklistCustomers($input: BlacklistCustomersInput!) {
    blacklistCustomers(input: $input) {
      results {
        ...CustomerOutcome
        customer {
          id
          status
          isActive
          isBlacklisted
          blacklistReason
          version
        }
      }
    }
  }
`);

export const UnblacklistCustomers = graphql(`
  mutation UnblacklistCustomers($input: UnblacklistCustomersInput!) {
    unblacklistCustomers(input: $input) {
      results {
        ...CustomerOutcome
        customer {
          id
          isActive
          isBlacklisted
          version
        }
      }
    }
  }
`);

export const EraseCustomers = graphql(`
  mutation EraseCustomers($input: EraseCustomersInput!) {
    eraseCustomers(input: $input) {
      results {
        ...CustomerOutcome
        customer {
          ...WholeCustomer
          bankAccounts {
            nodes {
              accountHolderName
              accountNumber
              accountNumberMasked
              status
            }
          }
          cards {
            nodes {
              token
              maskedPan
              status
            }
          }
        }
      }
    }
  }
`);

export const CreateBankAccounts = graphql(`
  mutation CreateBankAccounts($input: CreateBankAccountsInput!) {
    createBankAccounts(input: $input) {
      results {
        ...BankAccountOutcome
        bankAccount {
          ...WholeBankAccount
        }
      }
    }
  }
`);

export const UpdateBankAccounts = graphql(`
  mutation UpdateBankAccounts($input: UpdateBankAccountsInput!) {
    updateBankAccounts(input: $input) {
      results {
        ...BankAccountOutcome
        bankAccount {
          ...WholeBankAccount
        }
      }
    }
  }
`);

export const SetBankAccountStatus = graphql(`
  mutation SetBankAccountStatus($input: SetBankAccountStatusInput!) {
    setBankAccountStatus(input: $input) {
      results {
        ...BankAccountOutcome
        bankAccount {
          ...WholeBankAccount
        }
      }
    }
  }
`);

export const VerifyBankAccounts = graphql(`
  mutation VerifyBankAccounts($input: VerifyBankAccountsInput!) {
    verifyBankAccounts(input: $input) {
      replayed
      results {
        ...BankAccountOutcome
        bankAccount {
          ...WholeBankAccount
        }
      }
    }
  }
`);

graphql(`
  fragment BankAccountOutcome on BankAccountResult {
    index
    outcome
    errors {
      ...AnyError
    }
    warnings {
      code
      path
      ids
    }
    affected {
      paymentIds
      mandateIds
      untouchedMandateIds
      truncated
    }
  }
`);

graphql(`
  fragment WholeBankAccount on BankAccount {
    id
    accountHolderName
    accountNumber
    normalizedAccountNumber
    accountNumberMasked
    accountNumberLast4
    accountType
    bank
    branchCode
    isBusinessAccount
    cdvResult {
      status
      passed
      tableVersion
    }
    verificationStatus
    avsResult {
      accountFound
      accountOpen
      acceptsDebits
      acceptsCredits
      idNumberMatch
      initialsMatch
      nameMatch
    }
    status
    version
  }
`);

export const AddCards = graphql(`
  mutation AddCards($input: AddCardsInput!) {
    addCards(input: $input) {
      results {
        outcome
        errors {
          ...AnyError
        }
        card {
          id
          token
          maskedPan
          expirationDate
          keepUntil
          expired
          status
        }
      }
    }
  }
`);

export const RemoveCards = graphql(`
  mutation RemoveCards($input: RemoveCardsInput!) {
    removeCards(input: $input) {
      results {
        outcome
        errors {
          ...AnyError
        }
        card {
          id
          status
          version
        }
      }
    }
  }
`);

export const Customers = graphql(`
  query Customers($filter: CustomerFilter, $orderBy: CustomerOrder, $first: Int) {
    customers(filter: $filter, orderBy: $orderBy, first: $first) {
      totalCount
      nodes {
        id
        reference
      }
    }
  }
`);

export const UpdateMerchantSettings = graphql(`
  mutation UpdateMerchantSettings($input: UpdateMerchantSettingsInput!) {
    updateMerchantSettings(input: $input) {
      replayed
      merchant {
        settings {
          cdvMode
          emailUnique
          blacklistRunningPayments
        }
      }
    }
  }
`);
