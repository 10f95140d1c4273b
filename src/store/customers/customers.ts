import type { CustomerProfile, CustomerStatus, NewCustomer } from '../../domain/customer/customer.ts';
import { CUSTOMER_TEXT_NAMES } from '../../domain/customer/fields.ts';
import type { CustomerState } from '../../domain/customer/status.ts';
import type { Queryable } from '../connection/database.ts';
import { snakeCase } from '../connection/rows.ts';
import { type AggregateTable, insertAggregates, updateAggregates } from '../events/aggregates.ts';
import { decryptNullable, numberColumns } from '../personal-numbers.ts';
import type { Secrets } from '../secrets.ts';
import type { WriteContext } from '../write-context.ts';

const CUSTOMER: AggregateTable = { table: 'customer', type: 'CUSTOMER' };

/** A stored customer: its profile with decrypted personal numbers, its status and its version. */
export interface KnownCustomer extends CustomerState {
  readonly id: string;
  readonly version: number;
  readonly profile: CustomerProfile;
}

/** Blacklisting of a customer, with its reason if one was given. */
export interface Blacklisting {
  readonly reason: string | null;
}

/** Inserts customers and their events; returns the ids in the order of `customers`. */
export async function insertCustomers(
  context: WriteContext,
  secrets: Secrets,
  customers: ReadonlyArray<NewCustomer & { readonly blacklisting?: Blacklisting | null }>,
): Promise<string[]> {
  const rows = customers.map(({ status, reference, externalId, blacklisting = null, ...rest }) => {
    const id = context.tx.ids.newId('customer');
    const profile = { ...rest, reference: reference ?? context.tx.ids.newReference() };
    const columns = {
      ...profileColumns(secrets, context.merchantId, id, profile),
      ...blacklistColumns(context, blacklisting),
      externalId,
      createdBy: context.clientId,
    };
    return { id, status, columns, keys: { customerId: id } };
  });
  insertAggregates(context, CUSTOMER, rows);
  return rows.map((row) => row.id);
}

function profileColumns(secrets: Secrets, merchantId: string, rowId: string, profile: CustomerProfile) {
  const { idNumber, taxNumber, ...columns } = profile;
  return {
    ...columns,
    ...numberColumns(secrets, { merchantId, field: 'idNumber', rowId }, idNumber),
    ...numberColumns(secrets, { merchantId, field: 'taxNumber', rowId }, taxNumber),
  };
}

const NUMBERS = new Set<string>(['idNumber', 'taxNumber']);
const PROFILE_COLUMNS = [
  ...CUSTOMER_TEXT_NAMES.filter((name) => !NUMBERS.has(name)),
  ...['kind', 'clientType', 'idType', 'isTax', 'metadata', 'idNumberCipher', 'taxNumberCipher'],
].map(snakeCase);

type CustomerRow = Omit<CustomerProfile, 'idNumber' | 'taxNumber'> &
  CustomerState & {
    id: string;
    version: number;
    idNumberCipher: Buffer | null;
    taxNumberCipher: Buffer | null;
  };

/** Returns customers by id, locked for update until the transaction ends. Submissions for them wait for the lock. */
export async function lockCustomers(
  tx: Queryable,
  secrets: Secrets,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownCustomer>> {
  const rows = await tx.query<CustomerRow>(
    `SELECT id, version, status, is_blacklisted, erased_at, ${PROFILE_COLUMNS.join(', ')} FROM customer
      WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE`,
    [merchantId, ids],
  );
  return new Map(
    rows.map(({ id, version, status, isBlacklisted, erasedAt, idNumberCipher, taxNumberCipher, ...known }) => {
      const idNumber = decryptNullable(secrets, { merchantId, field: 'idNumber', rowId: id }, idNumberCipher);
      const taxNumber = decryptNullable(secrets, { merchantId, field: 'taxNumber', rowId: id }, taxNumberCipher);
      return [id, { id, version, status, isBlacklisted, erasedAt, profile: { ...known, idNumber, taxNumber } }];
    }),
  );
}

/** Replaces the profiles of customers and inserts their events. */
export function updateCustomerProfiles(
  context: WriteContext,
  secrets: Secrets,
  updates: ReadonlyArray<{ readonly customer: KnownCustomer; readonly profile: CustomerProfile }>,
): void {
  const rows = updates.map(({ customer, profile }) =>
    changed(customer, profileColumns(secrets, context.merchantId, customer.id, profile)),
  );
  updateAggregates(context, CUSTOMER, rows);
}

/** Moves customers to another status and inserts their events. */
export function moveCustomers(context: WriteContext, customers: readonly KnownCustomer[], to: CustomerStatus): void {
  const archivedAt = to === 'ARCHIVED' ? context.occurredAt : null;
  updateAggregates(
    context,
    CUSTOMER,
    customers.map((customer) => changed(customer, { archivedAt }, to)),
  );
}

/** Blacklists customers, or removes them from the blacklist when `blacklist` is null, and inserts their events. */
export function setBlacklisted(
  context: WriteContext,
  customers: readonly KnownCustomer[],
  blacklist: Blacklisting | null,
): void {
  const columns = blacklistColumns(context, blacklist);
  updateAggregates(
    context,
    CUSTOMER,
    customers.map((customer) => changed(customer, columns)),
  );
}

function blacklistColumns({ occurredAt }: WriteContext, blacklisting: Blacklisting | null) {
  return {
    isBlacklisted: blacklisting !== null,
    blacklistReason: blacklisting?.reason ?? null,
    blacklistedAt: blacklisting && occurredAt,
  };
}

/** Permanently erases the personal data of customers and inserts their events. Ids and referring objects are kept. */
export async function anonymiseCustomers(
  context: WriteContext,
  secrets: Secrets,
  customers: readonly KnownCustomer[],
): Promise<void> {
  const rows = customers.map((customer) => {
    const empty = Object.fromEntries(CUSTOMER_TEXT_NAMES.map((name) => [name, null]));
    const profile = {
      ...customer.profile,
      ...empty,
      reference: context.tx.ids.newReference(),
      companyName: customer.profile.kind === 'COMPANY' ? 'Erased' : null,
      personName: 'Erased',
      personSurname: 'Erased',
      email: 'erased@erased.invalid',
      idType: null,
      clientType: null,
      isTax: false,
      metadata: {},
    } as CustomerProfile;
    const columns = profileColumns(secrets, context.merchantId, customer.id, profile);
    return changed(customer, { ...columns, externalId: null, blacklistReason: null, erasedAt: context.occurredAt });
  });
  updateAggregates(context, CUSTOMER, rows);
}

function changed(customer: KnownCustomer, columns: object, to: CustomerStatus = customer.status) {
  return {
    id: customer.id,
    version: customer.version,
    fromStatus: customer.status,
    toStatus: to,
    columns: { ...columns },
    keys: { customerId: customer.id },
  };
}
