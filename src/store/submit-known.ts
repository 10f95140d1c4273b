import type { Known, UniqueField } from '../domain/submit/known.ts';
import type { SubmitPaymentRecord } from '../domain/submit/record.ts';
import { uniqueValue } from '../domain/submit/uniqueness.ts';
import { findOwners } from './customer-facts.ts';
import type { Queryable } from './database.ts';
import { findHolidays } from './merchants.ts';

/** What of a mandate a payment needs to know. */
const MANDATE_COLUMNS = `id, customer_id, bank_account_id, payment_method_id, status, amount_cents, payment_industry, process_day,
  interval, date_release, process_date`;

/** Where each unique value stands in the tables. */
const TAKEN: Record<UniqueField, string> = {
  contractReference:
    'SELECT contract_reference AS value, id FROM mandate WHERE merchant_id = $1 AND contract_reference = ANY($2)',
  transactionReference:
    'SELECT transaction_reference AS value, id FROM payment WHERE merchant_id = $1 AND transaction_reference = ANY($2)',
  eftReference: `SELECT eft_reference_key AS value, id FROM payment
    WHERE merchant_id = $1 AND eft_reference_key = ANY($2) AND status = 'WAITING_FOR_PAYMENT'`,
};

/**
 * Reads what the records of a batch refer to: a fixed number of statements, whatever the number of records. Customers, bank
 * accounts and mandates are locked FOR SHARE, in this order, ids ascending: nobody archives them until we are done.
 */
export async function findKnown(
  tx: Queryable,
  merchantId: string,
  now: Date,
  records: readonly SubmitPaymentRecord[],
): Promise<Known> {
  const byIds = async <Row extends { id: string }>(sql: string, ids: ReadonlyArray<string | null | undefined>) => {
    const wanted = [...new Set(ids.filter((id) => typeof id === 'string'))];
    const rows = wanted.length > 0 ? await tx.query<Row>(sql, [merchantId, wanted]) : [];
    return new Map(rows.map((row) => [row.id, row]));
  };
  const customers = await findOwners(
    tx,
    merchantId,
    records.flatMap((record) => record.customerId ?? []),
  );
  const bankAccounts = await byIds<MapValue<Known['bankAccounts']>>(
    'SELECT id, customer_id, status FROM bank_account WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR SHARE',
    records.map((record) => record.bankAccountId),
  );
  const mandates = await byIds<MapValue<Known['mandates']>>(
    `SELECT ${MANDATE_COLUMNS} FROM mandate WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR SHARE`,
    records.map((record) => record.mandateId),
  );
  const methods = await byIds<MapValue<Known['methods']>>(
    'SELECT id, type, is_enabled, payment_industry, date_adjustment_rule FROM payment_method WHERE merchant_id = $1 AND id = ANY($2)',
    records.map((record) => record.paymentMethodId),
  );
  const holidays = await findHolidays(tx, merchantId);
  const taken = {
    contractReference: await findTaken(tx, merchantId, 'contractReference', records),
    transactionReference: await findTaken(tx, merchantId, 'transactionReference', records),
    eftReference: await findTaken(tx, merchantId, 'eftReference', records),
  };
  return { now, holidays, customers, bankAccounts, mandates, methods, taken };
}

type MapValue<M> = M extends ReadonlyMap<string, infer Value> ? Value : never;

async function findTaken(
  tx: Queryable,
  merchantId: string,
  field: UniqueField,
  records: readonly SubmitPaymentRecord[],
): Promise<ReadonlyMap<string, string>> {
  const values = records.map((record) => uniqueValue(record, field)).filter((value) => value !== null);
  if (values.length === 0) return new Map();
  const rows = await tx.query<{ value: string; id: string }>(TAKEN[field], [merchantId, values]);
  return new Map(rows.map((row) => [row.value, row.id]));
}
