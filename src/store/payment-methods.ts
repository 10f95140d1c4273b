import type { BankAccountType } from '../domain/bank-account/bank-account.ts';
import type { Bank } from '../domain/banks.ts';
import type { DateAdjustmentRule } from '../domain/calendar.ts';
import { DEBICHECK_DEFAULTS, type DebicheckDefaults } from '../domain/mandate/authorised-terms.ts';
import type { PaymentMethodType, ProviderBank } from '../domain/payment/life.ts';
import type { PaymentIndustry } from '../domain/payment-industries.ts';
import type { KnownMethod } from '../domain/submit/known.ts';
import type { Queryable } from './database.ts';
import { newId } from './ids.ts';
import { insertRows } from './insert-rows.ts';

/** The account into which the payer of a pay-in pays. It is the merchant's own and not secret. */
export interface PayInAccount {
  readonly bank: Bank;
  readonly branchCode: string;
  readonly accountNumber: string;
  readonly accountType: BankAccountType;
  readonly accountHolderName: string;
}

export interface NewPaymentMethod {
  readonly name: string;
  readonly type: PaymentMethodType;
  readonly providerBank: ProviderBank;
  readonly abbreviatedName: string;
  readonly paymentIndustry: PaymentIndustry | null;
  readonly dateAdjustmentRule: DateAdjustmentRule;
  readonly payInAccount: PayInAccount | null;
}

export async function insertPaymentMethods(
  tx: Queryable,
  merchantId: string,
  methods: readonly NewPaymentMethod[],
): Promise<string[]> {
  const now = new Date();
  const rows = methods.map((method) => ({ merchantId, id: newId('paymentMethod'), ...method }));
  await insertRows(
    tx,
    'payment_method',
    rows.map((row) => ({ ...row, isEnabled: true, createdAt: now, updatedAt: now, version: 1 })),
  );
  return rows.map((row) => row.id);
}

/** Writes the defaults of a method for DebiCheck or registered mandates; false when there is none. */
export async function writeDebicheckDefaults(
  database: Queryable,
  merchantId: string,
  id: string,
  defaults: DebicheckDefaults,
): Promise<boolean> {
  const rows = await database.query(
    `UPDATE payment_method SET debicheck_defaults = $3, version = version + 1, updated_at = now()
      WHERE merchant_id = $1 AND id = $2 AND type IN ('DEBICHECK', 'REGISTERED_MANDATE') RETURNING id`,
    [merchantId, id, JSON.stringify(defaults)],
  );
  return rows.length > 0;
}

/** The most that a method collects, in cents; null: no limit. */
export interface MethodLimits {
  readonly itemLimitCents: number | null;
  readonly monthlyLimitCents: number | null;
}

/** Sets the limits of a method; false when there is none. */
export async function writeMethodLimits(
  database: Queryable,
  merchantId: string,
  id: string,
  { itemLimitCents, monthlyLimitCents }: MethodLimits,
): Promise<boolean> {
  const rows = await database.query(
    `UPDATE payment_method SET item_limit_cents = $3, monthly_limit_cents = $4, version = version + 1, updated_at = now()
      WHERE merchant_id = $1 AND id = $2 RETURNING id`,
    [merchantId, id, itemLimitCents, monthlyLimitCents],
  );
  return rows.length > 0;
}

/** Sets by which rule methods move days of rest; the ids of those that there are. */
export async function writeDateAdjustmentRules(
  tx: Queryable,
  merchantId: string,
  rules: ReadonlyArray<{ readonly paymentMethodId: string; readonly rule: DateAdjustmentRule }>,
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `UPDATE payment_method SET date_adjustment_rule = given.rule::date_adjustment_rule, version = version + 1, updated_at = now()
       FROM json_to_recordset($2::json) AS given(id text, rule text)
      WHERE merchant_id = $1 AND payment_method.id = given.id RETURNING payment_method.id`,
    [merchantId, JSON.stringify(rules.map(({ paymentMethodId, rule }) => ({ id: paymentMethodId, rule })))],
  );
  return rows.map(({ id }) => id);
}

/** Methods as the rules see them, by id. */
export async function findMethods(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownMethod>> {
  const rows = await tx.query<Omit<KnownMethod, 'debicheckDefaults'> & { debicheckDefaults: DebicheckDefaults | null }>(
    `SELECT id, type, provider_bank, is_enabled, payment_industry, date_adjustment_rule, debicheck_defaults,
            item_limit_cents, monthly_limit_cents
       FROM payment_method WHERE merchant_id = $1 AND id = ANY($2)`,
    [merchantId, [...new Set(ids)]],
  );
  return new Map(
    rows.map((row) => [row.id, { ...row, debicheckDefaults: row.debicheckDefaults ?? DEBICHECK_DEFAULTS }]),
  );
}

/** The id of the merchant's first method of a type. */
export async function findMethodOfType(
  database: Queryable,
  merchantId: string,
  type: PaymentMethodType,
): Promise<string> {
  const [row] = await database.query<{ id: string }>(
    'SELECT id FROM payment_method WHERE merchant_id = $1 AND type = $2::payment_method_type ORDER BY id LIMIT 1',
    [merchantId, type],
  );
  if (!row) throw new Error(`merchant ${merchantId} has no method ${type}`);
  return row.id;
}
