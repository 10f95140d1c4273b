import { RUNNING_STATUSES } from '../../domain/payment/state-machine.ts';
import type { FilterRelation, Reading } from './reading.ts';

const ids = (column: string) => ({ kind: 'id', column }) as const;
/** Marks a column that may be null: a negated condition also matches rows where it is null. */
const nullable = <Field extends object>(field: Field) => ({ ...field, nullable: true }) as const;
const to = (reading: () => Reading, nullableColumn?: string): FilterRelation =>
  nullableColumn === undefined ? { reading } : { reading, nullableColumn };
const text = (column: string) => ({ kind: 'text', column }) as const;
const enumOf = (enumType: string, column = 'status') => ({ kind: 'enum', column, enumType }) as const;
const searched = (column: string) => ({ kind: 'searchedText', column }) as const;
const CREATED_AT = { kind: 'instant', column: 'createdAt' } as const;
const UPDATED_AT = { kind: 'instant', column: 'updatedAt' } as const;

/** Filters and orderings of customers; erased customers are not listed. */
export const CUSTOMERS: Reading = {
  entity: 'Customer',
  filters: {
    id: ids('id'),
    status: enumOf('CustomerStatus'),
    kind: enumOf('CustomerKind', 'kind'),
    isActive: { kind: 'flag', columns: { status: ['ACTIVE'], isBlacklisted: [false] } },
    hasRunningPayments: { kind: 'flag', some: 'payments', columns: { status: RUNNING_STATUSES } },
    text: { kind: 'search', column: 'searchText' },
    externalId: nullable(text('externalId')),
    reference: searched('reference'),
    companyName: nullable(searched('companyName')),
    personName: nullable(searched('personName')),
    personSurname: nullable(searched('personSurname')),
    email: { kind: 'email', column: 'emailKey' },
    contactNumber: nullable({ kind: 'phone', column: 'contactNumber' }),
    idNumber: nullable({ kind: 'personalNumber', column: 'idNumberIndex', field: 'idNumber' }),
    taxNumber: nullable({ kind: 'personalNumber', column: 'taxNumberIndex', field: 'taxNumber' }),
    metadata: { kind: 'metadata', column: 'metadataTokens' },
    createdAt: CREATED_AT,
    updatedAt: UPDATED_AT,
  },
  listed: { erasedAt: null },
  relations: {},
  orderings: { CREATED_AT, UPDATED_AT, REFERENCE: { kind: 'text', column: 'reference' } },
};

/** Filters and orderings of bank accounts. */
export const BANK_ACCOUNTS: Reading = {
  entity: 'BankAccount',
  filters: {
    id: ids('id'),
    externalId: nullable(text('externalId')),
    customerId: ids('customerId'),
    status: enumOf('BankAccountStatus'),
    bank: enumOf('Bank', 'bank'),
    accountNumber: { kind: 'personalNumber', column: 'accountNumberIndex', field: 'accountNumber' },
    accountNumberLast4: text('accountNumberLast4'),
    verificationStatus: enumOf('VerificationStatus', 'verificationStatus'),
    createdAt: CREATED_AT,
    updatedAt: UPDATED_AT,
  },
  relations: { customer: to(() => CUSTOMERS) },
  orderings: { CREATED_AT, UPDATED_AT },
};

/** Filters and orderings of cards. */
export const CARDS: Reading = {
  entity: 'Card',
  filters: { id: ids('id'), customerId: ids('customerId'), status: enumOf('CardStatus'), createdAt: CREATED_AT },
  relations: {},
  orderings: { CREATED_AT },
};

/** Filters and orderings of audit entries. */
export const AUDIT_ENTRIES: Reading = {
  entity: 'AuditEntry',
  filters: {
    id: ids('id'),
    clientId: ids('clientId'),
    objectId: ids('objectId'),
    createdAt: CREATED_AT,
  },
  relations: {},
  orderings: { CREATED_AT },
};

/** Filters and orderings of API keys. */
export const API_KEYS: Reading = {
  entity: 'ApiKey',
  filters: { id: ids('id'), createdAt: CREATED_AT },
  relations: {},
  orderings: { CREATED_AT },
};

/** Filters and orderings of webhook endpoints. */
export const WEBHOOK_ENDPOINTS: Reading = {
  entity: 'WebhookEndpoint',
  filters: { id: ids('id'), status: enumOf('WebhookStatus'), clientId: ids('clientId'), createdAt: CREATED_AT },
  relations: {},
  orderings: { CREATED_AT },
};

/** Filters and orderings of webhook deliveries. */
export const WEBHOOK_DELIVERIES: Reading = {
  entity: 'WebhookDelivery',
  filters: {
    id: ids('id'),
    endpointId: ids('endpointId'),
    eventId: nullable(ids('eventId')),
    objectId: ids('objectId'),
    status: enumOf('DeliveryStatus'),
    createdAt: CREATED_AT,
  },
  relations: {},
  orderings: { CREATED_AT },
};

/** Filters and orderings of payment methods. */
export const PAYMENT_METHODS: Reading = {
  entity: 'PaymentMethod',
  filters: { id: ids('id'), type: enumOf('PaymentMethodType', 'type'), createdAt: CREATED_AT },
  relations: {},
  orderings: { CREATED_AT },
};

/** Filters and orderings of mandates. */
export const MANDATES: Reading = {
  entity: 'Mandate',
  filters: {
    id: ids('id'),
    customerId: ids('customerId'),
    bankAccountId: ids('bankAccountId'),
    paymentMethodId: ids('paymentMethodId'),
    status: enumOf('MandateStatus'),
    amendmentStatus: enumOf('AmendmentStatus', 'amendmentStatus'),
    authorityWithdrawn: { kind: 'presence', column: 'authorityWithdrawnAt' },
    externalId: nullable(text('externalId')),
    reference: nullable(text('reference')),
    contractReference: nullable(text('contractReference')),
    approvalExpiresAt: { kind: 'instant', column: 'approvalDue', mayBeNoDate: true },
    createdAt: CREATED_AT,
    updatedAt: UPDATED_AT,
  },
  relations: {
    customer: to(() => CUSTOMERS),
    bankAccount: to(() => BANK_ACCOUNTS),
    paymentMethod: to(() => PAYMENT_METHODS),
  },
  orderings: { CREATED_AT, UPDATED_AT, APPROVAL_EXPIRES_AT: { kind: 'instant', column: 'approvalDue' } },
};

/** Filters and orderings of deposits. */
export const DEPOSITS: Reading = {
  entity: 'Deposit',
  filters: {
    id: ids('id'),
    paymentId: nullable(ids('paymentId')),
    paymentMethodId: ids('paymentMethodId'),
    match: enumOf('DepositMatch', 'match'),
    isRefunded: { kind: 'presence', column: 'refundedAt' },
    eftReference: text('eftReference'),
    amount: { kind: 'amount', column: 'amountCents' },
    receivedAt: { kind: 'instant', column: 'receivedAt' },
    createdAt: CREATED_AT,
  },
  relations: { payment: to(() => PAYMENTS, 'paymentId') },
  orderings: {
    CREATED_AT,
    RECEIVED_AT: { kind: 'instant', column: 'receivedAt' },
    AMOUNT: { kind: 'amount', column: 'amountCents' },
    EFT_REFERENCE: { kind: 'text', column: 'eftReference' },
  },
};

/** Filters and orderings of settlements. */
export const SETTLEMENTS: Reading = {
  entity: 'Settlement',
  filters: {
    id: ids('id'),
    paymentMethodId: ids('paymentMethodId'),
    reference: text('reference'),
    paidOn: { kind: 'date', column: 'paidOn' },
    createdAt: CREATED_AT,
  },
  relations: {},
  orderings: { CREATED_AT, PAID_ON: { kind: 'date', column: 'paidOn' } },
};

/** Filters and orderings of the entries of a settlement. */
export const SETTLEMENT_ENTRIES: Reading = {
  entity: 'SettlementEntry',
  filters: {
    id: ids('id'),
    transactionId: nullable(ids('transactionId')),
    isMatched: { kind: 'presence', column: 'transactionId' },
    reference: text('reference'),
  },
  relations: {},
  orderings: { CREATED_AT },
};

/** Filters and orderings of batches. */
export const BATCHES: Reading = {
  entity: 'Batch',
  filters: { id: ids('id'), reference: text('reference'), createdAt: CREATED_AT },
  relations: {},
  orderings: { CREATED_AT },
};

/** Filters and orderings of quarantined answers of the bank. */
export const QUARANTINED_ANSWERS: Reading = {
  entity: 'QuarantinedAnswer',
  filters: {
    id: ids('id'),
    reference: text('reference'),
    transactionId: nullable(ids('transactionId')),
    mandateId: nullable(ids('mandateId')),
    createdAt: CREATED_AT,
  },
  relations: {},
  orderings: { CREATED_AT },
};

/** Filters and orderings of payments. */
export const PAYMENTS: Reading = {
  entity: 'Payment',
  filters: {
    id: ids('id'),
    customerId: ids('customerId'),
    bankAccountId: nullable(ids('bankAccountId')),
    mandateId: nullable(ids('mandateId')),
    cardId: nullable(ids('cardId')),
    paymentMethodId: ids('paymentMethodId'),
    status: enumOf('PaymentStatus'),
    outcome: nullable(enumOf('PaymentOutcome', 'outcome')),
    externalId: nullable(text('externalId')),
    batchReference: nullable(text('batchReference')),
    transactionReference: { kind: 'indexedText', column: 'transactionReference' },
    amount: { kind: 'amount', column: 'amountCents' },
    firstNominalDate: { kind: 'date', column: 'firstNominalDate' },
    createdAt: CREATED_AT,
    updatedAt: UPDATED_AT,
  },
  relations: {
    customer: to(() => CUSTOMERS),
    bankAccount: to(() => BANK_ACCOUNTS, 'bankAccountId'),
    mandate: to(() => MANDATES, 'mandateId'),
    paymentMethod: to(() => PAYMENT_METHODS),
  },
  orderings: {
    CREATED_AT,
    UPDATED_AT,
    FIRST_NOMINAL_DATE: { kind: 'date', column: 'firstNominalDate' },
    AMOUNT: { kind: 'amount', column: 'amountCents' },
  },
};

/** Filters and orderings of transactions. */
export const TRANSACTIONS: Reading = {
  entity: 'Transaction',
  filters: {
    id: ids('id'),
    paymentId: ids('paymentId'),
    customerId: ids('customerId'),
    bankAccountId: nullable(ids('bankAccountId')),
    mandateId: nullable(ids('mandateId')),
    paymentMethodId: ids('paymentMethodId'),
    status: enumOf('TransactionStatus'),
    transactionReference: text('transactionReference'),
    providerReference: nullable(text('providerReference')),
    batchReference: nullable(text('batchReference')),
    amount: { kind: 'amount', column: 'amountCents' },
    nominalDate: { kind: 'date', column: 'nominalDate' },
    actionDate: { kind: 'date', column: 'actionDate' },
    isImported: { kind: 'flag', columns: { isImported: [true] } },
    attempt: { kind: 'integer', column: 'attempt' },
    unpaidCode: nullable(text('unpaidCode')),
    unpaidCategory: nullable({ kind: 'unpaidCategory', column: 'unpaidCode' }),
    chargedAt: nullable({ kind: 'instant', column: 'chargedAt' }),
    statusChangedAt: { kind: 'instant', column: 'statusChangedAt' },
    disputeDeadline: { kind: 'date', column: 'disputeBy', mayBeNoDate: true },
    createdAt: CREATED_AT,
    updatedAt: UPDATED_AT,
  },
  relations: {
    payment: to(() => PAYMENTS),
    customer: to(() => CUSTOMERS),
    bankAccount: to(() => BANK_ACCOUNTS, 'bankAccountId'),
    mandate: to(() => MANDATES, 'mandateId'),
    paymentMethod: to(() => PAYMENT_METHODS),
  },
  orderings: {
    CREATED_AT,
    UPDATED_AT,
    DISPUTE_DEADLINE: { kind: 'date', column: 'disputeBy' },
    ACTION_DATE: { kind: 'date', column: 'actionDate' },
    AMOUNT: { kind: 'amount', column: 'amountCents' },
  },
};
