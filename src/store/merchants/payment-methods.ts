import type { DateAdjustmentRule } from '../../domain/calendar.ts';
import { DEBICHECK_DEFAULTS, type DebicheckDefaults } from '../../domain/mandate/authorised-terms.ts';
import { METHOD_FIELDS, type MethodTerms, type NewPaymentMethod } from '../../domain/method/method.ts';
import type { PaymentMethodType } from '../../domain/payment/state-machine.ts';
import type { KnownMethod } from '../../domain/submit/submit-context.ts';
import type { Queryable, Tx } from '../connection/database.ts';
import { insertRows, rowsJson } from '../connection/insert-rows.ts';
import { snakeCase } from '../connection/rows.ts';
import { wallTime } from '../connection/wall-time.ts';
import { newId } from '../ids.ts';
import type { MethodForBank } from '../transactions/debits-for-bank.ts';

/** Inserts payment methods; returns the ids in the order of `methods`. */
export async function insertPaymentMethods(
  tx: Tx,
  merchantId: string,
  methods: readonly NewPaymentMethod[],
): Promise<string[]> {
  const now = wallTime();
  const rows = methods.map((method) => ({ merchantId, id: newId('paymentMethod'), ...method }));
  insertRows(
    tx,
    'payment_method',
    rows.map((row) => ({ ...row, createdAt: now, updatedAt: now, version: 1 })),
  );
  return rows.map((row) => row.id);
}

/** A stored payment method with all fields that can change. */
export interface StoredMethod extends NewPaymentMethod {
  readonly id: string;
  readonly version: number;
}

/** Returns payment methods by id, locked until the transaction ends. */
export async function lockMethods(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredMethod>> {
  const rows = await tx.query<StoredMethod>(
    `SELECT id, version, type, provider_bank, name, abbreviated_name, is_enabled, payment_industry, date_adjustment_rule,
            pay_in_account, item_limit_cents, monthly_limit_cents, debicheck_defaults, connector_id
       FROM payment_method WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE`,
    [merchantId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Updates payment methods locked by the caller, in one statement. */
export function updatePaymentMethods(
  tx: Tx,
  merchantId: string,
  methods: ReadonlyArray<MethodTerms & { readonly id: string }>,
): void {
  const set = METHOD_FIELDS.map((field) => `${snakeCase(field)} = new.${snakeCase(field)}`).join(', ');
  tx.send(
    `UPDATE payment_method AS old SET ${set}, version = old.version + 1, updated_at = now()
       FROM json_populate_recordset(NULL::payment_method, $2::json) AS new WHERE old.merchant_id = $1 AND old.id = new.id`,
    [
      merchantId,
      rowsJson(
        methods.map((method) => ({ ...method })),
        ['id', ...METHOD_FIELDS],
      ),
    ],
  );
}

/** Sets the date adjustment rules of payment methods; returns the ids of those that exist. */
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

/** Returns payment methods by id, with default terms for DebiCheck where none are set. */
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

/** Returns payment methods as a bank sees them, by id. */
export async function findMethodsForBank(
  database: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, MethodForBank>> {
  const rows = await database.query<MethodForBank>(
    'SELECT id, type, provider_bank, abbreviated_name FROM payment_method WHERE merchant_id = $1 AND id = ANY($2)',
    [merchantId, [...new Set(ids)]],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Returns the ids of a merchant's payment methods of a type, oldest first. */
export async function findMethodsOfType(
  database: Queryable,
  merchantId: string,
  type: PaymentMethodType,
): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    'SELECT id FROM payment_method WHERE merchant_id = $1 AND type = $2::payment_method_type ORDER BY id',
    [merchantId, type],
  );
  return rows.map(({ id }) => id);
}
