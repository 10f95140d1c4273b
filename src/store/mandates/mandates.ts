import type { Cause, EventPart } from '../../domain/event.ts';
import type { Authorisation, KnownMandate, NewMandate, OpenMandate } from '../../domain/mandate/mandate.ts';
import { OPEN_MANDATE_STATUSES } from '../../domain/mandate/state-machine.ts';
import type { Taken } from '../../domain/uniqueness.ts';
import type { Queryable } from '../connection/database.ts';
import { snakeCase } from '../connection/rows.ts';
import { type AggregateTable, insertAggregates, updateAggregates } from '../events/aggregates.ts';
import type { WriteContext } from '../write-context.ts';

const MANDATE: AggregateTable = { table: 'mandate', type: 'MANDATE' };

/** A mandate to be inserted, with the objects it refers to and its request for approval. */
export interface LinkedMandate extends Omit<NewMandate, 'makesContractReference'>, Authorisation {
  readonly customerId: string;
  readonly bankAccountId: string;
  readonly paymentMethodId: string;
  readonly attempts: number;
  readonly requestedAt: Date | null;
  readonly approvalExpiresAt: Date | null;
  readonly convertedFromId: string | null;
}

/** Inserts mandates and their events; returns the ids in the order of `mandates`. */
export async function insertMandates(context: WriteContext, mandates: readonly LinkedMandate[]): Promise<string[]> {
  const rows = mandates.map(({ status, ...mandate }) => {
    const id = context.tx.ids.newId('mandate');
    return { id, status, columns: { ...mandate, createdBy: context.clientId }, keys: keysOf({ ...mandate, id }) };
  });
  insertAggregates(context, MANDATE, rows);
  return rows.map((row) => row.id);
}

function keysOf(mandate: Pick<KnownMandate, 'id' | 'customerId' | 'paymentMethodId' | 'amountCents'>) {
  const { id, customerId, paymentMethodId, amountCents } = mandate;
  return { mandateId: id, customerId, paymentMethodId, amountCents };
}

/** Fields of a mandate that never change, followed by those that may. */
const FIXED = ['id', 'version', 'customerId', 'bankAccountId', 'paymentMethodId', 'contractReference'] as const;
const MUTABLE = [
  'reference',
  'paymentIndustry',
  'amountCents',
  'processDay',
  'interval',
  'dateRelease',
  'processDate',
  'maximumAmountCents',
  'firstAmountCents',
  'firstDate',
  'firstMode',
  'allowDateAdjustment',
  'allowVariableAmount',
  'allowPaymentTracking',
  'paymentTrackingMaxDays',
  'adjustmentCategory',
  'adjustmentType',
  'adjustmentRate',
  'adjustmentAmountCents',
  'adjustmentAnchor',
  'adjustmentsMade',
  'approvalWindow',
  'attempts',
  'requestedAt',
  'approvalExpiresAt',
  'approvedAt',
  'authenticationReference',
  'rejectionCode',
  'rejectionReason',
  'suspendedAt',
  'cancelledAt',
  'cancelReason',
  'archivedAt',
  'debtorSnapshot',
  'amendmentStatus',
  'amendment',
  'amendmentExpiresAt',
  'amendmentReason',
  'authorityWithdrawnAt',
  'authorityWithdrawnCode',
  'authorityWithdrawnReason',
] as const satisfies ReadonlyArray<keyof KnownMandate>;

const COLUMNS = [...FIXED, ...MUTABLE, 'status'].map((name) => `mandate.${snakeCase(name)}`).join(', ');
const SELECT = `SELECT ${COLUMNS}, method.type AS method_type, method.provider_bank
  FROM mandate
  JOIN payment_method AS method ON method.merchant_id = mandate.merchant_id AND method.id = mandate.payment_method_id`;

/** Returns mandates by id without locking them. */
export function findMandates(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownMandate>> {
  return mandatesById(tx, merchantId, ids, '');
}

/**
 * Returns mandates by id, locked in the order of their ids until the transaction ends: EXCLUSIVE to change them, SHARE
 * to keep others from changing them.
 */
export function lockMandates(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
  mode: 'EXCLUSIVE' | 'SHARE' = 'EXCLUSIVE',
): Promise<ReadonlyMap<string, KnownMandate>> {
  return mandatesById(tx, merchantId, ids, `${mode === 'SHARE' ? 'FOR SHARE' : 'FOR NO KEY UPDATE'} OF mandate`);
}

async function mandatesById(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
  lock: string,
): Promise<ReadonlyMap<string, KnownMandate>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const rows = await tx.query<KnownMandate>(
    `${SELECT} WHERE mandate.merchant_id = $1 AND mandate.id = ANY($2) ORDER BY mandate.id ${lock}`,
    [merchantId, wanted],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Returns customer, bank account and payment method of mandates, in no particular order. They never change. */
export async function findMandateParties(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<Array<Pick<KnownMandate, 'customerId' | 'bankAccountId' | 'paymentMethodId'>>> {
  return tx.query(
    'SELECT customer_id, bank_account_id, payment_method_id FROM mandate WHERE merchant_id = $1 AND id = ANY($2)',
    [merchantId, ids],
  );
}

/** Returns the ids of mandates converted from these, by the id of the original. */
export async function findConvertedMandates(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ id: string; convertedFromId: string }>(
    'SELECT id, converted_from_id FROM mandate WHERE merchant_id = $1 AND converted_from_id = ANY($2)',
    [merchantId, ids],
  );
  return new Map(rows.map(({ id, convertedFromId }) => [convertedFromId, id]));
}

/** Returns the open mandates of customers, ordered by id and locked until the transaction ends. */
export async function lockOpenMandates(
  tx: Queryable,
  merchantId: string,
  customerIds: readonly string[],
): Promise<readonly KnownMandate[]> {
  return tx.query(
    `${SELECT} WHERE mandate.merchant_id = $1 AND mandate.customer_id = ANY($2) AND mandate.status = ANY($3::mandate_status[])
      ORDER BY mandate.id FOR NO KEY UPDATE OF mandate`,
    [merchantId, customerIds, OPEN_MANDATE_STATUSES],
  );
}

/** A mandate before and after a change. */
export interface ChangedMandate {
  readonly before: KnownMandate;
  readonly after: KnownMandate;
  /** Defaults to the cause of the write context. */
  readonly cause?: Cause | undefined;
}

/** Updates mandates locked by the caller and inserts their events. */
export function updateMandates(context: WriteContext, changes: readonly ChangedMandate[]): void {
  const rows = changes.map(({ before, after, cause }) => ({
    id: before.id,
    version: before.version,
    fromStatus: before.status,
    toStatus: after.status,
    columns: Object.fromEntries(MUTABLE.map((name) => [name, after[name]])),
    keys: keysOf(after),
    cause,
    part: partOf(before, after),
  }));
  updateAggregates(context, MANDATE, rows);
}

/** Returns the part of a mandate that changed; undefined when the change concerns the mandate as a whole. */
function partOf(before: KnownMandate, after: KnownMandate): EventPart | undefined {
  if (before.amendmentStatus !== after.amendmentStatus) return 'AMENDMENT';
  if ((before.authorityWithdrawnAt === null) === (after.authorityWithdrawnAt === null)) return undefined;
  return after.authorityWithdrawnAt === null ? 'AUTHORITY_RESTORED' : 'AUTHORITY_WITHDRAWN';
}

/** Column of the owner whose mandates are read. */
export type MandateOwner = 'customer_id' | 'bank_account_id';

/**
 * Returns the open mandates by owner, ordered by id: at most `limit` of each method type and provider bank, because
 * rules depend on these and callers are shown no more.
 */
export async function findOpenMandates(
  tx: Queryable,
  merchantId: string,
  owner: MandateOwner,
  ids: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, readonly OpenMandate[]>> {
  const rows = await tx.query<OpenMandate & { ownerId: string; nth: number }>(
    `SELECT owner.id AS owner_id, mandate.*
       FROM unnest($2::text[]) AS owner(id), LATERAL (
         SELECT mandate.id, mandate.status, mandate.version, customer_id, bank_account_id, payment_method_id, amount_cents,
                method.type AS method_type, method.provider_bank,
                row_number() OVER (PARTITION BY method.type, method.provider_bank ORDER BY mandate.id) AS nth
           FROM mandate
           JOIN payment_method AS method ON method.merchant_id = mandate.merchant_id AND method.id = mandate.payment_method_id
          WHERE mandate.merchant_id = $1 AND mandate.${owner} = owner.id AND mandate.status = ANY($3::mandate_status[])) AS mandate
      WHERE nth <= $4 ORDER BY mandate.id`,
    [merchantId, ids, OPEN_MANDATE_STATUSES, limit],
  );
  const groups = new Map<string, OpenMandate[]>(ids.map((id) => [id, []]));
  for (const { ownerId, nth: _nth, ...mandate } of rows) groups.get(ownerId)?.push(mandate);
  return groups;
}

/** Returns which of these bank accounts have a mandate of any status. */
export async function findAccountsWithMandates(
  tx: Queryable,
  merchantId: string,
  bankAccountIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ id: string }>(
    `SELECT account.id FROM unnest($2::text[]) AS account(id)
      WHERE EXISTS (SELECT FROM mandate WHERE merchant_id = $1 AND bank_account_id = account.id)`,
    [merchantId, bankAccountIds],
  );
  return new Set(rows.map(({ id }) => id));
}

/**
 * Returns which of these contract references are in use, and by which mandate. The reference of a mandate that is no
 * longer open is retired and cannot be used again.
 */
export async function findTakenContractReferences(
  tx: Queryable,
  merchantId: string,
  references: readonly string[],
): Promise<Taken> {
  if (references.length === 0) return new Map();
  const rows = await tx.query<{ contractReference: string; id: string; isRetired: boolean }>(
    `SELECT contract_reference, id, status <> ALL($3::mandate_status[]) AS is_retired FROM mandate
      WHERE merchant_id = $1 AND contract_reference = ANY($2)`,
    [merchantId, references, OPEN_MANDATE_STATUSES],
  );
  return new Map(rows.map(({ contractReference, ...row }) => [contractReference, row]));
}

/**
 * Returns ids of ACTIVE and SUSPENDED mandates that follow the repo rate, after `after`, ascending, at most `limit`.
 */
export async function findRepoMandateIds(
  tx: Queryable,
  merchantId: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM mandate
      WHERE merchant_id = $1 AND id > $2 AND adjustment_category = 'REPO' AND status IN ('ACTIVE', 'SUSPENDED')
      ORDER BY id LIMIT $3`,
    [merchantId, after, limit],
  );
  return rows.map(({ id }) => id);
}
