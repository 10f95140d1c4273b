import type { DateAdjustmentRule } from '../../domain/calendar.ts';
import type { CivilDate } from '../../domain/dates.ts';
import type { Adjustable } from '../../domain/mandate/adjustment.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import type {
  PauseCause,
  PaymentKind,
  PaymentMethodType,
  PaymentOutcome,
  PaymentStatus,
  StopCause,
} from '../../domain/payment/state-machine.ts';
import type { PaymentInterval } from '../../domain/schedule.ts';
import type { Queryable, Tx } from '../connection/database.ts';
import { snakeCase } from '../connection/rows.ts';

/** Returns customer, bank account and mandate of payments, in the order of `ids`. */
export async function findPaymentParties(
  database: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<Array<{ customerId: string; bankAccountId: string | null; mandateId: string | null }>> {
  return database.query(
    `SELECT customer_id, bank_account_id, mandate_id FROM payment
      WHERE merchant_id = $1 AND id = ANY($2) ORDER BY array_position($2::text[], id)`,
    [merchantId, ids],
  );
}

/** Returns the distinct combinations of customer, bank account, mandate and payment method of payments. */
export async function findParties(database: Queryable, merchantId: string, ids: readonly string[]) {
  return database.query<{
    readonly customerId: string;
    readonly bankAccountId: string | null;
    readonly mandateId: string | null;
    readonly paymentMethodId: string;
  }>(
    `SELECT DISTINCT customer_id, bank_account_id, mandate_id, payment_method_id FROM payment
      WHERE merchant_id = $1 AND id = ANY($2)`,
    [merchantId, ids],
  );
}

/** A stored payment with the data that the clock and the bank act on. */
export interface KnownPayment {
  readonly id: string;
  readonly customerId: string;
  readonly bankAccountId: string | null;
  readonly mandateId: string | null;
  readonly cardId: string | null;
  readonly paymentMethodId: string;
  readonly kind: PaymentKind;
  readonly status: PaymentStatus;
  readonly batchReference: string | null;
  readonly transactionReference: string;
  readonly amountCents: number;
  readonly processDay: number | null;
  readonly interval: PaymentInterval | null;
  readonly dateStart: CivilDate | null;
  readonly dateEnd: CivilDate | null;
  readonly processDate: CivilDate | null;
  readonly firstNominalDate: CivilDate;
  /** First nominal date to collect of an imported payment; null from the start. */
  readonly collectFrom: CivilDate | null;
  /** Empty unless the payment is PAUSED. */
  readonly pauseCauses: readonly PauseCause[];
  /** Why the payment is STOPPED; null when no later event depends on the cause. */
  readonly stopCause: StopCause | null;
  readonly outcome: PaymentOutcome | null;
  readonly version: number;
  /** The terms of its mandate; null when it has none. */
  readonly mandate: PaymentMandate | null;
  /** The type of its payment method. */
  readonly methodType: PaymentMethodType;
  readonly dateAdjustmentRule: DateAdjustmentRule;
}

/** The mandate terms that collections are planned by. */
export type PaymentMandate = Adjustable &
  Pick<
    KnownMandate,
    'dateRelease' | 'processDate' | 'processDay' | 'interval' | 'firstAmountCents' | 'firstDate' | 'firstMode'
  > &
  Pick<KnownMandate, 'paymentTrackingMaxDays' | 'adjustmentAnchor' | 'adjustmentsMade'> & {
    /** Whether its authority was withdrawn, as seen by the current transaction. */
    readonly isWithdrawn: boolean;
  };

const MANDATE_FIELDS = [
  'amountCents',
  'maximumAmountCents',
  'adjustmentCategory',
  'adjustmentRate',
  'adjustmentAmountCents',
  'dateRelease',
  'processDate',
  'processDay',
  'interval',
  'firstAmountCents',
  'firstDate',
  'firstMode',
  'paymentTrackingMaxDays',
  'adjustmentAnchor',
  'adjustmentsMade',
] as const satisfies ReadonlyArray<Exclude<keyof PaymentMandate, 'isWithdrawn'>>;

const MANDATE_JSON = [
  ...MANDATE_FIELDS.map((name) => `'${name}', mandate.${snakeCase(name)}`),
  "'isWithdrawn', mandate.authority_withdrawn_at IS NOT NULL",
].join(', ');

const KNOWN = `SELECT payment.id, payment.customer_id, payment.bank_account_id, payment.mandate_id, payment.card_id,
            payment.payment_method_id, payment.kind, payment.status, payment.batch_reference, payment.transaction_reference,
            payment.amount_cents, payment.process_day, payment.interval, payment.date_start, payment.date_end,
            payment.process_date, payment.first_nominal_date, payment.collect_from, payment.pause_causes, payment.stop_cause, payment.outcome,
            payment.version, CASE WHEN mandate.id IS NOT NULL THEN json_build_object(${MANDATE_JSON}) END AS mandate,
            method.type AS method_type, method.date_adjustment_rule
       FROM payment
       JOIN payment_method AS method ON method.merchant_id = payment.merchant_id AND method.id = payment.payment_method_id
       LEFT JOIN mandate ON mandate.merchant_id = payment.merchant_id AND mandate.id = payment.mandate_id
      WHERE payment.merchant_id = $1 AND payment.id = ANY($2)
      ORDER BY payment.id`;

/** Returns payments by id, locked for update until the transaction ends. */
export async function lockPayments(
  tx: Tx,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownPayment>> {
  if (ids.length === 0) return new Map();
  tx.send('SELECT FROM payment WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE', [merchantId, ids]);
  // Read by a second statement: one that waits for the lock sees the mandates as they were before the wait.
  return readPayments(tx, KNOWN, merchantId, ids);
}

/** Returns payments by id without locking them. */
export function findPayments(
  database: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownPayment>> {
  return readPayments(database, KNOWN, merchantId, ids);
}

async function readPayments(database: Queryable, sql: string, merchantId: string, ids: readonly string[]) {
  const rows = ids.length > 0 ? await database.query<KnownPayment>(sql, [merchantId, ids]) : [];
  return new Map(rows.map((row) => [row.id, row]));
}
