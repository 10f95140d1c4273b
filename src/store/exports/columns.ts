import { CUSTOMERS, DEPOSITS, MANDATES, PAYMENTS, TRANSACTIONS } from '../reading/description.ts';
import type { Reading } from '../reading/reading.ts';
import { ROOT } from '../reading/statement.ts';

/** A column of an export: its name, that of the field of the API, and its value. */
export interface ExportColumn {
  readonly name: string;
  readonly sql: string;
  /** Whether a user wrote the value, so that it may contain anything. */
  readonly isFree?: true;
}

const own = (column: string): string => `${ROOT}.${column}`;
/** A value in the form that the API gives it, which contains neither quotes nor separators. */
const plain = (name: string, column: string): ExportColumn => ({ name, sql: own(column) });
const free = (name: string, column: string): ExportColumn => ({ name, sql: own(column), isFree: true });
const instant = (name: string, column: string): ExportColumn => ({
  name,
  sql: `to_char(${own(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
});
const amount = (name: string, column: string): ExportColumn => ({
  name,
  sql: `(${own(column)} / 100)::text || '.' || lpad((${own(column)} % 100)::text, 2, '0')`,
});
const ID = plain('id', 'id');
const STATUS = plain('status', 'status');
const AMOUNT = amount('amount', 'amount_cents');
const CREATED = instant('createdAt', 'created_at');
const UPDATED = instant('updatedAt', 'updated_at');
const VERSION = plain('version', 'version');
const REFERENCE = free('reference', 'reference');
const EXTERNAL_ID = free('externalId', 'external_id');
const CUSTOMER = plain('customerId', 'customer_id');
const ACCOUNT = plain('bankAccountId', 'bank_account_id');
const MANDATE = plain('mandateId', 'mandate_id');
const METHOD = plain('paymentMethodId', 'payment_method_id');
const TRANSACTION_REFERENCE = free('transactionReference', 'transaction_reference');
const BATCH_REFERENCE = free('batchReference', 'batch_reference');

/** What is exported of an entity, in the order of its ids; personal numbers are not. */
interface ExportedEntity {
  readonly table: string;
  readonly reading: Reading;
  readonly columns: readonly ExportColumn[];
}

const EVENTS: readonly ExportColumn[] = [
  ID,
  plain('type', 'type'),
  plain('about', 'aggregate_type'),
  plain('objectId', 'aggregate_id'),
  VERSION,
  plain('from', 'from_status'),
  plain('to', 'to_status'),
  plain('actor', 'actor'),
  free('reasonCode', 'reason_code'),
  free('reason', 'reason'),
  plain('requestId', 'request_id'),
  CUSTOMER,
  MANDATE,
  plain('paymentId', 'payment_id'),
  METHOD,
  BATCH_REFERENCE,
  AMOUNT,
  instant('occurredAt', 'occurred_at'),
  instant('sequencedAt', 'sequenced_at'),
];

/** The exported entities but events. */
export const EXPORTED = {
  payments: {
    table: 'payment',
    reading: PAYMENTS,
    columns: [
      ID,
      TRANSACTION_REFERENCE,
      STATUS,
      plain('outcome', 'outcome'),
      AMOUNT,
      CUSTOMER,
      ACCOUNT,
      MANDATE,
      METHOD,
      BATCH_REFERENCE,
      EXTERNAL_ID,
      plain('firstNominalDate', 'first_nominal_date'),
      instant('failedAt', 'failed_at'),
      free('failedReason', 'failed_reason'),
      CREATED,
      UPDATED,
      VERSION,
    ],
  },
  transactions: {
    table: 'transaction',
    reading: TRANSACTIONS,
    columns: [
      ID,
      plain('paymentId', 'payment_id'),
      TRANSACTION_REFERENCE,
      STATUS,
      plain('kind', 'kind'),
      plain('attempt', 'attempt'),
      plain('nominalDate', 'nominal_date'),
      plain('actionDate', 'action_date'),
      AMOUNT,
      free('unpaidCode', 'unpaid_code'),
      CUSTOMER,
      ACCOUNT,
      MANDATE,
      METHOD,
      BATCH_REFERENCE,
      free('providerReference', 'provider_reference'),
      plain('isImported', 'is_imported'),
      instant('statusChangedAt', 'status_changed_at'),
      CREATED,
      UPDATED,
      VERSION,
    ],
  },
  mandates: {
    table: 'mandate',
    reading: MANDATES,
    columns: [
      ID,
      REFERENCE,
      free('contractReference', 'contract_reference'),
      STATUS,
      plain('amendmentStatus', 'amendment_status'),
      AMOUNT,
      amount('maximumCollectionAmount', 'maximum_amount_cents'),
      plain('interval', 'interval'),
      plain('processDay', 'process_day'),
      plain('processDate', 'process_date'),
      CUSTOMER,
      ACCOUNT,
      METHOD,
      EXTERNAL_ID,
      instant('requestedAt', 'requested_at'),
      instant('approvedAt', 'approved_at'),
      free('rejectionCode', 'rejection_code'),
      instant('cancelledAt', 'cancelled_at'),
      CREATED,
      UPDATED,
      VERSION,
    ],
  },
  customers: {
    table: 'customer',
    reading: CUSTOMERS,
    columns: [
      ID,
      REFERENCE,
      free('companyName', 'company_name'),
      free('personName', 'person_name'),
      free('personSurname', 'person_surname'),
      free('email', 'email'),
      free('contactNumber', 'contact_number'),
      STATUS,
      plain('isBlacklisted', 'is_blacklisted'),
      free('blacklistReason', 'blacklist_reason'),
      EXTERNAL_ID,
      CREATED,
      UPDATED,
      VERSION,
    ],
  },
  deposits: {
    table: 'deposit',
    reading: DEPOSITS,
    columns: [
      ID,
      free('eftReference', 'eft_reference'),
      AMOUNT,
      plain('match', 'match'),
      plain('paymentId', 'payment_id'),
      METHOD,
      instant('receivedAt', 'received_at'),
      amount('refundedAmount', 'refunded_cents'),
      instant('refundedAt', 'refunded_at'),
      CREATED,
      UPDATED,
      VERSION,
    ],
  },
} satisfies Record<string, ExportedEntity>;

/** An exported entity but events. */
export type ExportedName = keyof typeof EXPORTED;
/** Columns of exported events, after their cursor. */
export const EVENT_EXPORT_COLUMNS = EVENTS;
