import type { CustomerProfile } from '../../domain/customer/customer.ts';
import type { Owner } from '../../domain/customer/owner.ts';
import {
  type CustomersWithSameValues,
  type CustomerWithSameValue,
  emailKey,
} from '../../domain/customer/uniqueness.ts';
import { itemAt } from '../../domain/invariants.ts';
import type { Debtor } from '../../domain/method/debtor.ts';
import type { Taken } from '../../domain/uniqueness.ts';
import type { Queryable } from '../connection/database.ts';
import { blindIndex } from '../personal-numbers.ts';
import type { Secrets } from '../secrets.ts';

/** Returns which of these customer references are in use, and by which customer. */
export async function findTakenReferences(
  tx: Queryable,
  merchantId: string,
  references: readonly string[],
): Promise<Taken> {
  if (references.length === 0) return new Map();
  const rows = await tx.query<{ reference: string; id: string }>(
    'SELECT reference, id FROM customer WHERE merchant_id = $1 AND reference = ANY($2)',
    [merchantId, references],
  );
  return new Map(rows.map(({ reference, id }) => [reference, { id }]));
}

/** Maximum number of other customers returned for each shared value. */
const NAMESAKES_MAX = 10;

/**
 * Returns the customers that have the email address or identity number of one of these profiles, in two statements; at
 * most `NAMESAKES_MAX` for each value, by identity number blacklisted customers first.
 */
export async function findCustomersWithSameValues(
  tx: Queryable,
  secrets: Secrets,
  merchantId: string,
  profiles: ReadonlyArray<Pick<CustomerProfile, 'email' | 'idNumber'>>,
): Promise<CustomersWithSameValues> {
  const emails = [...new Set(profiles.map(({ email }) => emailKey(email)))];
  const numbers = [...new Set(profiles.flatMap(({ idNumber }) => idNumber ?? []))];
  const indexes = numbers.map((number) => blindIndex(secrets, merchantId, 'idNumber', number));
  const [byEmail, byIndex] = await Promise.all([
    tx.query<CustomerWithSameValue & { email: string }>(
      `SELECT wanted.email, same.* FROM unnest($2::text[]) AS wanted(email), LATERAL (
         SELECT id, is_blacklisted FROM customer WHERE merchant_id = $1 AND email_key = wanted.email LIMIT ${NAMESAKES_MAX}) AS same`,
      [merchantId, emails],
    ),
    tx.query<CustomerWithSameValue & { at: number }>(
      `SELECT wanted.at::int, same.* FROM unnest($2::bytea[]) WITH ORDINALITY AS wanted(index, at), LATERAL (
         SELECT id, is_blacklisted FROM customer WHERE merchant_id = $1 AND id_number_index = wanted.index
          ORDER BY is_blacklisted DESC LIMIT ${NAMESAKES_MAX}) AS same`,
      [merchantId, indexes],
    ),
  ]);
  return {
    byEmail: groupBy(byEmail, ({ email }) => email),
    byIdNumber: groupBy(byIndex, ({ at }) => itemAt(numbers, at - 1)),
  };
}

function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}

/**
 * Returns customers by id, locked FOR SHARE until the transaction ends, so that they cannot be archived or blacklisted.
 * A customer with the identity number of a blacklisted customer counts as blacklisted.
 */
export async function lockOwners(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Owner & Debtor>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<Owner & Debtor>(
    `SELECT id, status, kind, person_name, person_surname, id_type, id_number_cipher IS NOT NULL AS has_id_number, contact_number,
            CASE WHEN is_blacklisted THEN id ELSE (
              SELECT other.id FROM customer AS other
               WHERE other.merchant_id = $1 AND other.id_number_index = customer.id_number_index AND other.is_blacklisted LIMIT 1
            ) END AS blacklisted_id
       FROM customer WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR SHARE`,
    [merchantId, [...new Set(ids)]],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Returns the ids of the blacklisted customers among these. */
export async function findBlacklisted(
  tx: Queryable,
  merchantId: string,
  customerIds: readonly string[],
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'SELECT id FROM customer WHERE merchant_id = $1 AND id = ANY($2) AND is_blacklisted',
    [merchantId, customerIds],
  );
  return rows.map(({ id }) => id);
}
