import { createHash } from 'node:crypto';
import { BANK_ACCOUNT_STATUSES, BANK_ACCOUNT_TYPES } from '../../domain/bank-account/bank-account.ts';
import { BANKS } from '../../domain/banks.ts';
import { CLIENT_TYPES, CUSTOMER_STATUSES, ID_TYPES } from '../../domain/customer/customer.ts';
import { ADJUSTMENT_CATEGORIES, ADJUSTMENT_TYPES } from '../../domain/mandate/adjustment.ts';
import type { ApprovalWindow } from '../../domain/mandate/approval-window.ts';
import { CANCEL_REASONS } from '../../domain/mandate/reason-codes.ts';
import { MANDATE_STATUSES } from '../../domain/mandate/state-machine.ts';
import { PAYMENT_METHOD_TYPES, PAYMENT_STATUSES } from '../../domain/payment/state-machine.ts';
import { PAYMENT_INDUSTRIES } from '../../domain/payment-industries.ts';
import { PAYMENT_INTERVALS } from '../../domain/schedule.ts';
import { TRANSACTION_STATUSES } from '../../domain/transaction.ts';
import { type Database, withTransaction } from '../../store/connection/database.ts';
import { type Lookup, putLookups } from '../../store/merchants/lookups.ts';

/** Lookup types with their values and display titles. */
const LOOKUPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  adjustment_category: { ...titled(ADJUSTMENT_CATEGORIES), REPO: 'With the repo rate' },
  adjustment_type: titled(ADJUSTMENT_TYPES),
  approval_window: {
    REAL_TIME_TT1_CELLPHONE_MUST_MATCH_BANK: 'Real time TT1, cellphone must match the bank',
    REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE: 'Real time TT1, sent to the cellphone of the bank',
    DELAYED_REAL_TIME_TT1: 'Delayed real time TT1',
    BATCH_TT2_APPROVE_BY_19H00_ON_DAY_2: 'Batch TT2, approve by 19:00 on day 2',
  } satisfies Record<ApprovalWindow, string>,
  bank_account_status: titled(BANK_ACCOUNT_STATUSES),
  bank_account_type: titled(BANK_ACCOUNT_TYPES),
  bank_name: Object.fromEntries(Object.entries(BANKS).map(([name, { title }]) => [name, title])),
  client_type: { ...titled(Object.keys(CLIENT_TYPES)), NONRESIDENT_INDIVIDUAL: 'Non-resident individual' },
  customer_status: titled(CUSTOMER_STATUSES),
  id_type: { ...titled(ID_TYPES), SOUTH_AFRICAN_ID: 'South African ID' },
  mandate_cancel_reason: Object.fromEntries(Object.entries(CANCEL_REASONS).map(([name, { title }]) => [name, title])),
  mandate_status: titled(MANDATE_STATUSES),
  payment_industry: Object.fromEntries(Object.entries(PAYMENT_INDUSTRIES).map(([name, { title }]) => [name, title])),
  payment_interval: titled(PAYMENT_INTERVALS),
  payment_method_type: {
    ...titled(PAYMENT_METHOD_TYPES),
    DEBIT_ORDER: 'EFT debit order',
    DEBICHECK: 'DebiCheck',
    PAY_IN: 'Pay-in',
  },
  payment_status: titled(PAYMENT_STATUSES),
  transaction_status: { ...titled(TRANSACTION_STATUSES), REJECTED_BY_API: 'Rejected by the gateway' },
};

/** Names of the lookup types, in order of definition. */
export const LOOKUP_TYPES: readonly string[] = Object.keys(LOOKUPS);

/** Updates the lookups in the database to match the enums of the code, in one transaction. */
export async function putAllLookups(database: Database): Promise<void> {
  const lookups = Object.entries(LOOKUPS).flatMap(([type, values]) =>
    Object.entries(values).map(([name, title]): Lookup => ({ id: lookupId(type, name), type, enum: name, title })),
  );
  await withTransaction(database, async (tx) => putLookups(tx, lookups));
}

/** Returns the id of a lookup, derived from type and value so that it is equal in every database. */
function lookupId(type: string, name: string): string {
  const digest = createHash('sha256').update(`${type} ${name}`).digest('base64url');
  return `loo_${digest.replaceAll(/[-_]/g, '').slice(0, 21)}`;
}

/** Returns a display title for each value: `CHEQUE_OR_CURRENT` becomes "Cheque or current". */
function titled(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    values.map((value) => [value, value.charAt(0) + value.slice(1).toLowerCase().replaceAll('_', ' ')]),
  );
}
