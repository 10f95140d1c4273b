import { civilDateOf } from '../../domain/dates.ts';
import type { SubmitPaymentRecord } from '../../domain/submit/record.ts';
import type { SubmitContext, UniqueField } from '../../domain/submit/submit-context.ts';
import { uniqueValue } from '../../domain/submit/uniqueness.ts';
import type { Taken } from '../../domain/uniqueness.ts';
import { lockCardTokens } from '../cards.ts';
import type { Queryable } from '../connection/database.ts';
import { lockOwners } from '../customers/customer-context.ts';
import { findByExternalId } from '../external-ids.ts';
import { findTakenContractReferences, lockMandates } from '../mandates/mandates.ts';
import { findMethods } from '../merchants/payment-methods.ts';
import { findSettingsAndHolidays, type MerchantSettings } from '../merchants/settings.ts';
import { findLastReturns } from '../transactions/collected.ts';
import { findCollectedByMonth } from '../transactions/limits.ts';
import { findDebits } from './running-payments.ts';

/** Statements that find the values in use, by field. */
const TAKEN: Record<'transactionReference' | 'eftReference', string> = {
  transactionReference:
    'SELECT transaction_reference AS value, id FROM payment WHERE merchant_id = $1 AND transaction_reference = ANY($2)',
  eftReference: `SELECT eft_reference_key AS value, id FROM payment
    WHERE merchant_id = $1 AND eft_reference_key = ANY($2) AND status = 'WAITING_FOR_PAYMENT'`,
};

/**
 * Returns everything the records of a batch refer to, with the settings of the merchant, read in a fixed number of statements that leave together. Customers,
 * bank accounts, mandates and cards are locked in this order, ids ascending, until the transaction ends, so that none is
 * archived.
 */
export async function lockSubmitContext(
  tx: Queryable,
  merchantId: string,
  now: Date,
  records: readonly SubmitPaymentRecord[],
): Promise<SubmitContext & { readonly settings: MerchantSettings }> {
  const mandateIds = idsOf(records.map((record) => record.mandateId));
  const [customers, bankAccounts, mandates, cards, debits, lastReturns, methods, merchant, ...taken] =
    await Promise.all([
      lockOwners(tx, merchantId, idsOf(records.map((record) => record.customerId))),
      lockBankAccounts(tx, merchantId, idsOf(records.map((record) => record.bankAccountId))),
      // An exclusive lock, so that concurrent submissions under one mandate see each other's debits.
      lockMandates(tx, merchantId, mandateIds),
      lockCardTokens(tx, merchantId, idsOf(records.map((record) => record.card && record.customerId))),
      findDebits(tx, merchantId, mandateIds),
      findLastReturns(tx, merchantId, mandateIds),
      findMethods(tx, merchantId, idsOf(records.map((record) => record.paymentMethodId))),
      findSettingsAndHolidays(tx, merchantId),
      findTakenContractReferences(tx, merchantId, valuesOf(records, 'contractReference')),
      findTaken(tx, merchantId, 'transactionReference', records),
      findTaken(tx, merchantId, 'eftReference', records),
      findByExternalId(tx, merchantId, 'payment', valuesOf(records, 'externalId')),
      findByExternalId(tx, merchantId, 'mandate', valuesOf(records, 'mandateExternalId')),
    ]);
  const [contractReference, transactionReference, eftReference, externalId, mandateExternalId] = taken;
  const limited = [...methods.values()].filter(({ monthlyLimitCents }) => monthlyLimitCents !== null);
  return {
    now,
    settings: merchant.settings,
    holidays: merchant.holidays,
    customers,
    bankAccounts,
    mandates,
    methods,
    cards,
    cardsById: new Map([...cards.values()].map((card) => [card.id, card])),
    collected: await findCollectedByMonth(tx, merchantId, limited, civilDateOf(now)),
    debits,
    lastReturns,
    taken: { contractReference, transactionReference, eftReference, externalId, mandateExternalId },
  };
}

function idsOf(ids: ReadonlyArray<string | null | undefined>): string[] {
  return [...new Set(ids.filter((id) => typeof id === 'string'))];
}

async function lockBankAccounts(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<SubmitContext['bankAccounts']> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<MapValue<SubmitContext['bankAccounts']>>(
    `SELECT id, customer_id, status, account_type, bank, is_business_account FROM bank_account
      WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR SHARE`,
    [merchantId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
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
