import { civilDateOf } from '../../domain/dates.ts';
import type { SubmitPaymentRecord } from '../../domain/submit/record.ts';
import type { SubmitContext, UniqueField } from '../../domain/submit/submit-context.ts';
import { uniqueValue } from '../../domain/submit/uniqueness.ts';
import type { Taken } from '../../domain/uniqueness.ts';
import { lockCardTokens } from '../cards.ts';
import type { Queryable } from '../connection/database.ts';
import { lockOwners } from '../customers/customer-context.ts';
import { findTakenContractReferences, lockMandates } from '../mandates/mandates.ts';
import { findHolidays } from '../merchants/merchants.ts';
import { findMethods } from '../merchants/payment-methods.ts';
import { findLastReturns } from '../transactions/collected.ts';
import { findCollectedByMonth } from '../transactions/limits.ts';
import { findDebits } from './running-payments.ts';

/** Statements that find the values in use, by field. */
const TAKEN: Record<Exclude<UniqueField, 'contractReference'>, string> = {
  transactionReference:
    'SELECT transaction_reference AS value, id FROM payment WHERE merchant_id = $1 AND transaction_reference = ANY($2)',
  eftReference: `SELECT eft_reference_key AS value, id FROM payment
    WHERE merchant_id = $1 AND eft_reference_key = ANY($2) AND status = 'WAITING_FOR_PAYMENT'`,
};

/**
 * Returns everything the records of a batch refer to, read in a fixed number of statements. Customers, bank accounts,
 * mandates and cards are locked in this order, ids ascending, until the transaction ends, so that none is archived.
 */
export async function lockSubmitContext(
  tx: Queryable,
  merchantId: string,
  now: Date,
  records: readonly SubmitPaymentRecord[],
): Promise<SubmitContext> {
  const byIds = async <Row extends { id: string }>(sql: string, ids: ReadonlyArray<string | null | undefined>) => {
    const wanted = [...new Set(ids.filter((id) => typeof id === 'string'))];
    const rows = wanted.length > 0 ? await tx.query<Row>(sql, [merchantId, wanted]) : [];
    return new Map(rows.map((row) => [row.id, row]));
  };
  const customers = await lockOwners(
    tx,
    merchantId,
    records.flatMap((record) => record.customerId ?? []),
  );
  const bankAccounts = await byIds<MapValue<SubmitContext['bankAccounts']>>(
    `SELECT id, customer_id, status, account_type, bank, is_business_account FROM bank_account
      WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR SHARE`,
    records.map((record) => record.bankAccountId),
  );
  // An exclusive lock, so that concurrent submissions under one mandate see each other's debits.
  const mandates = await lockMandates(
    tx,
    merchantId,
    records.flatMap((record) => record.mandateId ?? []),
  );
  const debits = await findDebits(tx, merchantId, [...mandates.keys()]);
  const lastReturns = await findLastReturns(tx, merchantId, [...mandates.keys()]);
  const methods = await findMethods(
    tx,
    merchantId,
    records.map((record) => record.paymentMethodId),
  );
  const cards = await lockCardTokens(
    tx,
    merchantId,
    records.flatMap((record) => (record.card ? (record.customerId ?? []) : [])),
  );
  const cardsById = new Map([...cards.values()].map((card) => [card.id, card]));
  const limited = [...methods.values()].filter(({ monthlyLimitCents }) => monthlyLimitCents !== null);
  const collected = await findCollectedByMonth(tx, merchantId, limited, civilDateOf(now));
  const holidays = await findHolidays(tx, merchantId);
  const taken = {
    contractReference: await findTakenContractReferences(tx, merchantId, valuesOf(records, 'contractReference')),
    transactionReference: await findTaken(tx, merchantId, 'transactionReference', records),
    eftReference: await findTaken(tx, merchantId, 'eftReference', records),
  };
  return {
    now,
    holidays,
    customers,
    bankAccounts,
    mandates,
    methods,
    cards,
    cardsById,
    collected,
    debits,
    lastReturns,
    taken,
  };
}

type MapValue<M> = M extends ReadonlyMap<string, infer Value> ? Value : never;

async function findTaken(
  tx: Queryable,
  merchantId: string,
  field: keyof typeof TAKEN,
  records: readonly SubmitPaymentRecord[],
): Promise<Taken> {
  const values = valuesOf(records, field);
  if (values.length === 0) return new Map();
  const rows = await tx.query<{ value: string; id: string }>(TAKEN[field], [merchantId, values]);
  return new Map(rows.map(({ value, id }) => [value, { id }]));
}

function valuesOf(records: readonly SubmitPaymentRecord[], field: UniqueField): string[] {
  return records.flatMap((record) => uniqueValue(record, field) ?? []);
}
